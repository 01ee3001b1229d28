"""Everything one process needs to answer: settings, ledger, libraries, and models that load when first used."""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from clearspan import ledger
from clearspan.closing import Closing
from clearspan.economy.routing.costs import Counted, count
from clearspan.economy.routing.steering import Steering
from clearspan.economy.routing.stored import Stored, read_router
from clearspan.errors import BadInput, ClearspanError, NotFound
from clearspan.files import own_folder
from clearspan.ledger.base import Ledger
from clearspan.library import naming, stores
from clearspan.models.serving.late import Late
from clearspan.overview.calculate import recognise
from clearspan.overview.trust.judge import Judge
from clearspan.overview.trust.publishers.registry import Publishers
from clearspan.settings import Settings
from clearspan.tiers import all_tiers
from clearspan.tiers.base import Tier
from clearspan.tiers.rewriting import not_now
from clearspan.workspace.libraries import OpenLibraries

if TYPE_CHECKING:
    from clearspan.faults import Diagnosis
    from clearspan.library.documents import Change
    from clearspan.library.library import Library
    from clearspan.models.backends.figures import Timing
    from clearspan.models.serving.embedder import Embedder
    from clearspan.models.serving.engine import LanguageModel
    from clearspan.models.serving.schedule import Traffic
    from clearspan.overview.answering.reader.close import CloseReader
    from clearspan.overview.answering.reader.reader import EvidenceReader
    from clearspan.overview.proof.checker import Checker
    from clearspan.receipts import Receipt

_COSTS_SECONDS = 60.0
_COSTS_RECEIPTS = 200

SAMPLES_LIBRARY = "samples"
SAMPLES = Path(__file__).parents[1] / "samples" / "library"
"""The sample library that ships with Clearspan; indexed under the name `samples`."""


