"""The prefix that ships, for whom it is, and what becomes of a damaged one."""

import json
from pathlib import Path

import pytest

from clearspan.errors import BadInput
from clearspan.models.serving.engine import LanguageModel
from clearspan.tiers.rewriting import ToldStatement, told
from clearspan.tiers.writer.learned import CARD, PREFIX, SHIPPED, learned_prefix, read_prefix


def test_it_stands_for_what_every_model_is_told(language_model: LanguageModel) -> None:
    """Were the words changed, the model would read them and never find the prefix."""
    prefix = learned_prefix(language_model.reference)
    assert prefix is not None
    assert prefix.leads(language_model.chat_tokens(told("Why?", [ToldStatement("", "So.")])))


def test_the_card_is_of_the_file_that_ships() -> None:
    import hashlib

    card = json.loads((SHIPPED / CARD).read_text("utf-8"))
    content = (SHIPPED / PREFIX).read_bytes()
    assert card["sha256"] == hashlib.sha256(content).hexdigest()
    assert len(content) < 10_000_000


def test_another_model_has_none() -> None:
    assert learned_prefix("folder:/somewhere/else") is None


def test_a_damaged_one_is_none_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / CARD).write_text('{"model": "smollm2-135m"}')
    (tmp_path / PREFIX).write_bytes(b"damaged")
    with pytest.raises(BadInput, match="no prefix"):
        read_prefix(tmp_path)
    assert learned_prefix("smollm2-135m", tmp_path) is None
    assert "told in words" in caplog.text
