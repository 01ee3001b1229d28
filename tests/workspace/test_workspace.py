"""What a process holds open: libraries, their folders, the embedder, the samples."""

import gc
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.answer import journey
from clearspan.errors import BadInput, FetchError, NotFound, Refused
from clearspan.library.documents import Change
from clearspan.library.library import Library
from clearspan.models.serving.embedder import Embedder
from clearspan.overview.answering.reader.close import CloseReader
from clearspan.settings import Settings
from clearspan.workspace import workspace as workspace_module
from clearspan.workspace.workspace import SAMPLES, Workspace


@pytest.fixture
def words(settings: Settings) -> Iterator[Workspace]:
    """A workspace that searches by words alone, and so opens quickly."""
    with Workspace.open(settings.model_copy(update={"embedder": ""})) as workspace:
        yield workspace


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "mill.md").write_text("# The mill\n\nThe old mill in Tarrow has four floors.\n")
    return folder


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of all syncs, as they happen."""
    seen: list[Path] = []
    sync = Library.sync

    def counted(self: Library, folder: Path, **options: object) -> list[Change]:
        seen.append(folder)
        return sync(self, folder, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Library, "sync", counted)
    return seen


def found(library: Library, query: str) -> list[str]:
    return [hit.passage.text for hit in library.search(query).hits]


def test_an_embedder_that_cannot_be_had_is_not_fetched_for_every_question(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []

    def offline(reference: str, settings: Settings) -> Embedder:
        attempts.append(reference)
        raise FetchError("The network is down.")

    monkeypatch.setattr(Embedder, "load", offline)
    with Workspace.open(settings) as workspace:
        for _ in range(3):
            assert workspace.embedder is None
            assert workspace.library().legs == ("words",)
        assert workspace.readiness()["embedder"] == "off: The network is down."
    assert attempts == ["minilm"]


def test_an_open_library_gets_the_embedder_once_there_is_one(
    settings: Settings, notes: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    online = False

    def load(reference: str, settings: Settings) -> Embedder:
        if not online:
            raise FetchError("The network is down.")
        return embedder

    monkeypatch.setattr(Embedder, "load", load)
    with Workspace.open(settings) as workspace:
        library = workspace.library()
        library.add(notes)
        assert library.search("windmill storeys").legs == ("words",)
        online = True
        monkeypatch.setattr("clearspan.models.serving.late.RETRY_SECONDS", 0.0)
        assert workspace.library() is library
        result = library.search("windmill storeys")
        assert workspace.embedder is embedder
    assert result.legs == ("words", "meaning")
    assert [leg.name for hit in result.hits for leg in hit.legs] == ["meaning"]


def test_a_question_does_not_wait_while_another_library_opens(
    words: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = words.library()
    opening, go_on = threading.Event(), threading.Event()
    opened: list[Library] = []
    really_open = Library.open

    def slow(*arguments: object) -> Library:
        opening.set()
        assert go_on.wait(60)
        return really_open(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Library, "open", slow)
    openers = [threading.Thread(target=lambda: opened.append(words.library("other"))) for _ in range(2)]
    for opener in openers:
        opener.start()
    assert opening.wait(60)
    asked: list[Library] = []

    def ask() -> None:
        asked.append(words.library())
        words.judge(words.library()).judge([])

    question = threading.Thread(target=ask)
    question.start()
    question.join(30)
    waited = question.is_alive()
    state = words.readiness()["library"]
    go_on.set()
    for thread in (*openers, question):
        thread.join()
    assert not waited
    assert asked == [ready]
    assert state == "ready"
    assert len(opened) == 2
    assert opened[0] is opened[1]


def test_closing_waits_for_a_library_that_is_being_opened_and_closes_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, go_on = threading.Event(), threading.Event()
    closed: list[str] = []
    really_open, really_close = Library.open, Library.close

    def slow(*arguments: object) -> Library:
        opening.set()
        assert go_on.wait(60)
        return really_open(*arguments)  # type: ignore[arg-type]

    def close(self: Library) -> None:
        closed.append(self.name)
        really_close(self)

    monkeypatch.setattr(Library, "open", slow)
    monkeypatch.setattr(Library, "close", close)
    workspace = Workspace.open(settings.model_copy(update={"embedder": ""}))
    opener = threading.Thread(target=workspace.library)
    opener.start()
    assert opening.wait(60)
    assert workspace.readiness()["library"] == "loading"
    closer = threading.Thread(target=workspace.close)
    closer.start()
    go_on.set()
    opener.join()
    closer.join()
    assert closed == ["default"]
    with pytest.raises(Refused, match="closed"):
        workspace.library()


def test_a_judge_is_kept_for_one_open_library(words: Workspace, settings: Settings) -> None:
    library = words.library()
    kept = words.judge(library)
    assert words.judge(library) is kept
    with Library.open("default", settings, None) as same_name:
        assert words.judge(same_name) is not kept


def test_a_folder_is_read_again_when_it_has_changed_and_only_then(
    words: Workspace, notes: Path, synced: list[Path]
) -> None:
    library = words.library(str(notes))
    assert words.existing_library(str(notes)) is library
    assert len(synced) == 1
    (notes / "gate.md").write_text("# The gate\n\nThe gate in Tarrow is green.\n")
    assert words.library(str(notes)) is library
    assert any("gate in Tarrow is green" in text for text in found(library, "gate"))
    (notes / "gate.md").unlink()
    words.library(str(notes))
    assert found(library, "gate") == []
    assert len(synced) == 3
    words.library(str(notes))
    assert len(synced) == 3


def test_a_file_that_keeps_its_size_and_modification_time_is_read_again(
    words: Workspace, notes: Path
) -> None:
    mill = notes / "mill.md"
    library = words.library(str(notes))
    before = mill.stat()
    mill.write_text(mill.read_text().replace("four", "five"))
    os.utime(mill, ns=(before.st_atime_ns, before.st_mtime_ns))
    words.library(str(notes))
    assert any("five floors" in text for text in found(library, "mill floors"))


def test_a_folder_is_one_library_however_and_from_wherever_it_is_named(
    words: Workspace, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: list[Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    library = words.library("./notes")
    for same in ("~/notes", str(notes), "notes/"):
        assert words.existing_library(same) is library
    monkeypatch.chdir("/")
    (notes / "gate.md").write_text("# The gate\n\nThe gate in Tarrow is green.\n")
    assert words.library(str(notes)) is library
    assert synced == [notes.resolve()] * 2
    with pytest.raises(BadInput, match="neither the name"):
        words.library("./notes")


def test_the_settings_folder_outlasts_a_change_of_the_working_folder(
    settings: Settings, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(notes.parent)
    relative = settings.model_copy(update={"embedder": "", "library": "./notes"})
    with Workspace.open(relative) as workspace:
        monkeypatch.chdir("/")
        assert found(workspace.library(), "mill")
        assert workspace.existing_library("./notes") is workspace.library()
        assert workspace.readiness()["library"] == "ready"


@pytest.mark.parametrize("name", ["a" * 5_000, "b" * 300 + "/c", "nul\0byte"])
def test_a_name_that_no_file_can_have_is_bad_input(words: Workspace, name: str) -> None:
    with pytest.raises(BadInput, match="neither the name"):
        words.existing_library(name)


def test_only_libraries_that_were_given_a_name_are_listed(words: Workspace, notes: Path) -> None:
    words.library("report-20240101")
    mirror = words.library(str(notes))
    assert words.libraries() == ["report-20240101"]
    assert words.existing_library(mirror.name) is mirror
    with pytest.raises(NotFound, match="Libraries here: report-20240101"):
        words.existing_library("nowhere")


def test_samples_of_another_installation_leave_what_the_user_added_stays(
    words: Workspace, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other" / "clearspan" / "samples" / "library"
    shutil.copytree(SAMPLES, other, ignore=shutil.ignore_patterns("[!bo]*"))
    monkeypatch.setattr(workspace_module, "SAMPLES", other)
    count = sum(change.outcome == "added" for change in words.index_samples())
    assert count > 3
    library = words.existing_library("samples")
    library.add(notes)
    mine = tmp_path / "mine" / "clearspan" / "samples" / "library"
    shutil.copytree(other, mine)
    monkeypatch.setattr(workspace_module, "SAMPLES", mine)
    words.index_samples()
    assert library.counts()[0] == count + 1
    locators = [Path(document.locator) for document in library.documents()]
    assert sorted(path.parent for path in locators) == sorted([notes, *[mine] * count])
    (mine / "blue-whale.md").unlink()
    words.index_samples()
    assert library.counts()[0] == count


def test_indexing_the_samples_tells_how_far_it_is(words: Workspace) -> None:
    told: list[tuple[int, int]] = []
    changes = words.index_samples(lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(1, len(changes) + 1))
    assert {total for _, total in told} == {len(changes)}


def test_a_folder_called_samples_is_not_taken_for_the_sample_library(
    words: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "samples").mkdir()
    monkeypatch.chdir(tmp_path)
    words.index_samples()
    assert words.libraries() == ["samples"]
    assert words.existing_library("samples").counts()[0] > 0


def descriptors() -> list[str]:
    """What this process has open."""
    return sorted(str(link.readlink()) for link in list(Path("/proc/self/fd").iterdir()) if link.is_symlink())


def test_closing_leaves_nothing_open(settings: Settings, tmp_path: Path, notes: Path) -> None:
    def ask_and_close(number: int) -> None:
        own = settings.model_copy(update={"home": tmp_path / f"home{number}"})
        with Workspace.open(own) as workspace:
            library = workspace.library()
            library.add(notes)
            for name in (None, str(notes)):
                list(journey(workspace, "How many floors has the mill?", library=name, generate=False))
            # Several readers at once have a connection each.
            readers = [threading.Thread(target=found, args=(library, "mill")) for _ in range(4)]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
            inside = [path for path in descriptors() if f"home{number}" in path]
            assert len(inside) >= 4, "nothing was held open, so closing proves nothing"

    ask_and_close(
        0
    )  # what is kept for the whole process, like the threads of a compiled library, is there now
    before, threads = descriptors(), threading.active_count()
    workspaces = 5
    for number in range(1, 1 + workspaces):
        ask_and_close(number)
    gc.collect()
    assert descriptors() == before
    assert threading.active_count() == threads


def test_closing_lets_go_of_every_model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CloseReader, "load", lambda *_: CloseReader.__new__(CloseReader))
    workspace = Workspace.open(settings.model_copy(update={"reading": "close"}))
    assert (workspace.reader, workspace.embedder) != (None, None)
    assert workspace.loaded() == {"close reader", "embedder"}
    workspace.close()
    assert workspace.loaded() == frozenset()
    assert "ready" not in workspace.readiness().values()


def test_a_closed_workspace_gives_nothing_and_closes_again(settings: Settings, notes: Path) -> None:
    workspace = Workspace.open(settings)
    library = workspace.library(str(notes))
    workspace.close()
    workspace.close()
    assert library.closed
    assert workspace.embedder is None
    for use in (lambda: workspace.model, lambda: workspace.library(), lambda: workspace.tiers):
        with pytest.raises(Refused, match="closed"):
            use()
