"""From texts and conversations to the tokens that a model reads."""

from collections.abc import Sequence
from typing import Any, cast

from clearspan.errors import BadInput, TooLarge
from clearspan.models.text.characters import require_whole_characters
from clearspan.models.text.conversation import Message, conversation_text, conversation_tokens


class Prompts:
    """A model's prompts, none longer than its context.

    Attributes:
        reference: of the model, for errors.
        context_length: most tokens of prompt and generated text together.
    """

    def __init__(self, tokenizer: Any, reference: str, context_length: int) -> None:
        self._tokenizer = tokenizer
        self.reference = reference
        self.context_length = context_length

    def plain(self, text: str) -> list[int]:
        """A text without a chat template; names of special tokens are read as such.

        Raises:
            BadInput: it is empty, or not text.
            TooLarge: it leaves no room in the context.
        """
        return self._fitting(self._encode(text))

    def chat(self, messages: str | Sequence[Message]) -> list[int]:
        """A conversation whose reply follows; see `conversation_tokens`.

        Raises:
            BadInput: a message cannot be used.
            Refused: the model has no chat template.
            TooLarge: the conversation leaves no room in the context.
        """
        given = [Message(role="user", content=messages)] if isinstance(messages, str) else messages
        return self._fitting(conversation_tokens(self._tokenizer, self.reference, given))

    def transcript(self, messages: Sequence[Message]) -> str:
        """A whole conversation as one text in the model's chat template.

        Raises:
            BadInput, Refused: as `chat`.
        """
        return conversation_text(self._tokenizer, self.reference, messages, reply_follows=False)

    def count(self, text: str) -> int:
        """Tokens of a plain text, no special tokens added."""
        return len(self._tokenizer(require_whole_characters(text), add_special_tokens=False)["input_ids"])

    def said(self, text: str) -> list[int]:
        """The tokens of a text inside a reply; names of special tokens that it spells out are text."""
        read = self._tokenizer(
            require_whole_characters(text), add_special_tokens=False, split_special_tokens=True
        )
        return cast("list[int]", read["input_ids"])

    def continued(self, prompt: str | Sequence[Message], continuation: str) -> tuple[list[int], int]:
        """The tokens of a prompt with its continuation, and how many of them are of the prompt alone.

        Raises:
            BadInput: as `chat`, and if either is empty.
            TooLarge: both together leave no room in the context.
        """
        whole, shared = self._together(prompt, continuation)
        if not 0 < shared < len(whole):
            raise BadInput(
                "The prompt or its continuation is empty.",
                why="A probability needs at least one token before it and one to predict.",
                do="Give both some text.",
            )
        return whole, shared

    def _together(self, prompt: str | Sequence[Message], continuation: str) -> tuple[list[int], int]:
        if not isinstance(prompt, str):
            asked = self.chat(prompt)
            return self._fitting([*asked, *self.said(continuation)]), len(asked)
        whole = self.plain(prompt + continuation)
        alone = self._encode(prompt)
        pairs = enumerate(zip(whole, alone, strict=False))
        return whole, next((at for at, (one, other) in pairs if one != other), min(len(whole), len(alone)))

    def _encode(self, text: str) -> list[int]:
        return cast("list[int]", self._tokenizer(require_whole_characters(text))["input_ids"])

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
