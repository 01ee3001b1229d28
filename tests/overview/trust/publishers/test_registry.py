"""The registry: matched by address and name, the user above the shipped list, faults with their lines."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput, NotFound
from clearspan.overview.trust.publishers import files as lists
from clearspan.overview.trust.publishers.registry import OVERRIDES, Publishers, shipped

RULES = """# mine
domain,name,kind,standing,labels,note
tribune.example,The Tribune,reporting,,,
tribune.example/humour,,satire,,,their funny pages
,Weekly Marmot,satire,,,
journal.example/paper/7,,reference,,retracted,
"""


@pytest.fixture
def known(tmp_path: Path) -> Publishers:
    (tmp_path / OVERRIDES).write_text(RULES)
    return Publishers(tmp_path)


def kind_of(known: Publishers, url: str | None, name: str | None) -> str:
    found = known.find(url, name)
    return found.publisher.kind if found else "not listed"


@pytest.mark.parametrize(
    ("url", "name", "kind"),
    [
        ("https://www.tribune.example/news/1", None, "reporting"),
        ("https://sport.tribune.example/x", None, "reporting"),
        ("https://tribune.example/Humour/x", "The Tribune", "satire"),
        ("https://nottribune.example/", None, "not listed"),
        ("https://tribune.example.evil.example/", None, "not listed"),
        (None, "the TRIBUNE", "reporting"),
        (None, "tribune.example", "reporting"),
        ("https://elsewhere.example/", "Weekly Marmot!", "satire"),
        (None, "Somebody else", "not listed"),
    ],
)
def test_publishers_are_matched_by_address_and_name(
    known: Publishers, url: str, name: str, kind: str
) -> None:
    assert kind_of(known, url, name) == kind


def test_a_name_from_another_address_lifts_nothing(known: Publishers) -> None:
    found = known.find("https://copycat.example/", "The Tribune")
    assert found is not None
    assert found.impostor


def test_one_page_may_be_retracted(known: Publishers) -> None:
    found = known.find("https://journal.example/paper/7", None)
    assert found is not None
    assert (found.publisher.labels, found.standing) == (("retracted",), 0.0)
    assert known.find("https://journal.example/paper/8", None) is None


def test_the_user_stands_above_the_shipped_list_and_is_read_again(tmp_path: Path) -> None:
    known = Publishers(tmp_path)
    satire = next(one for one in shipped() if one.kind == "satire")
    before = known.find(f"https://{satire.domain}", None)
    assert before is not None
    assert (before.standing, before.mine) == (0.0, False)
    entry = lists.Publisher(satire.domain, kind="reporting")
    lists.update(tmp_path / OVERRIDES, lambda entries: entries.update({entry.key: entry}))
    after = known.find(f"https://{satire.domain}", None)
    assert after is not None
    assert (after.standing, after.mine) == (0.8, True)


def test_the_shipped_list_is_dated_says_who_listed_and_trusts_nobody_much() -> None:
    every = list(shipped())
    assert len(every) > 500
    assert all(one.listed_by and one.listed_on for one in every)
    assert all(one.believed <= 0.6 for one in every)
    assert all(one.believed == 0.0 for one in every if one.kind == "satire")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("domain,kind\nx y,satire\n", "line 2: 'x y' is not a domain"),
        ("# note\ndomain,kind\nok.example,satire\n\nok.example,bad\n", "line 5: 'bad' is not a kind"),
        ("domain,labels\nok.example,fake|odd\n", "line 2: 'odd' is not a label"),
        ("domain,standing\nok.example,1.2\n", "line 2: the standing '1.2'"),
        ("domain,standing\nok.example,nan\n", "line 2: the standing 'nan'"),
        ("domain,kind\n,satire\n", "line 2: names neither"),
        ("domain\na.example,b\n", "line 2: has 2 cells"),
        ("who,what\na,b\n", "line 1: the header"),
        ("", "line 1: the header"),
    ],
)
def test_faults_are_named_with_their_lines(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(BadInput, match=r"list\.csv") as raised:
        lists.read(tmp_path / "list.csv")
    assert said in str(raised.value)


def test_a_missing_list_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        lists.read(tmp_path / "none.csv")


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


@given(names, st.sampled_from(["satire", "reporting", "unknown"]), st.none() | st.floats(0, 1), names)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, name: str, kind: str, standing: float | None, note: str
) -> None:
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    rounded = None if standing is None else round(standing, 3)
    entry = lists.Publisher("a.example", name, kind, rounded, ("bias",), note=note)  # pyright: ignore[reportArgumentType]
    path.write_text(lists.as_csv([entry], ["# a list"]), "utf-8")
    assert lists.read(path) == [entry]


def _write_on_and_on(path: Path) -> None:
    number = 0
    while True:
        number += 1
        entry = lists.Publisher(f"site{number}.example", kind="satire")
        lists.update(path, lambda entries, entry=entry: entries.update({entry.key: entry}))


def test_a_killed_writer_leaves_a_whole_list(tmp_path: Path) -> None:
    path = tmp_path / OVERRIDES
    writer = multiprocessing.get_context("fork").Process(target=_write_on_and_on, args=(path,))
    writer.start()
    assert writer.pid is not None
    while not path.exists() or len(lists.read(path)) < 5:
        pass
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    found = lists.read(path)
    assert [one.key for one in found] == sorted(f"site{i}.example" for i in range(1, len(found) + 1))
    lists.update(path, dict.clear)
    assert lists.read(path) == []
