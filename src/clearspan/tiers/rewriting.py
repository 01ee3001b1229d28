"""A model joins or shortens quoted sentences, one sentence at a time; it never answers on its own."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clearspan.errors import Busy
from clearspan.language.sentences import sentences
from clearspan.receipts import Offer
from clearspan.tiers.base import Spent, Wording, is_wide

if TYPE_CHECKING:
    from clearspan.models.serving.late import Late
    from clearspan.models.text.chatting import ChatModel, Generation
    from clearspan.models.text.conversation import Message

_BUSY_QUEUE = 2
"""Requests waiting for the model from which an answer does without it: its turn would hardly come in time."""

_MAX_TOKENS = 56
_SHORTEN = "Shorten this statement to one plain sentence. Keep its names and numbers. Add nothing."
_JOIN = "Join these statements into one plain sentence. Keep their names and numbers. Add nothing."
_EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    _JOIN: (
        (
            "1. The old mill in Tarrow has four floors.\n2. The mill was built of red brick in 1861.",
            "The old mill in Tarrow was built of red brick in 1861 and has four floors.",
        ),
    ),
    _SHORTEN: (
        (
            "1. The old mill in Tarrow, which had by then stood empty for most of a generation and was thought lost, "
            "was bought by the parish in 1994.",
            "The parish bought the old mill in Tarrow in 1994.",
        ),
    ),
}


def offer_to_rewrite(name: str, question: str, model: "Late[ChatModel]") -> Offer:
    """What a model that joins or shortens quotes offers, before it is known what it costs here.

    Several joined quotes suit a question for reasons or a description. The qualities are priors set by hand.
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


def rewrite(model: "ChatModel", statements: Sequence[str], seconds: float) -> Wording:
    """One generated sentence that joins several statements, or shortens one.

    Args:
        statements: quoted sentences, one or more.
        seconds: longest time to wait for the model, and as long again to let it write beside others; then it is
            stopped.
    """
    task = _JOIN if len(statements) > 1 else _SHORTEN
    messages: list[Message] = []
    for given, wanted in _EXAMPLES[task]:
        messages.append({"role": "user", "content": f"{task}\n{given}"})
        messages.append({"role": "assistant", "content": wanted})
    listed = "\n".join(f"{number}. {text}" for number, text in enumerate(statements, 1))
    messages.append({"role": "user", "content": f"{task}\n{listed}"})
    try:
        with model.stream_chat(messages, max_tokens=_MAX_TOKENS, stop=("\n",), wait=seconds) as stream:
            # A model that says nothing would never let a look at the clock be taken between two pieces.
            timer = threading.Timer(2 * seconds, stream.close)
            timer.daemon = True
            timer.start()
            try:
                finish = next((delta.finish for delta in stream if delta.finish is not None), None)
            finally:
                timer.cancel()
    except Busy:
        return Wording("", why="the model was busy with other questions")
    if finish is not None:
        return _first_sentence(finish)
    why = f"the model took longer than {2 * seconds:g} s"
    return Wording("", Spent(stream.input_tokens, stream.output_tokens), why)


def _first_sentence(generation: "Generation") -> Wording:
    spent = Spent(generation.input_tokens, generation.output_tokens)
    spans = sentences(generation.text)
    if not spans:
        return Wording("", spent, "the model wrote no sentence")
    text = generation.text[slice(*spans[0])].strip().strip('"“”').strip()
    if not text.endswith((".", "!")):
        return Wording("", spent, "the model's sentence was cut off")
    return Wording(text, spent)
