"""What a model predicts when something else stands in the place of its activations at one site."""

from collections.abc import Callable, Iterable, Sequence
from typing import cast

import torch

from clearspan.errors import BadInput
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.hooks import SINK_RATIO, norms, replacing
from clearspan.models.inside.sinks import SinkRule
from clearspan.models.inside.sites import Site
from clearspan.models.text.characters import require_whole_characters
from clearspan.models.weights.loading import LoadedModel

Change = Callable[[torch.Tensor], torch.Tensor]
"""Hidden states of shape `(n, width)`, float32, to what stands in their place."""


class Splicer:
    """Cross-entropies of one model, computed by transformers; attention sinks are left as they are.

    Args:
        anatomy: of `loaded.model`.
        sinks: of the same.
    """

    def __init__(self, loaded: LoadedModel, anatomy: Anatomy, sinks: SinkRule) -> None:
        self._loaded = loaded
        self._anatomy = anatomy
        self._sinks = sinks

    def cross_entropies(
        self,
        texts: Iterable[str],
        site: Site | str,
        changes: Sequence[Change],
        *,
        longest: int,
        tokens: int,
    ) -> list[float]:
        """Nats a predicted token, of the model as it is and then with each change at the site.

        Args:
            longest: tokens that are read at once; a longer text is read in parts.
            tokens: stop after so many predictions.

        Raises:
            BadInput: the model has no such site, or the texts hold fewer than two tokens.
        """
        place = Site.parse(site)
        limit = SINK_RATIO * self._sinks.median_norm(place)
        sums = [0.0] * (1 + len(changes))
        predicted = 0
        for piece in self._pieces(texts, longest):
            sums[0] += self._nats(piece)
            for number, change in enumerate(changes):
                with replacing(self._anatomy, place, _leaving_sinks(change, limit)):
                    sums[number + 1] += self._nats(piece)
            predicted += len(piece) - 1
            if predicted >= tokens:
                break
        if not predicted:
            raise BadInput("There is nothing to predict.", do="Give text of at least two tokens.")
        return [total / predicted for total in sums]

    def gradient(self, texts: Sequence[str], site: Site | str, *, longest: int) -> torch.Tensor:
        """How the likelihood of texts rises with what is added at a site, at every position but attention sinks.

        Its product with a vector is, to first order, the gain from adding that vector (as in attribution patching,
        Nanda 2023): one backward pass a text tells it for every feature of a dictionary at once.

        Args:
            longest: tokens of each text that are read; the rest is not.

        Returns:
            Shape `(width,)`, float32: nats a predicted token for one unit, the mean over the texts.

        Raises:
            BadInput: the model has no such site, or no text holds two tokens.
        """
        place = Site.parse(site)
        limit = SINK_RATIO * self._sinks.median_norm(place)
        pieces = [next(iter(self._pieces([text], longest)), None) for text in texts]
        found = [self._pull(piece, place, limit) for piece in pieces if piece]
        if not found:
            raise BadInput("There is nothing to predict.", do="Give text of at least two tokens.")
        return torch.stack(found).mean(0)

    def _pull(self, tokens: list[int], place: Site, limit: float) -> torch.Tensor:
        model = self._anatomy.model
        shift = torch.zeros(self._anatomy.width, device=model.device, requires_grad=True)
        given = torch.tensor([tokens], device=model.device)
        # Leaving inference mode too: somebody who reads may have entered it.
        with (
            torch.inference_mode(mode=False),
            torch.enable_grad(),
            replacing(self._anatomy, place, _leaving_sinks(lambda rows: rows + shift, limit)),
        ):
            logits = model(input_ids=given, use_cache=False).logits[0, :-1].float()
            nats = torch.nn.functional.cross_entropy(logits, given[0, 1:])
            (slope,) = torch.autograd.grad(nats, shift)
        return -slope.float().cpu()

    def _pieces(self, texts: Iterable[str], longest: int) -> Iterable[list[int]]:
        for text in texts:
            read = self._loaded.tokenizer(require_whole_characters(text), verbose=False)
            tokens = cast("list[int]", read["input_ids"])
            for begin in range(0, len(tokens) - 1, longest):
                if len(piece := tokens[begin : begin + longest]) > 1:
                    yield piece

    def _nats(self, tokens: list[int]) -> float:
        model = self._anatomy.model
        given = torch.tensor([tokens], device=model.device)
        with torch.inference_mode():
            logits = model(input_ids=given, use_cache=False).logits[0, :-1].float()
            return float(torch.nn.functional.cross_entropy(logits, given[0, 1:], reduction="sum"))


def _leaving_sinks(change: Change, limit: float) -> Change:
    def changed(hidden: torch.Tensor) -> torch.Tensor:
        rows = hidden.reshape(-1, hidden.shape[-1])
        sink = (norms(rows) > limit)[:, None]
        return torch.where(sink, rows, change(rows.float()).to(rows.dtype)).reshape(hidden.shape)

    return changed
