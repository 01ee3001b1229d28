"""Texts held to given sentences: every one that can come about keeps what binds, and says nothing else."""

import random
import re
from collections.abc import Sequence

import pytest

from clearspan.models.text.excerpts import Excerpt, Excerpts

END = 0
BRIDGE = (
    "The bridge, which was built in 1861, is closed in winter because ice forms on its deck (and its road)."
)
FERRY = "The ferry runs from May to October, and carries 12 cars."


class Spelling:
    """Tokens of words and signs, with the space before them."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def encode(self, text: str) -> list[int]:
        pieces = re.findall(r"\s*[\w'.-]+|\s*[^\w\s]", text)
        return [self.known.setdefault(piece, len(self.known) + 1) for piece in pieces]

    def text(self, tokens: Sequence[int]) -> str:
        named = {number: piece for piece, number in self.known.items()}
        return "".join(named[token] for token in tokens)


def texts(*sentences: str | Excerpt, most: int = 1, eager: float = 0.0, draws: int = 200) -> set[str]:
    """Every text that random draws among what is allowed lead to."""
    spelling, generator = Spelling(), random.Random(7)
    given = [Excerpt(one) if isinstance(one, str) else one for one in sentences]
    held = Excerpts(given, spelling.encode, [END], most=most)
    found: set[str] = set()
    for _ in range(draws):
        text, tokens = held.begin(eager), list[int]()
        while True:
            allowed, costs = text.allowed()
            assert len(allowed) == len(costs) == len(set(allowed.tolist())) > 0
            token = int(generator.choice(allowed.tolist()))
            text.take(token)
            if token == END:
                break
            tokens.append(token)
        found.add(spelling.text(tokens))
    return found


def test_insertions_go_and_the_given_sentence_itself_does_not_come() -> None:
    assert texts(BRIDGE) == {
        "The bridge is closed in winter.",
        "The bridge is closed in winter because ice forms on its deck (and its road).",
    }


def test_sentences_are_joined_in_either_order_or_follow_each_other() -> None:
    joined = texts("The mill has four floors.", "The mill was built in 1861.", most=2)
    assert joined == {
        "The mill has four floors, and the mill was built in 1861.",
        "The mill was built in 1861, and the mill has four floors.",
    }
    both = texts(BRIDGE, FERRY, most=2)
    assert (
        "The bridge is closed in winter, and the ferry runs from May to October, and carries 12 cars." in both
    )
    assert all(text.count("bridge") <= 1 and text.count("ferry") <= 1 for text in both)
    assert max(len(re.findall(r"\.(?:\s|$)", text)) for text in both) == 2


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("The ferry, if the lake is free of ice, runs, and it carries cars.", "if the lake is free of ice"),
        ("The tower (except on Mondays) is open to all, and it is high.", "except on Mondays"),
        ("The mill is open to all, but only if a guide comes along with them.", "only if a guide"),
        ("The mill, according to its owner, grinds barley, which is rare.", "according to its owner"),
    ],
)
def test_conditions_limits_and_whose_word_it_is_stay(sentence: str, kept: str) -> None:
    assert all(kept in text for text in texts(sentence, "The mill is old."))


def test_the_members_of_a_list_stay_together() -> None:
    found = texts(
        "The crane, engine, and boiler are old, and they are red.",
        "The old stone mill, which is red, is tall.",
    )
    assert all("crane, engine, and boiler are old" in text for text in found if "crane" in text)
    assert not any("stone mill." in text or "mill, and" in text for text in found)
    assert any("boiler are old, and the old stone mill is tall." in text for text in found)


def test_a_long_relative_clause_goes_whole_with_its_commas_and_its_doubts() -> None:
    sentence = (
        "The old mill, which had stood empty, and was thought lost by all who knew it, although some never said so, "
        "was bought in 1994."
    )
    assert texts(sentence) == {"The old mill was bought in 1994."}
    assert texts("Drugs, such as aspirin, ibuprofen, and others, are sold.") == {"Drugs are sold."}


@pytest.mark.parametrize(
    "sentence",
    [
        "Signs are itching, swelling, redness, and fever of the skin.",
        "The arena, a club, a cinema, and piazzas are old.",
        "Drugs, such as aspirin, ibuprofen, and others, people buy.",
        "The plan, stressed in 1961, but the war ended it.",
    ],
)
def test_what_is_perhaps_no_insertion_stays(sentence: str) -> None:
    assert texts(sentence) == {sentence}


def test_what_leans_on_a_sentence_comes_right_after_it() -> None:
    given = (
        Excerpt("The mill has four floors."),
        Excerpt("They are of oak.", after=0),
        Excerpt("The dam is low."),
    )
    for text in texts(*given, most=3):
        assert not text.startswith("They")
        assert "hey are of oak" not in text or re.search(r"four floors(?:\.|, and) [Tt]hey are of oak", text)


def test_a_sentence_that_was_put_otherwise_may_stand_as_it_is() -> None:
    assert texts(Excerpt("The mill has four floors.", changed=True)) == {"The mill has four floors."}
    assert texts(Excerpt("The mill has four floors.")) == {"The mill has four floors."}


def test_names_keep_their_capitals_within_a_sentence() -> None:
    found = texts("The mill is old.", "Tarrow owns it.", "UNESCO lists it.")
    assert "The mill is old, and Tarrow owns it." in found
    assert "The mill is old, and UNESCO lists it." in found
    assert not any("uNESCO" in text for text in found)


def test_what_is_no_name_is_written_small_within_a_sentence() -> None:
    found = texts("The mill grinds flour.", "Flour is sold there.", "Affected sacks are burnt.")
    assert "The mill grinds flour, and flour is sold there." in found
    assert "The mill grinds flour, and affected sacks are burnt." in found
    assert not any(", and Flour" in text or ", and Affected" in text for text in found)


def test_the_order_of_the_sentences_is_kept_where_the_model_is_indifferent() -> None:
    spelling = Spelling()
    held = Excerpts(
        [Excerpt("The mill is old."), Excerpt("The dam is low."), Excerpt("The weir is high.")],
        spelling.encode,
        END,
    )
    text = held.begin()
    for token in spelling.encode("The dam is low, and"):
        text.take(token)
    text.take(spelling.known[" the"])
    assert set(text.allowed()[0].tolist()) == {spelling.known[" mill"], spelling.known[" weir"]}
    before = held.begin()
    for token in spelling.encode("The dam is low"):
        before.take(token)
    joined = {way.place[0]: way.cost for way in before._ways if way.joined}  # pyright: ignore[reportPrivateUsage]
    assert joined[2] < joined[0]


def test_the_eager_are_offered_to_leave_out_for_less() -> None:
    spelling = Spelling()
    held = Excerpts([Excerpt(BRIDGE), Excerpt(FERRY)], spelling.encode, [END])
    for eager in (0.0, 3.0):
        text = held.begin(eager)
        for token in spelling.encode("The bridge"):
            text.take(token)
        costs = dict(zip(*(each.tolist() for each in text.allowed()), strict=True))
        assert costs == {spelling.known[","]: 0.0, spelling.known[" is"]: -eager}
