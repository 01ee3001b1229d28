"""An overview as it is said: what a listener must be told, whatever the answer is."""

from hypothesis import given
from hypothesis import strategies as st

from clearspan.faults import Conflict, ConflictSide
from clearspan.overview.spoken import MOST_PUBLISHERS, ON_SCREEN, OPENING, spoken
from clearspan.receipts import Abstention, Calculation, Citation, Claim, Overview, ReasonCode, Source, Verdict

PUBLISHERS = ["Alder Gazette", "Birch Review", "Cedar Almanac", "Damson Post", "Elm Record"]


def cited(publisher: str | None, number: int = 1, date: str | None = None) -> Citation:
    return Citation(
        number=number,
        document_id=f"d-{publisher}-{number}",
        passage_id="p-1",
        start=0,
        end=4,
        quote="text",
        title=f"Title {number}",
        publisher=publisher,
        date=date,
    )


def quoted(text: str, publisher: str | None = "Alder Gazette", **more: object) -> Claim:
    fields = {
        "text": text,
        "origin": "quoted",
        "support": "supported",
        "score": 1.0,
        "citations": (cited(publisher),),
    }
    return Claim.model_validate(fields | more)


def source(title: str, **more: object) -> Source:
    fields = {"number": None, "document_id": title, "passage_id": "p", "start": 0, "end": 1, "title": title}
    return Source.model_validate(fields | more)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    origin = draw(st.sampled_from(["quoted", "generated", "calculated"]))
    number = draw(st.integers(1, 9_999))
    publishers = draw(st.lists(st.sampled_from([*PUBLISHERS, None]), min_size=1, max_size=3, unique=True))
    return Claim(
        text=f"The pier is {number} m long" + draw(st.sampled_from([".", "!", ""])),
        origin=origin,
        support=draw(st.sampled_from(["supported", "disputed"])),
        score=0.9,
        citations=()
        if origin == "calculated"
        else tuple(cited(one, place) for place, one in enumerate(publishers, 1)),
        calculation=Calculation(expression="2 * (3 + 4)", result="14", method="arithmetic")
        if origin == "calculated"
        else None,
    )


@given(st.lists(claims(), min_size=1, max_size=6))
def test_every_answer_says_what_a_listener_must_know(made: list[Claim]) -> None:
    said = spoken(Overview(claims=tuple(made)), ())
    assert said.startswith(OPENING)
    assert said.endswith(ON_SCREEN)
    assert sum(publisher in said for publisher in PUBLISHERS) <= MOST_PUBLISHERS
    disputed = sum(claim.support == "disputed" for claim in made)
    assert ("The sources disagree" in said) == (disputed > 0)
    labels = sum(said.count(label) for label in ("Quoted from", "Written by a model", "Calculated:"))
    assert 1 <= labels <= 3
    told = [claim for claim in made if claim.origin != "calculated" and claim.text.split()[3] in said.split()]
    assert told or "Calculated" in said
    assert len(said.split()) < 220


def test_each_origin_is_told_by_words() -> None:
    generated = quoted("It is long.", origin="generated")
    calculated = Claim(text="2 × 3 = 6", origin="calculated", support="supported", score=1.0)
    said = spoken(Overview(claims=(quoted("The pier is 90 m long."), generated, calculated)), ())
    assert said == (
        f"{OPENING} Quoted from Alder Gazette: The pier is 90 metres long. "
        "Written by a model, and checked against the sources: It is long. Calculated: 2 times 3 is 6. "
        f"One source is {ON_SCREEN}"
    )


def test_a_third_publisher_is_not_named_and_the_rest_is_offered() -> None:
    made = tuple(quoted(f"Fact {number}.", PUBLISHERS[number]) for number in range(5))
    said = spoken(Overview(claims=made), ())
    assert "another source: Fact 2." in said
    assert f"Two more sentences and five sources are {ON_SCREEN}" in said


def test_the_shape_is_told_in_words() -> None:
    overview = Overview(
        claims=(
            quoted("Open the lid.", role="step", mark="1"),
            quoted("You own a car.", role="condition"),
            quoted("It is 90 metres long.", role="side", mark="the pier"),
        ),
        layout="yes_no",
        verdict=Verdict(answer="no", probability=0.7, hedged=True),
        missing=("What was found does not say when.",),
    )
    said = spoken(overview, [])
    assert (
        "The answer is probably no, as it was read in the sources. Step 1, quoted from Alder Gazette: Open the lid."
        in said
    )
    assert "On condition, quoted from the same source: You own a car." in said
    assert "Of the pier, quoted from" in said
    assert "What was found does not say when." in said


def test_two_sides_are_said_with_their_dates() -> None:
    sides = [
        quoted("It is 90 m long.", support="disputed", citations=(cited("Alder Gazette", 1, "2024-05-01"),)),
        quoted("It opened on a Monday.", support="supported"),
        quoted("It is 95 m long.", support="disputed", citations=(cited("Birch Review", 2, "2019"),)),
    ]
    said = spoken(Overview(claims=tuple(sides)), ())
    assert "The sources disagree. Quoted from Alder Gazette, dated 1 May 2024: It is 90 metres long." in said
    assert "Quoted from Birch Review, dated 2019: It is 95 metres long." in said
    assert "Monday" not in said
    assert said.endswith(f"One more sentence and two sources are {ON_SCREEN}")


def test_a_conflict_says_how_its_sides_differ() -> None:
    made = tuple(quoted(f"It is {number} m.", PUBLISHERS[number], support="disputed") for number in range(3))
    sides = tuple(ConflictSide(value=f"{number} m", claims=(number,)) for number in range(3))

    def told(cause: str) -> str:
        conflict = Conflict(about="its length", cause=cause, sides=sides, note="")  # type: ignore[arg-type]
        return spoken(Overview(claims=made, conflict=conflict), ())

    assert "The sources disagree, in three ways. Quoted" in told("disagreement")
    assert "The newest comes first." in told("age")
    assert "can be meant in three ways." in told("readings")
    assert all(
        "It is 0 metres." in told(cause) and "It is 2" not in told(cause) for cause in ("age", "readings")
    )


def test_only_satire() -> None:
    withheld = Abstention(code="only_untrusted_sources", message="The only pages found on this are satire.")
    found = [
        source("A", publisher="The Daily Barnacle", kind="satire", believed=False),
        source("B", publisher="Courier", copy_of="A", believed=False),
        source("C", publisher="Third", kind="satire", believed=False),
        source("D", publisher="Fourth"),
    ]
    said = spoken(Overview(abstention=withheld), found)
    assert f"{OPENING} I only found satire, from The Daily Barnacle and Courier, so I give no answer." in said
    assert "Third" not in said
    assert said.endswith(ON_SCREEN)
    other = [source("E", kind="promotion", believed=False)]
    assert "I only found pages that I do not believe, from E," in spoken(Overview(abstention=withheld), other)


@given(code=st.sampled_from(ReasonCode.__args__), message=st.text(max_size=120))  # type: ignore[attr-defined]
def test_every_abstention_is_said(code: ReasonCode, message: str) -> None:
    said = spoken(Overview(abstention=Abstention(code=code, message=message)), ())
    assert said.startswith(f"{OPENING} I have no answer.")
    assert said.endswith(ON_SCREEN)
