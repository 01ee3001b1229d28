"""A number that several believed sources contradict: what must be shared, and how far apart is absurd."""

import pytest

from clearspan.overview.trust.implausible import Outlier, against_all, statements

ALONE = "The stone quay of Tarrow is 4,000 metres long."
OTHERS = "The stone quay of Tarrow is 40 metres long."


def odds(doubtful: str, *believed: tuple[int, str]) -> Outlier | None:
    return against_all(statements(doubtful), [(witness, statements(text)) for witness, text in believed])


def test_statements_are_sentences_with_a_number_that_is_no_date() -> None:
    found = statements(
        "The quay  is 40 metres long. It was built in May 1861. One reads so. It opens at 9 am. It is old."
    )
    assert [one.text for one in found] == ["The quay is 40 metres long."]
    (only,) = found
    assert only.stems == {"quai", "metr", "long"}
    assert [q.text for q in only.quantities] == ["40 metres"]


def test_numbers_in_words_and_numbers_among_the_words_are_not_compared() -> None:
    assert statements("Two gulls sat on one of 3 posts.")[0].quantities[0].text.startswith("3")
    assert statements("Two gulls sat there.") == ()


def test_what_is_at_odds_is_told_with_both_sides() -> None:
    assert odds(ALONE, (1, OTHERS), (2, OTHERS)) == Outlier(ALONE, "4,000 metres", "40 metres", 2)
    assert odds(ALONE, (1, OTHERS), (2, OTHERS), (3, OTHERS)) == Outlier(
        ALONE, "4,000 metres", "40 metres", 3
    )


@pytest.mark.parametrize(
    ("rule", "doubtful", "believed"),
    [
        ("one against one is a conflict", ALONE, [(1, OTHERS)]),
        ("one witness that says it twice is one", ALONE, [(1, OTHERS), (1, OTHERS)]),
        ("one that bears it out", ALONE, [(1, OTHERS), (2, OTHERS), (3, ALONE)]),
        (
            "one that bears it out in other units",
            ALONE,
            [(1, OTHERS), (2, OTHERS), (3, ALONE.replace("4,000 metres", "4 km"))],
        ),
        ("close together", ALONE.replace("4,000", "60"), [(1, OTHERS), (2, OTHERS)]),
        ("another thing", "The price of rye is 4,000 pounds.", [(1, OTHERS), (2, OTHERS)]),
        (
            "too few words in common",
            "The stone quay is 4,000 metres.",
            [(1, "The stone quay is 40 metres."), (2, "The stone quay is 40 metres.")],
        ),
        (
            "fewer than half of the shorter one's words",
            "The stone quay of Tarrow, where gulls sit and barges wait and men sleep, is 4,000 metres long.",
            [
                (
                    w,
                    "The stone quay of Tarrow has an arch, a ramp, a lamp, a bell, a post and a chain of 40 steps.",
                )
                for w in (1, 2)
            ],
        ),
        (
            "another kind of number",
            ALONE,
            [(1, OTHERS.replace("metres long", "tonnes")), (2, OTHERS.replace("metres long", "tonnes"))],
        ),
        ("nothing to compare with", ALONE, []),
    ],
)
def test_not_at_odds(rule: str, doubtful: str, believed: list[tuple[int, str]]) -> None:
    assert odds(doubtful, *believed) is None, rule


def test_more_than_half_as_much_again_is_absurd() -> None:
    believed = (1, OTHERS), (2, OTHERS)
    assert odds(ALONE.replace("4,000", "61"), *believed) is not None
    assert odds(ALONE.replace("4,000", "26"), *believed) is not None
    assert odds(ALONE.replace("4,000", "27"), *believed) is None


def test_a_later_sentence_may_be_the_one() -> None:
    found = odds(f"The bell of Tarrow weighs 9 tonnes. {ALONE}", (1, OTHERS), (2, OTHERS))
    assert found is not None
    assert found.sentence == ALONE


def test_of_several_numbers_the_one_that_agrees_counts() -> None:
    said = "The stone quay of Tarrow is 4,000 metres long and 40 metres wide."
    assert odds(said, (1, OTHERS), (2, OTHERS)) is None
