"""Addresses: one spelling for each, and what each lies in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.overview.trust.publishers.addresses import parse, readable


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("https://WWW.Example.com/News/?q=1#top", "example.com/news"),
        ("example.com", "example.com"),
        ("example.com.", "example.com"),
        ("http://user:secret@example.com:8080/a//b/", "example.com/a/b"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("https://XN--MNCHEN-3YA.example/", "xn--mnchen-3ya.example"),
        ("82.221.129.208", "82.221.129.208"),
        ("my_blog.example.com", "my_blog.example.com"),
    ],
)
def test_an_address_has_one_spelling(written: str, plain: str) -> None:
    assert str(parse(written)) == plain


@pytest.mark.parametrize(
    "text", ["", "The Daily Barnacle", "localhost", "com", "ftp://a.example/x", "a..b", "3.14"]
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse(text) is None


def test_an_address_lies_in_its_folders_and_parent_domains() -> None:
    address = parse("https://a.b.example/x/y")
    assert address is not None
    wider = [str(each) for each in address.wider()]
    assert wider == [
        "a.b.example/x/y",
        "a.b.example/x",
        "a.b.example",
        "b.example/x/y",
        "b.example/x",
        "b.example",
    ]


def test_other_scripts_are_shown_with_their_punycode() -> None:
    assert readable("xn--mnchen-3ya.example") == "münchen.example (xn--mnchen-3ya.example)"
    assert readable("plain.example") == "plain.example"


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none_and_parsing_it_again_changes_nothing(text: str) -> None:
    address = parse(text)
    if address is not None and "%" not in str(address):
        again = parse(str(address))
        assert again is None or again.host == address.host
