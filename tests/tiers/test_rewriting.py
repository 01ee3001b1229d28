"""A model answers from quotes: what it is told, what is taken of its replies, and what is said otherwise."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

import pytest

from clearspan.errors import Busy
from clearspan.models.text.chatting import Delta, Generation
from clearspan.receipts import Citation, CitedTable, Claim
from clearspan.tiers.base import Spent, Wording
from clearspan.tiers.rewriting import (
    MANNER,
    ToldStatement,
    conversation,
    in_one,
    is_sentence,
    statement_of,
    together,
    whole_sentences,
)


@dataclass
class Reply:
    """A reply of a text; without one it says nothing until it is closed."""

    text: str | None
    reason: Literal["stop", "length"] = "stop"
    input_tokens: int = 20
    output_tokens: int = 7
    closed: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __iter__(self) -> Iterator[Delta]:
        return self._deltas()

    def __next__(self) -> Delta:
        raise NotImplementedError

    def _deltas(self) -> Iterator[Delta]:
        if self.text is None:
            assert self.closed.wait(5)
            return
        yield Delta(self.text[:3])
        yield Delta(self.text[3:], Generation(self.text, 20, 7, self.reason))

    def finish(self) -> Generation:
        raise NotImplementedError

    def close(self) -> None:
        self.closed.set()


def written(*replies: str | None, seconds: float = 1.0) -> Wording:
    return together(lambda: [Reply(text) for text in replies], seconds, 3)


def quoted(text: str, title: str = "") -> Claim:
    citation = Citation(
        number=1, document_id="d", passage_id="d:0", start=0, end=len(text), quote=text, title=title
    )
    return Claim(text=text, origin="quoted", support="supported", score=0.9, citations=(citation,))


def test_a_model_is_told_the_question_the_quotes_under_their_titles_and_no_example() -> None:
    manner, asked = conversation(
        "Why is the mill red?",
        [
            quoted("It is of  brick.", "Tarrow mill"),
            quoted("It is old.", "Tarrow mill"),
            quoted("So is the inn."),
        ],
    )
    assert manner == {"role": "system", "content": MANNER}
    assert asked["role"] == "user"
    assert asked["content"] == (
        "Question: Why is the mill red?\n\nTarrow mill:\n- It is of brick.\n- It is old.\nAnother page:\n"
        "- So is the inn.\n\nSay why, in one sentence."
    )


def test_rows_of_a_table_are_told_with_the_names_of_their_columns() -> None:
    row = quoted("| 1861 | Tarrow |", "Bridges")
    table = CitedTable(header=("Built", "Where"), rows=(("1861", "Tarrow"),))
    cited = row.citations[0].model_copy(update={"table": table})
    told = statement_of(row.model_copy(update={"citations": (cited,)}))
    assert told == ToldStatement("Bridges", "Built: 1861; Where: Tarrow")


def test_a_model_that_knows_no_system_message_is_told_in_one() -> None:
    both = conversation("Why is the mill red?", [quoted("It is of brick.")])
    (one,) = in_one(both)
    assert one["role"] == "user"
    assert one["content"] == f"{MANNER}\n\n{both[1]['content']}"


def test_candidates_come_in_their_order_each_once_and_what_they_took_is_added_up() -> None:
    found = written("The mill is red.", "Red is the mill.", "The mill is red.", "The mill")
    assert found == Wording("The mill is red.", Spent(80, 28), others=("Red is the mill.",))


@pytest.mark.parametrize(
    ("rule", "text", "taken"),
    [
        ("several sentences", "The mill is red. It is old.", "The mill is red. It is old."),
        ("the first paragraph", "The mill is red.\n\nI hope that this helps.", "The mill is red."),
        ("without quotation marks", "“The mill is red.”", "The mill is red."),
        (
            "without numbers of statements",
            "The mill is red [1]. It is old (2).",
            "The mill is red. It is old.",
        ),
        (
            "without several at the end",
            "The mill is red [1][2]. It is old. (2)",
            "The mill is red. It is old.",
        ),
        ("without one after a stop", "The mill is red. [1] It is old.", "The mill is red. It is old."),
        (
            "numbers within stay",
            "The result (2) was low, and [3] was not.",
            "The result (2) was low, and [3] was not.",
        ),
        ("numbers before a comma stay", "Of rule (2), the mill is free.", "Of rule (2), the mill is free."),
        ("without the mark of a list", "- The mill is red.", "The mill is red."),
        ("without the number of a statement in front", "1. The mill is red.", "The mill is red."),
        (
            "so many sentences",
            "It is red. It is old. It is high. It is far.",
            "It is red. It is old. It is high.",
        ),
        ("years stay", "The mill burned (1861) twice.", "The mill burned (1861) twice."),
        ("signs stand close", "The mill is red , and old .", "The mill is red, and old."),
        (
            "quotation marks that do not belong together stay",
            '"Tarrow" is a song, and so is "Hill".',
            '"Tarrow" is a song, and so is "Hill".',
        ),
        ("an exclamation", '"The mill burned!"', "The mill burned!"),
        ("without what was cut off", "The mill is red. It was built of", "The mill is red."),
        ("no question", "Is the mill red?", ""),
        ("no words", " … ", ""),
    ],
)
def test_what_is_taken_of_a_reply(rule: str, text: str, taken: str) -> None:
    assert whole_sentences(text, 3) == taken, rule


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "the model wrote no sentence"), ("The mill is red and", "the model's sentence was cut off")],
)
def test_why_there_is_no_sentence(text: str, why: str) -> None:
    assert written(text) == Wording("", Spent(20, 7), why)


def test_a_busy_model_is_not_waited_for() -> None:
    def begin() -> list[Reply]:
        raise Busy("The model is busy.", do="Ask again.")

    assert together(begin, 1.0, 3) == Wording("", why="the model was busy with other questions")


def test_replies_that_do_not_end_are_stopped_and_what_they_took_is_counted() -> None:
    replies = [Reply("The mill is red."), Reply(None)]
    assert together(lambda: replies, 0.05, 3) == Wording("The mill is red.", Spent(40, 14))
    assert replies[1].closed.is_set()
    assert written(None, seconds=0.05) == Wording("", Spent(20, 7), "the model took longer than 0.1 s")


class BrokenReply(Reply):
    """A reply whose model fails after its first piece."""

    def _deltas(self) -> Iterator[Delta]:
        yield Delta("The")
        raise RuntimeError("out of memory")


def test_a_reply_that_fails_takes_no_other_away() -> None:
    replies = [BrokenReply(""), Reply("The mill is red.")]
    assert together(lambda: replies, 1.0, 3).text == "The mill is red."
    with pytest.raises(RuntimeError, match="out of memory"):
        together(lambda: [BrokenReply("")], 1.0, 3)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("The mill is of red brick.", True),
        ('He said: "The mill is red."', True),
        ("To apply, write to the mill.", True),
        ("To assess the safety of the mill.", False),
        ("Symptoms include:", False),
        ("What are the symptoms?", False),
        ("| Orca | 9 m | 6,000 kg |.", False),
        ("The mill.", False),
    ],
)
def test_what_says_nothing_by_itself_is_not_written_from(text: str, whole: bool) -> None:
    assert is_sentence(text) is whole
