"""A small network of the reader's build, and questions about plainly fictional bridges."""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from clearspan.overview.answering.reader.network import ReaderNetwork
from clearspan.overview.answering.reader.reader import SHIPPED, VOCABULARY
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage
from clearspan.overview.answering.reader.windows import WindowCutter


@pytest.fixture(scope="session")
def windows() -> WindowCutter:
    return WindowCutter(Tokenizer.from_file(str(Path(SHIPPED) / VOCABULARY)))


@pytest.fixture
def network() -> ReaderNetwork:
    torch.manual_seed(1)
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=256,
    )
    return ReaderNetwork(BertModel(config, add_pooling_layer=False))


@pytest.fixture(scope="session")
def questions() -> list[LabelledQuestion]:
    made: list[LabelledQuestion] = []
    for number in range(24):
        says = f"The toll of the Tarrow bridge number {number} is {number + 3} crowns."
        text = f"Bridge number {number} was opened by a baker. {says} Its lamps are blue."
        made.append(
            LabelledQuestion(
                id=f"q{number}",
                origin="tolls",
                question=f"What is the toll of bridge number {number}?",
                answers=(f"{number + 3} crowns",),
                answerable=True,
                kinds=("number",),
                pages=(QuestionPage(f"Bridge {number}", text, ""),),
                evidence=(says,),
                marked="gold",
                near_miss=(),
                trainable=True,
            )
        )
    return made
