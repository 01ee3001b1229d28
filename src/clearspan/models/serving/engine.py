"""A language model that generates text, many requests at a time, each with dials of its own."""

import time
import weakref
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Unpack

import torch

from clearspan.closing import Closing
from clearspan.errors import Refused
from clearspan.models.backends.figures import Timing
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.backends.prefix import Prefix
from clearspan.models.backends.select import Choice, choose
from clearspan.models.inside.anatomy import SiteShape
from clearspan.models.inside.dialling import held, holding, require_compatible
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.limits.gauge import SiteGauge
from clearspan.models.inside.limits.measured import MeasuredDose, measured_doses
from clearspan.models.inside.reading import Activations, ReplyReading
from clearspan.models.inside.sites import Site
from clearspan.models.inside.splicing import Splicer
from clearspan.models.inside.unembedding import Unembedding
from clearspan.models.serving.parts import OpenParts
from clearspan.models.serving.runtime import preferred_dtype, set_threads
from clearspan.models.serving.schedule import Scheduler, Traffic
from clearspan.models.text.chatting import Delta, Generation, Likelihood
from clearspan.models.text.conversation import Message
from clearspan.models.text.decode import TextStream, finish_together
from clearspan.models.text.excerpts import Excerpt, Excerpts
from clearspan.models.text.prompts import Prompts
from clearspan.models.text.sampling import Sampling, SamplingOptions, Variant
from clearspan.models.weights.loading import LoadedModel, load_weights
from clearspan.models.weights.sources import resolve
from clearspan.record import DoseVerdict
from clearspan.settings import Settings

__all__ = ["Delta", "Generation", "LanguageModel", "Likelihood", "Message", "TextStream"]


