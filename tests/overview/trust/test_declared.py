"""What pages say of themselves: satire and retractions, and not what they say of others."""

import pytest

from clearspan.overview.trust.declared import declaration, retraction_of


@pytest.mark.parametrize(
    ("title", "publisher", "text", "expected"),
    [
        (
            "About us",
            "The Daily Barnacle",
            "The Daily Barnacle is a satirical newspaper.",
            ("satire", "publisher"),
        ),
        ("About", None, "Everything that we print is made up.", ("satire", "publisher")),
        ("About", None, "This website is a work of satire.", ("satire", "publisher")),
        ("About", None, "We are a parody site.", ("satire", "publisher")),
        ("Moon sold", None, "The moon was sold.\n\nThis article is satire.", ("satire", "page")),
        ("Satire: moon sold", None, "The moon was sold.", ("satire", "page")),
        ("Moon sold", None, "Filed under: Humour, Satire\n\nThe moon was sold.", ("satire", "page")),
        ("RETRACTED: Pebbles and growth", None, "Pebbles help.", ("retracted", "page")),
        ("Pebbles", None, "This article has been retracted at the authors' request.", ("retracted", "page")),
        ("Pebbles", None, "The editors have retracted this paper.", ("retracted", "page")),
    ],
)
def test_what_a_page_says_of_itself_is_heard(
    title: str, publisher: str | None, text: str, expected: tuple[str, str]
) -> None:
    said = declaration(title, publisher, text)
    assert said is not None
    assert (said.what, said.scope) == expected
    assert said.evidence


@pytest.mark.parametrize(
    "text",
    [
        "The Daily Barnacle is a satirical newspaper that fooled many readers.",
        "The town enjoys good satire and has a long history of parody.",
        "The minister withdrew the bill. The earlier article was retracted by another paper.",
        "The cat retracted its claws.",
        "He wrote a satirical novel about our council.",
        "All of our stories are checked by two editors.",
        "Soldiers were withdrawn from the border.",
        'A retraction is found by "RETRACTED:", "this article has been retracted" or a notice.',
        "Clearspan lists pages that say “we are a satirical newspaper” and “Filed under: Satire”.",
        "If this article has been retracted, its readers are told.",
        "Kinds of humour\n\nSatire\n\nSatire mocks; a parody of a satire is rare.\n\nParody\n\nIt imitates.",
    ],
)
def test_what_a_page_says_of_others_is_no_declaration(text: str) -> None:
    assert declaration("News of the week", "Port Merrow Post", text) is None


def test_an_article_on_satire_is_not_satire_by_its_title() -> None:
    assert declaration("Satire", None, "Satire is a genre of literature that mocks.") is None
    assert declaration("Parody", None, "A parody imitates.") is None


def test_a_notice_names_what_it_retracts() -> None:
    assert retraction_of("Retraction notice to “Pebbles and growth”") == "Pebbles and growth"
    assert retraction_of("Retraction: Pebbles and growth") == "Pebbles and growth"
    assert retraction_of("Pebbles and growth") is None
