"""`clearspan sources`: say, see, import and take back; for people and for programs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clearspan.cli.sources import sources
from clearspan.errors import BadInput, NotFound
from clearspan.overview.trust.publishers import files as lists


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))


def run(*given: str) -> Result:
    result = CliRunner().invoke(sources, given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def as_json(*given: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(*given, "--json").output)
    return found


def test_a_publisher_is_set_shown_listed_and_taken_back() -> None:
    assert (
        as_json("set", "https://WWW.Newt.example/", "--kind", "satire", "--note", "their word")["domain"]
        == "newt.example"
    )
    shown = as_json("show", "https://blog.newt.example/x")
    assert (shown["known"], shown["mine"], shown["matched_by"]) == (True, True, "address")
    assert "satire" in run("show", "newt.example").output
    listed = as_json("list", "--mine")["publishers"]
    assert isinstance(listed, list)
    assert len(listed) == 1
    assert "newt.example" in run("list", "--mine").output
    assert as_json("unset", "newt.example") == {"unset": "newt.example"}
    assert as_json("show", "newt.example")["known"] is False
    assert "unknown" in run("show", "newt.example").output


def test_names_can_be_set_and_taken_back() -> None:
    run("set", "The Newt", "--kind", "forum")
    assert as_json("show", "the newt!")["matched_by"] == "name"
    run("unset", "newt")
    with pytest.raises(NotFound):
        run("unset", "newt")


def test_the_shipped_list_is_listed_by_label() -> None:
    found = as_json("list", "--label", "satire")["publishers"]
    assert isinstance(found, list)
    assert len(found) > 50
    assert {one["standing"] for one in found} == {0.0}


def test_a_list_is_imported_whole_or_not_at_all(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("domain,tags\na.example,fake|bias\nb.example,reliable\nc.example,unknown\n")
    bad.write_text("domain,tags\nd.example,fake\ne example,fake\n")
    assert as_json("import", str(good)) == {"imported": 3, "lines": 3}
    with pytest.raises(BadInput, match="line 3"):
        run("import", str(bad))
    assert as_json("show", "d.example")["known"] is False
    shown = as_json("show", "a.example")
    assert "good" in str(shown["said"])


def test_saying_nothing_of_a_publisher_is_refused() -> None:
    assert run("set", "newt.example").exit_code == 2
    with pytest.raises(BadInput):
        run("set", "newt.example", "--label", "odd")


def test_packing_keeps_what_says_something(tmp_path: Path) -> None:
    table, out = tmp_path / "list.csv", tmp_path / "packed.csv"
    table.write_text("domain,tags\nb.example,satire|fake\na.example,unknown\n")
    run(
        "pack",
        str(table),
        "--listed-by",
        "A List",
        "--origin",
        "somewhere",
        "--licence",
        "CC0",
        "--out",
        str(out),
    )
    packed = lists.read(out)
    assert [(one.domain, one.kind, one.listed_by) for one in packed] == [("b.example", "satire", "A List")]
    assert out.read_text().startswith("# Publishers")
