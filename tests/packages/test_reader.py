"""A reader of another package: subtitles are added, found, and cited with the time at which it is said."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.installed import REPOSITORY, Installed

TALK = """\
1
00:00:01,000 --> 00:00:04,200
<i>Welcome to the harbour tour.</i>

2
00:00:04,200 --> 00:00:07,000 X1:100
The old crane

3
00:00:07,000 --> 00:01:03,000
The old crane
lifts 12 tonnes.

4
00:01:05,500 --> 00:01:09,000
{\\an8}The lighthouse was built in 1871.
"""


def test_subtitles(environment: Callable[[str], Installed], tmp_path: Path) -> None:
    installed = environment("reader")
    (tmp_path / "tour.srt").write_text(TALK)
    home = tmp_path / "home"
    refused = installed.clearspan("library", "add", tmp_path, "--json", home=home)
    assert json.loads(refused)["changes"][0]["outcome"] == "skipped"
    installed.install(REPOSITORY / "examples" / "reader-subtitles")
    added = installed.clearspan("library", "add", tmp_path / "tour.srt", "--json", home=home)
    assert json.loads(added)["changes"][0]["outcome"] == "added"
    shown = json.loads(installed.clearspan("library", "show", tmp_path / "tour.srt", "--json", home=home))
    assert shown["media_type"] == "application/x-subrip"
    assert shown["text"] == (
        "0:00:01\n\nWelcome to the harbour tour. The old crane lifts 12 tonnes.\n\n"
        "0:01:05\n\nThe lighthouse was built in 1871."
    )
    found = json.loads(installed.clearspan("library", "search", "lighthouse", "--json", home=home))
    assert found["hits"][0]["passage"]["heading"] == "0:01:05"
    asked = installed.clearspan("ask", "When was the lighthouse built?", "--no-generate", "--json", home=home)
    citation = json.loads(asked)["overview"]["claims"][0]["citations"][0]
    assert citation["quote"] == "The lighthouse was built in 1871."
    assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]
