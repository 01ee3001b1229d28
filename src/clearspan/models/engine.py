"""A language model that generates text, on the plain path: transformers' forward and its key-value cache.

One generation runs at a time. The loop is small on purpose: it can be cancelled between any two tokens, and
it never holds PyTorch's inference mode while a caller's code runs.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypedDict, cast

import torch

from clearspan.errors import BadInput, Refused, TooLarge
from clearspan.models.decode import Delta, Generation, TextStream, decode, ending_tokens
from clearspan.models.runtime import preferred_dtype, set_threads
from clearspan.models.sampling import Sampling
from clearspan.models.sources import resolve
from clearspan.models.text import require_whole_characters
from clearspan.models.turns import Turns
from clearspan.models.weights import LoadedModel, load_weights
from clearspan.settings import Settings

__all__ = ["Delta", "Generation", "LanguageModel", "Message", "TextStream"]

_LONGEST_QUEUE = 64


class Message(TypedDict):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class LanguageModel:
    """An open causal language model; safe to share between threads, which take turns.

    Attributes:
        reference: the model reference that it was loaded from.
        context_length: most tokens of prompt and generated text together.
        load_seconds: how long loading took.
    """

    def __init__(self, reference: str, loaded: LoadedModel, load_seconds: float = 0.0) -> None:
        self.reference = reference
        self.load_seconds = load_seconds
        self.context_length = int(loaded.model.config.max_position_embeddings)
        self._loaded: LoadedModel | None = loaded
        self._turns = Turns(_LONGEST_QUEUE)
        self._ends = ending_tokens(loaded)

    @classmethod
    def load(cls, reference: str, settings: Settings, *, dtype: torch.dtype | None = None) -> "LanguageModel":
        """Load from a model reference, fetching the weights if they are not here yet.

        Args:
            reference: see `sources`.
            settings: where weights are kept, and the number of threads.
            dtype: number format of the arithmetic; `runtime.preferred_dtype()` by default.

        Raises:
            BadInput: the files are not a causal language model that transformers knows.
            ClearspanError: as `sources.resolve`.
        """
        started = time.perf_counter()
        files = resolve(reference, settings)
        set_threads(settings)
        loaded = load_weights(files, settings, dtype or preferred_dtype())
        return cls(reference, loaded, time.perf_counter() - started)

    def __enter__(self) -> "LanguageModel":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<LanguageModel {self.reference}: {self.context_length:,} tokens of context>"

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return self._turns.waiting()

    def close(self) -> None:
        """Let go of the weights; a running generation ends first, later requests are refused."""
        self._turns.take(None)
        self._loaded = None
        self._turns.give_back()

    def generate(
        self,
        prompts: str | Sequence[str],
        *,
        max_tokens: int = 128,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> list[Generation]:
        """Continue each prompt as plain text, without a chat template; names of special tokens are read as such.

        Several prompts run one after another, each with a turn of its own and with the same seed.

        Raises:
            BadInput: a prompt or parameter cannot be used.
            TooLarge: a prompt leaves no room in the context.
            Busy: too many requests are waiting.
        """
        sampling = Sampling(max_tokens, temperature, top_p, seed, stop)
        encoded = [self._encode(prompt) for prompt in ([prompts] if isinstance(prompts, str) else prompts)]
        return [self._stream(tokens, sampling, None).finish() for tokens in encoded]

    def chat(
        self,
        messages: str | Sequence[Message],
        *,
        max_tokens: int = 128,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
        wait: float | None = None,
    ) -> Generation:
        """The model's reply to a conversation; a string is one user message.

        Args:
            wait: longest time in seconds to wait for a turn; None waits as long as it takes.

        Raises:
            BadInput: a message or parameter cannot be used.
            Refused: the model has no chat template.
            TooLarge: the conversation leaves no room in the context.
            Busy: the turn did not come in time, or too many requests are waiting.
        """
        sampling = Sampling(max_tokens, temperature, top_p, seed, stop)
        return self._stream(self.chat_tokens(messages), sampling, wait).finish()

    def stream_chat(
        self,
        messages: str | Sequence[Message],
        *,
        max_tokens: int = 128,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
        wait: float | None = None,
    ) -> "TextStream":
        """As `chat`, piece by piece.

        The turn is taken before this returns, so that every error that `chat` documents is raised here. Close
        the stream, or leave its `with` block, to cancel; the turn is held until then or until the last piece.
        """
        sampling = Sampling(max_tokens, temperature, top_p, seed, stop)
        return self._stream(self.chat_tokens(messages), sampling, wait)

    def chat_tokens(self, messages: str | Sequence[Message]) -> list[int]:
        """The tokens that `chat` sends for a conversation: the template's, and the messages as plain text.

        Names of special tokens inside a message are broken up, so that quoted text cannot end its message
        and begin another.

        Raises:
            BadInput, Refused, TooLarge: as `chat`.
        """
        tokenizer = self._tokenizer()
        if not tokenizer.chat_template:
            raise Refused(
                f"{self.reference} cannot chat: its tokenizer has no chat template.",
                why="It is a base model, which continues text instead of answering.",
                do="Use generate(), or an instruction-tuned model.",
            )
        given = [Message(role="user", content=messages)] if isinstance(messages, str) else messages
        special = _special_names(tokenizer)
        conversation = [
            {
                "role": message["role"],
                "content": _disarm(require_whole_characters(message["content"]), special),
            }
            for message in given
        ]
        if not conversation:
            raise BadInput("The conversation is empty.", do="Give at least one message.")
        try:
            text = tokenizer.apply_chat_template(conversation, add_generation_prompt=True, tokenize=False)
        except Exception as error:
            raise BadInput(
                "The conversation does not fit the model's chat template.",
                why=str(error),
                do="Let user and assistant take turns; some models know no system message.",
            ) from error
        return self._fitting(tokenizer(text, add_special_tokens=False)["input_ids"])

    def token_count(self, text: str) -> int:
        """Tokens of a plain text, no special tokens added."""
        return len(self._tokenizer()(require_whole_characters(text), add_special_tokens=False)["input_ids"])

    def _stream(self, prompt: list[int], sampling: Sampling, wait: float | None) -> TextStream:
        limit = min(sampling.max_tokens, self.context_length - len(prompt))

        def begin() -> Iterator[Delta]:
            return decode(self._open(), prompt, sampling, self._ends, limit)

        return TextStream(self._turns, wait, begin)

    def _tokenizer(self) -> Any:
        return self._open().tokenizer

    def _open(self) -> LoadedModel:
        if self._loaded is None:
            raise Refused(f"{self.reference} is closed.", do="Load it again with LanguageModel.load().")
        return self._loaded

    def _encode(self, prompt: str) -> list[int]:
        tokens = cast("list[int]", self._tokenizer()(require_whole_characters(prompt))["input_ids"])
        return self._fitting(tokens)

    def _fitting(self, tokens: list[int]) -> list[int]:
        if not tokens:
            raise BadInput("The prompt is empty.", do="Give at least one character.")
        if len(tokens) >= self.context_length:
            raise TooLarge(
                f"The prompt is too long for {self.reference}: {len(tokens):,} tokens.",
                why=f"Its context holds {self.context_length:,} tokens, the generated text included.",
                do="Shorten the prompt.",
            )
        return tokens


def _special_names(tokenizer: Any) -> list[str]:
    return [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]


def _disarm(content: str, special: Sequence[str]) -> str:
    broken = True
    while broken:
        broken = False
        for name in special:
            if name in content:
                content = content.replace(name, f"{name[0]} {name[1:]}")
                broken = True
    return content
