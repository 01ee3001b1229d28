"""Lists are found however a page keeps them, with their order, their numbers and what introduces them."""

from time import process_time

import pytest

from clearspan.overview.answering.statements.outline import Piece, outline

NESTED = """Who may claim

You can claim if:

* you are over 60
* you live in:
    * England
    * Wales
* you are ill
"""
STEPS = """Directions

1. Preheat the oven.

2. Mix:
   - flour
   - water

3. Bake it. Then wait.

Keep an eye on it.

4. Eat.
"""


def items(text: str) -> list[Piece]:
    return [piece for piece in outline(text) if piece.kind == "item"]


def words(text: str, piece: Piece) -> str:
    return text[piece.start : piece.end]


@pytest.mark.parametrize(
    "text",
    [
        "A boat needs:\n\n- oars\n- a sail",
        "A boat needs:\noars\na sail",
        "A boat needs:\n\noars, and\n\na sail;\n\nMost have neither.",
        "A boat needs: - Oars. - A sail.",
        "A boat needs:\n• oars\n• a sail",
    ],
)
def test_a_list_is_read_however_it_is_written(text: str) -> None:
    found = items(text)
    assert [words(text, one).strip(";,. ").removesuffix(", and").lower() for one in found] == [
        "oars",
        "a sail",
    ]
    for place, one in enumerate(found):
        assert one.item is not None
        assert (one.item.run, one.item.place) == (0, place)
        assert one.item.stem is not None
        assert text[slice(*one.item.stem)] == "A boat needs:"


def test_items_run_together_after_a_colon_need_no_stops() -> None:
    text = (
        "These are some of the many signs that people who have the disease may see: - Fever - A rash - Cough"
    )
    assert [words(text, one) for one in items(text)] == ["Fever", "A rash", "Cough"]


def test_a_list_inside_an_item_knows_its_parent_and_the_outer_one_goes_on() -> None:
    found = items(NESTED)
    told = [(words(NESTED, one), one.item.depth, one.item.place) for one in found if one.item]
    assert told == [
        ("you are over 60", 0, 0),
        ("you live in:", 0, 1),
        ("England", 1, 0),
        ("Wales", 1, 1),
        ("you are ill", 0, 2),
    ]
    england = found[2].item
    assert england is not None
    assert england.parent is not None
    assert NESTED[slice(*england.parent)] == "you live in:"


def test_numbers_go_on_over_a_paragraph_between_them() -> None:
    outer = [one.item for one in items(STEPS) if one.item and one.item.depth == 0]
    assert [one.mark for one in outer] == ["1", "2", "3", "4"]
    assert {one.run for one in outer} == {0}
    assert [one.place for one in outer] == [0, 1, 2, 3]
    assert {piece.heading for piece in outline(STEPS)} == {"Directions"}


@pytest.mark.parametrize(
    "between",
    [
        "Now wait an hour.",
        "- a cup\n- a jar",
        "You need:\n\n- a cup\n- a jar",
        "Take one of these:\na cup\na jar",
    ],
)
@pytest.mark.parametrize("then", [3, 4])
def test_numbers_go_on_over_another_list_and_over_one_that_is_left_out(between: str, then: int) -> None:
    text = f"1. Boil it.\n2. Cool it.\n\n{between}\n\n{then}. Fill it.\n{then + 1}. Seal it.\n"
    outer = [one.item for one in items(text) if one.item and one.item.mark]
    assert [(one.run, one.mark, one.place) for one in outer] == [
        (0, "1", 0),
        (0, "2", 1),
        (0, str(then), 2),
        (0, str(then + 1), 3),
    ]


@pytest.mark.parametrize("between", ["# Later\n\n", "To wash it:\n\n1. Open it.\n2. Rinse it.\n\n"])
def test_numbers_do_not_go_on_under_another_heading_nor_over_another_numbered_list(between: str) -> None:
    text = f"1. Boil it.\n2. Cool it.\n\n{between}3. Fill it.\n"
    assert items(text)[-1].item != items(text)[1].item
    assert [one.item.run for one in items(text) if one.item][-1] == 1


