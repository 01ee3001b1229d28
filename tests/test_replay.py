"""A replay asks again and says what has changed, without leaving a trace."""

from pathlib import Path

from clearspan.answer import Finished, journey
from clearspan.receipts import Receipt
from clearspan.replay import replay
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

QUESTION = "How many floors does the old mill in Tarrow have?"


def ask(workspace: Workspace) -> Receipt:
    return next(s.receipt for s in journey(workspace, QUESTION, generate=False) if isinstance(s, Finished))


def mill(folder: Path, floors: str) -> Path:
    path = folder / "mill.md"
    path.write_text(f"# The mill\n\nThe old mill in Tarrow has {floors} floors and a slate roof.\n")
    return path


def test_what_changed_in_the_library_is_named(settings: Settings, tmp_path: Path) -> None:
    with Workspace.open(settings.model_copy(update={"embedder": ""})) as workspace:
        workspace.library().add(mill(tmp_path, "four"))
        old = ask(workspace)
        same = replay(workspace, old)
        assert same.same
        assert same.changes == ()
        workspace.library().add(mill(tmp_path, "five"))
        changed = replay(workspace, old)
        workspace.library().remove(old.sources[0].document_id)
        gone = replay(workspace, old)
        assert workspace.ledger.count() == 1
    assert not changed.same
    assert any("four floors" in change for change in changed.changes if change.startswith("gone"))
    assert any("five floors" in change for change in changed.changes if change.startswith("new"))
    assert any("library changed" in change for change in changed.changes)
    assert any("no answer any more" in change for change in gone.changes)
