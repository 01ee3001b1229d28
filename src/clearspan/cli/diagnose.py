"""`clearspan diagnose`: which fault each sentence of an answer has."""

import click

from clearspan.cli.options import json_option


@click.command()
@click.argument("receipt_id", metavar="RECEIPT")
@click.option("--gold", default="", help="The right answer in a few words, if you know it.")
@json_option()
def diagnose(receipt_id: str, gold: str, as_json: bool) -> None:
    """Say of each wrong or unsupported sentence of a RECEIPT which fault it is, with the evidence.

    wrong_source: the source says it and is wrong. misread_source: the source says something else. hallucination: no
    source that was found says it. not_retrieved: the library has it and search missed it. stale: a newer source says
    otherwise. conflict: believed sources disagree.
    """
    import json

    from clearspan.public.client import Client

    with Client() as client:
        found = client.diagnose(receipt_id, gold)
    if as_json:
        click.echo(json.dumps({"diagnoses": [one.model_dump(mode="json") for one in found]}))
        return
    if not found:
        against = f" against “{gold}”" if gold else ""
        click.echo(f"No fault was found in its sentences{against}.")
        if not gold:
            click.echo('With the right answer more can be told: --gold "…"')
    for one in found:
        click.secho(f"{one.fault}  ", bold=True, nl=False)
        click.echo(_line(one.sentence))
        click.echo(f"  {_line(one.why)}")
        for told in one.evidence:
            dated = f", {told.date}" if told.date else ""
            click.echo(f"  “{_line(told.quote)}” ({_line(told.publisher or told.title)}{dated})")


def _line(text: str) -> str:
    # Text from documents may hold escape sequences that would write over the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in text)
