"""The house itself: no circle of imports, no crowded folder, no long module, and a contract for every room."""

from benchmarks import house


def test_there_is_no_circle_of_imports() -> None:
    assert " → ".join(house.circle()) == ""


def test_no_folder_is_crowded() -> None:
    assert {name: count for name, count in house.folders().items() if count > house.MOST_FILES} == {}


def test_no_module_is_long() -> None:
    lengths = house.lengths(".py") | house.lengths(".js")
    assert {name: length for name, length in lengths.items() if length > house.MOST_LINES} == {}


def test_every_room_stands_in_a_contract() -> None:
    assert house.rooms_without_a_contract() == []


def test_no_two_classes_share_a_name() -> None:
    assert house.shared_names() == {}
