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
