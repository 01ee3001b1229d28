"""A model answers a question from quotes and from nothing else: what it is told, and what is taken of its replies.

No example stands in the prompt: a small model copies it into its answer.
"""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.errors import Busy, ClearspanError
from clearspan.language.sentences import sentences
from clearspan.receipts import Claim, Offer
from clearspan.tiers.base import Spent, Wording, is_wide
from clearspan.tiers.forms import form_of

if TYPE_CHECKING:
    from clearspan.models.serving.late import Late
    from clearspan.models.text.chatting import ChatModel, ChatStream, Generation
    from clearspan.models.text.conversation import Message

MOST_TOKENS = 96
"""Tokens of one reply at most: three sentences, or two that are joined."""

MANNER = (
    "You answer a question in whole sentences of your own from the statements that you are given. Say what answers the "
    "question first, name what it is about, join what belongs together, and leave out what does not answer. Use the "
    "words, names and numbers of the statements. Add nothing."
)
"""What a writer is told of how it answers; what was learned for it stands in the place of these words."""

_BUSY_QUEUE = 2
"""Requests waiting for the model from which an answer does without it: its turn would hardly come in time."""

_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")
_SPACED_SIGN = re.compile(r"\s+([,.;:!?])(?=\s|$)")
_AIM = re.compile(r"To [a-z]+ [^,;:]*$")
_BULLET = re.compile(r"^\s*(?:\d{1,2}[.)]|[-–•*])\s+")
_MARKS = r"(?:(?<!\s)\s*(?:\[\d{1,2}\]|\(\d{1,2}\))){1,4}"
# Within a sentence a number in brackets may be part of what it says.
_NUMBERED = re.compile(rf"{_MARKS}(?=\s*[.!]?[\"”]?\s*$|[.!]\s)|(?<=[.!]){_MARKS}(?=\s)")


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """What a writer may use.

    Attributes:
        title: of the document that says it, which names what 'it' is; empty where it has none.
    """

    title: str
    text: str


def offer_to_rewrite(name: str, question: str, model: "Late[ChatModel]") -> Offer:
    """What a model that puts quotes into its own words offers, before it is known what it costs here.

    An answer of several quotes suits a question for reasons or a description. The qualities are priors set by hand.
    """
    why_not = not_now(model)
    quality = 0.0 if why_not else 0.8 if is_wide(question) else 0.9
    return Offer(tier=name, quality=quality, joules=45.0, seconds=2.5, why_not=why_not)


def not_now(model: "Late[ChatModel]") -> str:
    """Why a model cannot be asked at this moment; empty when it can."""
    if model.state not in {"ready", "not loaded"}:
        return f"the model is {model.state}"
    waiting = model.value.waiting if model.value else 0
    return f"{waiting} other requests are waiting for the model" if waiting >= _BUSY_QUEUE else ""


def conversation(question: str, quotes: Sequence[Claim]) -> "list[Message]":
    """What a model is told: how it answers, then the question, the quotes, and what form the answer has."""
    return told(question, [statement_of(quote) for quote in quotes])


def told(question: str, statements: Sequence[ToldStatement]) -> "list[Message]":
    """The same for statements that nobody quoted: what a writer is trained on."""
    listed: list[str] = []
    about = ""
    for one in statements:
        if one.title != about:
            listed.append(f"{one.title or 'Another page'}:")
        about = one.title
        listed.append(f"- {one.text}")
    shown = "\n".join(listed)
    asked = f"Question: {question}\n\n{shown}\n\n{form_of(question).told}"
    return [{"role": "system", "content": MANNER}, {"role": "user", "content": asked}]


def in_one(messages: "Sequence[Message]") -> "list[Message]":
    """A conversation for a model that knows no system message: what it would say stands in front of the first turn."""
    return [{"role": "user", "content": "\n\n".join(one["content"] for one in messages)}]


def statement_of(quote: Claim) -> ToldStatement:
    """A quote as a writer reads it: rows of a table with the names of their columns."""
    cited = quote.citations[0] if quote.citations else None
    text = cited.table.as_text() if cited and cited.table else quote.text
    return ToldStatement(cited.title if cited else "", " ".join(text.split()))


def together(begin: "Callable[[], Sequence[ChatStream]]", seconds: float, most: int) -> Wording:
    """Read replies that are written side by side into candidates, in their order, each once.

    Args:
        begin: starts them.
        seconds: longest time that they are waited for, and as long again to be written beside others; those that are
            not done then are cut off.
    """
    try:
        streams = begin()
        # A model that says nothing would never let a look at the clock be taken between two pieces.
        timer = threading.Timer(2 * seconds, lambda: [stream.close() for stream in streams])
        timer.daemon = True
        timer.start()
        try:
            finished = _finished(streams)
        finally:
            timer.cancel()
            for stream in streams:
                stream.close()
    except Busy:
        return Wording("", why="the model was busy with other questions")
    spent = Spent(sum(one.input_tokens for one in streams), sum(one.output_tokens for one in streams))
    replies: list[str] = [one.text for one in finished if one is not None]
    if not replies:
        return Wording("", spent, f"the model took longer than {2 * seconds:g} s")
    texts = [whole_sentences(reply, most) for reply in replies]
    found = list(dict.fromkeys(text for text in texts if text))
    if found:
        return Wording(found[0], spent, others=tuple(found[1:]))
    cut = any(sentences(reply) for reply in replies)
    return Wording("", spent, "the model's sentence was cut off" if cut else "the model wrote no sentence")


def whole_sentences(reply: str, most: int) -> str:
    """The first whole sentences of a first paragraph, without quotation marks and numbers of statements at the ends."""
    text = _BULLET.sub("", _NUMBERED.sub("", reply.strip().split("\n")[0])).strip()
    if _QUOTED.fullmatch(text):
        text = text[1:-1].strip()
    kept = [text[start:end].strip() for start, end in sentences(text)]
    whole = [one for one in kept if one.endswith((".", "!")) and any(sign.isalpha() for sign in one)]
    return _SPACED_SIGN.sub(r"\1", " ".join(whole[:most]))


def is_sentence(quote: str) -> bool:
    """Whether a quote says something by itself: no heading, aim, stem, question, row of a table or rest of one."""
    text = quote.strip().rstrip("\"”’')")
    return (
        text.endswith((".", "!"))
        and not text[0].islower()
        and len(text.split()) > 3
        and "|" not in text
        and not _AIM.match(text)
    )


def _finished(streams: "Sequence[ChatStream]") -> "list[Generation | None]":
    """Of each stream what it came to; one that fails takes the others away only where none of them is done."""
    found: list[Generation | None] = []
    failed: Exception | None = None
    for stream in streams:
        try:
            found.append(_finish(stream))
        except (ClearspanError, RuntimeError) as error:
            failed = error
    if failed is not None and not any(found):
        raise failed
    return found


def _finish(stream: "ChatStream") -> "Generation | None":
    return next((delta.finish for delta in stream if delta.finish is not None), None)
