"""A client: documents in, answers and receipts out, everything closed in the end."""

from pathlib import Path

import pytest

import clearspan as cs


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "mill.md").write_text("# The mill\n\nThe old mill in Tarrow has four floors.\n")
    (folder / "quay.md").write_text("# The quay\n\nThe quay at Tarrow is 90 metres long.\n")
    return folder


@pytest.fixture
def client(tmp_path: Path, weights: Path) -> cs.Client:
    return cs.Client(home=tmp_path / "home", weights=weights, embedder="", generate=False)


def test_documents_go_in_are_found_asked_for_and_leave(client: cs.Client, notes: Path) -> None:
    with client:
        library = client.library("mills")
        assert [change.outcome for change in library.add(notes / "mill.md", str(notes))] == [
            "added",
            "unchanged",
            "added",
        ]
        assert client.libraries() == ["mills"]
        assert library.search("floors").hits[0].document.title == "The mill"
        answer = client.ask("How many floors does the old mill in Tarrow have?", library="mills")
        assert answer.claims[0].citations[0].quote == "The old mill in Tarrow has four floors."
        assert client.receipt(answer.receipt.id) == answer.receipt
        assert client.receipts(limit=1) == [answer.receipt]
        assert client.replay(answer.receipt.id).same
        assert client.diagnose(answer.receipt.id) == ()
        library.tag(notes / "quay.md", "reporting")
        assert [one.title for one in library.documents("reporting")] == ["The quay"]
        assert library.remove(notes / "quay.md").outcome == "removed"
        assert [one.title for one in library.documents()] == ["The mill"]
        (notes / "mill.md").unlink()
        assert [change.outcome for change in library.sync(notes)] == ["added", "vanished"]


def test_a_library_that_was_closed_opens_again(client: cs.Client, notes: Path) -> None:
    with client:
        with client.library("mills") as library:
            library.add(notes)
        assert client.library("mills").counts()[0] == 2


def test_errors_are_told_apart(client: cs.Client) -> None:
    with client:
        with pytest.raises(cs.NotFound, match="r-none"):
            client.receipt("r-none")
        with pytest.raises(cs.NotFound, match="no library 'mils'"):
            client.ask("How many floors?", library="mils")
        with pytest.raises(cs.BadInput, match="empty"):
            client.ask(" ")
        assert issubclass(cs.TooLarge, cs.ClearspanError)
    with pytest.raises(cs.BadInput, match="port"):
        cs.Client(port=70_000)
    with pytest.raises(cs.BadInput, match="port"):
        cs.Settings(port=70_000)


def test_a_closed_client_holds_no_file(client: cs.Client, notes: Path) -> None:
    with client:
        client.ask("How many floors does the old mill in Tarrow have?", library=notes)
        client.library("mills").add(notes)
        home = str(client.settings.home)
        assert any(held.startswith(home) for held in held_files())
    assert not any(held.startswith(home) for held in held_files())


def held_files() -> list[str]:
    """What the descriptors of this process stand for."""
    return [str(link.readlink()) for link in list(Path("/proc/self/fd").iterdir()) if link.is_symlink()]
