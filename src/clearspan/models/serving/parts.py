"""What a model holds until it is closed; how to see inside it is found when first asked for."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import cast

from clearspan.models.backends.native.backend import NativeBackend
from clearspan.models.backends.prefix import Prefix
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.limits.dose import DoseLimits
from clearspan.models.inside.limits.gauge import ModelGauge
from clearspan.models.inside.limits.measured import MeasuredDose, fingerprint
from clearspan.models.inside.reading import ActivationReader
from clearspan.models.inside.sinks import SinkRule
from clearspan.models.inside.splicing import Splicer
from clearspan.models.inside.unembedding import Unembedding
from clearspan.models.serving.jobs import Generating, Scoring
from clearspan.models.serving.schedule import Scheduler
from clearspan.models.text.chatting import Likelihood
from clearspan.models.text.decode import TextStream, ending_tokens
from clearspan.models.text.excerpts import Excerpt, Excerpts
from clearspan.models.text.prompts import Prompts
from clearspan.models.text.sampling import Sampling, Variant
from clearspan.models.text.tokens import TokenStream
from clearspan.models.weights.loading import LoadedModel


class OpenParts:
    """The weights of one model, the thread that runs them, and what is derived from them.

    Args:
        measured: the doses that were measured of it.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        scheduler: Scheduler,
        reference: str,
        measured: Callable[[], Sequence[MeasuredDose]],
    ) -> None:
        self.loaded = loaded
        self._measured = measured
        self.scheduler = scheduler
        self.context_length = scheduler.backend.context_length
        self.prompts = Prompts(loaded.tokenizer, reference, self.context_length)
        self._ends = ending_tokens(loaded)

    @cached_property
    def anatomy(self) -> Anatomy:
        """Where the parts of its layers are."""
        return Anatomy.of(self.loaded.model)

    @cached_property
    def sinks(self) -> SinkRule:
        """Which positions are attention sinks."""
        return SinkRule(self.loaded, self.anatomy, self.context_length)

    @cached_property
    def gauge(self) -> ModelGauge:
        """What is at its sites, undialled."""
        return ModelGauge(self.loaded, self.anatomy, self.context_length)

    @cached_property
    def weights(self) -> str:
        """SHA-256 of its weights."""
        return fingerprint(self.loaded)

    @cached_property
    def limits(self) -> DoseLimits:
        """How far its dials may go."""
        return DoseLimits(self.gauge, self._measured(), lambda: self.weights)

    @cached_property
    def reader(self) -> ActivationReader:
        """What reads its activations."""
        return ActivationReader(self.loaded, self.anatomy, self.sinks, self._fast)

    def unembedding(self) -> Unembedding:
        """What turns its last layer's output into logits, and what its tokens say."""
        return Unembedding(self.loaded, self.anatomy)

    def splicer(self) -> Splicer:
        """What it predicts when something else stands in the place of a site."""
        return Splicer(self.loaded, self.anatomy, self.sinks)

    def stream(
        self, prompt: list[int], sampling: Sampling, dials: Sequence[Dial], wait: float | None, owner: object
    ) -> TextStream:
        """Begin to generate after the tokens of a prompt.

        Args:
            wait: longest time in seconds to wait for a place; None waits as long as it takes.
            owner: kept alive for as long as the stream is.

        Raises:
            Busy: too many requests are waiting.
        """
        (stream,) = self.variants(prompt, [Variant(sampling=sampling)], dials, wait, owner)
        return stream

    def continuations(
        self, prompts: str | Sequence[str], sampling: Sampling, dials: Sequence[Dial], owner: object
    ) -> list[Callable[[], TextStream]]:
        """What begins to continue each of some plain texts.

        Raises:
            BadInput, TooLarge: a text cannot be continued.
        """
        encoded = [self.prompts.plain(one) for one in ([prompts] if isinstance(prompts, str) else prompts)]
        return [partial(self.stream, tokens, sampling, dials, None, owner) for tokens in encoded]

    def variants(
        self,
        prompt: list[int],
        variants: Sequence[Variant],
        dials: Sequence[Dial],
        wait: float | None,
        owner: object,
        prefix: Prefix | None = None,
    ) -> list[TextStream]:
        """Begin to generate several texts after the tokens of one prompt, which are read once.

        Args:
            prefix: taken where the prompt begins with its tokens.

        Raises:
            Busy: as `stream`.
        """
        jobs: list[Generating] = []
        streams: list[TextStream] = []
        # The first one reads the prompt for all, and is made last: it is told who follows it.
        for place, one in reversed(list(enumerate(variants))):
            tokens = TokenStream(self.scheduler.wake)
            job = Generating(
                prompt,
                one.sampling,
                tokens,
                ends=self._ends,
                limit=min(one.sampling.max_tokens, self.context_length - len(prompt)),
                dials=dials,
                wait=wait,
                guidance=one.guidance,
                followers=() if place else jobs[::-1],
                prefix=prefix if prefix and prefix.leads(prompt) else None,
            )
            jobs.append(job)
            streams.append(
                TextStream(
                    tokens,
                    self._text,
                    stop=one.sampling.stop,
                    ends=self._ends,
                    input_tokens=0 if place else len(prompt),
                    owner=owner,
                )
            )
        self.scheduler.submit(jobs[-1])
        return streams[::-1]

    def excerpts(self, sentences: Sequence[Excerpt], most: int) -> Excerpts:
        """Texts made of sentences; see `Excerpts`."""
        return Excerpts(sentences, self.prompts.said, sorted(self._ends), most=most)

    def likelihood(
        self, whole: list[int], shared: int, dials: Sequence[Dial], wait: float | None
    ) -> Likelihood:
        """How likely the tokens after the first `shared` are.

        Raises:
            Busy: as `stream`.
        """
        job = Scoring(whole[:shared], whole[shared:], dials=dials, wait=wait)
        self.scheduler.submit(job)
        try:
            return Likelihood(job.result.result(), len(whole) - shared)
        finally:
            job.result.cancel()

    def _text(self, ids: Sequence[int]) -> str:
        text = self.loaded.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return cast("str", text)

    def _fast(self) -> NativeBackend | None:
        backend = self.scheduler.backend
        return backend if isinstance(backend, NativeBackend) else None
