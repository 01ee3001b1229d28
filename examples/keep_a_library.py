"""Keep a library from Python: add documents, search it, ask it, and look at an answer again later.

python examples/keep_a_library.py README.md docs/concepts/journey.md
"""

import sys
import tempfile
from pathlib import Path

import clearspan as cs

# A home of its own; without one, the library is kept where the command line finds it, too.
with tempfile.TemporaryDirectory() as home, cs.Client(home=Path(home)) as client:
    library = client.library("manual")
    for change in library.add(*sys.argv[1:]):
        if change.outcome == "failed":
            print(f"{change.locator}: {change.problem} {change.remedy}")
    print(f"{len(library.documents())} documents")
    print(f"best passage: {library.search('receipt').hits[0].document.title}")
    try:
        answer = client.ask("What does a receipt record?", library="manual")
    except cs.ClearspanError as error:
        sys.exit(f"{error.what} {error.do}")
    print(answer)
    again = client.replay(answer.receipt.id)
    print("the same again" if again.same else f"changed since: {'; '.join(again.changes)}")
