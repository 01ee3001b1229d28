"""Labels by a language model, from the examples of a feature with their peaks marked, and what it promotes."""

import re
from collections.abc import Callable, Sequence

from clearspan.features.evidence.table import Example, FeatureEvidence

Chat = Callable[[str], str]
"""A question in, the model's reply out."""

_LONGEST = 12
"""Words that a label may have; a model that explains instead of naming writes more."""

_PROMPT = """\
One unit of a language model is active at the words marked «so» in these pieces of text:

{examples}

It makes these words more likely: {promoted}.

What is the unit about? Answer with a label of at most eight words, and nothing else. Name what the marked words have
in common as narrowly as the examples allow.\
"""

_PREFIX = re.compile(r"^(?:label|answer)\s*:\s*", re.IGNORECASE)


def describe(feature: FeatureEvidence, learned_from: Sequence[Example], chat: Chat) -> str:
    """A label for a feature; empty where there are no examples, or the reply is none.

    Args:
        learned_from: examples that the model is shown; the others are for the label's score.
    """
    if not learned_from:
        return ""
    promoted = ", ".join(one.token.strip() for one in feature.promoted if one.token.strip())
    shown = "\n".join(f"{number}. {_marked(each)}" for number, each in enumerate(learned_from, 1))
    return clean(chat(_PROMPT.format(examples=shown, promoted=promoted or "none in particular")))


def clean(reply: str) -> str:
    """The label in a reply: its first line without quotation marks and the like; empty if it is too long for one."""
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    if not lines:
        return ""
    text = _PREFIX.sub("", lines[0]).strip().strip('"“”*`').rstrip(".").strip()
    return text if len(text) <= 200 and len(text.split()) <= _LONGEST else ""


def _marked(example: Example) -> str:
    highest = example.activations[example.peak]
    parts: list[str] = []
    for token, value in zip(example.tokens, example.activations, strict=True):
        word = token.lstrip(" ")
        space = token[: len(token) - len(word)]
        parts.append(f"{space}«{word}»" if word.strip() and value > highest / 2 else token)
    return " ".join("".join(parts).replace("»«", "").split())
