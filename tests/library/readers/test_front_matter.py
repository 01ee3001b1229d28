"""Front matter: what a file may say of itself, and what is said where it cannot be used."""

import pytest

from clearspan.errors import BadInput
from clearspan.library.readers.front_matter import take_off
from clearspan.library.readers.reading import Reading


def taken(front: str) -> Reading:
    return take_off(f"---\n{front}\n---\nBody.\n", "a.md")


def test_all_that_a_file_may_say() -> None:
    front = (
        "Title: The  mill\nurl: https://mill.example/\npublisher: 1861\nauthor: Ann\ndate: 2019-05-14\n"
        "kind: Reporting"
    )
    assert taken(front) == Reading(
        "Body.",
        "The mill",
        url="https://mill.example/",
        publisher="1861",
        author="Ann",
        date="2019-05-14",
        kind="reporting",
    )


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("authors: [Ann, '', Bo]", Reading("Body.", author="Ann, Bo")),
        ("author: []", Reading("Body.")),
        ("author:", Reading("Body.")),
        ("title: '  '", Reading("Body.")),
        ("date: 2019", Reading("Body.", date="2019")),
        ("date: 2019-05", Reading("Body.", date="2019-05")),
        ("date: 2019-05-14 10:00:00", Reading("Body.", date="2019-05-14")),
        ("kind: ' satire '", Reading("Body.", kind="satire")),
        ("color: red", Reading("Body.")),
    ],
)
def test_what_is_said_is_read_and_the_rest_passed_over(front: str, expected: Reading) -> None:
    assert taken(front) == expected


@pytest.mark.parametrize(
    "text", ["Body.", "--- not front matter", "---\nwords between\n---\nmore", "\n---\na: b\n---\n"]
)
def test_a_text_without_front_matter_is_left_whole(text: str) -> None:
    assert take_off(text, "a.md") == Reading(text)


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