def test_numbers_that_begin_anew_are_another_list() -> None:
    text = "1. Open the lid.\n2. Close it.\n\nThen the other one.\n\n1. Open the door.\n2. Shut it."
    assert [one.item.run for one in items(text) if one.item] == [0, 0, 1, 1]


def test_steps_that_are_called_so_are_items_with_their_numbers() -> None:
    text = "Step 1: Open the lid.\nStep 2: Close it."
    assert [(one.item.mark, words(text, one)) for one in items(text) if one.item] == [
        ("1", "Open the lid."),
        ("2", "Close it."),
    ]


def test_lines_broken_at_a_margin_are_one_paragraph() -> None:
    text = (
        "The lines of this text are all about as long as each of the\n"
        "others, for a program broke them at a margin; it has a colon:\n"
        "here, and goes on after it as if nothing at all had happened.\n"
        "It ends."
    )
    assert items(text) == []
    assert len(outline(text)) == 2


def test_a_sentence_after_phrases_ends_their_list() -> None:
    text = "Your landlord must:\nfollow the rules\nprovide an alarm\nYou may complain to the council if he does not."
    assert [words(text, one) for one in items(text)] == ["follow the rules", "provide an alarm"]


def test_a_second_colon_opens_a_second_list() -> None:
    text = "You may keep:\na cat\na dog\nYou may not keep:\na horse"
    assert [one.item.run for one in items(text) if one.item] == [0, 0, 1]


def test_items_that_were_run_together_without_stops_are_told_apart() -> None:
    text = "Complications of the condition include\n- blood in the urine - kidney stones - infections\nIt is rare."
    found = items(text)
    assert [words(text, one) for one in found] == ["blood in the urine", "kidney stones", "infections"]
    for one in found:
        assert one.item is not None
        assert one.item.stem is not None
        assert text[slice(*one.item.stem)] == "Complications of the condition include"


@pytest.mark.parametrize(
    "text",
    [
        "- Monday - Friday\n- Saturday",
        "- The mill, which a baker - a very old one - had painted, burned - to the last beam.\n- It rains.",
        "- Jack - the lad - was a baker\n- Jill",
        "Opening times are\n- 9 am - 5 pm - 7 pm\n- noon",
    ],
)
def test_a_dash_within_an_item_parts_nothing(text: str) -> None:
    assert len(items(text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Bring these. - flour for bread, - Water",
        "It is open. * except Monday, * Closed",
        "The shop sells. - flour for bread; - Water and salt",
    ],
)
def test_what_introduces_a_list_is_a_piece_of_the_text(text: str) -> None:
    pieces = outline(text)
    spans = {(one.start, one.end) for one in pieces}
    assert all(one.item is None or one.item.stem is None or one.item.stem in spans for one in pieces)


@pytest.mark.parametrize(
    "text", ["Share this page\n- Home\n- News", "Burned by a baker.[3]\n- flour\n- salt"]
)
def test_a_line_without_a_stop_introduces_nothing_by_that(text: str) -> None:
    assert all(one.item is not None and one.item.stem is None for one in items(text))


def test_a_whole_sentence_introduces_no_list() -> None:
    (one, _) = items("The mill burned.\n- flour\n- water")
    assert one.item is not None
    assert one.item.stem is None


def test_rows_stay_rows() -> None:
    text = "Name | Height\nEiffel Tower | 330 m"
    assert [piece.kind for piece in outline(text)] == ["row", "row"]


def test_lists_that_are_set_into_each_other_without_end_stay_shallow() -> None:
    text = "".join(f"{number}. a\n{number}) b\n" for number in range(1, 900, 8))
    assert max(one.item.depth for one in items(text) if one.item) < 10


@pytest.mark.parametrize(
    "again", ["a\n", "- ", "a: - A", ". - A", "a)\n", " ", "(", "1. a\n1) b\n7. c\n7) d\n"]
)
def test_a_long_text_takes_no_square_of_its_length(again: str) -> None:
    long = again * (100_000 // len(again))
    begun = process_time()
    for text in (long, f"The end:\n{long}", f"The end: - A{long}- B"):
        outline(text)
    assert process_time() - begun < 20.0
