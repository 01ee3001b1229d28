"""From scored sentences of passages to claims: read around, cited within a passage, joined by who says the same."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from clearspan.language.sentences import Sentence
from clearspan.library.documents import Document, Hit, Passage
from clearspan.library.passages import split
from clearspan.overview.answering import shaping
from clearspan.overview.answering.compose import choose, number_sources
from clearspan.overview.answering.select import Candidate
from clearspan.overview.answering.shapes.assemble import assemble, guessed
from clearspan.overview.answering.shapes.given import AnswerReading, Given
from clearspan.overview.answering.shapes.shaped import ShapedAnswer
from clearspan.overview.answering.surroundings import ReadAround, windows
from clearspan.overview.question import understand
from clearspan.overview.trust.judge import JudgedHit
from clearspan.receipts import Claim, Source

LONG = " ".join(["The council has issued permits to people of this town since the war ended."] * 9)
GUIDE = f"{LONG}\n\nYou can get a permit if:\n\n- you live in the zone\n\n- you own a car\n\n{LONG}"


class Page:
    """A document with its passages, and candidates in it."""

    def __init__(self, title: str, text: str, copied: tuple[tuple[int, int], ...] = ()) -> None:
        self.document = Document(
            id=f"d-{title}",
            locator=title,
            title=title,
            text=text,
            media_type="text/plain",
            content_hash="",
            added_at=datetime.now(UTC),
        )
        self.passages = split(self.document.id, text)
        self.copied = copied

    def candidate(self, words: str, probability: float = 0.9) -> Candidate:
        at = self.document.text.index(words)
        passage = next(one for one in self.passages if one.start <= at < one.end)
        source = Source(
            number=None,
            document_id=self.document.id,
            passage_id=passage.id,
            start=passage.start,
            end=passage.end,
            title=self.document.title,
        )
        judged = JudgedHit(Hit(passage, self.document, 1.0, ()), source, self.copied)
        return Candidate(judged, Sentence(words, at - passage.start), probability, ())

    def windows(self, *wanted: Passage) -> tuple[ReadAround, ...]:
        indices = [one.index for one in wanted or self.passages]
        return windows(self.document, self.passages, indices, self.copied)


def answered(
    question: str,
    candidates: list[Candidate],
    read: Mapping[str, tuple[ReadAround, ...]],
    reading: AnswerReading | None = None,
) -> tuple[tuple[Claim, ...], Given, ShapedAnswer]:
    asked = understand(question)
    quotes = choose(asked, shaping.readable(candidates, read), 0.5, 3)
    given = shaping.given(
        asked, candidates, quotes, read, reading or AnswerReading(guessed(asked)), 0.5, 0.6, 3
    )
    answer = assemble(given)
    assert answer is not None
    cited = shaping.cited_documents(answer, given, quotes)
    sources = number_sources([one.judged.source for one in candidates], cited)
    return shaping.claims_of(answer, given, quotes, read, sources), given, answer


def test_an_item_brings_a_stem_that_stands_in_an_earlier_passage() -> None:
    page = Page("Guide", GUIDE)
    item = page.candidate("you own a car")
    claims, *_ = answered("What are the conditions for a permit?", [item], {page.document.id: page.windows()})
    assert [(claim.role, claim.text) for claim in claims] == [
        ("stem", "You can get a permit if:"),
        ("item", "you live in the zone"),
        ("item", "you own a car"),
    ]
    for claim in claims:
        (cited,) = claim.citations
        passage = next(one for one in page.passages if one.id == cited.passage_id)
        assert page.document.text[cited.start : cited.end] == cited.quote
        assert passage.start <= cited.start
        assert cited.end <= passage.end
    assert all(claim.score == 0.9 for claim in claims)


def test_a_sentence_that_introduces_a_list_speaks_for_its_items() -> None:
    page = Page("Guide", GUIDE)
    asked = understand("What are the conditions for a permit?")
    read = {page.document.id: page.windows()}
    stem = page.candidate("You can get a permit if:", 0.8)
    candidates = [stem, page.candidate("you own a car", 0.6)]
    given = shaping.given(
        asked, candidates, choose(asked, candidates, 0.5, 3), read, AnswerReading(guessed(asked)), 0.5, 0.6, 3
    )
    points = {one.text: one.probability for one in given.scored if one.statement.unit == "item"}
    assert points == {"you live in the zone": 0.8, "you own a car": 0.8}


def test_windows_are_apart_and_as_wide_as_asked() -> None:
    page = Page("Long", "\n\n".join(f"{LONG} Number {number} ends here." for number in range(12)))
    first, second = windows(page.document, page.passages, [1, 9])
    assert (first.passages[0].index, first.passages[-1].index) == (0, 3)
    assert (second.passages[0].index, second.passages[-1].index) == (7, 11)
    (joined,) = windows(page.document, page.passages, [1, 4])
    assert page.document.text[joined.start : joined.end] == joined.text


def test_fragments_of_a_page_that_was_read_are_no_candidates() -> None:
    page = Page("Page", "Read more about permits\n\nA permit costs 30 pounds a year here.")
    kept = shaping.readable(
        [page.candidate("Read more about permits"), page.candidate("A permit costs 30 pounds a year here.")],
        {page.document.id: page.windows()},
    )
    assert [one.text for one in kept] == ["A permit costs 30 pounds a year here."]


def test_what_is_copied_from_satire_is_not_shown_with_a_quote_either() -> None:
    text = "Rocks are food. They have minerals in them."
    page = Page("Page", text, copied=((0, len("Rocks are food.")),))
    assert [one.sentence.text for window in page.windows() for one in window.found] == []


def test_a_quote_over_two_passages_is_two_claims() -> None:
    text = f"{LONG} {LONG} {LONG} The gate opened in 1937. It was painted red in the same year."
    page = Page("Gate", text)
    cut = text.index("It was painted")
    passages = [
        Passage("d-Gate:0", page.document.id, 0, 0, cut - 1, text[: cut - 1]),
        Passage("d-Gate:1", page.document.id, 1, cut, len(text), text[cut:]),
    ]
    page.passages = passages
    red = page.candidate("It was painted red in the same year.")
    span = (cut + len("It was painted "), cut + len("It was painted red"))
    reading = AnswerReading({"fact": 1.0}, {(page.document.id, red.start, red.end): span})
    claims, *_ = answered("What colour is the gate?", [red], {page.document.id: page.windows()}, reading)
    assert [claim.text for claim in claims] == [
        "The gate opened in 1937.",
        "It was painted red in the same year.",
    ]
    assert [claim.citations[0].passage_id for claim in claims] == ["d-Gate:0", "d-Gate:1"]
    last = claims[-1]
    assert last.emphasis is not None
    assert last.text[slice(*last.emphasis)] == "red"


def test_what_a_reader_found_shapes_the_answer() -> None:
    page = Page("Guide", GUIDE)
    item = page.candidate("you own a car")
    reading = AnswerReading(
        {"yes_no": 0.9, "fact": 0.1}, {}, {(page.document.id, item.start, item.end): 0.97}
    )
    _, _, answer = answered("permit for my car?", [item], {page.document.id: page.windows()}, reading)
    assert answer.layout == "yes_no"
    assert answer.verdict is not None
    assert answer.verdict.answer == "yes"


def test_a_difference_cites_both_quotes_that_it_is_calculated_from() -> None:
    one = Page("Red bridge", "The Red bridge is 300 m long.")
    two = Page("Blue bridge", "The Blue bridge is 200 m long.")
    candidates = [
        one.candidate("The Red bridge is 300 m long."),
        two.candidate("The Blue bridge is 200 m long."),
    ]
    read = {page.document.id: page.windows() for page in (one, two)}
    claims, *_ = answered("Which is longer, the Red bridge or the Blue bridge?", candidates, read)
    last = claims[-1]
    assert (last.origin, last.role) == ("calculated", "difference")
    assert last.text == "The Red bridge: 100 metres longer than the Blue bridge."
    assert [cited.quote for cited in last.citations] == [claim.text for claim in claims[:-1]]
    assert [cited.number for cited in last.citations] == [1, 2]


def test_who_says_the_same_is_cited_with_the_quote(candidate: Callable[..., Candidate]) -> None:
    first = candidate("The footbridge in Port Merrow is 212 metres long.", "One")
    second = candidate("The Port Merrow footbridge is 212 m long.", "Two", probability=0.8)
    claims, *_ = answered("How long is the footbridge in Port Merrow?", [first, second], {})
    assert [[cited.title for cited in claim.citations] for claim in claims] == [["One", "Two"]]


def test_a_sentence_that_introduces_a_list_is_quoted_with_its_items() -> None:
    page = Page("Guide", GUIDE)
    stem = page.candidate("You can get a permit if:")
    claims, *_ = answered("Who gets a permit?", [stem], {page.document.id: page.windows()})
    assert [(claim.role, claim.text) for claim in claims] == [
        ("stem", "You can get a permit if:"),
        ("item", "you live in the zone"),
        ("item", "you own a car"),
    ]


def test_a_sentence_that_introduces_nothing_is_never_quoted() -> None:
    page = Page("Guide", f"You can get a permit if:\n\n{LONG}")
    stem = page.candidate("You can get a permit if:")
    assert shaping.readable([stem], {page.document.id: page.windows()}) == []
