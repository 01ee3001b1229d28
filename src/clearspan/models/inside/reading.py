"""Reading a language model's activations: a few texts, or a stream of millions of tokens.

Layers above the highest site are never computed, and no logits are. Where a model runs on the fast path, it reads on
it too. Elsewhere documents are packed end to end (`packing`).
The packed way is proved on first use, once a model, against reading each document alone; a model on which the two
disagree is read one document at a time.
"""

import itertools
import logging
import threading
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, cast

import torch

from clearspan.errors import BadInput, ClearspanError, TooLarge
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.hooks import SINK_RATIO, hooked, norms
from clearspan.models.inside.packed_documents import Packing, packed, packed_twin
from clearspan.models.inside.sinks import TEXT, SinkRule
from clearspan.models.inside.sites import Site
from clearspan.models.text.characters import Detokenizer, require_whole_characters
from clearspan.models.weights.loading import LoadedModel

_log = logging.getLogger(__name__)

# More tokens at once read no faster on a processor, because they leave its caches.
_PACK_TOKENS = {"cpu": 1024, "cuda": 16_384}
_TEXTS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Activations:
    """What was read at `n` tokens of one text or of several.

    Attributes:
        tokens: shape `(n,)`.
        texts: shape `(n,)`; number of the text that each token is of.
        positions: shape `(n,)`; number of the token in its text.
        values: site → shape `(n, width)`: float32 from the fast path, else in the number format of the model.
        sinks: site → shape `(n,)`, true where the norm is over ten times the median of the site.
    """

    tokens: torch.Tensor
    texts: torch.Tensor
    positions: torch.Tensor
    values: Mapping[Site, torch.Tensor]
    sinks: Mapping[Site, torch.Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class ReplyReading:
    """What was read at the tokens of a reply.

    Attributes:
        texts: of the `n` tokens; they join to the reply, and one that ends inside a character is empty.
        values: site → shape `(n, width)`, float32.
        sinks: site → shape `(n,)`, true at attention sinks.
    """

    texts: tuple[str, ...]
    values: Mapping[Site, torch.Tensor]
    sinks: Mapping[Site, torch.Tensor]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text, or a part of a long one, that is read as a document: nothing outside it is seen."""

    text: int
    offset: int
    tokens: Sequence[int]


class ReadsDocuments(Protocol):
    """A backend that reads by itself."""

    def read(
        self,
        documents: Sequence[Sequence[int]],
        sites: Sequence[Site],
        digits: Literal[1, 2],
        dials: Sequence[Dial] = (),
    ) -> list[dict[Site, torch.Tensor]]:
        """See `NativeBackend.read`."""
        ...


class ActivationReader:
    """Reads sites of one model; safe to share between threads.

    Args:
        anatomy: of `loaded.model`.
        sinks: of the same.
        fast: what reads in transformers' stead, if there is something; asked each time, because it may come later.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        anatomy: Anatomy,
        sinks: SinkRule,
        fast: Callable[[], ReadsDocuments | None] = lambda: None,
    ) -> None:
        self._fast = fast
        self._loaded = loaded
        self._anatomy = anatomy
        self._sinks = sinks
        self._context_length = int(loaded.model.config.get_text_config().max_position_embeddings)
        self._pack_tokens = _PACK_TOKENS["cpu" if anatomy.model.device.type == "cpu" else "cuda"]
        self._lock = threading.Lock()
        self._twin: Anatomy | None = None
        self._proved = False

    def activations(self, texts: Sequence[str], sites: Collection[Site | str]) -> list[Activations]:
        """Read texts, each on its own, as the tokenizer gives them (with its beginning-of-text token, if any).

        Returns:
            One for each text, in order.

        Raises:
            BadInput: a site does not exist, or a text is empty or broken.
            TooLarge: a text is longer than the context; `stream` reads it in parts.
        """
        wanted = self._wanted(sites)
        pieces = list(self._pieces(texts, self._context_length + 1))
        lengths = {piece.text: len(piece.tokens) for piece in pieces}
        for number in range(len(texts)):
            self._require_length(number, lengths.get(number, 0))
        if not pieces:
            return []
        whole = _joined([self._read(pack, wanted) for pack in _packs(pieces, self._pack_tokens)])
        ends = list(itertools.accumulate(len(piece.tokens) for piece in pieces))
        return [_cut(whole, begin, end) for begin, end in itertools.pairwise([0, *ends])]

    def stream(
        self, texts: Iterable[str], sites: Collection[Site | str], longest: int | None = None
    ) -> Iterator[Activations]:
        """Read any number of texts, in order, some at a time.

        A text of more than `longest` tokens is read in parts that do not see each other; empty texts give nothing.

        Args:
            longest: the context by default.

        Raises:
            BadInput: a site does not exist, or a text is broken.
        """
        if longest is not None and not 0 < longest <= self._context_length:
            raise BadInput(
                f"Texts cannot be read {longest:,} tokens at a time.",
                why=f"The model's context holds {self._context_length:,}.",
                do="Give a number from 1 to the length of the context.",
            )
        wanted = self._wanted(sites)
        pieces = self._pieces(texts, longest or self._context_length)
        return (self._read(pack, wanted) for pack in _packs(pieces, self._pack_tokens))

    def reply(
        self, prompt: Sequence[int], reply: str, sites: Collection[Site | str], dials: Sequence[Dial]
    ) -> ReplyReading:
        """Read a reply after the prompt that led to it, as exactly as it was generated.

        Args:
            prompt: tokens.
            dials: held meanwhile, at the prompt too.

        Raises:
            BadInput: a site does not exist, or the reply is empty.
            TooLarge: prompt and reply are longer than the context.
        """
        wanted = self._wanted(sites)
        tokenizer = self._loaded.tokenizer
        # Names of special tokens that the model spelled out are text.
        said = tokenizer(require_whole_characters(reply), add_special_tokens=False, split_special_tokens=True)
        tokens = cast("list[int]", said["input_ids"])
        if not tokens:
            raise BadInput("The reply is empty.", do="Give at least one character.")
        whole = [*prompt, *tokens]
        self._require_length(0, len(whole))
        detokenizer = Detokenizer(lambda ids: cast("str", tokenizer.decode(ids)))
        texts = tuple(detokenizer.add(token) for token in tokens)
        limits = {site: SINK_RATIO * self._sinks.median_norm(site) for site in wanted}
        with torch.no_grad():
            fast = self._fast()
            found = (
                fast.read([whole], wanted, digits=2, dials=dials)[0]
                if fast is not None
                else self._read_alone([_Piece(0, 0, whole)], wanted, dials)
            )
            values = {site: value[len(prompt) :].float() for site, value in found.items()}
            return ReplyReading(
                texts, values, {site: norms(value) > limits[site] for site, value in values.items()}
            )

    def _wanted(self, sites: Collection[Site | str]) -> list[Site]:
        wanted = sorted({Site.parse(site) for site in sites}, key=lambda site: site.order)
        for site in wanted:
            self._anatomy.check(site)
        if not wanted:
            raise BadInput("No site is named.", do="Name at least one, as 'layers.15.residual'.")
        return wanted

    def _require_length(self, number: int, length: int) -> None:
        if not length:
            raise BadInput(f"Text {number} is empty.", do="Give at least one character.")
        if length > self._context_length:
            raise TooLarge(
                f"Text {number} is too long to be read at once.",
                why=f"The model's context holds {self._context_length:,} tokens.",
                do="Shorten it, or stream it: it is then read in parts.",
            )

    def _pieces(self, texts: Iterable[str], longest: int) -> Generator[_Piece]:
        numbered = enumerate(texts)
        while some := list(itertools.islice(numbered, _TEXTS_AT_ONCE)):
            whole = [require_whole_characters(text) for _, text in some]
            encoded = cast("list[list[int]]", self._loaded.tokenizer(whole, verbose=False)["input_ids"])
            for (number, _), tokens in zip(some, encoded, strict=True):
                for offset in range(0, len(tokens), longest):
                    yield _Piece(number, offset, tokens[offset : offset + longest])

    def _read(self, pieces: Sequence[_Piece], sites: Sequence[Site]) -> Activations:
        device = self._anatomy.model.device
        with torch.no_grad():
            values = self._values(pieces, sites)
            places = [torch.arange(len(piece.tokens)) + piece.offset for piece in pieces]
            numbers = [torch.full((len(piece.tokens),), piece.text) for piece in pieces]
            limits = {site: SINK_RATIO * self._sinks.median_norm(site) for site in sites}
            return Activations(
                torch.tensor([token for piece in pieces for token in piece.tokens], device=device),
                torch.cat(numbers).to(device),
                torch.cat(places).to(device),
                values,
                {site: norms(value) > limits[site] for site, value in values.items()},
            )

    def _values(self, pieces: Sequence[_Piece], sites: Sequence[Site]) -> dict[Site, torch.Tensor]:
        fast = self._fast()
        if fast is not None:
            found = fast.read([piece.tokens for piece in pieces], sites, digits=1)
            return {site: torch.cat([each[site] for each in found]) for site in sites}
        twin = self._packing_twin()
        return self._read_alone(pieces, sites) if twin is None else _read_packed(twin, pieces, sites)

    def _read_alone(
        self, pieces: Sequence[_Piece], sites: Sequence[Site], dials: Sequence[Dial] = ()
    ) -> dict[Site, torch.Tensor]:
        found: list[dict[Site, torch.Tensor]] = []
        rows = [dials] if dials else []
        for piece in pieces:
            with hooked(
                self._anatomy, read=sites, dials=rows, median_norm=self._sinks.median_norm, stop=True
            ) as seen:
                tokens = torch.tensor([piece.tokens], device=self._anatomy.model.device)
                self._anatomy.model(input_ids=tokens, use_cache=False)
            found.append(seen)
        width = self._anatomy.width
        return {site: torch.cat([seen[site].reshape(-1, width) for seen in found]) for site in sites}

    def _packing_twin(self) -> Anatomy | None:
        """The twin that reads packed documents, or None when this model cannot."""
        with self._lock:
            if not self._proved:
                try:
                    self._twin = self._prove()
                except (
                    ClearspanError,
                    RuntimeError,
                    TypeError,
                    ValueError,
                    KeyError,
                    AttributeError,
                ) as error:
                    _log.warning("This model is read one document at a time, which is slower: %s", error)
                self._proved = True
            return self._twin

    def _prove(self) -> Anatomy:
        """A twin whose activations, packed, are those of each document alone."""
        twin = packed_twin(self._anatomy)
        tokens = self._loaded.tokenizer(TEXT)["input_ids"][: 3 * self._context_length]
        third = -(-len(tokens) // 3)
        pieces = [_Piece(0, at, tokens[at : at + third]) for at in range(0, len(tokens), third)]
        last = Site("residual", len(self._anatomy.layers) - 1)
        with torch.no_grad():
            exact = self._read_alone(pieces, [last])[last].float()
            close = _read_packed(twin, pieces, [last])[last].float()
        error = float((norms(close - exact) / norms(exact)).median())
        if not error <= max(1e-3, 12 * torch.finfo(self._anatomy.model.dtype).eps):
            raise ValueError(f"read together, documents differ by {error:.2g} from each alone")
        return twin


def _read_packed(twin: Anatomy, pieces: Sequence[_Piece], sites: Sequence[Site]) -> dict[Site, torch.Tensor]:
    device = twin.model.device
    packing = Packing.of([len(piece.tokens) for piece in pieces], device)
    tokens = torch.tensor([[token for piece in pieces for token in piece.tokens]], device=device)
    with packed(packing), hooked(twin, read=sites, stop=True) as seen:
        twin.model(input_ids=tokens, position_ids=packing.positions[None], use_cache=False)
    return {site: seen[site].reshape(-1, twin.width) for site in sites}


def _packs(pieces: Iterable[_Piece], size: int) -> Generator[list[_Piece]]:
    """Pieces in order, as many at a time as fit in `size` tokens, at least one."""
    pack: list[_Piece] = []
    held = 0
    for piece in pieces:
        if pack and held + len(piece.tokens) > size:
            yield pack
            pack, held = [], 0
        pack.append(piece)
        held += len(piece.tokens)
    if pack:
        yield pack


def _joined(parts: Sequence[Activations]) -> Activations:
    if len(parts) == 1:
        return parts[0]
    return Activations(
        torch.cat([part.tokens for part in parts]),
        torch.cat([part.texts for part in parts]),
        torch.cat([part.positions for part in parts]),
        {site: torch.cat([part.values[site] for part in parts]) for site in parts[0].values},
        {site: torch.cat([part.sinks[site] for part in parts]) for site in parts[0].sinks},
    )


def _cut(whole: Activations, begin: int, end: int) -> Activations:
    return Activations(
        whole.tokens[begin:end],
        whole.texts[begin:end],
        whole.positions[begin:end],
        {site: value[begin:end] for site, value in whole.values.items()},
        {site: sink[begin:end] for site, sink in whole.sinks.items()},
    )
