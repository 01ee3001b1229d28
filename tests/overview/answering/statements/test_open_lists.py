"""Which list an item goes on with, while a text is read from its beginning to its end."""

import pytest

from clearspan.overview.answering.statements.open_lists import ListItem, OpenLists


def places(lists: OpenLists, *items: tuple[str, str, int]) -> list[tuple[int, int, int]]:
    """Run, place and depth of items, each given by its mark, its style and its indent."""
    found = [lists.item(mark, style, indent, (at, at + 1)) for at, (mark, style, indent) in enumerate(items)]
    return [(one.run, one.place, one.depth) for one in found]


def test_items_of_one_style_are_one_list_though_an_indent_is_one_short() -> None:
    assert places(OpenLists(), ("", "-", 1), ("", "-", 0), ("", "-", 0)) == [(0, 0, 0), (0, 1, 0), (0, 2, 0)]


def test_a_deeper_item_opens_a_list_inside_and_a_shallower_one_goes_back() -> None:
    found = places(OpenLists(), ("", "-", 0), ("", "-", 4), ("", "-", 4), ("", "-", 0))
    assert found == [(0, 0, 0), (1, 0, 1), (1, 1, 1), (0, 1, 0)]


def test_another_style_opens_a_list_inside_unless_words_stood_between() -> None:
    lists = OpenLists()
    assert places(lists, ("1", "1.", 0), ("", "-", 0)) == [(0, 0, 0), (1, 0, 1)]
    broken = OpenLists()
    broken.item("", "-", 0, (0, 1))
    broken.introduce("Some more words.", (0, 16))
    assert places(broken, ("", "*", 0)) == [(1, 0, 0)]


@pytest.mark.parametrize(
    ("number", "goes_on"), [("2", True), ("3", True), ("4", True), ("5", False), ("1", False)]
)
def test_a_number_goes_on_where_at_most_two_are_left_out(number: str, goes_on: bool) -> None:
    found = places(OpenLists(), ("1", "1.", 0), (number, "1.", 0))
    assert (found[1] == (0, 1, 0)) is goes_on


def test_numbers_go_on_over_words_and_over_another_list_and_bullets_do_not() -> None:
    lists = OpenLists()
    lists.item("1", "1.", 0, (0, 1))
    lists.introduce("You need these:", (0, 15))
    assert places(lists, ("", "-", 0), ("2", "1.", 0), ("", "-", 0)) == [(1, 0, 0), (0, 1, 0), (2, 0, 1)]


def test_a_heading_ends_every_list() -> None:
    lists = OpenLists()
    lists.item("1", "1.", 0, (0, 1))
    lists.close()
    assert places(lists, ("2", "1.", 0)) == [(1, 0, 0)]


@pytest.mark.parametrize(
    ("text", "introduces"),
    [
        ("You need:", True),
        ("The parts are", True),
        ("Causes include", True),
        ("Fruits such as", True),
        ("You need a spanner", False),
        ("The parts are small", False),
    ],
)
def test_a_colon_or_words_that_go_on_introduce_a_list(text: str, introduces: bool) -> None:
    lists = OpenLists()
    lists.introduce(text, (0, len(text)))
    first, second = lists.item("", "-", 0, (20, 30)), lists.item("", "-", 0, (31, 40))
    assert first.stem == second.stem == ((0, len(text)) if introduces else None)


def test_a_list_inside_an_item_is_introduced_by_that_item() -> None:
    lists = OpenLists()
    lists.introduce("Do this:", (0, 8))
    assert lists.item("1", "1.", 0, (9, 20)) == ListItem(0, 0, "1", 0, (0, 8))
    assert lists.item("", "-", 3, (21, 30)) == ListItem(1, 0, "", 1, None, (9, 20))


def test_lists_that_are_set_into_each_other_stay_eight_deep() -> None:
    found = places(OpenLists(), *(("", "-", 2 * depth) for depth in range(20)))
    assert max(depth for _, _, depth in found) == 7


def test_a_paragraph_is_an_item_in_small_letters_under_a_colon_or_after_such_an_item() -> None:
    lists = OpenLists()
    lists.introduce("You need", (0, 8))
    assert not lists.goes_on("a spanner")
    lists.introduce("You need:", (0, 9))
    assert lists.goes_on("a spanner")
    assert not lists.goes_on("A spanner")
    lists.item("", "paragraph", 0, (10, 19))
    assert lists.goes_on("a file")
    lists.introduce("That is all.", (0, 12))
    assert not lists.goes_on("a file")
