"""Vocabularies of the real default model and of made ones: neighbours, purity, comparison, commands."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from clearspan.cli.main import cli
from clearspan.errors import BadInput, Refused
from clearspan.models.vocabularies.comparison import Comparison
from clearspan.models.vocabularies.folder import read_folder
from clearspan.models.vocabularies.mapping import Map
from clearspan.models.vocabularies.neighbourhoods import (
    LISTS,
    Neighbourhoods,
    Share,
    categories,
    word_list,
)
from clearspan.models.vocabularies.rows import PlainRows
from clearspan.models.vocabularies.vocabulary import Vocabulary
from clearspan.settings import Settings


@pytest.fixture(scope="module")
def real(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return Vocabulary.load("smollm2-135m", Settings(home=tmp_path_factory.mktemp("home"), weights=weights))


class WholeWords:
    """Every word is one token."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers

    def split(self, text: str) -> list[int]:
        return [self.numbers[text.strip()]]


def made(noise: float, seed: int = 0) -> Vocabulary:
    """Words of one list lie in one direction, and so do the cases and spellings of one word; noise blurs it."""
    random = np.random.default_rng(seed)
    kinds = categories()
    spelled = word_list("spellings")
    middle = {name: random.normal(size=64) * 3 for name in LISTS}
    own: dict[str, np.ndarray] = {}
    vectors: dict[str, np.ndarray] = {}
    for place, word in enumerate(spelled):
        mate = own.setdefault(spelled[place - place % 2], random.normal(size=64) * 3)
        vectors[word] = mate + random.normal(size=64) * noise
    for word, name in kinds.items():
        key = word.lower()
        own.setdefault(key, middle[name] + random.normal(size=64))
        for form in (word, key, key.title(), key.upper()):
            vectors[form] = own[key] + random.normal(size=64) * noise
    numbers = {word: number for number, word in enumerate(vectors)}
    rows = PlainRows(np.stack(list(vectors.values())).astype(np.float32))
    return Vocabulary("made", list(numbers), [True] * len(numbers), rows, WholeWords(numbers))


def test_neighbours_of_a_city_are_its_other_forms_and_other_cities(real: Vocabulary) -> None:
    found = [one.text.strip().lower() for one in real.neighbours(real.number(" London"), 8)]
    assert found[0] == "london"
    cities = {city.lower() for city in word_list("cities")}
    assert sum(text in cities for text in found) >= 5


def test_a_token_is_found_as_it_stands_and_else_after_a_space(real: Vocabulary) -> None:
    assert real.texts[real.number("London")] == "London"
    only_after_a_space = next(
        text.strip()
        for text in real.texts
        if text.startswith(" ") and text.strip().isalpha() and text.strip() not in set(real.texts)
    )
    assert real.texts[real.number(only_after_a_space)] == f" {only_after_a_space}"
    for wrong in ("Reykjavik the city", ""):
        with pytest.raises(BadInput, match="falls into"):
            real.number(wrong)


def test_a_folder_shows_the_same_vocabulary_as_its_gguf_file(real: Vocabulary, converted: Path) -> None:
    found = read_folder(converted)
    assert found.rows.count == len(real)
    ids = np.array([5, 400, 49_000])
    for number in ids.tolist():
        assert np.array_equal(
            found.rows.read(number, number + 1), real.embeddings.vectors(np.array([number]))
        )
    assert [found.texts[n] for n in range(1000, 1010)] == [real.texts[n] for n in range(1000, 1010)]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"\xff" * 16, BadInput), (b"\x02\x00\x00\x00\x00\x00\x00\x00{}", Refused), (b"", BadInput)],
)
def test_a_folder_without_a_readable_matrix_is_refused(
    tmp_path: Path, content: bytes, kind: type[Exception]
) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(kind):
        read_folder(tmp_path)


def test_the_word_lists_are_large_and_clean() -> None:
    kinds = categories()
    for name in LISTS:
        words = word_list(name)
        assert len(words) == len(set(words))
        assert sum(of == name for of in kinds.values()) >= 150
    spelled = word_list("spellings")
    assert len(spelled) % 2 == 0
    assert len(spelled) == len(set(spelled)) >= 200


