"""`clearspan ask`: one question, one overview with its citations."""

import click

from clearspan.cli.options import json_option, leave_option


@click.command()
@click.argument("question")
@click.option("--library", help="A library's name or a folder of documents.")
@click.option("--generate/--no-generate", default=None, help="Whether the local model may join quotes.")
@click.option(
    "--dial",
    "dials",
    multiple=True,
    metavar="DIAL",
    help="Dial the local model while it writes: golden-gate=0.6x, '#1234=2x'. May be repeated.",
)
@leave_option
@json_option("Print the receipt as JSON.")
@click.option("--spoken", "as_spoken", is_flag=True, help="Print the answer as a voice should say it.")
def ask(
    question: str,
    library: str | None,
    generate: bool | None,
    dials: tuple[str, ...],
    limit_key: str | None,
    as_json: bool,
    as_spoken: bool,
) -> None:
    """Answer a QUESTION from a library; every sentence says where it comes from."""
    from clearspan.cli.overview import print_overview
    from clearspan.public.client import Client

    with Client() as client:
        receipt = client.ask(
            question, library=library, generate=generate, dials=dials, limit_key=limit_key
        ).receipt
    if as_json:
        click.echo(receipt.model_dump_json(indent=2))
    elif as_spoken:
        click.echo(receipt.overview.spoken)
    else:
        print_overview(receipt)
