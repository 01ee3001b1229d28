"""`clearspan check`: a table, a line of JSON for programs, a section of the measurements, an honest exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.main import cli


def test_samples_prints_its_bars_and_writes_its_section(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLEARSPAN_EMBEDDER", "")
    document = tmp_path / "measurements.md"
    options = ["check", "samples", "--split", "heldout", "--no-generate", "--json", "--write", str(document)]
    result = CliRunner().invoke(cli, options)
    bars = {bar["name"]: bar for bar in json.loads(result.output.splitlines()[-1])["bars"]}
    assert bars["overviews that cite satire as fact"]["holds"]
    # The held-out third alone has fewer than the sixty questions that the suite promises.
    assert not bars["questions in the suite"]["holds"]
    assert result.exit_code == 1
    assert "## Sample questions" in document.read_text("utf-8")
    assert "heldout" in result.output