class Workspace(Closing):
    """Settings and all that is opened for them. Safe to use from many threads; close it, or use it in `with`."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self.settings = settings
        self.ledger = ledger
        self._stores = stores.open(settings.store_address)
        self._default = _lasting(settings)
        self._embedder: Late[Embedder] = Late(self._load_embedder)
        self._model: Late[LanguageModel] = Late(self._load_model, lambda model: model.close())
        self._checker: Late[Checker] = Late(self._load_checker)
        self._close_reader: Late[CloseReader] = Late(self._load_close_reader)
        self._reader: Late[EvidenceReader] = Late(self._load_reader, lambda reader: reader.close())
        self._tiers = Late(lambda: all_tiers(settings, recognise, self._model), _close_all)
        self._router: Late[Stored] = Late(self._load_router)
        self._libraries = OpenLibraries(settings, lambda: self.embedder)
        self.publishers = Publishers(settings.home)
        self._judges: dict[str, tuple[Library, Judge]] = {}
        self._judging = threading.Lock()
        self._costs: tuple[float, dict[str, Counted]] | None = None
        self._counting = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the ledger of the settings; nothing heavy is loaded yet. A home that others may look into is closed."""
        with suppress(OSError):  # what uses it says what is wrong with it
            own_folder(settings.home)
        return cls(settings, ledger.open(settings.ledger_address))

    def close(self) -> None:
        """Close every library, the tiers, the models and the ledger; harmless when repeated."""
        self._libraries.close()
        with self._judging:
            self._judges.clear()
        self._tiers.close()
        for late in (self._model, self._checker, self._reader, self._close_reader, self._embedder):
            late.close()
        self.ledger.close()

    def library(self, reference: str | None = None) -> "Library":
        """An open library by name, or of a folder; the settings' library when none is named.

        A folder's library is as the folder is now: files that changed since it was last asked are read again.
        """
        return self._libraries.get(*self._resolve(reference))

    def existing_library(self, reference: str | None = None) -> "Library":
        """As `library`, but a name that no library has is an error instead of a new library."""
        name, folder = self._resolve(reference)
        known = folder is not None or name == self.settings.library
        if not known and name not in self._stores:
            there = ", ".join(self.libraries()) or "none yet"
            raise NotFound(
                f"There is no library '{name}'.",
                why=f"Libraries here: {there}.",
                do="Name one of them; `clearspan up` makes the samples, `clearspan library add PATH` one of your own.",
            )
        return self._libraries.get(name, folder)

    def libraries(self) -> list[str]:
        """Names of the libraries, without those that mirror folders."""
        return [name for name in self._stores.names() if not naming.is_mirror(name)]

    def judge(self, library: "Library") -> Judge:
        """The judge of a library's sources; kept, because it remembers what the library holds of satire."""
        with self._judging:
            known = self._judges.get(library.name)
            if known is None or known[0] is not library:
                known = self._judges[library.name] = (library, Judge(library, self.publishers))
            return known[1]

    def receipt(self, receipt_id: str) -> "Receipt":
        """One receipt of the ledger.

        Raises:
            NotFound: there is none with this id.
        """
        found = self.ledger.receipt(receipt_id)
        if found is None:
            raise NotFound(
                f"There is no receipt {receipt_id!r} in this ledger.",
                why=f"It holds {self.ledger.count():,} receipts.",
                do="`clearspan receipts list`, or GET /api/receipts, shows the newest.",
            )
        return found

    def diagnose(self, receipt: "Receipt", gold: str = "") -> "tuple[Diagnosis, ...]":
        """Which fault each wrong or unsupported sentence of a receipt has, as its library is now.

        Args:
            gold: the right answer in a few words, if it is known; with it more can be told.

        Raises:
            NotFound: the library of the receipt is gone.
        """
        from clearspan.overview.diagnosis.diagnostician import Diagnostician

        library = self.existing_library(receipt.library)
        return Diagnostician(library, self.embedder, self.settings.support_threshold).diagnose(receipt, gold)

    @property
    def model(self) -> "LanguageModel":
        """The local model; loaded on first use. Raises ClearspanError when it cannot be had."""
        return self._model.get()

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """What can answer, the least work first.

        Raises:
            BadInput: a tier of another package cannot be used.
        """
        return self._tiers.get()

    @property
    def steering(self) -> Steering | None:
        """The fitted router that the settings name; None when they name none.

        Raises:
            NotFound, BadInput: it is named and cannot be read; routing without it would pass for its word.
        """
        return Steering.of(self._router.get()) if self.settings.router else None

    @property
    def embedder(self) -> "Embedder | None":
        """The sentence embeddings; None when the settings name none or they cannot be had."""
        if not self.settings.embedder:
            return None
        try:
            return self._embedder.get()
        except ClearspanError:
            return None

    @property
    def checker(self) -> "Checker | None":
        """The claim checker that the settings name; None when they name none.

        Raises:
            ClearspanError: it is named and cannot be had; answering without it would pass for its word.
        """
        return self._checker.get() if self.settings.checker else None

    @property
    def reader(self) -> "EvidenceReader":
        """What finds the sentences that answer: the small reader of the package, and the close one where it can be had.

        Raises:
            BadInput: its files are damaged.
        """
        reader = self._reader.get()
        if self.settings.reading == "close":
            try:
                reader.use(self._close_reader.get())
            except ClearspanError as error:  # the small one reads alone, less well
                reader.use(None, f"Only the small reader read this, which finds less: {error.what}")
        return reader

    def model_state(self) -> str:
        """Why the local model cannot be asked at this moment; empty when it can."""
        return not_now(self._model)

    def traffic(self) -> "Traffic | None":
        """What the model has to do; None while it is not loaded."""
        model = self._model.value
        return model.traffic if model is not None else None

    def timing(self) -> "Timing | None":
        """How fast the model was measured to be on this machine; None while it is not loaded or was not measured."""
        model = self._model.value
        return model.timing if model is not None else None

    def costs(self) -> dict[str, Counted]:
        """What answers of each tier cost, over the last ones; counted anew every minute at most."""
        with self._counting:
            now = time.monotonic()
            if self._costs is None or now - self._costs[0] > _COSTS_SECONDS:
                self._costs = (now, count(self.ledger.receipts(limit=_COSTS_RECEIPTS), self.tiers))
            return self._costs[1]

    def index_samples(self, progress: Callable[[int, int], None] | None = None) -> "list[Change]":
        """Bring the sample library up to date with the files that ship with this Clearspan.

        Samples of another installation that shares the home folder leave it: they would be found beside these,
        and a copy would bear out what it copies.

        Args:
            progress: is told how many of how many files are done.
        """
        from clearspan.library import originals

        library = self._libraries.get(SAMPLES_LIBRARY)
        root = SAMPLES.resolve()
        foreign = [one.id for one in library.documents() if _is_foreign_sample(Path(one.locator), root)]
        changes = [library.remove(document_id) for document_id in foreign]
        total = sum(1 for _ in originals.walk(root)) if progress is not None else 0
        done = 0

        def tell(change: "Change") -> None:
            nonlocal done
            done += change.outcome != "removed"
            if progress is not None:
                progress(done, total)

        return [*changes, *library.sync(root, remove_vanished=True, progress=tell)]

    def loaded(self) -> frozenset[str]:
        """What has been loaded so far, and need not be again: models, and libraries by their names."""
        models = {
            "embedder": self._embedder,
            "model": self._model,
            "checker": self._checker,
            "close reader": self._close_reader,
        }
        ready = {name for name, late in models.items() if late.value is not None}
        return frozenset({*ready, *(f"library {name}" for name in self._libraries.names())})

    def warm_up(self) -> None:
        """Load the embedder, the default library, the reader, and the local model if it is the one that writes.

        What cannot be had shows in `readiness`.
        """
        library = self.library()
        library.search("warm up", limit=1)
        self.reader.read("warm up", [("", "It is warm.")])
        if self.settings.generate and self.settings.generating is None:
            try:
                self.model.chat("Hello", max_tokens=1)
            except ClearspanError:
                return

    def readiness(self) -> dict[str, str]:
        """The state of each part: `ready`, `loading`, `not loaded`, or `off: why`."""
        try:
            library = self._libraries.state(self._resolve(None)[0])
        except BadInput as error:
            library = f"off: {error.what}"
        return {
            "library": library,
            "embedder": self._embedder.state
            if self.settings.embedder
            else "off: no embedder in the settings",
            "reader": self._reader.state,
            "close reader": self._close_reader.state
            if self.settings.reading == "close"
            else "off: the settings read quickly",
            "model": self._model.state if self.settings.generate else "off: generation is switched off",
        }

    def _resolve(self, reference: str | None) -> tuple[str, Path | None]:
        if not reference or reference == self.settings.library:
            reference = self._default
        return naming.resolve(reference, self.settings)

    def _load_embedder(self) -> "Embedder":
        from clearspan.models.serving.embedder import Embedder

        return Embedder.load(self.settings.embedder, self.settings)

    def _load_router(self) -> Stored:
        return read_router(Path(self.settings.router).expanduser())

    def _load_checker(self) -> "Checker":
        from clearspan.overview.proof.checker import CrossEncoder

        return CrossEncoder.load(self.settings.checker, self.settings)

    def _load_reader(self) -> "EvidenceReader":
        from clearspan.overview.answering.reader.reader import EvidenceReader

        return EvidenceReader.load(threads=self.settings.threads)

    def _load_close_reader(self) -> "CloseReader":
        from clearspan.overview.answering.reader.close import CloseReader
        from clearspan.overview.answering.reader.reader import SHIPPED

        return CloseReader.load(SHIPPED, self.settings)

    def _load_model(self) -> "LanguageModel":
        from clearspan.models.serving.engine import LanguageModel

        return LanguageModel.load(self.settings.model, self.settings)


def _close_all(tiers: Iterable[Tier]) -> None:
    for tier in tiers:
        tier.close()


def _lasting(settings: Settings) -> str:
    """The settings' library; a folder by its full path, which a change of the working folder leaves as it is."""
    try:
        folder = naming.resolve(settings.library, settings)[1]
    except BadInput:
        return settings.library  # asking it says what is wrong
    return settings.library if folder is None else str(folder)


def _is_foreign_sample(path: Path, root: Path) -> bool:
    """Whether a document is a sample file, but not of this installation; what a user added stays."""
    inside = path.is_absolute() and path.is_relative_to(root)
    return not inside and path.is_absolute() and path.parent.parts[-3:] == root.parts[-3:]
