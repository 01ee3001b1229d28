"""What hangs two sentences together, on plainly fictional pages."""

from clearspan.language.sentences import Sentence
from clearspan.overview.answering.chains.predictors import PREDICTORS, Fact, pairs

QUESTION = Sentence("Which country is the composer of The Glass Harbour from?")
FILM = Sentence("The Glass Harbour was scored by Orla Quenby in three weeks.")
COMPOSER = Sentence("Orla Quenby is a composer from Vandria.")
OTHER = Sentence("Pim Sallow is a composer from Estmark.")


def fact(page: str, sentence: Sentence, probability: float, start: int = 0) -> Fact:
    return Fact.of(page, page, start, sentence, probability)


def seen(*facts: Fact, asked: Sentence = QUESTION) -> dict[tuple[int, int], dict[str, float]]:
    found, predictors = pairs(asked, facts)
    return {
        pair: dict(zip(PREDICTORS, map(float, row), strict=True))
        for pair, row in zip(found, predictors, strict=True)
    }


def test_a_bridge_is_a_page_that_the_first_names_and_the_question_does_not() -> None:
    found = seen(
        fact("The Glass Harbour (film)", FILM, 0.6),
        fact("Orla Quenby", COMPOSER, 0.1),
        fact("Pim Sallow", OTHER, 0.4),
    )
    assert found[0, 1]["bridge"] == found[0, 1]["named"] == 1.0
    assert found[0, 2]["bridge"] == found[1, 0]["bridge"] == 0.0
    assert found[1, 0]["back"] == 1.0, "the film's page names the composer's"
    assert found[0, 1]["back"] == 0.0
    assert found[0, 1]["shared"] == 2.0
    assert found[0, 1]["first"] > 0 > found[0, 1]["second"]


def test_two_pages_that_the_question_names_come_once() -> None:
    asked = Sentence("Is Lake Quenby or Lake Sallow deeper?")
    found = seen(
        fact("Lake Quenby", Sentence("It is 90 metres deep."), 0.5),
        fact("Lake Sallow", Sentence("It is 40 metres deep."), 0.7),
        asked=asked,
    )
    assert list(found) == [(0, 1)]
    assert found[0, 1]["both named"] == 1.0


def test_of_a_title_within_another_the_longer_is_named() -> None:
    asked = Sentence("Where does Villa Quenby, Sallow lie?")
    found = seen(
        fact("Villa Quenby", OTHER, 0.5),
        fact("Villa Quenby, Sallow", OTHER, 0.5),
        fact("", OTHER, 0.5),
        asked=asked,
    )
    assert {pair[0] for pair, row in found.items() if row["named"]} == {1}
    assert not any(row["both named"] for row in found.values())


def test_the_words_of_the_question_that_either_says_are_counted_once() -> None:
    found = seen(fact("A", FILM, 0.5), fact("B", FILM, 0.5))
    alone = len(QUESTION.stems & FILM.stems) / len(QUESTION.stems)
    assert found[0, 1]["covered"] == alone
    assert found[0, 1]["same page"] == 0.0
    assert seen(fact("A", FILM, 0.5), fact("A", COMPOSER, 0.5, 900))[0, 1]["same page"] == 1.0


def test_a_title_that_gathers_the_words_of_the_question_is_not_named() -> None:
    found = seen(fact("Glass Harbour composer country", OTHER, 0.5), fact("The Glass Harbour", OTHER, 0.5))
    assert found[0, 1]["named"] == 0.0
    assert found[1, 0]["named"] == 1.0
    assert found[0, 1]["covered"] < 0.8


def test_a_title_of_one_word_is_named_where_it_is_a_name() -> None:
    composer, quenby = fact("Composer", OTHER, 0.5), fact("Vandria", OTHER, 0.5)
    assert not any(row["named"] for row in seen(composer, fact("B", FILM, 0.5)).values())
    found = seen(fact("Orla Quenby", COMPOSER, 0.5), quenby)
    assert found[0, 1]["bridge"] == 1.0
    assert seen(fact("The Glass Harbour", FILM, 0.5), fact("Weeks", OTHER, 0.5))[0, 1]["bridge"] == 0.0


def test_sentences_that_overlap_are_no_pair() -> None:
    both = Sentence(f"{FILM.text} {COMPOSER.text}")
    assert seen(fact("A", FILM, 0.5), fact("A", both, 0.5)) == {}


def test_one_sentence_makes_no_pair() -> None:
    assert seen(fact("A", FILM, 0.5)) == {}
