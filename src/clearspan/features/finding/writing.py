"""Texts about a thing, and about other things, that the model writes itself.

A direction is best made from what stands in the model while it writes of a thing, which is what a dial then changes;
short sentences by somebody else are read with something else in mind.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import cycle, islice

from clearspan.errors import Refused
from clearspan.features.finding.texts import Meaning, described, exemplified, holds
from clearspan.features.generation.samples import TEMPERATURE, TOP_P, forms_about, requests
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.text.decode import TextStream, finish_together

TEXTS = 72
"""That are asked for of each side."""
LONGEST = 96
"""Tokens of a text at most: replies leave their subject later on."""
_FEWEST = 8
_AT_ONCE = 32
_SEED = 1 << 40


def written(
    model: LanguageModel,
    text: str,
    is_about: Callable[[str], bool] | None = None,
    asked: Sequence[str] = (),
    texts: int = TEXTS,
) -> Meaning:
    """What a description means to the model, with texts that it writes itself as examples; the same every time.

    Args:
        is_about: whether a text is about the thing; by default whether it has a telling word of the description.
        asked: requests that are answered with texts about it; by default, a dozen forms with the description.
        texts: to be written of each side; some are about something else, and are left out.

    Raises:
        Refused: the model does not write about it.
        BadInput: the description has no word that says anything.
    """
    keywords = described(text).keywords

    def about(reply: str) -> bool:
        return is_about(reply) if is_about else any(holds(reply, word) for word in keywords)

    others = (one.text for one in requests(seed=0) if not about(one.text))
    wanted = [*islice(cycle(asked or forms_about(text)), texts), *islice(others, texts)]
    replies = _replies(model, wanted)
    like = [one for one in replies[:texts] if about(one)]
    if len(like) < _FEWEST:
        raise Refused(
            f"{model.reference} does not write about '{text:.80}'.",
            why=f"{len(like)} of {texts} texts that it was asked for are about it.",
            do="Give example texts of your own: --like FILE.",
        )
    return exemplified(like, [one for one in replies[texts:] if not about(one)], text)


def _replies(model: LanguageModel, wanted: Iterable[str]) -> list[str]:
    begin = [partial(_begin, model, request, _SEED + number) for number, request in enumerate(wanted)]
    return [one.text.strip() for one in finish_together(begin, _AT_ONCE)]


def _begin(model: LanguageModel, request: str, seed: int) -> TextStream:
    return model.stream_chat(request, max_tokens=LONGEST, temperature=TEMPERATURE, top_p=TOP_P, seed=seed)
