"""Prompts of a small word-by-word tokenizer: what fits, what is shared, and what is refused."""

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from clearspan.errors import BadInput, Refused, TooLarge
from clearspan.models.text.prompts import Prompts

WORDS = "[UNK] user assistant : the mill is red old and tall".split()
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }} : {{ m['content'] }} {% endfor %}"
    "{% if add_generation_prompt %}assistant :{% endif %}"
)


def prompts(context: int = 20, template: str | None = TEMPLATE) -> Prompts:
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", chat_template=template)
    return Prompts(wrapped, "tiny", context)


def ids(text: str) -> list[int]:
    return [WORDS.index(word) if word in WORDS else 0 for word in text.split()]


def test_a_text_and_a_conversation_become_tokens() -> None:
    assert prompts().plain("the mill is red") == ids("the mill is red")
    assert prompts().chat("the mill") == ids("user : the mill assistant :")
    assert prompts().count("the old mill") == 3
    told = prompts().transcript(
        [{"role": "user", "content": "old"}, {"role": "assistant", "content": "mill"}]
    )
    assert told.split() == "user : old assistant : mill".split()


@pytest.mark.parametrize(("words", "fits"), [(4, True), (5, False), (6, False)])
def test_a_prompt_leaves_room_in_the_context(words: int, fits: bool) -> None:
    small = prompts(context=5)
    if fits:
        assert len(small.plain("mill " * words)) == words
        return
    with pytest.raises(TooLarge) as refused:
        small.plain("mill " * words)
    assert refused.value.what == f"The prompt is too long for tiny: {words} tokens."
    assert "5 tokens" in refused.value.why


def test_what_is_empty_is_refused() -> None:
    with pytest.raises(BadInput, match="The prompt is empty"):
        prompts().plain("")
    for prompt, continuation in (("", "mill"), ("mill", "")):
        with pytest.raises(BadInput, match="empty"):
            prompts().continued(prompt, continuation)


def test_a_model_without_a_template_takes_no_conversation() -> None:
    with pytest.raises(Refused):
        prompts(template=None).chat("mill")


def test_a_continuation_shares_the_tokens_of_its_prompt() -> None:
    assert prompts().continued("the old", " mill is red") == (ids("the old mill is red"), 2)
    # 'mi' and 'll' are one word together: nothing of it is of the prompt alone.
    assert prompts().continued("the mi", "ll is red") == (ids("the mill is red"), 1)
    whole, shared = prompts().continued([{"role": "user", "content": "old"}], "mill")
    assert whole == ids("user : old assistant : mill")
    assert shared == 5
    with pytest.raises(TooLarge):
        prompts(context=6).continued([{"role": "user", "content": "old"}], "mill")
