"""Sources that are read and cut: what they may say of themselves."""

import pytest

from clearspan.library.originals import Original
from clearspan.library.prepared import prepare
from clearspan.receipts import Kind


@pytest.mark.parametrize(
    ("locator", "claimed", "kept"),
    [
        ("https://page.example/a.md", "reference", "unknown"),
        ("https://page.example/a.md", "reporting", "unknown"),
        ("https://page.example/a.md", "satire", "satire"),
        ("/home/somebody/a.md", "reference", "reference"),
    ],
)
def test_a_page_on_the_web_may_own_to_satire_but_not_to_being_reliable(
    locator: str, claimed: Kind, kept: Kind
) -> None:
    data = f"---\nkind: {claimed}\n---\n\nThe quay is forty paces long.\n".encode()
    assert prepare(Original(locator, "a.md", data), "hash", None, None).document.kind == kept


def test_the_users_word_stands_above_that() -> None:
    data = b"The quay is forty paces long.\n"
    original = Original("https://page.example/a.md", "a.md", data)
    assert prepare(original, "hash", "reporting", None).document.kind == "reporting"


_BORROWED = (
    b"<html><head><title>Salt</title><link rel=canonical href='https://health.example/salt'>"
    b"<meta property='og:site_name' content='Health Office'></head><body><p>Salt cures all ills.</p></body></html>"
)


def test_a_fetched_page_is_known_by_the_address_it_came_from() -> None:
    fetched = Original(
        "https://short.example/x", "x", _BORROWED, "text/html", url="https://www.shop.example/salt"
    )
    document = prepare(fetched, "hash", None, None).document
    assert (document.url, document.publisher) == ("https://www.shop.example/salt", "shop.example")
    assert (document.claimed_url, document.claimed_publisher) == (
        "https://health.example/salt",
        "Health Office",
    )


def test_front_matter_of_a_fetched_page_is_a_claim_and_that_of_a_file_is_not() -> None:
    data = b"---\nurl: https://health.example/salt\npublisher: Health Office\n---\n\nSalt cures all.\n"
    fetched = prepare(
        Original("l", "a.md", data, url="https://shop.example/a.md"), "hash", None, None
    ).document
    assert (fetched.publisher, fetched.claimed_publisher) == ("shop.example", "Health Office")
    kept = prepare(Original("/a.md", "a.md", data), "hash", None, None).document
    assert (kept.url, kept.publisher, kept.claimed_url) == (
        "https://health.example/salt",
        "Health Office",
        None,
    )


def test_a_saved_page_has_no_publisher_but_its_claim() -> None:
    document = prepare(Original("/salt.html", "salt.html", _BORROWED), "hash", None, None).document
    assert (document.url, document.publisher) == (None, None)
    assert document.claimed_publisher == "Health Office"
