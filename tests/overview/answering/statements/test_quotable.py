"""What belongs to a page and not to what it says is never quoted; phrases of lists are."""

import pytest

from clearspan.overview.answering.statements.quotable import is_item, is_menu, is_statement


@pytest.mark.parametrize(
    "text",
    [
        "asn1 delete structure2",
        "allowed by default",
        "Read more about this",
        "We use cookies to improve your experience.",
        "Accept all cookies",
        "Explore our collection of paintings and visit us today.",
        "Figure 3.2 The bridge in winter",
        "Photo: Jane Doe / Getty Images",
        "Last updated: 3 May 2021",
        "Home > Visit > Opening hours",
        "© 2020 The Museum. All rights reserved.",
        "https://example.org/some/page",
        "$ sudo apt install snort",
        'printf("hello world");',
        "let mut guess = String::new();",
        "What is the height of the tower?",
        "You can only claim if:",
        "Stop.",
    ],
)
def test_what_says_nothing_is_no_statement(text: str) -> None:
    assert not is_statement(text, whole=True)


@pytest.mark.parametrize(
    "text",
    [
        "The main span is 4,200 feet long.",
        "He starred in the first series of Who Wants to Be a Millionaire?",
        "For most people, a fever lasts three days (or four).",
        "Share prices fell in 1929 and took years to recover.",
        "The ELN gene provides instructions for making a protein called tropoelastin.",
        "Contents are under pressure, and the can must not be heated.",
        "tokenised text ends with its full stop apart .",
        "It was restored in 1981, and the bells have been rung every Sunday since then by volunteers of the parish",
    ],
)
def test_sentences_are_statements(text: str) -> None:
    assert is_statement(text, whole=True)


@pytest.mark.parametrize(
    "text", ["oars", "300 g flour", "if you are over 60 (or ill)", "you have a visa; or"]
)
def test_phrases_are_items(text: str) -> None:
    assert is_item(text)


@pytest.mark.parametrize("text", ["Read more", "int main() {", "Can I claim?", "—"])
def test_chrome_and_code_are_no_items(text: str) -> None:
    assert not is_item(text)


def test_a_list_of_short_capitalised_words_that_nothing_introduces_is_a_menu() -> None:
    assert is_menu(["Home", "About us", "Contact"], introduced=False)
    assert not is_menu(["Flour", "Water", "Salt"], introduced=True)
    assert not is_menu(["Mix the flour with the water.", "Bake it.", "Eat it."], introduced=False)
