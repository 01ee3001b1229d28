"""Statements can be read alone: what they need is shown with them, as exact spans of the text."""

from clearspan.overview.answering.statements.statement import QuotableStatement, statements

PAGE = """Skip to content

Parking permits

The council issues permits. They must also be renewed.

You can get one if:

- you live in the zone
- you own:
    - a car
    - a van

Read more about this

Price | 30 pounds
"""


def quoted(text: str, words: str) -> QuotableStatement:
    return next(one for one in statements(text) if one.sentence.text == words)


def test_spans_are_exact() -> None:
    for one in statements(PAGE):
        for start, end in one.spans:
            assert PAGE[start:end].strip() == PAGE[start:end] != ""
        assert PAGE[one.start : one.end] == one.sentence.text


def test_what_may_be_quoted() -> None:
    assert [(one.sentence.text, one.unit) for one in statements(PAGE)] == [
        ("The council issues permits.", "prose"),
        ("They must also be renewed.", "prose"),
        ("you live in the zone", "item"),
        ("you own:", "item"),
        ("a car", "item"),
        ("a van", "item"),
        ("Price | 30 pounds", "row"),
    ]


def test_an_item_brings_its_stem_and_the_items_around_it() -> None:
    van = quoted(PAGE, "a van")
    assert [one.text for one in van.context] == ["You can get one if:", "you own:"]
    assert van.heading == "Parking permits"


def test_a_stem_with_a_pronoun_brings_what_it_stands_for() -> None:
    text = "Employees may be eligible. They must also:\nbe over 18\nearn enough"
    assert [one.text for one in quoted(text, "earn enough").context] == [
        "Employees may be eligible.",
        "They must also:",
    ]


def test_sentences_of_a_long_item_bring_its_first_one() -> None:
    more = " ".join(["Stools can be hard, dry, small, and difficult to pass for weeks on end."] * 5)
    text = f"Causes are:\n\n- Constipation. It is common. {more}\n- Age."
    one = quoted(text, "It is common.")
    assert [each.text for each in one.context] == ["Causes are:", "Constipation."]
    assert one.item is not None
    assert one.item.place == 0


def test_a_menu_and_a_line_that_repeats_the_title_are_left_out() -> None:
    text = "- Home\n- About us\n- Contact\n\nThe tower of the old town.\n\nThe tower is 50 metres high."
    assert [one.sentence.text for one in statements(text, title="The tower of the old town")] == [
        "The tower is 50 metres high."
    ]


def test_the_heading_that_is_given_stands_until_the_text_has_its_own() -> None:
    text = "- a rash\n- a fever that lasts\n\nTreatment\n\nRest helps most people."
    assert [one.heading for one in statements(text, heading="Symptoms")] == [
        "Symptoms",
        "Symptoms",
        "Treatment",
    ]
