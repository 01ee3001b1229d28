"""A store of another package: it does what every store must, and libraries are kept in text files."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.installed import REPOSITORY, Installed, outside, run


def test_text_files(environment: Callable[[str], Installed], tmp_path: Path) -> None:
    installed = environment("store")
    installed.install(REPOSITORY / "examples" / "store-jsonl")
    (tmp_path / "mill.md").write_text("# The mill\n\nThe old mill in Tarrow has four floors.\n")
    home, place = tmp_path / "home", {"store": f"jsonl:{tmp_path}/kept", "ledger": f"sqlite:{tmp_path}/home"}
    installed.clearspan("library", "add", tmp_path / "mill.md", "--library", "mills", home=home, **place)
    head, line = (tmp_path / "kept" / "mills.jsonl").read_text().splitlines()
    assert json.loads(head)["revision"] >= 2
    assert json.loads(line)["document"]["title"] == "The mill"
    question = "How many floors does the old mill in Tarrow have?"
    asked = installed.clearspan(
        *("ask", question, "--library", "mills", "--no-generate", "--json"), home=home, **place
    )
    assert json.loads(asked)["overview"]["claims"][0]["text"] == "The old mill in Tarrow has four floors."
    assert not (home / "libraries").exists()
    held = run(
        [installed.python, "-m", "pytest", "-q", "tests/contracts/test_store.py"],
        outside() | {"CLEARSPAN_TEST_STORE": "jsonl"},
    )
    assert "passed" in held
    assert "failed" not in held
