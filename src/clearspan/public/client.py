"""A client of Clearspan: the libraries, receipts and models of one home folder."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self

from clearspan.answer import Finished, journey
from clearspan.closing import Closing
from clearspan.faults import Diagnosis
from clearspan.public.answer import Answer
from clearspan.receipts import Receipt
from clearspan.replay import Replay, replay
from clearspan.settings import Settings, load
from clearspan.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clearspan.features.finding import SearchableDictionary
    from clearspan.library.library import Library
    from clearspan.models.serving.engine import LanguageModel

Words = ParamSpec("Words")


def _worded(
    settings: Callable[Words, Settings],
) -> Callable[[Callable[..., None]], Callable[Concatenate["Client", Words], None]]:
    """Let checkers see the keywords of the settings in the signature of the client."""
    del settings
    return lambda made: made


class Client(Closing):
    """What `clearspan` and its server do, from Python: one home folder, opened.

    Safe to use from many threads. Close it, or use it in `with`; models load when they are first needed and stay
    until then.

    Args:
        settings: by keyword, as `Settings` lists them; the rest comes from file and environment.

    Raises:
        BadInput: a setting cannot be used.
        StorageError, Busy: the home folder cannot be used.
    """

    @_worded(Settings)
    def __init__(self, **settings: Any) -> None:
        # For the rest of Clearspan; what is public of it are the methods here.
        self.workspace = Workspace.open(load(**settings))

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """A client with settings that are there already."""
        client = cls.__new__(cls)
        client.workspace = Workspace.open(settings)
        return client

    @property
    def settings(self) -> Settings:
        """What this client was opened with."""
        return self.workspace.settings

    def ask(
        self,
        question: str,
        *,
        library: str | Path | None = None,
        generate: bool | None = None,
        dials: Sequence[str] = (),
        limit_key: str | None = None,
    ) -> Answer:
        """Answer a question from a library; the receipt is kept in the ledger.

        Args:
            question: what is asked.
            library: a library's name or a folder of documents; the settings' library when None.
            generate: False keeps to calculated and quoted sentences; None takes the settings' word.
            dials: what the local model is dialled with while it writes, as 'golden-gate=0.6x'.
            limit_key: that of the settings lets them exceed their limits, which is logged and recorded.

        Raises:
            BadInput: the question is empty, too long or holds control characters, or a dial is malformed.
            NotFound: there is no such library, or a dial names what does not exist.
            Refused: a dial cannot be set or exceeds its limit, the key is another one, or a remote tier would write.
            StorageError, Busy: the receipt could not be written; then there is no answer.
        """
        from clearspan.models.inside.limits.overrides import leaving

        name = None if library is None else str(library)
        with leaving(limit_key, self.settings, "whoever asked"):
            steps = journey(self.workspace, question, library=name, generate=generate, dials=dials)
            return Answer(next(step.receipt for step in steps if isinstance(step, Finished)))

    def library(self, library: str | Path | None = None) -> "Library":
        """A library, to add to, search and remove from; it stays open as long as the client.

        Args:
            library: its name, which makes a new one where there is none; or a folder, whose library is as the
                folder is now. The settings' library when None.

        Raises:
            BadInput: it is neither a usable name nor a folder.
            StorageError, Busy: the library cannot be used.
        """
        return self.workspace.library(None if library is None else str(library))

    def libraries(self) -> list[str]:
        """Names of the libraries in the home folder, without those that mirror folders."""
        return self.workspace.libraries()

    def receipts(self, limit: int = 50, before: datetime | None = None) -> list[Receipt]:
        """The newest receipts first, those created before a moment if given."""
        return list(self.workspace.ledger.receipts(limit, before))

    def receipt(self, receipt_id: str) -> Receipt:
        """One receipt.

        Raises:
            NotFound: the ledger has none with this id.
        """
        return self.workspace.receipt(receipt_id)

    def replay(self, receipt_id: str) -> Replay:
        """Ask a receipt's question again and say what has changed since; the new answer is not kept.

        Raises:
            NotFound: the ledger has no such receipt, or its library is gone.
        """
        return replay(self.workspace, self.receipt(receipt_id))

    def diagnose(self, receipt_id: str, gold: str = "") -> tuple[Diagnosis, ...]:
        """Which fault each wrong or unsupported sentence of a receipt has.

        Args:
            gold: the right answer in a few words, if it is known; with it more can be told.

        Raises:
            NotFound: the ledger has no such receipt, or its library is gone.
        """
        return self.workspace.diagnose(self.receipt(receipt_id), gold)

    def load(self, reference: str | None = None) -> "LanguageModel":
        """An open model, ready to generate; yours to close.

        Args:
            reference: `smollm2-135m`, `hub:org/name`, `gguf:path` or `dir:path`; the settings' model when None.

        Raises:
            ClearspanError: the reference is unknown or its weights cannot be had.
        """
        from clearspan.models.serving.engine import LanguageModel

        return LanguageModel.load(reference or self.settings.model, self.settings)

    def dictionary(self, reference: str | Path | None = None) -> "SearchableDictionary":
        """A dictionary of features, with what is known of each.

        Args:
            reference: a dictionary's name, its folder, or a model reference, which stands for the model's default;
                the settings' model when None.

        Raises:
            ClearspanError: there is none, or it cannot be read.
        """
        from clearspan.features.catalogue import open_dictionary

        return open_dictionary(reference or self.settings.model, self.settings)

    def close(self) -> None:
        """Close its libraries, its models and its ledger; harmless when repeated."""
        self.workspace.close()

    def __repr__(self) -> str:
        return f"<Client {self.settings.home}>"
