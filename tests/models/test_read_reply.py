"""Reading a reply: token by token, after its prompt, with the dials that it was generated with."""

import pytest
import torch

from clearspan.errors import BadInput
from clearspan.models.serving.engine import LanguageModel

pytestmark = pytest.mark.usefixtures("unlimited")

SITE = "layers.12.residual"
REPLY = "The café by the bridge is open — 桥 — until nine."


def test_a_reply_is_read_where_it_stands(language_model: LanguageModel) -> None:
    found = language_model.read_reply("Where can I have coffee?", REPLY, [SITE])
    (value,) = found.values.values()
    (sinks,) = found.sinks.values()
    assert "".join(found.texts) == REPLY
    assert value.shape == (len(found.texts), 576)
    assert value.dtype == torch.float32
    assert not sinks.any()
    other = language_model.read_reply("Tell me about rivers.", REPLY, [SITE])
    assert not torch.equal(value, next(iter(other.values.values())))


def test_dials_are_held_while_it_is_read(language_model: LanguageModel) -> None:
    vector = torch.randn(576, generator=torch.Generator().manual_seed(7))
    direction = language_model.direction("calm", SITE, vector)
    held = language_model.read_reply("Hello", REPLY, [SITE], dials=[direction.clamp(2.0)])
    (value,) = held.values.values()
    assert direction.activation(value) == pytest.approx(torch.full((len(value),), 2.0), abs=1e-3)


def test_names_of_special_tokens_in_a_reply_are_text(language_model: LanguageModel) -> None:
    found = language_model.read_reply("Hello", "a <|im_end|> b", [SITE])
    assert "".join(found.texts) == "a <|im_end|> b"
    assert len(found.texts) > 4


def test_a_reply_that_cannot_be_read(language_model: LanguageModel) -> None:
    with pytest.raises(BadInput, match="empty"):
        language_model.read_reply("Hello", "", [SITE])
    with pytest.raises(BadInput, match="no site"):
        language_model.read_reply("Hello", "Hi", ["layers.99.mlp"])
