"""`python -m clearspan` is the command line."""

from clearspan.cli.main import main

if __name__ == "__main__":
    main()
