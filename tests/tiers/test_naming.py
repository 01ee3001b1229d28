"""What quotes speak of is named where a title tells it, and what leans on another quote says so."""

from clearspan.models.text.excerpts import Excerpt
from clearspan.receipts import Citation, Claim
from clearspan.tiers.naming import excerpts


def quoted(text: str, title: str = "Marfan syndrome", start: int = 0, document: str = "d") -> Claim:
    citation = Citation(
        number=1,
        document_id=document,
        passage_id="d:0",
        start=start,
        end=start + len(text),
        quote=text,
        title=title,
    )
    return Claim(text=text, origin="quoted", support="supported", score=0.9, citations=(citation,))


def test_it_becomes_the_name_that_the_title_gives() -> None:
    assert excerpts([quoted("It is inherited.")]) == [Excerpt("Marfan syndrome is inherited.", changed=True)]
    assert excerpts([quoted("This condition affects the heart.", "scurvy (disease)")]) == [
        Excerpt("Scurvy affects the heart.", changed=True)
    ]


def test_whom_he_is_is_not_guessed_from_a_title() -> None:
    assert excerpts([quoted("He argued that aid was needed.", "Truman Doctrine")]) == [
        Excerpt("He argued that aid was needed.")
    ]


def test_a_title_that_is_no_name_names_nothing() -> None:
    for title in ("Treatment: what to know", "How the heart changes in people with this", ""):
        assert excerpts([quoted("It is inherited.", title)]) == [Excerpt("It is inherited.")]


def test_a_link_to_a_sentence_that_is_not_there_goes_and_so_does_the_mark_of_an_item() -> None:
    assert excerpts([quoted("- Eat healthy meals.")]) == [Excerpt("Eat healthy meals.")]
    assert excerpts([quoted("However, the heart is affected.")]) == [Excerpt("The heart is affected.")]


def test_they_leans_on_the_sentence_before_it_alone() -> None:
    first = quoted("Drugs may help.")
    adjacent, far = quoted("They lower the pulse.", start=16), quoted("They lower the pulse.", start=90)
    other = quoted("They lower the pulse.", start=16, document="e")
    assert excerpts([first, adjacent]) == [Excerpt("Drugs may help."), Excerpt(adjacent.text, after=0)]
    for lone in (far, other):
        assert excerpts([first, lone]) == [Excerpt("Drugs may help.")]
    assert excerpts([far]) == [Excerpt(far.text)]
