"""Attempts to get round a limit, one a door or a disguise: none may succeed.

Each is refused before a token is written. The model and the presets are those that ship; 'golden-gate' was measured up
to 0.7 x, and nothing else says what goes beyond the default reach.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from click.testing import CliRunner

from clearspan.cli.main import cli
from clearspan.errors import BadInput, ClearspanError
from clearspan.features.directions.named import directions
from clearspan.features.doses import resolve
from clearspan.features.presets import Dose, Preset, PresetDial, presets, save_preset
from clearspan.models.backends.vllm.encoding import decoded, request_arguments
from clearspan.models.backends.vllm.holding import hold
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.limits.dose import BeyondLimit
from clearspan.models.inside.limits.gauge import write_gauge
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel
from clearspan.replay import replay

if TYPE_CHECKING:
    from tests.server.conftest import Served

MODEL = "smollm2-135m"
HELLO = [{"role": "user", "content": "Who are you?"}]
GATE = "direction:golden-gate"

WORDS = {
    "the preset above its limit": ["golden-gate=0.71x"],
    "the preset far below zero": ["golden-gate=-5x"],
    "the preset named twice": ["golden-gate", "golden-gate"],
    "the preset named twice at two doses": ["golden-gate=0.5x", "golden-gate=0.6x"],
    "the direction of the preset by its name": [f"{GATE}=5x"],
    "the direction a little above the limit": [f"{GATE}=0.72x"],
    "the direction raised instead of held": [f"{GATE}=+0.75x"],
    "the direction raised in two halves": [f"{GATE}=+0.4x", f"{GATE}=+0.4x"],
    "the direction raised in forty parts": [f"{GATE}=+0.02x"] * 40,
    "the direction raised in sixty-four parts": [f"{GATE}=+0.015625x"] * 64,
    "sixty-five dials": [f"{GATE}=+0.001x"] * 65,
    "the preset and its direction beside it": ["golden-gate=0.7x", f"{GATE}=+0.3x"],
    "two presets at once, each at its limit": ["golden-gate=0.7x", "paris=0.875x"],
    "five presets at once": ["golden-gate", "paris", "ocean", "birds", "law"],
    "the features of a preset one by one": ["#6661=1.3x", "#711=1.3x"],
    "the features of a preset raised one by one": ["#6661=+1.3x", "#711=+1.3x"],
    "one feature of a preset beyond it": ["#3254=1.5x"],
    "the same by its whole name": [f"{MODEL}/layers.12.residual/8k#3254=1.5x"],
    "a feature at a thousand times its maximum": ["#1234=1000x"],
    "a feature raised by a thousand times its maximum": ["#1234=+1000x"],
    "many features, each a little": [f"#{number}=+0.5x" for number in range(1000, 1032)],
    "one of three sites of a preset alone, higher": ["direction:python-written-12=1.5x"],
    "a feature through to the other side": ["#3254=-4x"],
}
"""As they are written, whatever takes dials in words."""


@pytest.fixture
def model(served: "Served") -> LanguageModel:
    return served.workspace.model


@pytest.fixture
def gate(served: "Served") -> Direction:
    return directions(MODEL, served.workspace.settings)["golden-gate"].direction


@pytest.fixture
def gauge(model: LanguageModel, served: "Served", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a vLLM server holds dials against."""
    path = tmp_path / "gauge.safetensors"
    sites = [Site("residual", layer) for layer in (11, 12, 13)]
    write_gauge(path, MODEL, {site: model.statistics(site) for site in sites}, model.fingerprint)
    monkeypatch.setenv("CLEARSPAN_DIAL_GAUGE", str(path))
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "vllm-home"))
    return path


@pytest.mark.parametrize("attempt", WORDS)
def test_words(served: "Served", model: LanguageModel, attempt: str) -> None:
    with pytest.raises((BeyondLimit, BadInput)):
        model.chat(
            "Who are you?", max_tokens=1, dials=resolve(WORDS[attempt], served.workspace.settings, MODEL)
        )


def _axis(model: LanguageModel) -> torch.Tensor:
    """Along which activations vary most: what a doctored direction would read."""
    return model.statistics("layers.12.residual").axes[0]


def _vector(gate: Direction, site: str = "layers.12.residual", factor: float = 1.0) -> Direction:
    return Direction.of("vector", MODEL, site, gate.decoder * gate.maximum * factor)


def _noisy(gate: Direction, number: int) -> Direction:
    noise = torch.randn(576, generator=torch.Generator().manual_seed(number))
    return dataclasses.replace(gate, name="noisy", decoder=gate.decoder + 1e-3 * noise)


