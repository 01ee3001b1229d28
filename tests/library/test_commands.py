"""The library commands: what they print, their JSON, and their exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.library import library


def test_the_life_of_a_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLEARSPAN_EMBEDDER", "")
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "orca.md").write_text("# Orca\n\nAn orca weighs 8,000 pounds.\n")
    run = CliRunner().invoke

    added = run(library, ["add", str(docs)])
    assert (added.exit_code, "1 added" in added.output) == (0, True)
    failed = run(library, ["add", str(docs), str(tmp_path / "none.md"), "--json"])
    assert failed.exit_code == 1
    assert [one["outcome"] for one in json.loads(failed.output)["changes"]] == ["unchanged", "failed"]

    (hit,) = json.loads(run(library, ["search", "orcas", "--json"]).output)["hits"]
    assert hit["document"]["title"] == "Orca"
    assert "words alone" in run(library, ["search", "orcas"]).output
    assert run(library, ["tag", str(docs / "orca.md"), "satire"]).exit_code == 0
    (listed,) = json.loads(run(library, ["list", "--kind", "satire", "--json"]).output)["documents"]
    assert "8,000 pounds" in run(library, ["show", listed["id"]]).output

    (docs / "orca.md").unlink()
    assert "1 vanished" in run(library, ["sync", str(docs)]).output
    assert "1 removed" in run(library, ["remove", listed["id"]]).output
    assert json.loads(run(library, ["list", "--json"]).output)["documents"] == []
