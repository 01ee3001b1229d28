"""Which lists are steps, and a sequence that prose tells."""

from collections.abc import Callable

import pytest

from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.shaped import ShapedAnswer
from clearspan.overview.answering.shapes.steps import steps

Make = Callable[..., Given]

QUESTION = "How do I clean the pump?"


def marks(shaped: ShapedAnswer | None) -> list[tuple[str, str]] | None:
    return None if shaped is None else [(claim.role, claim.shown) for claim in shaped.claims]


@pytest.mark.parametrize(
    "text",
    [
        "1. Open the pump.\n2. Rinse the pump.\n",
        "Cleaning instructions\n\n- Open the pump.\n- Rinse the pump.\n",
        "To clean the pump:\n\n- Open the pump.\n- Rinse the pump.\n",
    ],
    ids=["numbers", "a heading", "a sentence"],
)
def test_a_list_is_one_of_steps_where_its_source_numbers_it_or_says_what_to_do(
    given: Make, text: str
) -> None:
    shaped = steps(given(QUESTION, {"Pump": text}, {"Rinse": 0.9}))
    assert [(role, shown) for role, shown in marks(shaped) or () if role == "step"] == [
        ("step", "Open the pump."),
        ("step", "Rinse the pump."),
    ]


def test_a_list_of_things_is_none(given: Make) -> None:
    text = "The pump has these parts:\n\n- Open valves.\n- Rinse hoses.\n"
    assert steps(given(QUESTION, {"Pump": text}, {"Rinse": 0.9})) is None


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ("123", ()),
        ("13", ("Step 2 of this list cannot be quoted; see the source.",)),
        ("25", ("Steps 1, 3, 4 of this list cannot be quoted; see the source.",)),
    ],
)
def test_numbers_that_the_source_leaves_out_are_named(
    given: Make, numbers: str, missing: tuple[str, ...]
) -> None:
    text = "".join(f"{number}. Rinse part {number} of the pump.\n" for number in numbers)
    shaped = steps(given(QUESTION, {"Pump": text}, {"Rinse": 0.9}))
    assert shaped is not None
    assert shaped.missing == missing


PROSE = "The pump clogs. First open the lid. The lid is stiff. Then rinse the sieve. Close it. It lasts long."


def test_prose_is_told_from_its_first_step_to_the_last_that_goes_on_or_answers(given: Make) -> None:
    told = ["First open the lid.", "The lid is stiff.", "Then rinse the sieve."]
    assert marks(steps(given(QUESTION, {"Pump": PROSE}, {"First": 0.9}))) == [("step", one) for one in told]
    longer = steps(given(QUESTION, {"Pump": PROSE}, {"First": 0.9, "Close": 0.8}))
    assert marks(longer) == [("step", one) for one in (*told, "Close it.")]


@pytest.mark.parametrize("text", ["First open the lid. It is stiff.", "Open the lid. Then rinse it."])
def test_prose_without_a_beginning_or_without_a_next_is_no_sequence(given: Make, text: str) -> None:
    assert steps(given(QUESTION, {"Pump": text}, {text[:5]: 0.9})) is None