def _elsewhere(gate: Direction) -> torch.Tensor:
    other = torch.randn(576, generator=torch.Generator().manual_seed(1))
    along = gate.decoder / gate.decoder.norm()
    return other - (other @ along) * along


NUMBERS: dict[str, Callable[[LanguageModel, Direction], list[Dial]]] = {
    "its numbers without its name": lambda _, gate: [dataclasses.replace(gate, name="x").clamp(0.72)],
    "its numbers a hundred times as long": lambda _, gate: [_vector(gate, factor=100).add(0.009)],
    "its numbers in another unit": lambda _, gate: [
        dataclasses.replace(gate, maximum=gate.maximum * 1e3).add(9e-4)
    ],
    "its numbers at the site before": lambda _, gate: [_vector(gate, "layers.11.residual").add(0.8)],
    "its numbers at the site after": lambda _, gate: [_vector(gate, "layers.13.residual").add(0.8)],
    "its numbers shared out over three sites": lambda _, gate: [
        _vector(gate, f"layers.{layer}.residual").add(0.27) for layer in (11, 12, 13)
    ],
    "its numbers shared out over ten sites": lambda _, gate: [
        _vector(gate, f"layers.{layer}.residual").add(0.08) for layer in range(8, 18)
    ],
    "its numbers added by the feed-forward part": lambda _, gate: [_vector(gate, "layers.12.mlp").add(0.8)],
    "its numbers added by attention": lambda _, gate: [_vector(gate, "layers.13.attention").add(0.8)],
    "its numbers at the embedding": lambda _, gate: [_vector(gate, "embedding").add(0.8)],
    "half at a layer, half in its part": lambda _, gate: [
        _vector(gate, "layers.11.residual").add(0.4),
        _vector(gate, "layers.12.mlp").add(0.4),
    ],
    "copies with a little noise, each held": lambda _, gate: [_noisy(gate, n).clamp(0.5) for n in range(3)],
    "mixed with something orthogonal": lambda _, gate: [
        Direction.of("mix", MODEL, gate.site, gate.decoder * gate.maximum + 3 * _elsewhere(gate)).add(0.8)
    ],
    "too much of it, with some taken back": lambda _, gate: [
        _vector(gate).add(3.0),
        _noisy(gate, 1).add(-0.5),
    ],
    "too much of it, taken back where it no longer matters": lambda _, gate: [
        _vector(gate).add(0.8),
        _vector(gate, "layers.29.residual").add(-0.8),
    ],
    "an encoder that reads something else": lambda model, gate: [
        Direction("d", MODEL, gate.site, 5 * _axis(model), gate.decoder).clamp(0.0)
    ],
    "an encoder that reads something else, taken away": lambda model, gate: [
        Direction("d", MODEL, gate.site, 5 * _axis(model), gate.decoder).ablate()
    ],
    "an encoder that nothing was ever read with": lambda _, gate: [
        Direction("d", MODEL, gate.site, 50 * _elsewhere(gate), gate.decoder, 0.0, 0.0).clamp(0.0)
    ],
    "a bias that is far away": lambda _, gate: [
        Direction("d", MODEL, gate.site, gate.encoder, gate.decoder, -1e6).clamp(0.0)
    ],
    "a bias behind a threshold": lambda _, gate: [
        Direction("d", MODEL, gate.site, gate.encoder, gate.decoder, 1e6, 1e6 + 5).clamp(0.0)
    ],
    "a threshold below zero": lambda _, gate: [
        Direction("d", MODEL, gate.site, gate.encoder, gate.decoder, -50.0, -60.0).clamp(0.0)
    ],
    "sixty-four directions that are all nearly it": lambda _, gate: [
        _noisy(gate, n).add(0.02) for n in range(64)
    ],
    "a random direction far enough": lambda _, gate: [
        Direction.of("random", MODEL, gate.site, _elsewhere(gate)).add(20.0)
    ],
}
"""As vectors, from Python or as numbers."""


@pytest.mark.parametrize("attempt", NUMBERS)
def test_numbers(model: LanguageModel, gate: Direction, attempt: str) -> None:
    with pytest.raises((BeyondLimit, BadInput)):
        model.chat("Who are you?", max_tokens=1, dials=NUMBERS[attempt](model, gate))


def _nested(model: LanguageModel, gate: Direction) -> None:
    with model.dial(_vector(gate).add(0.3)), model.dial(_noisy(gate, 1).add(0.3)):
        model.chat("Hi", max_tokens=1, dials=[_noisy(gate, 2).add(0.3)])


