"""A tier of another package: an editor's sentence is shown while the library bears it out, and not afterwards."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.installed import REPOSITORY, Installed

QUESTION = "Why is the Tarrow bridge closed in winter?"
APPROVED = "The Tarrow bridge is closed in winter because ice falls from its 12 cables."
PAGE = """\
# The Tarrow bridge

The Tarrow bridge, which was opened to carts in 1871 and to motor cars only in 1922, is closed in winter, from the first
frost until March, because ice falls from its {cables} cables.
"""


def test_approved_sentences(environment: Callable[[str], Installed], tmp_path: Path) -> None:
    installed = environment("tier")
    notes, home = tmp_path / "notes", tmp_path / "home"
    notes.mkdir()
    home.mkdir()
    (home / "approved.csv").write_text(f'question,answer\n"{QUESTION}","{APPROVED}"\n')
    installed.install(REPOSITORY / "examples" / "tier-approved")
    shown: list[list[str]] = []
    for cables in (12, 48):
        (notes / "bridge.md").write_text(PAGE.format(cables=cables))
        receipt = json.loads(installed.clearspan("ask", QUESTION, "--library", notes, "--json", home=home))
        # What was approved for another number is not proved any more: then the quotes alone answer.
        route = receipt["route"]
        assert (route["tier"], route["tried"]) == (
            ("approved", None) if cables == 12 else ("quote", "approved")
        )
        assert receipt["versions"]["model"] == "approved.csv"
        claims = receipt["overview"]["claims"]
        assert claims[0]["origin"] == "quoted"
        shown.append([claim["text"] for claim in claims if claim["origin"] == "generated"])
    assert shown == [[APPROVED], []]
    assert APPROVED in [dropped["text"] for dropped in receipt["dropped"]]
    other = installed.clearspan("ask", "When was the bridge opened?", "--library", notes, "--json", home=home)
    offers = {offer["tier"]: offer for offer in json.loads(other)["route"]["offers"]}
    assert offers["approved"]["why_not"] == "no answer to it has been approved"
