"""Verification: what the evidence says passes; one changed number, name, negation or direction does not."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clearspan.errors import Busy
from clearspan.language.sentences import sentences
from clearspan.language.words import STOPWORDS, stem, stems
from clearspan.models.serving.embedder import EmbeddedText, Embedder
from clearspan.overview.proof import predictors
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.model import trained
from clearspan.overview.proof.verify import Instruments, Verification, verify
from clearspan.receipts import Check, ClaimPart

SPAN = "The main span of the Golden Gate Bridge is 4,200 feet (1,280 metres) long."
AKASHI = "The main span of the Akashi Kaikyo Bridge is 1,991 metres long."
COLOUR = "The Golden Gate Bridge is painted International Orange so that ships can see it in fog."


def check(claim: str, evidence: Iterable[str], embedder: Embedder | None = None) -> Verification:
    said = [Evidence(text, source=number) for number, text in enumerate(evidence, 1)]
    return verify(claim, said, 0.5, Instruments(embedder))


def support(claim: str, *evidence: str) -> str:
    return check(claim, evidence).support


@pytest.mark.parametrize(
    "claim",
    [
        SPAN,
        "The Golden Gate Bridge has a main span of 4,200 feet.",
        "The main span of the Golden Gate Bridge is 1,280 metres long.",
        "The main span of the Golden Gate Bridge is 1.28 km long.",
        "The Golden Gate Bridge is painted International Orange and its main span is 4,200 feet long.",
    ],
)
def test_what_the_evidence_says_is_supported(claim: str) -> None:
    assert support(claim, SPAN, COLOUR) == "supported"


@pytest.mark.parametrize(
    ("claim", "veto"),
    [
        ("The main span of the Golden Gate Bridge is 4,300 feet long.", "numbers"),
        ("The main span of the Golden Gate Bridge is 4,200 metres long.", "numbers"),
        ("The main span of the Brooklyn Bridge is 4,200 feet long.", "names"),
        ("The main span of the Golden Gate Bridge is not 4,200 feet long.", "negation"),
        ("The main span of the Golden Gate Bridge is 1,991 metres long.", "numbers"),
    ],
)
def test_one_changed_fact_is_caught_by_name(claim: str, veto: str) -> None:
    found = check(claim, [SPAN, AKASHI])
    assert found.support != "supported"
    assert veto in {check.name for check in found.checks if check.score < 1.0}


def test_an_opposite_comparison_is_a_contradiction() -> None:
    evidence = "The Akashi Kaikyo Bridge is longer than the Golden Gate Bridge."
    claim = "The Akashi Kaikyo Bridge is shorter than the Golden Gate Bridge."
    assert support(claim, evidence) == "contradicted"


def test_without_evidence_nothing_is_supported() -> None:
    assert support(SPAN) == "unsupported"


def test_unrelated_text_is_unsupported() -> None:
    assert support("Blue whales eat krill.", SPAN, COLOUR) == "unsupported"


def test_meaning_is_a_part_when_there_are_embeddings(embedder: Embedder) -> None:
    found = check("The Golden Gate Bridge's central span measures 4,200 feet.", [SPAN], embedder)
    assert found.support == "supported"
    assert "meaning" in {check.name for check in found.checks}


@settings(deadline=None)
@given(st.integers(min_value=2, max_value=9999), st.integers(min_value=2, max_value=9999))
def test_a_number_is_supported_only_by_itself(stated: int, found: int) -> None:
    assume(abs(stated - found) > 0)
    evidence = f"The harbour wall of Tarrow is {found} bricks high."
    assert support(f"The harbour wall of Tarrow is {found} bricks high.", evidence) == "supported"
    assert support(f"The harbour wall of Tarrow is {stated} bricks high.", evidence) != "supported"


SPOKEN = "Critics of the scheme claim that the fluoride in Tarrow's water causes headaches."
ONE_BRIDGE = "The bridge at Tarrow is 2,737 m long and 227 m high."
LIBRARY = {
    "blue": "Blue whale: Blue whales feed almost entirely on krill, which are small crustaceans like shrimps.",
    "heart": "Blue whale: The heart of a blue whale that was examined in Canada weighed about 180 kilograms.",
    "meal": "Blue whale: Research with electronic tags, published in 2021, suggests that a blue whale in the North "
    "Pacific may eat as much as 16 tonnes on a day of good feeding.",
    "newborn": "Blue whale: A newborn blue whale is about seven metres long and weighs between two and three tonnes.",
    "roebling": "Brooklyn Bridge: John Roebling designed the Brooklyn Bridge.",
    "opened": "Brooklyn Bridge: The Brooklyn Bridge opened on 24 May 1883 after nearly fourteen years of work.",
    "towers": "The Golden Gate Bridge in figures: The towers of the Golden Gate Bridge rise 746 feet (227 metres) "
    "above the water and 500 feet (152 metres) above the roadway.",
    "span": "The Golden Gate Bridge in figures: The main span of the Golden Gate Bridge is 4,200 feet (1,280 metres) "
    "long.",
    "cables": "The Golden Gate Bridge in figures: Each main cable of the Golden Gate Bridge is a little over 36 inches "
    "(92 centimetres) thick.",
    "forth": "The Forth Bridge: Sir John Fowler and Sir Benjamin Baker designed the Forth Bridge.",
    "cantilever": "The Forth Bridge: It is a cantilever bridge, not a suspension bridge: three great double towers of "
    "steel tube stretch out their arms, and shorter girders rest between them.",
    "whale shark": "Whale shark: The whale shark is a shark and not a whale.",
    "warm": "Whale shark: Whale sharks live in warm seas and gather where food is plentiful, for example at Ningaloo "
    "Reef in Western Australia.",
    "lightning": "Great white shark: More people are killed by lightning than by sharks.",
    "orca": "Whales and sharks by weight: An orca weighs about three times as much as a great white shark.",
    "granite": "Granite and limestone: Granite does not fizz.",
    "pool": "Swimming pool: A swim at the Port Merrow pool costs £5.60 for an adult and £2.80 for a child.",
    "session": "Swimming pool: The public session runs from 10 am to 6 pm every day.",
    "lighthouse": "A short history of Port Merrow harbour: The Port Merrow lighthouse was built in 1859.",
    "tall": "A short history of Port Merrow harbour: It is 24 metres tall, and its light can be seen for 17 nautical "
    "miles.",
    "mole": "A short history of Port Merrow harbour: The outer mole was finished in 1826 with granite from the quarry "
    "on Lantern Hill.",
    "harbour": "A short history of Port Merrow harbour: The inner harbour was dug in 1742 by miners who had lost their "
    "work inland.",
    "rocks": "Why rocks are not food: Some rocks contain lead or arsenic.",
    "morrow": "Why the bridge is orange: Morrow chose the colour of the Golden Gate Bridge after long studies of the "
    "light at the strait.",
}


@pytest.mark.parametrize(
    ("claim", "veto", "evidence"),
    [
        ("Sharks eat whales.", "order", ["Whales eat sharks."]),
        ("The shark is heavier than the whale.", "order", ["The whale is heavier than the shark."]),
        ("The shark is heavier than the whale.", "order", ["The shark is lighter than the whale."]),
        ("The mayor accused the council.", "order", ["The council accused the mayor."]),
        ("The mayor was accused by the council.", "order", ["The mayor accused the council."]),
        ("The mayor was accused.", "order", ["The mayor accused the council."]),
        ("More people are killed by sharks than by lightning.", "order", [LIBRARY["lightning"]]),
        ("A great white shark weighs three times as much as an orca.", "order", [LIBRARY["orca"]]),
        ("The bridge at Tarrow is 227 m long and 2,737 m high.", "measures", [ONE_BRIDGE]),
        ("The bridge at Tarrow has a height of 2,737 m.", "measures", [ONE_BRIDGE]),
        (
            "The whale weighs 20 t and the shark 150 t.",
            "numbers",
            ["The whale weighs 150 t.", "The shark weighs 20 t."],
        ),
        (
            "The whale weighs 20 t and the shark weighs 150 t.",
            "numbers",
            ["The whale weighs 150 t and the shark weighs 20 t."],
        ),
        ("The shark weighs 150 t.", "numbers", ["The whale weighs 150 t."]),
        ("The pool at Tarrow will close in winter.", "hedges", ["The pool at Tarrow may close in winter."]),
        ("The pool at Tarrow closes in winter.", "hedges", ["The pool at Tarrow might close in winter."]),
        ("All rocks contain lead or arsenic.", "hedges", [LIBRARY["rocks"]]),
        ("Rocks contain lead or arsenic.", "hedges", [LIBRARY["rocks"]]),
        ("All adults swim there.", "hedges", ["Most adults swim there."]),
        ("The fluoride in Tarrow's water causes headaches.", "hedges", [SPOKEN]),
        ("A blue whale in the North Pacific eats 16 tonnes on a day.", "hedges", [LIBRARY["meal"]]),
        ("Macron opened the bridge.", "names", ["Roosevelt opened the bridge."]),
        ("The inspection of the bridge failed.", "direction", ["The inspection of the bridge passed."]),
        ("The council rejected the plan.", "direction", ["The council accepted the plan."]),
        ("Dogs are banned on the beach.", "direction", ["Dogs are allowed on the beach."]),
        ("The price of a swim fell.", "direction", ["The price of a swim rose."]),
        (
            "The towers of the Golden Gate Bridge rise 746 feet above the roadway.",
            "numbers",
            [LIBRARY["towers"]],
        ),
        ("A swim at the pool costs £2.80 for an adult.", "numbers", [LIBRARY["pool"]]),
        ("The fluoride in Tarrow's water causes headaches.", "hedges", [SPOKEN.replace("claim that", "say")]),
        ("The whale shark is a whale.", "negation", [LIBRARY["whale shark"]]),
        ("Rocks are food.", "negation", [LIBRARY["rocks"]]),
        ("Granite fizzes.", "negation", ["Granite: It does not fizz."]),
        (
            "Granite fizzes and limestone does not fizz.",
            "negation",
            ["Limestone fizzes.", LIBRARY["granite"]],
        ),
    ],
)
def test_a_changed_meaning_in_the_same_words_is_caught_by_name(
    claim: str, veto: str, evidence: list[str]
) -> None:
    found = check(claim, evidence)
    assert found.support != "supported"
    assert veto in {check.name for check in found.checks if check.score < 1.0}


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        (
            "Blue whales feed almost entirely on krill, and a newborn is about seven metres long.",
            "blue newborn",
        ),
        ("A newborn blue whale weighs between two and three tonnes.", "newborn"),
        (
            "A blue whale may eat as much as 16 tonnes on a day, and its heart weighed 180 kilograms.",
            "meal heart",
        ),
        ("The heart of a blue whale examined in Canada weighed about 180 kg.", "heart"),
        ("The Brooklyn Bridge was designed by John Roebling and opened on 24 May 1883.", "roebling opened"),
        ("Designed by John Roebling, the Brooklyn Bridge opened in May 1883.", "roebling opened"),
        ("The towers of the Golden Gate Bridge rise 500 feet above the roadway.", "towers"),
        (
            "The Golden Gate Bridge has a main span of 4,200 feet and towers that rise 746 feet above the water.",
            "span towers",
        ),
        ("The Golden Gate Bridge's main cables are each a little over 36 inches thick.", "cables"),
        ("The Forth Bridge was designed by Sir John Fowler and Sir Benjamin Baker.", "forth"),
        (
            "The Forth Bridge is a cantilever bridge designed by Sir John Fowler and Sir Benjamin Baker.",
            "cantilever forth",
        ),
        ("Whale sharks live in warm seas and gather where food is plentiful.", "warm"),
        ("Granite does not fizz, and some rocks contain lead.", "granite rocks"),
        ("Lightning kills more people than sharks.", "lightning"),
        (
            "A swim at the Port Merrow pool costs £5.60 for an adult, and the public session runs from 10 am to 6 pm.",
            "pool session",
        ),
        ("The Port Merrow lighthouse was built in 1859 and is 24 metres tall.", "lighthouse tall"),
        ("Built in 1859, the Port Merrow lighthouse is 24 metres tall.", "lighthouse tall"),
        (
            "The inner harbour was dug by miners in 1742 and the outer mole was finished in 1826.",
            "harbour mole",
        ),
        ("In 1742 miners dug the inner harbour.", "harbour"),
        ("Some rocks contain arsenic.", "rocks"),
        (
            "The colour of the Golden Gate Bridge was chosen by Morrow after long studies of the light.",
            "morrow",
        ),
        ("Granite does not fizz.", "granite"),
    ],
)
def test_a_true_rewrite_is_not_vetoed(claim: str, quotes: str) -> None:
    evidence = [LIBRARY[key.replace("_", " ")] for key in quotes.split()]
    found = check(claim, evidence)
    assert found.support == "supported", [check for check in found.checks if check.score < 1.0]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        (
            "In 2015 the mill was added to the county list by Tarrow Council.",
            "Tarrow Council added the mill to the county list in 2015.",
        ),
        ("The orca weighs 6 tonnes.", "Animal: Orca; Weight (tonnes): 6; Length (metres): 8"),
        ("Sharks are eaten by whales.", "Whales eat sharks."),
        ("The shark is lighter than the whale.", "The whale is heavier than the shark."),
        ("The council was accused by the mayor of waste.", "The mayor accused the council of waste."),
        ("The bridge in Tarrow opened in 1937.", "In 1937 the bridge opened in Tarrow."),
        ("The pool is dangerous in winter.", "The pool is not safe in winter."),
        ("Whales eat krill and sharks eat fish.", "Sharks eat fish and whales eat krill."),
    ],
)
def test_the_same_said_from_the_other_side_is_supported(claim: str, evidence: str) -> None:
    assert support(claim, evidence) == "supported"


def test_every_sentence_of_the_samples_follows_from_itself() -> None:
    vetoed: list[str] = []
    for page in files("clearspan.samples").joinpath("library").iterdir():
        if not page.name.endswith(".md"):
            continue
        _, head, body = page.read_text(encoding="utf-8").split("---\n", 2)
        title = next(
            line.removeprefix("title: ").strip('"') for line in head.splitlines() if "title: " in line
        )
        paragraphs = [part for part in body.split("\n\n") if part.strip() and part.lstrip()[0] not in "#|"]
        said = [part[start:end].strip() for part in paragraphs for start, end in sentences(part)]
        for first, second in zip(said, [*said[1:], said[0]], strict=True):
            if stems(first) and support(first, f"{title}: {first}", f"{title}: {second}") != "supported":
                vetoed.append(first)
    assert vetoed == []


@dataclass
class WordVectors:
    """An embedder without context: a fixed random unit vector for each stem, the mean of them for a text."""

    read_texts: list[list[str]] = field(default_factory=list[list[str]])

    def read(self, texts: Sequence[str]) -> list[EmbeddedText]:
        self.read_texts.append(list(texts))
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> EmbeddedText:
        words, spans, at = text.split(), list[tuple[int, int]](), 0
        for word in words:
            start = text.index(word, at)
            at = start + len(word)
            spans.append((start, at))
        tokens = np.stack([self._vector(stem(word.strip(".,;:").lower())) for word in words])
        telling = [
            vector for word, vector in zip(words, tokens, strict=True) if word.lower() not in STOPWORDS
        ]
        whole = np.sum(telling or [tokens[0]], axis=0)
        return EmbeddedText(whole / np.linalg.norm(whole), tokens, tuple(spans))

    def _vector(self, word: str) -> np.ndarray:
        drawn = np.random.default_rng(zlib.crc32(word.encode())).normal(size=64).astype(np.float32)
        return drawn / np.linalg.norm(drawn)


@dataclass
class Likelihoods:
    """A language model that finds a claim as likely as it is told to, with its evidence and without."""

    after: float
    alone: float = -20.0
    busy: bool = False
    waits: list[float] = field(default_factory=list[float])
    log_probability: float = 0.0

    def likelihood(self, prompt: str, text: str, wait: float) -> "Likelihoods":
        if self.busy:
            raise Busy("The model is busy.", do="Ask again.")
        self.waits.append(wait)
        told = self.after if prompt.startswith("Passage") else self.alone
        return Likelihoods(self.after, self.alone, log_probability=told)


@dataclass
class Sure:
    """A checker that says what it is told to, and keeps what it was asked."""

    says: float
    reference: str = "dir:sure"
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def probability(self, claim: str, document: str) -> float:
        self.asked.append((claim, document))
        return self.says


MILL = "The old mill at Tarrow burned down in 1861."
TOLD = "In 1861 the old mill at Tarrow burned down."


def by_name(found: Verification) -> dict[str, Check]:
    return {check.name: check for check in found.checks}


def asked(claim: str, *evidence: str, threshold: float = 0.5, **instruments: object) -> Verification:
    said = [Evidence(text, "A title", number) for number, text in enumerate(evidence, 1)]
    return verify(claim, said, threshold, Instruments(**instruments))  # pyright: ignore[reportArgumentType]


def test_without_evidence_the_check_says_so() -> None:
    assert verify(SPAN, [], 0.5) == Verification(
        "unsupported", 0.0, (Check(name="evidence", score=0.0, detail="no source was cited"),)
    )


def test_words_alone_are_nine_hard_checks_and_the_share_of_words() -> None:
    found = verify(MILL, [Evidence(TOLD)], 0.5)
    hard = ["numbers", "measures", "negation", "direction", "hedges", "order", "exchange", "names", "links"]
    assert [check.name for check in found.checks] == [*hard, "words"]
    assert by_name(found)["words"] == Check(
        name="words", score=1.0, detail="share in the cited text, by rarity"
    )
    half = verify(MILL, [Evidence("The old barn at Tarrow fell down in 1861.")], 0.5)
    shared = predictors.of_words(MILL, [Evidence("The old barn at Tarrow fell down in 1861.")], ())["words"]
    assert by_name(half)["words"].score == round(shared, 3)
    assert 0.3 < shared < 0.9


def test_the_probability_is_the_trained_models() -> None:
    evidence = [Evidence("The old mill at Tarrow burned.")]
    claim = "The old mill at Tarrow burned brightly."
    measured = predictors.of_words(claim, evidence, predictors.hard_checks(claim, [evidence[0].text]))
    found = verify(claim, evidence, 0.5)
    assert found.score == round(trained().supported(measured), 4)
    assert found.parts[0].probability == round(trained().supported(measured), 3)


def test_a_fault_takes_the_probability_to_what_its_kind_was_wrong_by() -> None:
    found = verify(MILL.replace("1861", "1862"), [Evidence(TOLD)], 0.5)
    assert found.score == round(trained().broken["numbers"], 4)
    named = verify(MILL.replace("Tarrow", "Merrow"), [Evidence(TOLD)], 0.5)
    assert named.score == 0.1


def test_meaning_and_alignment_are_told_when_there_is_an_embedder() -> None:
    vectors = WordVectors()
    found = asked(MILL, TOLD, "A barn.", embedder=vectors)
    said = [Evidence(TOLD, "A title", 1), Evidence("A barn.", "A title", 2)]
    texts = predictors.texts_to_read(MILL, said)
    assert vectors.read_texts == [texts]
    measured = predictors.of_meaning(MILL, said, WordVectors().read(texts))
    assert by_name(found)["meaning"] == Check(
        name="meaning", score=round(measured["meaning_two_sentences"], 3), detail="cosine with the cited text"
    )
    assert by_name(found)["alignment"] == Check(
        name="alignment",
        score=round(1 - measured["unaligned"], 3),
        detail="share of its words that have a counterpart in the cited text",
    )
    assert [check.name for check in found.checks][-3:] == ["words", "meaning", "alignment"]
    words = predictors.of_words(MILL, said, predictors.hard_checks(MILL, [each.titled for each in said]))
    assert found.score == round(trained().supported(words | measured), 4)


def test_a_cosine_below_nothing_is_told_as_nothing() -> None:
    class Opposed(WordVectors):
        def read(self, texts: Sequence[str]) -> list[EmbeddedText]:
            first, *rest = super().read(texts)
            return [first, *(EmbeddedText(-first.vector, -each.tokens, each.spans) for each in rest)]

    found = asked(MILL, TOLD, embedder=Opposed())
    assert by_name(found)["meaning"].score == 0.0
    assert by_name(found)["alignment"].score == 0.0


def test_the_language_model_is_asked_beside_an_embedder_only() -> None:
    model = Likelihoods(after=-5.0)
    found = asked(MILL, TOLD, embedder=WordVectors(), model=model, wait=1.5)
    assert model.waits == [1.5, 1.5]
    assert by_name(found)["likelihood"] == Check(
        name="likelihood",
        score=0.75,
        detail="share of its surprise that the cited text takes away for the language model",
    )
    without = Likelihoods(after=-5.0)
    assert "likelihood" not in by_name(asked(MILL, TOLD, model=without))
    assert without.waits == []


@pytest.mark.parametrize(("after", "share"), [(-30.0, 0.0), (5.0, 1.0)])
def test_a_share_of_surprise_is_told_between_nothing_and_all(after: float, share: float) -> None:
    found = asked(MILL, TOLD, embedder=WordVectors(), model=Likelihoods(after=after))
    assert by_name(found)["likelihood"].score == share


def test_likelihoods_weigh_in_with_the_weights_made_for_them() -> None:
    said = [Evidence(TOLD, "A title", 1)]
    measured = predictors.of_words(MILL, said, predictors.hard_checks(MILL, [said[0].titled]))
    measured |= predictors.of_meaning(MILL, said, WordVectors().read(predictors.texts_to_read(MILL, said)))
    found = asked(MILL, TOLD, embedder=WordVectors(), model=Likelihoods(after=-5.0))
    assert found.score == round(trained().supported(measured | {"likelier": 0.75}), 4)
    busy = asked(MILL, TOLD, embedder=WordVectors(), model=Likelihoods(after=-5.0, busy=True))
    assert busy.score == round(trained().supported(measured), 4)
    assert "likelihood" not in by_name(busy)


def test_a_checkers_word_takes_the_place_of_the_trained_models() -> None:
    checker = Sure(0.87654321)
    found = asked(MILL, TOLD, "A barn.", checker=checker)
    assert checker.asked == [(MILL, f"A title: {TOLD} A title: A barn.")]
    assert found.score == 0.8765
    assert found.checks[-1] == Check(name="checker", score=0.877, detail="dir:sure")
    low = asked(MILL, TOLD, checker=Sure(0.2))
    assert low.support != "supported"
    assert low.score == 0.2


def test_a_checker_does_not_undo_a_fault() -> None:
    found = asked(MILL.replace("1861", "1862"), TOLD, checker=Sure(0.99))
    assert found.support == "contradicted"
    assert found.score == round(trained().broken["numbers"], 4)
    assert found.checks[-1].score == 0.99


def test_each_clause_has_a_probability_of_its_own() -> None:
    claim = "The old mill at Tarrow burned down, and the tall barn was painted green."
    evidence = [
        Evidence("The old mill at Tarrow burned down.", source=1),
        Evidence("Whales sing songs.", source=2),
    ]
    found = verify(claim, evidence, 0.5)
    first, second = (part for part in found.parts if part.kind == "relation")

    def alone(clause: str) -> float:
        texts = [each.text for each in evidence]
        return trained().supported(
            predictors.of_words(clause, evidence, predictors.hard_checks(clause, texts))
        )

    assert (first.decision, first.probability, first.citation) == (
        "supported",
        round(alone(first.text), 3),
        1,
    )
    assert second.decision == "unsupported"
    assert second.probability == round(alone(", and the tall barn was painted green."[6:]), 3)


def test_clauses_are_read_by_what_was_read_for_the_whole() -> None:
    claim = "The old mill at Tarrow burned down, and the tall barn was painted green."
    vectors = WordVectors()
    evidence = [Evidence("The old mill at Tarrow burned down."), Evidence("Somebody painted a barn green.")]
    found = verify(claim, evidence, 0.5, Instruments(vectors))  # pyright: ignore[reportArgumentType]
    assert len(vectors.read_texts) == 1
    first = found.parts[0]
    texts = predictors.texts_to_read(first.text, evidence)
    measured = predictors.of_words(
        first.text, evidence, predictors.hard_checks(first.text, [each.text for each in evidence])
    )
    with_meaning = measured | predictors.of_meaning(first.text, evidence, WordVectors().read(texts))
    assert first.probability == round(trained().supported(with_meaning), 3)


def test_a_part_is_held_against_the_sentence_that_has_most_of_its_clause() -> None:
    claim = "The old mill at Tarrow burned down, and the tall barn was painted green."
    evidence = [
        Evidence("Green paint is dear.", source=1),
        Evidence("The tall barn was painted green.", source=2),
        Evidence("The old mill at Tarrow burned down.", source=3),
    ]
    found = verify(claim, evidence, 0.5)
    assert {part.text: part.citation for part in found.parts if part.kind == "name"} == {"Tarrow": 3}
    assert [part.citation for part in found.parts if part.kind == "relation"] == [3, 2]
    assert found.proof == {2, 3}


def test_of_sentences_with_as_much_of_a_clause_the_one_with_the_part_is_nearest() -> None:
    claim = "Mary saw Tarrow."
    evidence = [Evidence("She saw Mary.", source=1), Evidence("She saw Tarrow.", source=2)]
    found = verify(claim, evidence, 0.5)
    assert {part.text: part.citation for part in found.parts if part.kind == "name"} == {
        "Mary": 1,
        "Tarrow": 2,
    }


def test_only_supported_parts_prove() -> None:
    def part(decision: str, citation: int | None) -> ClaimPart:
        return ClaimPart(
            kind="name",
            text="",
            start=0,
            end=0,
            decision=decision,
            probability=1,
            decided_by="",
            citation=citation,
        )

    parts = (part("supported", 1), part("unsupported", 2), part("contradicted", 3), part("supported", None))
    assert Verification("supported", 1.0, (), parts).proof == {1}


def test_contradiction_is_told_from_likely_words() -> None:
    """A trained likelihood of contradiction decides where no hard check does, below the threshold only."""
    evidence = [Evidence("The old mill at Tarrow burned brightly down.")]
    claim = "The old mill at Tarrow burned down."
    measured = predictors.of_words(claim, evidence, predictors.hard_checks(claim, [evidence[0].text]))
    assert trained().contradicted(measured) > 0.7
    assert verify(claim, evidence, 0.5).support == "supported"
    assert verify(claim, evidence, 1.0).support == "contradicted"
