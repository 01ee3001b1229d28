"""Front matter: what a file may say of itself, and what is said where it cannot be used."""

import pytest

from clearspan.errors import BadInput
from clearspan.library.readers.front_matter import FrontMatter, take_off


def taken(front: str) -> FrontMatter:
    return take_off(f"---\n{front}\n---\nBody.\n", "a.md")[0]


def test_all_that_a_file_may_say() -> None:
    front = (
        "Title: The  mill\nurl: https://mill.example/\npublisher: 1861\nauthor: Ann\ndate: 2019-05-14\n"
        "kind: Reporting"
    )
    assert take_off(f"---\n{front}\n---\nBody.\n", "a.md") == (
        FrontMatter("The mill", "https://mill.example/", "1861", "Ann", "2019-05-14", "reporting"),
        "Body.",
    )


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("authors: [Ann, '', Bo]", FrontMatter(author="Ann, Bo")),
        ("author: []", FrontMatter()),
        ("author:", FrontMatter()),
        ("title: '  '", FrontMatter()),
        ("date: 2019", FrontMatter(date="2019")),
        ("date: 2019-05", FrontMatter(date="2019-05")),
        ("date: 2019-05-14 10:00:00", FrontMatter(date="2019-05-14")),
        ("kind: ' satire '", FrontMatter(kind="satire")),
        ("color: red", FrontMatter()),
    ],
)
def test_what_is_said_is_read_and_the_rest_passed_over(front: str, expected: FrontMatter) -> None:
    assert taken(front) == expected


@pytest.mark.parametrize(
    "text", ["Body.", "--- not front matter", "---\nwords between\n---\nmore", "\n---\na: b\n---\n"]
)
def test_a_text_without_front_matter_is_left_whole(text: str) -> None:
    assert take_off(text, "a.md") == (FrontMatter(), text)


@pytest.mark.parametrize(
    ("front", "what", "why"),
    [
        ("title: {a: b}", "its title is {'a': 'b'}.", "A title is a line of text."),
        ("author: [{a: b}]", "its author is {'a': 'b'}.", "A author is a line of text."),
        (
            "url: ftp://x",
            "its url is 'ftp://x'.",
            "A url is an address that begins with http:// or https://.",
        ),
        ("date: someday", "its date is 'someday'.", "A date is a date like 2019, 2019-05 or 2019-05-14."),
        (
            "kind: gossip",
            "its kind is 'gossip'.",
            "A kind is one of reference, reporting, opinion, forum, promotion, satire, unknown.",
        ),
    ],
)
def test_what_cannot_be_used_is_named(front: str, what: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        taken(front)
    assert refused.value.what == f"The front matter of a.md cannot be used: {what}"
    assert set(refused.value.why.replace(".", "").split()) == set(why.replace(".", "").split())
    assert refused.value.do == "Correct that line at the top of the file, or remove it."


def test_yaml_that_cannot_be_read_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        taken("a: b: c")
    assert refused.value.what == "The front matter of a.md cannot be read."
    assert "mapping values" in refused.value.why
