"""Parts that tests share: the real small models, and settings with a home of their own."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clearspan.errors import Refused
from clearspan.models.backends import figures
from clearspan.models.backends.figures import Speeds, Timing
from clearspan.models.backends.native import build
from clearspan.settings import Settings
from tests.installed import environment, wheel

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder
    from clearspan.models.serving.engine import LanguageModel
    from clearspan.workspace.workspace import Workspace

# The large network would take most of the time of tests that are about something else; its own have it on. Here, so
# that it holds for fixtures of a module, too, which are made before those of a test.
os.environ["CLEARSPAN_READING"] = "quick"

# In this one place, so that the wheel is built once for all folders of tests.
__all__ = ["environment", "wheel"]

REPOSITORY = Path(__file__).resolve().parent.parent

FIND = figures.find
"""As it is where no test says which way is faster."""


@pytest.fixture(scope="session")
def weights() -> Path:
    """Folder of verified weights that all tests share, so that they are fetched once.

    The fast path is compiled there first, so that no text begins on one path and is compared on the other.
    """
    folder = Path(os.environ.get("CLEARSPAN_TEST_WEIGHTS", REPOSITORY / ".clearspan" / "test-weights"))
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(Refused):
        build.build(Settings(weights=folder))
    return folder


@pytest.fixture(scope="session")
def converted(weights: Path) -> Path:
    """Folder of the default model's float32 copy, as transformers reads it."""
    import torch

    from clearspan.models.weights.loading import load_weights
    from clearspan.models.weights.sources import resolve

    settings = Settings(weights=weights)
    load_weights(resolve("smollm2-135m", settings), settings, torch.float32)
    (folder,) = weights.glob("float32--b179c9523d0e6a0f")
    return folder


@pytest.fixture(autouse=True)
def _no_outside_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CLEARSPAN_") and name != "CLEARSPAN_DATA"]:
        if not name.startswith("CLEARSPAN_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CLEARSPAN_READING", "quick")


@pytest.fixture(scope="session", autouse=True)
def _compiled_is_faster() -> Iterator[None]:
    """Which way runs a model faster is another one on another machine, and texts with it: here the compiled one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "find", lambda _library, key: timed(key, plain=1.0, native=2.0))
        yield


def timed(key: str, *, plain: float, native: float) -> Timing:
    """A timing with the same speed in all that is done."""
    return Timing(
        key=key,
        model="tiny",
        kernel="auto",
        library="step-0.so",
        processor="some processor",
        threads=1,
        measured_at=datetime(2026, 1, 1, tzinfo=UTC),
        plain=Speeds(reading=plain, alone=plain, together=plain),
        native=Speeds(reading=native, alone=native, together=native),
    )


@pytest.fixture(scope="module")
def nothing_ships(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No dictionary comes with Clearspan, so that a made-up one is a model's default."""
    from clearspan.features import places

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "SHIPPED", tmp_path_factory.mktemp("nothing-ships"))
        yield


@pytest.fixture
def unlimited() -> Iterator[None]:
    """Dials of this thread go as far as a test wants; what they may reach is tested elsewhere."""
    from clearspan.models.inside.limits.overrides import measuring

    with measuring("what a test wants"):
        yield


@pytest.fixture
def settings(tmp_path: Path, weights: Path) -> Settings:
    """Settings with an empty home folder and the shared weights."""
    return Settings(home=tmp_path / "home", weights=weights)


@pytest.fixture(scope="session")
def embedder(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> "Embedder":
    """The real sentence embedder."""
    from clearspan.models.serving.embedder import Embedder

    return Embedder.load("minilm", Settings(home=tmp_path_factory.mktemp("embedder-home"), weights=weights))


@pytest.fixture(scope="session")
def language_model(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[LanguageModel]":
    """The real default language model."""
    from clearspan.models.serving.engine import LanguageModel

    home = tmp_path_factory.mktemp("model-home")
    with LanguageModel.load("smollm2-135m", Settings(home=home, weights=weights)) as model:
        yield model


@pytest.fixture(scope="session")
def samples_home(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes home folders that hold the sample library, for words and for meaning; it is indexed once."""
    from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

    indexed = tmp_path_factory.mktemp("indexed") / "home"
    with Workspace.open(Settings(home=indexed, weights=weights, library=SAMPLES_LIBRARY)) as workspace:
        workspace.index_samples()

    def copied(name: str) -> Path:
        return Path(shutil.copytree(indexed, tmp_path_factory.mktemp(name) / "home"))

    return copied


@pytest.fixture(scope="session")
def samples(weights: Path, samples_home: Callable[[str], Path]) -> "Iterator[Workspace]":
    """A workspace whose library is the sample library, searched by words and by meaning."""
    from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

    settings = Settings(home=samples_home("samples"), weights=weights, library=SAMPLES_LIBRARY)
    with Workspace.open(settings) as workspace:
        yield workspace