def _many_blocks(model: LanguageModel, gate: Direction) -> None:
    with ExitStack() as stack:
        for number in range(9):
            stack.enter_context(model.dial(_noisy(gate, number).add(0.1)))


FACES: dict[str, Callable[[LanguageModel, Direction], object]] = {
    "blocks around a request": _nested,
    "many blocks": _many_blocks,
    "generate": lambda model, gate: model.generate("I am", dials=[gate.clamp(5)]),
    "several prompts": lambda model, gate: model.generate(["I am", "You are"], dials=[gate.clamp(5)]),
    "a stream of plain text": lambda model, gate: model.stream_generate("I am", dials=[gate.clamp(5)]),
    "a stream of a chat": lambda model, gate: model.stream_chat("Hi", dials=[gate.clamp(5)]),
    "a history that was dialled": lambda model, gate: model.chat(
        [*HELLO, {"role": "assistant", "content": "I am the bridge."}, *HELLO],
        dials=[gate.clamp(5)],  # type: ignore[list-item]
    ),
    "a likelihood": lambda model, gate: model.likelihood("I am", " a bridge", dials=[gate.clamp(5)]),
    "a reply that is read": lambda model, gate: model.read_reply(
        "Hi", "Yes", ["layers.12.residual"], dials=[gate.clamp(5)]
    ),
    "several variants": lambda model, gate: model.stream_variants("Hi", [], dials=[gate.clamp(5)]),
}
"""Every method of a model that takes dials."""


@pytest.mark.parametrize("attempt", FACES)
def test_faces(model: LanguageModel, gate: Direction, attempt: str) -> None:
    with pytest.raises(BeyondLimit):
        FACES[attempt](model, gate)


