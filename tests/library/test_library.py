"""The library end to end: what goes in, what is refused and why, and that nothing is half there."""

import http.server
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clearspan.errors import BadInput, Busy, FetchError, NotFound, StorageError
from clearspan.library import fetch
from clearspan.library.library import Library
from clearspan.library.stores.sqlite import SqliteStore
from clearspan.models.serving.embedder import Embedder
from clearspan.settings import Settings


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    with Library.open("test", settings, None) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docs"
    made.mkdir()
    (made / "gate.md").write_text(
        "---\ntitle: The Gate\npublisher: Bay Almanac\ndate: 2019-05-14\nkind: reference\n---\n"
        "# Bridge\n\nThe main span is 4,200 feet long.\n"
    )
    (made / "whale.txt").write_text("The blue whale weighs 300,000 pounds.\n")
    return made


def test_add_skip_replace_and_vanish(library: Library, folder: Path) -> None:
    assert [change.outcome for change in library.add(folder)] == ["added", "added"]
    revision = library.revision()
    assert [change.outcome for change in library.add(folder)] == ["unchanged", "unchanged"]
    assert library.revision() == revision
    identity = library.document(folder / "whale.txt").id
    library.tag(identity, "forum")
    (folder / "whale.txt").write_text("The orca weighs 8,000 pounds.\n")
    (folder / "gate.md").unlink()
    assert sorted(change.outcome for change in library.sync(folder)) == ["replaced", "vanished"]
    assert library.document(identity).kind == "forum"
    assert library.counts()[0] == 2
    assert not library.search("blue").hits
    changes = library.sync(folder, remove_vanished=True)
    assert sorted(change.outcome for change in changes) == ["removed", "unchanged"]
    assert library.remove(str(folder / "whale.txt")).outcome == "removed"
    assert library.counts() == (0, 0)


def test_metadata_and_search(library: Library, folder: Path) -> None:
    library.add(folder)
    (hit,) = library.search("how long is the main span?").hits
    found = hit.document
    assert (found.title, found.publisher, found.date, found.kind) == (
        "The Gate", "Bay Almanac", "2019-05-14", "reference",
    )  # fmt: skip
    text = library.document(found.id).text
    assert text[hit.passage.start : hit.passage.end] == hit.passage.text
    assert "words alone" in library.search("span").note
    with pytest.raises(NotFound):
        library.document("d-none")


def test_one_bad_file_never_stops_the_others(library: Library, folder: Path, tmp_path: Path) -> None:
    (folder / "binary.txt").write_bytes(b"text\0text")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "bad.md").write_text("---\ntitle: [unclosed\n---\ntext")
    (folder / "kind.md").write_text("---\nkind: gossip\n---\ntext")
    (folder / "cut.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n<<")
    outside = tmp_path / "secret.txt"
    outside.write_text("secret words")
    (folder / "link.txt").symlink_to(outside)
    (folder / "nowhere.txt").symlink_to(tmp_path / "none")
    os.mkfifo(folder / "pipe.txt")
    changes = {Path(change.locator).name: change for change in library.add(folder, tmp_path / "none.md")}
    assert changes["picture.png"].outcome == "skipped"
    assert library.add(folder / "picture.png")[0].outcome == "failed"
    failed = {name for name, change in changes.items() if change.outcome == "failed"}
    assert failed == {
        "binary.txt", "bad.md", "kind.md", "cut.pdf", "link.txt", "nowhere.txt", "pipe.txt", "none.md",
    }  # fmt: skip
    assert all(changes[name].problem and changes[name].remedy for name in failed)
    assert "out of the folder" in changes["link.txt"].problem
    assert "gossip" in changes["kind.md"].problem
    assert library.counts()[0] == 2
    assert not library.search("secret").hits


def test_a_200_mb_file_is_refused_before_it_is_read(library: Library, tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    with big.open("wb") as file:
        file.truncate(200_000_000)
    (change,) = library.add(big)
    assert change.outcome == "failed"
    assert "200.0 MB" in change.problem


def test_uploads(library: Library) -> None:
    assert library.add_bytes("note.txt", b"An orca swims.").outcome == "added"
    assert library.add_bytes("note.txt", b"An orca swims.").outcome == "unchanged"
    assert library.document("upload:note.txt").title == "note"
    assert library.add_bytes("note.exe", b"MZ").outcome == "failed"


def test_vectors_come_later_and_another_embedder_is_noticed(
    settings: Settings, folder: Path, embedder: Embedder
) -> None:
    with Library.open("test", settings, None) as library:
        library.add(folder)
    with Library.open("test", settings, embedder) as library:
        result = library.search("how heavy is the largest animal?")
        assert result.legs == ("words", "meaning")
        assert result.hits[0].document.title == "whale"

    class Other:
        reference = "other"
        dimension = embedder.dimension
        embed = staticmethod(embedder.embed)

    with Library.open("test", settings, Other()) as library:  # type: ignore[arg-type]
        assert "come from minilm" in library.search("span").note
        assert library.embed() == 2
        assert library.search("span").legs == ("words", "meaning")


def test_a_folder_is_mirrored_into_a_library_of_its_own(settings: Settings, folder: Path) -> None:
    with Library.open(folder, settings, None) as library:
        assert library.counts()[0] == 2
        name = library.name
    (folder / "gate.md").unlink()
    with Library.open(f"{folder}/", settings, None) as library:
        assert library.name == name
        assert library.counts()[0] == 1
    with pytest.raises(BadInput):
        Library.open("../escape", settings, None)


def test_a_locked_database_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a.db", busy_seconds=0.05)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy, match="locked"):
        store.remove("d-1")
    other.execute("ROLLBACK")
    assert not store.remove("d-1")
    other.close()
    store.close()


def test_foreign_newer_and_damaged_files_are_refused(tmp_path: Path) -> None:
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE t (x)")
    foreign.close()
    with pytest.raises(StorageError, match="not a Clearspan library"):
        SqliteStore(tmp_path / "foreign.db")
    SqliteStore(tmp_path / "newer.db").close()
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StorageError, match="newer Clearspan"):
        SqliteStore(tmp_path / "newer.db")
    (tmp_path / "damaged.db").write_bytes(b"no database at all " * 100)
    with pytest.raises(StorageError, match="damaged"):
        SqliteStore(tmp_path / "damaged.db")