class LanguageModel(Closing):
    """An open causal language model; safe to share between threads, whose requests run together.

    Attributes:
        reference: the model reference that it was loaded from.
        context_length: most tokens of prompt and generated text together.
    """

    def __init__(
        self,
        reference: str,
        loaded: LoadedModel,
        load_seconds: float = 0.0,
        choice: Choice | None = None,
        measured: Callable[[], Sequence[MeasuredDose]] = lambda: (),
    ) -> None:
        self._choice = choice or Choice(PlainBackend(loaded, reference))
        backend = self._choice.backend
        self.reference, self.load_seconds = reference, load_seconds
        self.context_length = backend.context_length
        scheduler = Scheduler(backend)
        self._parts: OpenParts | None = OpenParts(loaded, scheduler, reference, measured)
        # A model that nobody closed still ends its thread: when it is forgotten, or with the interpreter.
        self._forgotten = weakref.finalize(self, scheduler.close, cut=True)
        self._choice.begin(lambda: scheduler.traffic.rests, scheduler.change_over)

    @classmethod
    def load(cls, reference: str, settings: Settings, *, dtype: torch.dtype | None = None) -> "LanguageModel":
        """Load from a model reference, fetching the weights if they are not here yet.

        The arithmetic is in `runtime.preferred_dtype()` by default.

        Raises:
            BadInput: the files are not a causal language model that transformers knows.
            ClearspanError: as `sources.resolve`.
        """
        started = time.perf_counter()
        files = resolve(reference, settings)
        set_threads(settings)
        loaded = load_weights(files, settings, dtype or preferred_dtype())
        choice = choose(loaded, files, settings)
        measured = partial(measured_doses, reference, settings)
        return cls(reference, loaded, time.perf_counter() - started, choice, measured)

    def __repr__(self) -> str:
        return f"<LanguageModel {self.reference}: {self.context_length:,} tokens of context>"

    @property
    def backend_name(self) -> str:
        """What new requests run on: `plain`, `native` or `cuda`."""
        return self._open().scheduler.backend.name

    @property
    def timing(self) -> Timing | None:
        """How fast it was measured to be on this machine, each way; None while it was not."""
        return self._choice.timing

    def settle(self) -> None:
        """Wait until it runs on the backend that it stays on; where that was never measured, for some 15 s."""
        self._choice.settle()

    @property
    def traffic(self) -> Traffic:
        """How many requests run and wait, and what was generated so far."""
        return self._open().scheduler.traffic

    @property
    def waiting(self) -> int:
        """Requests beyond those that run at full speed: they wait, or share steps that are already full."""
        traffic, most = self.traffic, self._open().scheduler.backend.preferred_batch
        return max(0, traffic.running + traffic.waiting - most)

    def close(self) -> None:
        """Let go of the weights; running generations end first, later and waiting requests are refused."""
        parts, self._parts = self._parts, None
        if parts is not None:
            parts.scheduler.close()
            self._forgotten.detach()
            self._choice.end()

    def generate(
        self,
        prompts: str | Sequence[str],
        *,
        dials: Sequence[Dial] = (),
        **sampling: Unpack[SamplingOptions],
    ) -> list[Generation]:
        """Continue each prompt as plain text, without a chat template; names of special tokens are read as such.

        Several prompts run together, each with the same seed and dials.

        Dials are added to those of `with model.dial(...)`.

        Raises:
            BadInput, TooLarge, Busy, BeyondLimit: as `chat`.
        """
        begin = self._open().continuations(prompts, Sampling(**sampling), self._dials(dials), self)
        return finish_together(begin, self._open().scheduler.places)

    def stream_generate(
        self,
        prompts: str | Sequence[str],
        *,
        dials: Sequence[Dial] = (),
        **sampling: Unpack[SamplingOptions],
    ) -> list[TextStream]:
        """As `generate`, at once, with one stream for each prompt."""
        parts = self._open()
        return [one() for one in parts.continuations(prompts, Sampling(**sampling), self._dials(dials), self)]

    def chat(
        self,
        messages: str | Sequence[Message],
        *,
        dials: Sequence[Dial] = (),
        wait: float | None = None,
        **sampling: Unpack[SamplingOptions],
    ) -> Generation:
        """The model's reply to a conversation; a string is one user message.

        Args:
            dials: added to those of `with model.dial(...)`.
            wait: longest time in seconds to wait for a place; None waits as long as it takes.

        Raises:
            BadInput: a message, parameter or dial cannot be used.
            BeyondLimit: the dials reach farther than they may (`inside.limits`).
            Refused: the model has no chat template.
            TooLarge: the conversation leaves no room in the context.
            Busy: no place came free in time, or too many requests are waiting.
        """
        with self.stream_chat(messages, dials=dials, wait=wait, **sampling) as stream:
            return stream.finish()

    def stream_chat(
        self,
        messages: str | Sequence[Message],
        *,
        dials: Sequence[Dial] = (),
        wait: float | None = None,
        **sampling: Unpack[SamplingOptions],
    ) -> TextStream:
        """As `chat`, piece by piece; does not wait for a place itself.

        Every error that `chat` documents is raised here, but for a place that did not come in time: that is raised
        instead of the first piece. Close the stream, or leave its `with` block, to cancel. One that is read more slowly
        than it is written pauses, and is cut off if others need its place meanwhile.
        """
        return self._open().stream(
            self.chat_tokens(messages), Sampling(**sampling), self._dials(dials), wait, self
        )

    def stream_variants(
        self,
        messages: str | Sequence[Message],
        variants: Sequence[Variant],
        *,
        dials: Sequence[Dial] = (),
        wait: float | None = None,
        prefix: Prefix | None = None,
    ) -> list[TextStream]:
        """Several replies to one conversation, side by side; the conversation is read once for all of them.

        Args:
            variants: at least one. The first stream counts the conversation's tokens as its input, and the others none.
            prefix: taken where the conversation begins with its tokens.

        Raises:
            BadInput, Refused, TooLarge, Busy: as `stream_chat`; a place for each has to come free.
        """
        tokens = self.chat_tokens(messages)
        return self._open().variants(tokens, variants, self._dials(dials), wait, self, prefix)

    def excerpts(self, sentences: Sequence[Excerpt], most: int = 2) -> Excerpts:
        """What holds a reply to `most` of at least one sentence; `begin` of it is the guidance of a `Variant`."""
        return self._open().excerpts(sentences, most)

    def chat_tokens(self, messages: str | Sequence[Message]) -> list[int]:
        """The tokens that `chat` sends for a conversation; see `Prompts.chat`.

        Raises:
            BadInput, Refused, TooLarge: as `chat`.
        """
        return self._prompts.chat(messages)

    def transcript(self, messages: Sequence[Message]) -> str:
        """A whole conversation as one text in the model's chat template, to be read as `activations` reads texts.

        Raises:
            BadInput, Refused: as `chat`.
        """
        return self._prompts.transcript(messages)

    def token_count(self, text: str) -> int:
        """Tokens of a plain text, no special tokens added."""
        return self._prompts.count(text)

    @contextmanager
    def dial(self, *dials: Dial) -> Generator["LanguageModel"]:
        """Set dials for every request that this thread or task makes within the block.

        Raises:
            BadInput: a dial is of another model, at a site that this one has not, or against another dial.
            BeyondLimit: as `chat`.
        """
        self._dials(dials)
        with holding(self, dials):
            yield self

    def dose(self, *dials: Dial) -> DoseVerdict:
        """How far dials reach, those of the blocks around with them, and how far they may. Raises as `dial`."""
        return self._open().limits.verdict(self._dials(dials))

    def likelihood(
        self,
        prompt: str | Sequence[Message],
        continuation: str,
        *,
        dials: Sequence[Dial] = (),
        wait: float | None = None,
    ) -> Likelihood:
        """How likely the model finds a continuation of a prompt, or a reply to a conversation.

        Both are read as one text; what is predicted begins at the first token that the prompt alone would not have had.
        A continuation of words therefore wants the space before it; a reply does not.

        Raises:
            BadInput, TooLarge, Busy: as `chat`.
        """
        whole, shared = self._prompts.continued(prompt, continuation)
        return self._open().likelihood(whole, shared, self._dials(dials), wait)

    def activations(self, texts: Sequence[str], sites: Collection[Site | str]) -> list[Activations]:
        """What is at sites of the model while it reads texts; see `ActivationReader.activations`."""
        return self._open().reader.activations(texts, sites)

    def stream_activations(
        self, texts: Iterable[str], sites: Collection[Site | str], longest: int | None = None
    ) -> Iterator[Activations]:
        """As `activations`, for any number of texts, some at a time; see `ActivationReader.stream`."""
        return self._open().reader.stream(texts, sites, longest)

    def read_reply(
        self,
        messages: str | Sequence[Message],
        reply: str,
        sites: Collection[Site | str],
        *,
        dials: Sequence[Dial] = (),
    ) -> ReplyReading:
        """What is at sites of the model while it reads a reply to a conversation, token by token.

        Dials are held while it reads, as when the reply was generated with them.

        Raises:
            BadInput, Refused, TooLarge: as `chat`, and if the reply is empty.
        """
        return self._open().reader.reply(self.chat_tokens(messages), reply, sites, self._dials(dials))

    def sites(self) -> list[SiteShape]:
        """Every site of the model, in the order in which a forward pass reaches them."""
        return self._open().anatomy.sites()

    def statistics(self, site: Site | str) -> SiteGauge:
        """What is usual at a site, undialled; see `SiteGauge`."""
        return self._open().gauge.at(Site.parse(site))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its weights, which measurements of its dials are of."""
        return self._open().weights

    def unembedding(self) -> Unembedding:
        """What turns its last layer's output into logits, and what its tokens say."""
        return self._open().unembedding()

    def splicer(self) -> Splicer:
        """What it predicts when something else stands in the place of a site."""
        return self._open().splicer()

    def direction(self, name: str, site: Site | str, vector: torch.Tensor | Sequence[float]) -> Direction:
        """A plain vector at a site of this model, to dial.

        Raises:
            BadInput: the model has no such site, or the vector is not finite, zero, or of another width.
        """
        made = Direction.of(name, self.reference, site, torch.as_tensor(vector, dtype=torch.float32))
        self._open().scheduler.backend.check([made.ablate()])
        return made

    def _dials(self, dials: Sequence[Dial]) -> tuple[Dial, ...]:
        """The dials of one request with those of the blocks around it; no other way leads to a backend."""
        together = (*held(self), *dials)
        require_compatible(together)
        self._open().scheduler.backend.check(together)
        if together:
            self._open().limits.require(together)
        return together

    @property
    def _prompts(self) -> Prompts:
        return self._open().prompts

    def _open(self) -> OpenParts:
        if self._parts is None:
            raise Refused(f"{self.reference} is closed.", do="Load it again with LanguageModel.load().")
        return self._parts
