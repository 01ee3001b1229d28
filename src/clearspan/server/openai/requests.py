"""Bodies of the OpenAI-compatible routes, and what they may ask for.

Unknown parameters are let pass, as OpenAI's clients send new ones every few months. Parameters that would
change the answer, and are not done here, are refused by name.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from clearspan.server.edge.errors import Unsupported
from clearspan.server.named_dials import NamedDial


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="allow")


class TextPart(BaseModel):
    """A part of a message; text is the only kind that is read."""

    type: Literal["text"]
    text: str


class ChatMessage(_Lenient):
    """One message of a conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart]

    def text(self) -> str:
        """The message's text, its parts joined."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content)


class StreamOptions(_Lenient):
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


class ChatRequest(_Lenient):
    """Body of POST /v1/chat/completions."""

    model: str
    messages: list[ChatMessage] = Field(min_length=1, max_length=1_000)
    max_tokens: int | None = Field(default=None, ge=1, description="most tokens to generate")
    max_completion_tokens: int | None = Field(default=None, ge=1, description="newer name of max_tokens")
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="0 if absent: the likeliest token"
    )
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = None
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
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

    def stops(self) -> tuple[str, ...]:
        """The texts that end the generation."""
        if self.stop is None:
            return ()
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)

    def includes_usage(self) -> bool:
        """Whether a stream ends with a chunk of token counts."""
        return bool(self.stream_options and self.stream_options.include_usage)


class EmbeddingRequest(_Lenient):
    """Body of POST /v1/embeddings."""

    model: str
    input: str | Annotated[list[str], Field(min_length=1, max_length=2_048)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None


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
}

_REASONS = {
    "n": "Each request has one answer.",
    "tools": "The local models cannot call tools.",
    "functions": "The local models cannot call functions.",
    "logprobs": "Probabilities of tokens are not sent over these routes.",
    "response_format": "The local models cannot be held to a format.",
}


def refuse_unsupported(request: ChatRequest) -> None:
    """Raise Unsupported for the first parameter that asks for something that is not done here."""
    for name, value in (request.model_extra or {}).items():
        if name in _NEUTRAL and value is not None and value not in _NEUTRAL[name]:
            raise Unsupported(
                f"The parameter '{name}' is not supported with this value.",
                param=name,
                why=_REASONS.get(
                    name, "It would have no effect, and the answer would not be what was asked for."
                ),
                do=f"Leave '{name}' out.",
            )
