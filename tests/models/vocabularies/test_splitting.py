"""Words fall into tokens as the formats' own rules say."""

from pathlib import Path

import numpy as np
import pytest
import tokenizers
from gguf import GGUFWriter
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput, Refused
from clearspan.models.vocabularies.gguf_file import read_gguf
from clearspan.models.vocabularies.neighbourhoods import LISTS, word_list
from clearspan.models.vocabularies.splitting import ByScore
from clearspan.models.vocabularies.vocabulary import Vocabulary
from clearspan.settings import Settings

PIECES = ["▁", "a", "b", "c", "ab", "bc", "abc", "aa", "▁a", "▁ab", "cab", "bb", "caa"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def _naive(text: str, numbers: dict[str, int], scores: list[float]) -> list[str]:
    """The rule itself: join the best pair, the leftmost of equals, until none is left."""
    pieces = list(text.replace(" ", "▁"))
    while True:
        pairs = [
            (-scores[numbers[joined]], place)
            for place in range(len(pieces) - 1)
            if (joined := pieces[place] + pieces[place + 1]) in numbers
        ]
        if not pairs:
            return pieces
        _, place = min(pairs)
        pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]


@given(st.text("abc ", max_size=24), st.permutations(range(len(PIECES))))
def test_pairs_join_by_score(text: str, ranks: list[int]) -> None:
    numbers = {piece: number for number, piece in enumerate([*PIECES, *BYTES])}
    scores = [-float(rank) for rank in ranks] + [0.0] * 256
    found = ByScore(numbers, scores).split(text)
    assert [(*PIECES, *BYTES)[number] for number in found] == _naive(text, numbers, scores)


def test_a_character_that_is_no_token_falls_into_bytes() -> None:
    numbers = {piece: number for number, piece in enumerate([*PIECES, *BYTES])}
    found = ByScore(numbers, [0.0] * len(numbers)).split("aé")
    assert found == [numbers["a"], numbers["<0xC3>"], numbers["<0xA9>"]]


def test_a_gguf_file_splits_as_the_models_own_tokenizer_does(settings: Settings, converted: Path) -> None:
    vocabulary = Vocabulary.load("smollm2-135m", settings)
    tokenizer = tokenizers.Tokenizer.from_file(str(converted / "tokenizer.json"))
    words = [word for name in (*LISTS, "spellings") for word in word_list(name)]
    for word in [*words, "façade", "日本", "🙂", "3.14", "O'Neill"]:
        assert vocabulary.split(word) == tokenizer.encode(f" {word}", add_special_tokens=False).ids, word


def _write(path: Path, model: str, tokens: list[str]) -> Path:
    writer = GGUFWriter(path, "tiny")
    writer.add_tokenizer_model(model)
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(number) for number in range(len(tokens))])
    writer.add_token_types([6 if token.startswith("<0x") else 1 for token in tokens])
    writer.add_tensor("token_embd.weight", np.eye(len(tokens), 32, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    found = read_gguf(_write(tmp_path / "tiny.gguf", "llama", [*PIECES, *BYTES]))
    assert found.texts[:3] == [" ", "a", "b"]
    assert found.ordinary == [True] * len(PIECES) + [False] * 256
    assert found.rows.count == len(PIECES) + 256
    assert found.rows.read(1, 2)[0, :3].tolist() == [0, 1, 0]
    assert found.splitter.split("ab") == [PIECES.index("ab")]


def test_an_unknown_way_of_splitting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="'bert'"):
        read_gguf(_write(tmp_path / "tiny.gguf", "bert", PIECES))


def test_a_file_that_is_cut_off_is_an_error(tmp_path: Path) -> None:
    whole = _write(tmp_path / "tiny.gguf", "llama", PIECES).read_bytes()
    (tmp_path / "cut.gguf").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=r"cut\.gguf"):
        read_gguf(tmp_path / "cut.gguf")
