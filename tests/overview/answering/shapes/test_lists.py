"""Which lists the evidence points to: by their items, or by what stands above them."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from clearspan.overview.answering.shapes.assemble import assemble
from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.lists import lists

Make = Callable[..., Given]

ASKED = "What are the symptoms of mumps?"
PAGE = (
    "Mumps is an illness that shows in the face.\n\n# Symptoms\n\n- a high fever\n- a sore jaw\n- dry lips\n\n"
    "# Treatment\n\n- much rest\n- cold drinks\n"
)


def shown(given: Given) -> list[list[str]]:
    return [[item.text for item in one.items] for one in lists(given)]


@pytest.mark.parametrize(
    ("title", "page"),
    [
        ("Mumps", PAGE),
        ("Mumps", PAGE.replace("# Symptoms", "The symptoms are:")),
        ("Health", PAGE.replace("# Symptoms", "# Symptoms of mumps")),
    ],
)
def test_what_stands_above_a_list_speaks_for_all_of_it(given: Make, title: str, page: str) -> None:
    asked = given(ASKED, {title: page}, {"Mumps is": 0.9, "a sore": 0.3, "much": 0.3})
    assert shown(asked) == [["a high fever", "a sore jaw", "dry lips"]]
    answer = assemble(asked)
    assert answer is not None
    assert [claim.shown for claim in answer.claims if claim.role == "item"] == shown(asked)[0]


@pytest.mark.parametrize(
    ("why", "title", "points"),
    [
        ("no item is likely enough", "Mumps", {"a sore": 0.2, "Mumps is": 0.9}),
        ("the document is on something else", "Measles", {"a sore": 0.3, "Mumps is": 0.9}),
        (
            "the title alone says it, over other lists too",
            "Symptoms of mumps",
            {"much": 0.3, "Mumps is": 0.9},
        ),
    ],
)
def test_a_list_that_nothing_speaks_for_is_none(
    given: Make, why: str, title: str, points: dict[str, float]
) -> None:
    assert shown(given(ASKED, {title: PAGE}, points)) == [], why


def test_where_nothing_answers_a_heading_answers_nothing_either(given: Make) -> None:
    asked = given(ASKED, {"Mumps": PAGE}, {"a sore": 0.49})
    assert assemble(asked) is None
    assert lists(replace(asked, threshold=math.inf)) == []