def test_clean_neighbourhoods_measure_one_and_noise_measures_chance() -> None:
    clean, noisy = Neighbourhoods.of(made(0.0)), Neighbourhoods.of(made(60.0))
    assert clean.kinds.share().value > 0.99
    assert clean.cases.share().value > 0.99
    assert clean.spellings.share().value > 0.99
    assert noisy.kinds.share().value == pytest.approx(0.2, abs=0.05)
    assert noisy.cases.share().value < 0.05
    assert noisy.spellings.share().value < 0.05


def test_an_interval_holds_the_mean_and_narrows_with_words() -> None:
    random = np.random.default_rng(0)
    few, many = Share.of(random.random(30)), Share.of(random.random(3000))
    for share in (few, many):
        assert share.low < share.value < share.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert math.isnan(Share.of(np.array([])).value)


def test_a_vocabulary_is_no_better_than_itself_and_better_than_a_noisier_one() -> None:
    same = Comparison.of(made(1.0), made(1.0))
    assert all(row.difference.value == 0 for row in same.rows)
    row = Comparison.of(made(6.0), made(0.5, seed=1)).row("of the 5 nearest")
    assert row.difference.low > 0
    assert row.second.value - row.first.value == pytest.approx(row.difference.value)


def test_a_map_places_every_token_and_every_word(real: Vocabulary) -> None:
    placed = Map.of(real)
    assert placed.tokens.shape == (len(real), 2)
    assert placed.tokens.mean(0) == pytest.approx([0, 0], abs=1e-4)
    assert placed.explained[0] > placed.explained[1] > 0
    whole = next(word for word in placed.words if word.pieces == 1)
    (number,) = real.split(whole.word)
    assert placed.tokens[number] == pytest.approx([whole.x, whole.y], abs=1e-5)


@pytest.fixture
def command(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(weights))
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def test_neighbours_in_a_terminal_and_as_json(command: CliRunner) -> None:
    shown = command.invoke(cli, ["embeddings", "neighbours", "smollm2-135m", " Paris", "--count", "3"])
    assert shown.exit_code == 0, shown.output
    assert "'Paris'" in shown.output
    told = command.invoke(
        cli, ["embeddings", "neighbours", "smollm2-135m", " Paris", "--count", "3", "--json"]
    )
    assert json.loads(told.output)["neighbours"][0]["text"] == "Paris"


def test_a_map_is_drawn_and_written(command: CliRunner, tmp_path: Path) -> None:
    svg, table = tmp_path / "map.svg", tmp_path / "map.csv"
    shown = command.invoke(cli, ["embeddings", "map", "smollm2-135m", "--svg", str(svg), "--csv", str(table)])
    assert shown.exit_code == 0, shown.output
    assert svg.read_text("utf-8").count("<circle") == len(categories())
    lines = table.read_text("utf-8").splitlines()
    assert lines[0] == "token,text,ordinary,x,y"
    assert len(lines) > 49_152


def test_a_comparison_in_a_terminal_and_as_json(command: CliRunner) -> None:
    shown = command.invoke(cli, ["embeddings", "compare", "smollm2-135m", "smollm2-135m"])
    assert shown.exit_code == 0, shown.output
    assert "whole in both" in shown.output
    assert "+0.000" in shown.output


def test_the_second_model_is_not_fetched_before_its_terms_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    for arguments in (["models", "fetch", "gemma3-270m"], ["embeddings", "neighbours", "gemma3-270m", "a"]):
        said = CliRunner().invoke(cli, arguments)
        assert isinstance(said.exception, Refused)
        assert "Gemma Terms of Use" in said.exception.what
        assert "--accept-terms" in said.exception.do
        assert "https://ai.google.dev/gemma/terms" in said.exception.why
    assert not (tmp_path / "home" / "models" / "gemma3-270m").exists()
