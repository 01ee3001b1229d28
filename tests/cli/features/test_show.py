import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.features.group import features
from clearspan.errors import BadInput, NotFound
from clearspan.features import places
from clearspan.features.formats.registry import write_dictionary
from clearspan.features.places import slug
from tests.features.conftest import SMALL, shipped, small_dictionary

__all__ = ["shipped"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(places, "SHIPPED", tmp_path / "shipped")
    return tmp_path / "home"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(features, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list(shipped: Path) -> None:
    assert SMALL in run("list")
    (row,) = json.loads(run("list", "--json"))["dictionaries"]
    assert (row["name"], row["ships"], row["measures"]) == (SMALL, True, {"l0": 4.0})


def test_an_empty_list() -> None:
    assert "no dictionary yet" in run("list")


@pytest.mark.parametrize("name", [SMALL, "smollm2-135m"])
def test_a_dictionary(shipped: Path, name: str) -> None:
    shown = run("show", name)
    for part in (SMALL, "jumprelu", "1,000 tokens", "15 features active", "labelled", "layers.15.residual"):
        assert part in shown
    assert json.loads(run("show", str(shipped), "--json"))["features"] == 16


def test_a_dictionary_without_evidence(shipped: Path) -> None:
    (shipped / "evidence.parquet").unlink()
    assert "none yet" in run("show", SMALL)


@pytest.mark.parametrize("name", [f"{SMALL}#3", "#3"])
def test_a_feature(shipped: Path, name: str) -> None:
    shown = run("show", name)
    for part in (
        "bridges and spans",
        "score 0.90",
        "1.0000%",
        "maximum 4",
        "« bridge»",
        "' bread' -1.25",
        "#4",
    ):
        assert part in shown
    found = json.loads(run("show", name, "--json"))
    assert (found["name"], found["maximum"]) == (f"{SMALL}#3", 4.0)
    assert found["label"]["text"] == "bridges and spans"


def test_a_feature_that_never_was_active(shipped: Path) -> None:
    assert "Never active over 1,000 tokens" in run("show", "#15")


@pytest.mark.parametrize(("name", "error"), [("#16", NotFound), ("#x", BadInput), ("nothing", NotFound)])
def test_what_cannot_be_shown(shipped: Path, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run("show", name)


@pytest.fixture
def sent_out(shipped: Path, tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A dictionary of 576 numbers in a format of others, which does not say what model it is of."""
    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(weights))
    run("convert", SMALL, str(tmp_path / "out"), "--to", "gemma-scope-2")
    return str(tmp_path / "out")


def test_a_dictionary_goes_out_comes_in_again_and_is_removed(
    sent_out: str, shipped: Path, home: Path
) -> None:
    name = "smollm2-135m/layers.15.residual/16-again"
    imported = run(
        "import", sent_out, "--model", "smollm2-135m", "--site", "layers.15.residual", "--name", "16-again"
    )
    assert f"{name}: 16 features of 576 numbers" in imported
    folder = home / "dictionaries" / slug(name)
    assert (folder / "sae_weights.safetensors").read_bytes() == (
        shipped / "sae_weights.safetensors"
    ).read_bytes()
    assert name in run("list")
    assert name in run("remove", name, "--yes")
    assert not folder.exists()
    assert name not in run("list")


@pytest.mark.parametrize(
    ("model", "site", "why"),
    [
        ("m", "layers.15.residual", "no model 'm'"),
        ("smollm2-135m", "layers.99.residual", "layer"),
        ("minilm", "layers.3.residual", "does not belong"),
    ],
)
def test_what_does_not_fit_is_not_imported(
    sent_out: str, home: Path, model: str, site: str, why: str
) -> None:
    with pytest.raises((BadInput, NotFound), match=why):
        run("import", sent_out, "--model", model, "--site", site, "--name", "16-again")
    assert not (home / "dictionaries").exists()


def test_importing_needs_a_site(tmp_path: Path) -> None:
    write_dictionary(small_dictionary(), tmp_path / "out", "gemma-scope")
    with pytest.raises(BadInput, match="--site"):
        run("import", str(tmp_path / "out"), "--model", "m", "--name", "16")


def test_directions_go_out_and_come_in_again(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from clearspan import settings
    from clearspan.features.directions.named import (
        DirectionCard,
        NamedDirection,
        find_direction,
        save_direction,
    )
    from clearspan.models.inside.dials import Direction

    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(weights))
    site = "layers.15.residual"
    plain = Direction.of("formal", "smollm2-135m", site, torch.ones(576), maximum=2.0)
    card = DirectionCard(name="formal", model="smollm2-135m", site=site)
    save_direction(NamedDirection(card, plain), settings.load())
    out = str(tmp_path / "formal.gguf")
    run("convert", "direction:formal", out, "--to", "repeng")
    assert "direction:again-15" in run("import", out, "--model", "smollm2-135m", "--name", "again")
    found = find_direction("again-15", "smollm2-135m", settings.load())
    assert torch.equal(found.direction.decoder, torch.full([576], 2.0))
    with pytest.raises(BadInput, match="repeng"):
        run("convert", "direction:formal", out, "--to", "saelens")
