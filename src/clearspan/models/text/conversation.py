"""Conversations as tokens: the model's own chat template around messages that cannot pretend to be more than text."""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict, cast

from clearspan.errors import BadInput, Refused
from clearspan.models.text.characters import require_whole_characters


class Message(TypedDict):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


def conversation_tokens(tokenizer: Any, reference: str, messages: Sequence[Message]) -> list[int]:
    """The template's tokens, and the messages as plain text, up to where the model's turn begins.

    See `conversation_text`.
    """
    text = conversation_text(tokenizer, reference, messages, reply_follows=True)
    return cast("list[int]", tokenizer(text, add_special_tokens=False)["input_ids"])


def conversation_text(
    tokenizer: Any, reference: str, messages: Sequence[Message], *, reply_follows: bool
) -> str:
    """A conversation as the model reads it, in the names of its special tokens.

    Names of special tokens inside a message are broken up, so that quoted text cannot end its message and begin
    another.

    Args:
        reference: the model's, for the errors.
        reply_follows: whether the text ends where the model's turn begins.

    Raises:
        BadInput: there is no message, or they do not fit the template.
        Refused: the tokenizer has no chat template.
    """
    if not tokenizer.chat_template:
        raise Refused(
            f"{reference} cannot chat: its tokenizer has no chat template.",
            why="It is a base model, which continues text instead of answering.",
            do="Use generate(), or an instruction-tuned model.",
        )
    special = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    conversation = [
        {"role": message["role"], "content": _disarm(require_whole_characters(message["content"]), special)}
        for message in messages
    ]
    if not conversation:
        raise BadInput("The conversation is empty.", do="Give at least one message.")
    try:
        text = tokenizer.apply_chat_template(
            conversation, add_generation_prompt=reply_follows, tokenize=False
        )
    except Exception as error:
        raise BadInput(
            "The conversation does not fit the model's chat template.",
            why=str(error),
            do="Let user and assistant take turns; some models know no system message.",
        ) from error
    return cast("str", text)


def _disarm(content: str, special: Sequence[str]) -> str:
    broken = True
    while broken:
        broken = False
        for name in special:
            if name in content:
                content = content.replace(name, f"{name[0]} {name[1:]}")
                broken = True
    return content
