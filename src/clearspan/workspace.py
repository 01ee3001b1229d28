"""Everything one process needs to answer: settings, ledger, libraries, and models that load when first used."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from clearspan.economy.route import Prices
from clearspan.errors import ClearspanError, NotFound
from clearspan.ledger.base import Ledger
from clearspan.overview.judge import Judge
from clearspan.settings import Settings

if TYPE_CHECKING:
    from clearspan.library.documents import Change
    from clearspan.library.library import Library
    from clearspan.models.embedder import Embedder
    from clearspan.models.engine import LanguageModel

T = TypeVar("T")

_PRICES_SECONDS = 60.0
_PRICES_RECEIPTS = 200

SAMPLES_LIBRARY = "samples"
SAMPLES = Path(__file__).parent / "samples" / "library"
"""The sample library that ships with Clearspan; indexed under the name `samples`."""


class _Late(Generic[T]):
    """A value that is made once, when it is first asked for; a failure is remembered until asked again."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._value: T | None = None
        self.state = "not loaded"

    def get(self) -> T:
        with self._lock:
            if self._value is None:
                self.state = "loading"
                try:
                    self._value = self._make()
                except ClearspanError as error:
                    self.state = f"off: {error.what}"
                    raise
                self.state = "ready"
            return self._value

    @property
    def value(self) -> T | None:
        """The value if it is there already."""
        return self._value


class Workspace:
    """Settings and all that is opened for them. Safe to use from many threads; close it, or use it in `with`."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self.settings = settings
        self.ledger = ledger
        self._embedder: _Late[Embedder] = _Late(self._load_embedder)
        self._model: _Late[LanguageModel] = _Late(self._load_model)
        self._judges: dict[str, Judge] = {}
        self._libraries: dict[str, Library] = {}
        self._prices: tuple[float, Prices] | None = None
        self._lock = threading.Lock()
        # A lock of its own: the route is told at once, while a library may still be opening.
        self._pricing = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the ledger of a home folder; nothing heavy is loaded yet."""
        from clearspan.ledger.sqlite import SqliteLedger

        return cls(settings, SqliteLedger(settings.ledger_path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every library, the model and the ledger."""
        with self._lock:
            for library in self._libraries.values():
                library.close()
            self._libraries.clear()
        if self._model.value is not None:
            self._model.value.close()
        self.ledger.close()

    def library(self, reference: str | None = None) -> "Library":
        """An open library by name, or of a folder; the settings' library when none is named."""
        from clearspan.library.library import Library

        name = str(reference or self.settings.library)
        with self._lock:
            if name not in self._libraries:
                self._libraries[name] = Library.open(name, self.settings, self.embedder)
            return self._libraries[name]

    def judge(self, library: "Library") -> Judge:
        """The judge of a library's sources; kept, because it remembers what the library holds of satire."""
        with self._lock:
            return self._judges.setdefault(library.name, Judge(library))

    def existing_library(self, reference: str | None = None) -> "Library":
        """As `library`, but a name that no library has is an error instead of a new library."""
        name = reference or self.settings.library
        if name != self.settings.library and name not in self.libraries() and not Path(name).is_dir():
            there = ", ".join(self.libraries()) or "none yet"
            raise NotFound(
                f"There is no library '{name}'.", why=f"Libraries here: {there}.", do="Name one of them."
            )
        return self.library(name)

    def libraries(self) -> list[str]:
        """Names of the libraries in the home folder."""
        folder = self.settings.libraries_dir
        return sorted(path.stem for path in folder.glob("*.db")) if folder.is_dir() else []

    @property
    def model(self) -> "LanguageModel":
        """The generating model; loaded on first use. Raises ClearspanError when it cannot be had."""
        return self._model.get()

    @property
    def embedder(self) -> "Embedder | None":
        """The sentence embeddings; None when the settings name none or they cannot be had."""
        if not self.settings.embedder:
            return None
        try:
            return self._embedder.get()
        except ClearspanError:
            return None

    def generation_state(self) -> str:
        """Why the model cannot generate at this moment; empty when it can."""
        if not self.settings.generate:
            return "generation is switched off in the settings"
        return "" if self._model.state in {"ready", "not loaded"} else f"the model is {self._model.state}"

    def prices(self) -> Prices:
        """What tiers cost, counted over the last answers; counted anew every minute at most."""
        with self._pricing:
            now = time.monotonic()
            if self._prices is None or now - self._prices[0] > _PRICES_SECONDS:
                self._prices = (now, Prices.from_receipts(self.ledger.receipts(limit=_PRICES_RECEIPTS)))
            return self._prices[1]

    def index_samples(self) -> "list[Change]":
        """Bring the sample library up to date with the files that ship with Clearspan."""
        return self.library(SAMPLES_LIBRARY).sync(SAMPLES)

    def warm_up(self) -> None:
        """Load the embedder, the default library and the model now. What cannot be had shows in `readiness`."""
        library = self.library()
        library.search("warm up", limit=1)
        if self.settings.generate:
            try:
                self.model.chat("Hello", max_tokens=1)
            except ClearspanError:
                return

    def readiness(self) -> dict[str, str]:
        """The state of each part: `ready`, `loading`, `not loaded`, or `off: why`."""
        return {
            "library": "ready" if self.settings.library in self._libraries else "not loaded",
            "embedder": self._embedder.state
            if self.settings.embedder
            else "off: no embedder in the settings",
            "model": self._model.state if self.settings.generate else "off: generation is switched off",
        }

    def _load_embedder(self) -> "Embedder":
        from clearspan.models.embedder import Embedder

        return Embedder.load(self.settings.embedder, self.settings)

    def _load_model(self) -> "LanguageModel":
        from clearspan.models.engine import LanguageModel

        return LanguageModel.load(self.settings.model, self.settings)
