"""The slot for a checker of somebody else: read from a folder and from ONNX, alike, and refused with a reason."""

import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.overview.proof.checker import CrossEncoder
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.verify import Instruments, verify
from clearspan.settings import Settings

WORDS = "[PAD] [UNK] [CLS] [SEP] the mill bridge at tarrow is red long not".split()


def save(folder: Path, labels: dict[int, str]) -> Path:
    """A tiny classifier with random weights, as transformers saves one."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=512,
        id2label=labels,
        label2id={name: number for number, name in labels.items()},
    )
    BertForSequenceClassification(config).eval().save_pretrained(folder)
    tokenizer = Tokenizer(
        models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save(tmp_path / "checker", {0: "not_supported", 1: "supported"})


def test_a_folder_is_read_and_scores_document_and_claim(folder: Path, settings: Settings) -> None:
    checker = CrossEncoder.load(f"dir:{folder}", settings)
    found = checker.probability("the mill is red", "the mill at tarrow is red")
    model = BertForSequenceClassification.from_pretrained(folder)
    ids = torch.tensor([[2, 4, 5, 7, 8, 9, 10, 3, 4, 5, 9, 10, 3]])
    types = torch.tensor([[0] * 8 + [1] * 5])
    with torch.inference_mode():
        expected = model(input_ids=ids, token_type_ids=types).logits.softmax(-1)[0, 1]
    assert checker.supported == 1
    assert found == pytest.approx(float(expected), abs=1e-5)


def test_a_long_document_is_cut_and_the_claim_is_not(folder: Path, settings: Settings) -> None:
    checker = CrossEncoder.load(f"dir:{folder}", settings)
    long = "the mill " * 2_000
    assert checker.probability("not red", long) != checker.probability("long bridge", long)


def test_verification_takes_its_word_and_the_hard_checks_stay(folder: Path, settings: Settings) -> None:
    checker = CrossEncoder.load(f"dir:{folder}", settings)
    evidence = [Evidence("The mill at Tarrow is 12 metres long.")]
    found = verify("The mill at Tarrow is 12 metres long.", evidence, 0.0, Instruments(checker=checker))
    assert found.checks[-1].name == "checker"
    assert found.score == pytest.approx(found.checks[-1].score, abs=1e-3)
    changed = verify("The mill at Tarrow is 13 metres long.", evidence, 0.0, Instruments(checker=checker))
    assert changed.support != "supported"


@pytest.mark.filterwarnings("ignore")
def test_onnx_says_the_same_as_the_folder(folder: Path, settings: Settings) -> None:
    pytest.importorskip("onnxruntime")
    model = BertForSequenceClassification.from_pretrained(folder, attn_implementation="eager").eval()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    # As many tokens as the pair below has: the exporter fixes the length that it traces.
    given = tuple(torch.ones((1, 13), dtype=torch.long) for _ in names)
    torch.onnx.export(model, given, str(folder / "model.onnx"), input_names=names, dynamo=False)
    there = CrossEncoder.load(f"onnx:{folder / 'model.onnx'}", settings)
    here = CrossEncoder.load(f"dir:{folder}", settings)
    pair = ("the mill is red", "the bridge at tarrow is long")
    assert there.probability(*pair) == pytest.approx(here.probability(*pair), abs=1e-4)


def test_one_logit_is_of_supported(tmp_path: Path, settings: Settings) -> None:
    checker = CrossEncoder.load(f"dir:{save(tmp_path / 'one', {0: 'LABEL_0'})}", settings)
    assert checker.supported is None
    assert 0.0 < checker.probability("the mill", "the bridge") < 1.0


def test_what_cannot_check_is_refused_with_a_reason(folder: Path, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(NotFound):
        CrossEncoder.load("dir:/nowhere/at/all", settings)
    with pytest.raises((BadInput, Refused)):
        CrossEncoder.load(f"onnx:{tmp_path / 'none.onnx'}", settings)
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {"0": "blue", "1": "green"}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadInput, match="blue, green"):
        CrossEncoder.load(f"dir:{folder}", settings)
