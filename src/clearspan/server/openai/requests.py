"""Bodies of the OpenAI-compatible routes, and what they may ask for.

Unknown parameters are let pass, as OpenAI's clients send new ones every few months. Parameters that would
change the answer, and are not done here, are refused by name.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from clearspan.server.edge.errors import Unsupported
from clearspan.server.named_dials import NamedDial
from clearspan.server.openai.messages import ChatMessage, Lenient, refuse_other_parts


class StreamOptions(Lenient):
    """What a stream carries besides its text."""

    include_usage: bool = False


class ClearspanOptions(BaseModel):
    """Clearspan's own fields, which the OpenAI client sends through `extra_body`."""

    model_config = ConfigDict(extra="forbid")

    library: str | None = Field(default=None, description="name of a library; the default one if absent")
    generate: bool | None = Field(default=None, description="whether a model may answer from quotes")


class DialSetting(BaseModel):
    """A direction of the model and where to set it; one of `clamp`, `add` and `ablate`."""

    model_config = ConfigDict(extra="forbid")

    site: str = Field(max_length=100, description="address of an activation, e.g. layers.15.residual")
    vector: list[float] = Field(max_length=65_536, description="one number for each of the model's width")
    clamp: float | None = Field(default=None, description="hold the projection at this many vectors")
    add: float | None = Field(default=None, description="add this many vectors")
    ablate: Literal[True] | None = Field(default=None, description="take the projection away")
    name: str = Field(default="direction", max_length=100, description="what errors call it")


def _kind_of_dial(value: object) -> str:
    return "named" if isinstance(value, str) else "dial"


_AnyDial = Annotated[
    Annotated[NamedDial, Tag("named")] | Annotated[DialSetting, Tag("dial")], Discriminator(_kind_of_dial)
]


class SamplingRequest(Lenient):
    """What every request for text may have."""

    model: str
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="0 if absent: the likeliest token"
    )
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None
    dials: list[_AnyDial] = Field(
        default_factory=list[_AnyDial],
        max_length=32,
        description="dials of the language model: presets and features by name, or directions as numbers",
    )
    clearspan: ClearspanOptions = Field(
        default_factory=ClearspanOptions, description="Clearspan's own fields"
    )

    def includes_usage(self) -> bool:
        """Whether a stream ends with a chunk of token counts."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def refuse_unsupported(self) -> None:
        """Raise Unsupported for the first parameter that asks for something that is not done here."""
        for name, value in (self.model_extra or {}).items():
            if name in _NEUTRAL and value is not None and value not in _NEUTRAL[name]:
                raise Unsupported(
                    f"The parameter '{name}' is not supported with this value.",
                    param=name,
                    why=_REASONS.get(
                        name, "It would have no effect, and the answer would not be what was asked for."
                    ),
                    do=f"Leave '{name}' out.",
                )


class StoppedRequest(SamplingRequest):
    """What a request may have whose text can be ended by a string."""

    stop: str | Annotated[list[str], Field(max_length=4)] | None = None

    def stops(self) -> tuple[str, ...]:
        """The texts that end what is said."""
        if self.stop is None:
            return ()
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)


class ChatRequest(StoppedRequest):
    """Body of POST /v1/chat/completions."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=1_000)
    max_tokens: int | None = Field(default=None, ge=1, description="most tokens to say")
    max_completion_tokens: int | None = Field(default=None, ge=1, description="newer name of max_tokens")

    def limit(self) -> int | None:
        """The most tokens that may be said; None where the client sets no bound."""
        return self.max_completion_tokens or self.max_tokens

    def refuse_unsupported(self) -> None:
        """As above, and for the first part of a message that is no text."""
        super().refuse_unsupported()
        refuse_other_parts(self.messages)


class CompletionRequest(StoppedRequest):
    """Body of POST /v1/completions: a text to go on from, without roles."""

    prompt: str | Annotated[list[str], Field(min_length=1, max_length=1)] | list[int] | list[list[int]]
    max_tokens: int | None = Field(
        default=None, ge=1, description="most tokens to say; 16 if absent, as OpenAI has it"
    )

    def text(self) -> str:
        """The prompt.

        Raises:
            Unsupported: it is given as token ids.
        """
        one = self.prompt if isinstance(self.prompt, str) else self.prompt[0] if self.prompt else ""
        if isinstance(one, str):
            return one
        raise token_ids("prompt")


class EmbeddingRequest(Lenient):
    """Body of POST /v1/embeddings."""

    model: str
    input: (
        str
        | Annotated[list[str], Field(min_length=1, max_length=2_048)]
        | Annotated[list[int], Field(min_length=1)]
        | Annotated[list[list[int]], Field(min_length=1)]
    )
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None

    def texts(self) -> list[str]:
        """The texts to embed.

        Raises:
            Unsupported: one is empty, or they are given as token ids.
        """
        given = [self.input] if isinstance(self.input, str) else self.input
        texts = [one for one in given if isinstance(one, str)]
        if len(texts) < len(given):
            raise token_ids("input")
        if not all(texts):
            raise Unsupported(
                "An empty text has no embedding.", param="input", do="Leave empty texts out of 'input'."
            )
        return texts


def token_ids(param: str) -> Unsupported:
    """The refusal of token ids in place of a text."""
    return Unsupported(
        f"'{param}' holds token ids, and only texts are read here.",
        param=param,
        why="Ids say nothing of the vocabulary that they belong to, and clients mostly send those of OpenAI's models.",
        do=f"Send '{param}' as text; LangChain does with check_embedding_ctx_length=False.",
    )


# Parameter → the values that ask for nothing; anything else would change the answer.
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "functions": ([],),
    "function_call": ("none", "auto"),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "response_format": ({"type": "text"},),
    "modalities": (["text"],),
    "audio": (),
    "echo": (False,),
    "suffix": ("",),
    "best_of": (1,),
    "previous_response_id": (),
    "conversation": (),
    "background": (False,),
}

_REASONS = {
    "n": "Each request has one answer.",
    "tools": "The local models cannot call tools.",
    "functions": "The local models cannot call functions.",
    "logprobs": "Probabilities of tokens are not sent over these routes.",
    "previous_response_id": "Nothing of a conversation is kept here between two requests.",
    "conversation": "Nothing of a conversation is kept here between two requests.",
    "response_format": "The local models cannot be held to a format.",
}
