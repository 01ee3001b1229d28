"""Evidence as quotes: where it stands, what it is called, and which questions are drawn."""

from clearspan.checks.writing.evidence import drawn, quotes_of
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage

PAGE = QuestionPage("Tarrow", "Tarrow is a town.\n\nIts bridge was built in 1861 by Ann Alder.\n", "")
TABLE = QuestionPage(
    "Bridges", "| Built | Where it stands |\n|---|---|\n| 1861 | Tarrow on the river |\n", ""
)


def question(
    number: int, evidence: tuple[str, ...], page: QuestionPage = PAGE, **given: object
) -> LabelledQuestion:
    fields = {
        "id": f"made:{number}",
        "origin": "made",
        "question": "When was the bridge built?",
        "answers": ("1861",),
        "answerable": True,
        "kinds": ("fact",),
        "pages": (page,),
        "evidence": evidence,
        "marked": "gold",
        "near_miss": (),
        "trainable": True,
    }
    return LabelledQuestion(**{**fields, **given})  # type: ignore[arg-type]


def test_a_quote_stands_where_it_says() -> None:
    (quote,) = quotes_of(question(1, ("Its bridge was built in 1861 by Ann Alder.", "It was not.")))
    (cited,) = quote.citations
    assert PAGE.text[cited.start : cited.end] == cited.quote == quote.text
    assert cited.title == "Tarrow"


def test_a_row_is_quoted_with_its_columns() -> None:
    (quote,) = quotes_of(question(1, ("| 1861 | Tarrow on the river |",), TABLE))
    table = quote.citations[0].table
    assert table is not None
    assert table.as_text() == "Built: 1861; Where it stands: Tarrow on the river"


def test_without_marks_a_page_s_first_sentences_are_taken() -> None:
    (quote,) = quotes_of(question(1, ()))
    assert quote.text == "Its bridge was built in 1861 by Ann Alder."


def test_one_question_a_page_of_those_that_can_be_answered() -> None:
    said = ("Its bridge was built in 1861 by Ann Alder.",)
    elsewhere = QuestionPage("Hill", "Its bridge was built in 1861 by Ann Alder.", "")
    some = [
        question(1, said),
        question(2, said),
        question(3, said, elsewhere),
        question(4, said, elsewhere, answerable=False),
        question(5, ("Nowhere does any page say so.",), QuestionPage("Dale", "Nothing.", "")),
    ]
    found = drawn(some, {"made": 9})
    assert sorted(one.pages[0].title for one in found) == ["Hill", "Tarrow"]
    assert all(one.answerable for one in found)
    assert drawn(some, {"made": 1, "other": 3}) == drawn(some[::-1], {"made": 1})