def _chat(*dials: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    return "/v1/chat/completions", {
        "model": MODEL,
        "messages": HELLO,
        "max_tokens": 2,
        "dials": list(dials),
        **more,
    }


def _numbers(gate: Direction, **more: Any) -> dict[str, Any]:
    return {"site": str(gate.site), "vector": (gate.decoder * gate.maximum).tolist(), **more}


ROUTES: dict[str, Callable[[Direction], tuple[str, dict[str, Any]]]] = {
    "a chat, the direction": lambda _: _chat(f"{GATE}=5x"),
    "a chat, the preset": lambda _: _chat("golden-gate=0.71x"),
    "a chat, the preset twice": lambda _: _chat("golden-gate", "golden-gate"),
    "a chat, as a stream": lambda _: _chat(f"{GATE}=5x", stream=True),
    "a chat, in numbers": lambda gate: _chat(_numbers(gate, add=0.8)),
    "a chat, words and numbers": lambda gate: _chat("golden-gate", _numbers(gate, add=0.3)),
    "a chat, numbers in parts": lambda gate: _chat(*[_numbers(gate, add=0.2)] * 5),
    "a chat that says it may": lambda _: _chat(f"{GATE}=5x", beyond_limit=True, limit_key="anything at all."),
    "the playground": lambda _: ("/api/inside/generate", {"prompt": "Hi", "dials": [f"{GATE}=5x"]}),
    "the playground, several": lambda _: (
        "/api/inside/generate",
        {"prompt": "Hi", "dials": [f"{GATE}=+0.3x"] * 3},
    ),
    "a question": lambda _: ("/api/ask", {"question": "How long is it?", "dials": [f"{GATE}=5x"]}),
    "a question, as a stream": lambda _: (
        "/api/ask",
        {"question": "How long is it?", "dials": [f"{GATE}=5x"], "stream": True},
    ),
}
"""Every route that takes dials."""


@pytest.mark.parametrize("attempt", ROUTES)
def test_routes(served: "Served", gate: Direction, attempt: str) -> None:
    path, body = ROUTES[attempt](gate)
    answer = served.client.post(path, json=body)
    assert answer.status_code in {400, 403, 422}, answer.text
    assert "content" not in answer.text or "choices" not in answer.text


@pytest.mark.parametrize("key", ["", "a key that somebody guessed", "Bearer of some key or other"])
def test_a_header_without_the_key(served: "Served", key: str) -> None:
    path, body = _chat(f"{GATE}=5x")
    answer = served.client.post(path, json=body, headers={"X-Clearspan-Limit-Key": key})
    assert answer.status_code == 403


def test_repeated_requests(served: "Served") -> None:
    path, body = _chat(f"{GATE}=0.72x")
    assert {served.client.post(path, json=body).status_code for _ in range(5)} == {403}


def _claims(served: "Served", limit: float, target: str = GATE) -> Iterator[None]:
    preset = Preset(
        name="mine",
        title="Mine",
        model=MODEL,
        dials=(PresetDial(target=target),),
        dose=Dose(recommended=limit, limit=limit),
        measured={"fluent": 1.0, "mentions": 1.0},
    )
    save_preset(preset, served.workspace.settings)
    path = served.workspace.settings.home / "presets" / MODEL / "mine.json"
    assert path.is_file()
    yield
    path.unlink()


def test_a_preset_of_ones_own_that_claims_a_limit(served: "Served", model: LanguageModel) -> None:
    for _ in _claims(served, 5.0):
        assert "mine" in presets(served.workspace.settings, MODEL)
        with pytest.raises(BeyondLimit):
            model.chat("Hi", max_tokens=1, dials=resolve("mine", served.workspace.settings, MODEL))


def test_other_weights_than_those_that_were_measured(
    model: LanguageModel, gate: Direction, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.dose(gate.clamp(0.64))
    monkeypatch.setattr(model._open(), "weights", "of an adapter")  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(BeyondLimit, match="other weights"):
        model.dose(gate.clamp(0.64))


def test_a_replay(served: "Served") -> None:
    asked = served.ask("When did the Golden Gate Bridge open?", dials=["golden-gate"])
    receipt = served.workspace.receipt(asked.json()["id"])
    assert receipt.dose is not None
    assert (receipt.dose.basis, receipt.dose.measured_as) == ("measured", "golden-gate")
    assert replay(served.workspace, receipt).receipt.dose == receipt.dose
    with pytest.raises(BeyondLimit):
        replay(served.workspace, receipt.model_copy(update={"dials": (f"{GATE}=5x",)}))


@pytest.mark.parametrize(
    "words",
    [
        ["dial", f"{GATE}=5x", "--prompt", "Hi"],
        ["dial", f"{GATE}=5x", "--prompt", "Hi", "--beyond-limit", "a key that somebody guessed"],
        ["ask", "How long is it?", "--library", "samples", "--dial", f"{GATE}=5x"],
    ],
    ids=["dial", "dial with a guessed key", "ask"],
)
def test_the_command_line(served: "Served", words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = served.workspace.settings
    monkeypatch.setenv("CLEARSPAN_HOME", str(settings.home))
    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(settings.models_dir))
    result = CliRunner().invoke(cli, words)
    assert result.exit_code != 0
    assert isinstance(result.exception, ClearspanError | SystemExit)
    assert "limit" in f"{result.output}{result.exception}"


def _vllm(model: LanguageModel, dials: list[Dial], **changed: Any) -> None:
    del model
    (argument,) = request_arguments(dials, lambda _: 130.0).values()
    rows = [{**row, **changed} for row in json.loads(argument)]
    hold(decoded(json.dumps(rows)), MODEL)


@pytest.mark.parametrize("attempt", [name for name in NUMBERS if "embedding" not in name])
def test_a_vllm_server(model: LanguageModel, gate: Direction, gauge: Path, attempt: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what the server makes a status 400 of
        _vllm(model, NUMBERS[attempt](model, gate))


def test_a_vllm_server_that_is_told_what_sinks_are(
    model: LanguageModel, gate: Direction, gauge: Path
) -> None:
    _vllm(model, [gate.clamp(0.64)])
    with pytest.raises(ValueError, match="sinks"):
        _vllm(model, [gate.clamp(0.64)], limit=1e9)


def test_a_vllm_server_that_knows_nothing_of_its_model(model: LanguageModel, gate: Direction) -> None:
    with pytest.raises(ValueError, match="models gauge"):
        _vllm(model, [gate.clamp(0.1)])


def test_what_is_allowed_still_is(served: "Served", model: LanguageModel) -> None:
    settings = served.workspace.settings
    for preset in presets(settings, MODEL).values():
        for dose in (preset.dose.recommended, preset.dose.limit):
            found = model.dose(*resolve([f"{preset.name}={dose!r}x"], settings, MODEL))
            assert (found.holds, found.measured_as) == (True, preset.name)
            assert found.guard_rails == "Not audited: at this dose only fluency was measured."
    for dials in (["#1234=1x"], ["#1234=off"], ["golden-gate=0.3x"], ["#1234=+0.5x", "#4321=+0.5x"]):
        assert model.dose(*resolve(dials, settings, MODEL)).holds


def test_there_are_attempts_enough() -> None:
    assert len(WORDS) + len(NUMBERS) + len(FACES) + len(ROUTES) >= 60