def test_a_library_of_the_first_format_keeps_its_documents_and_their_claims(tmp_path: Path) -> None:
    """As a first version left it: what a page said of itself stood where its publisher stands now."""
    path = tmp_path / "old.db"
    SqliteStore(path).close()
    old = sqlite3.connect(path)
    for column in ("claimed_url", "claimed_publisher", "hidden", "frame", "left_out"):
        old.execute(f"ALTER TABLE documents DROP COLUMN {column}")
    page = "'text/html', 'h', '2026-01-01T00:00:00+00:00', ?, ?, NULL, NULL, 'unknown', '[]', 't'"
    row = f"INSERT INTO documents VALUES (?, ?, ?, {page})"  # noqa: S608
    old.execute(row, ("d-1", "/saved.html", "Saved", "https://who.example/a", "Who"))
    old.execute(row, ("d-2", "https://shop.example/b", "Fetched", "https://who.example/b", "Who"))
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    store = SqliteStore(path)
    saved, fetched = (store.document(one) for one in ("d-1", "d-2"))
    store.close()
    assert saved is not None
    assert fetched is not None
    assert (saved.url, saved.publisher, saved.claimed_publisher) == (None, None, "Who")
    assert (fetched.url, fetched.claimed_url) == ("https://shop.example/b", "https://who.example/b")
    assert (fetched.hidden, fetched.content_hash) == ("", "")
    SqliteStore(path).close()


_FILL = """
import resource, signal, sys
from pathlib import Path
from clearspan.errors import StorageError
from clearspan.library.library import Library
from clearspan.settings import Settings
library = Library.open("full", Settings(home=Path(sys.argv[1])), None)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
try:
    library.add(Path(sys.argv[2]))
except StorageError as error:
    print(error)
    sys.exit(74)
"""


def test_a_disk_that_gives_no_more_leaves_only_whole_documents(
    settings: Settings, tmp_path: Path, check_whole: Callable[[Path], None]
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(60):
        (texts / f"{number}.txt").write_text(f"Text {number}. " + "Some words about orcas here. " * 900)
    done = subprocess.run(
        [sys.executable, "-c", _FILL, str(settings.home), str(texts)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 74, done.stderr
    with Library.open("full", settings, None) as library:
        before = library.counts()[0]
        assert before < 60
        check_whole(settings.home / "libraries" / "full.db")
        library.add(texts)
        assert library.counts()[0] == 60


def test_a_full_database_says_the_disk_is_full(tmp_path: Path, folder: Path, settings: Settings) -> None:
    with Library.open("small", settings, None) as library:
        store = library._store
        assert isinstance(store, SqliteStore)
        with store._connections.read() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
        with store._connections._borrowed() as connection:
            connection.execute(f"PRAGMA max_page_count = {pages}")
        (folder / "long.txt").write_text("Many different words. " * 5000)
        with pytest.raises(StorageError, match="disk is full"):
            library.add(folder / "long.txt")
        assert library.counts() == (0, 0)


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8" if self.path == "/orca" else "text/plain")
        self.end_headers()
        if self.path == "/drip":
            try:
                while True:
                    self.wfile.write(b"x")
                    self.wfile.flush()
            except OSError:
                return
        if self.path == "/endless":
            try:
                for _ in range(1000):
                    self.wfile.write(b"x" * 10_000)
            except OSError:
                return
        self.wfile.write(b"<h1>Orcas</h1><p>They swim fast.</p><script>evil()</script>")

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def test_documents_from_a_url(settings: Settings, server: str) -> None:
    limited = settings.model_copy(update={"max_document_bytes": 1_000_000})
    with Library.open("web", limited, None) as library:
        sources = [f"{server}{path}" for path in ("/orca", "/none", "/loop", "/endless")]
        added, none, loop, endless, other, dead = library.add(
            *sources, "file:///etc/passwd", "http://127.0.0.1:9/"
        )
        assert added.outcome == "added"
        found = library.document(added.document_id or "")
        assert (found.title, found.text, found.url) == ("Orcas", "Orcas\n\nThey swim fast.", f"{server}/orca")
        assert "404" in none.problem
        assert "redirects" in loop.problem
        assert "too large" in endless.problem
        assert "http://" in other.problem
        assert {one.outcome for one in (none, loop, endless, other, dead)} == {"failed"}


def test_a_server_that_never_ends_is_left(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_WHOLE_SECONDS", 0.3)
    with pytest.raises(FetchError, match="too slow"):
        fetch.fetch(f"{server}/drip", 10**12)
