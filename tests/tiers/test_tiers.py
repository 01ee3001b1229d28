"""Which tiers there are: those that ship, then those of other packages, whose sentences are verified like any."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from clearspan.answer import Finished, journey
from clearspan.errors import BadInput
from clearspan.models.serving.late import Late
from clearspan.overview.calculate import recognise
from clearspan.plugins import Plugins
from clearspan.settings import Settings
from clearspan.tiers import all_tiers
from clearspan.tiers.base import Writer
from clearspan.workspace.workspace import Workspace
from tests.docs.pages import REPOSITORY, blocks

PAGE = {Path(block.title).name: block.code for block in blocks(REPOSITORY / "docs" / "add" / "tier.md")}
FIRST = "The Tarrow bridge is closed in winter because ice forms on its wooden deck."
SECOND = "The Tarrow bridge is closed in winter because sand does not keep the wheels of carts from slipping."


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package that the documentation makes, as an installer leaves it."""
    project = tomllib.loads(PAGE["pyproject.toml"])["project"]
    (tmp_path / "clearspan_tier_joiner.py").write_text(PAGE["clearspan_tier_joiner.py"])
    about = tmp_path / f"clearspan_tier_joiner-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    ((group, added),) = project["entry-points"].items()
    lines = [f"{name} = {value}" for name, value in added.items()]
    (about / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "clearspan_tier_joiner", raising=False)
    # What is installed is read once in a process.
    monkeypatch.setattr("clearspan.tiers.ADDED", Plugins("clearspan.tiers", "tier", {}, Writer, classes=True))
    return tmp_path


def names(settings: Settings) -> list[str]:
    def none() -> None:
        return None

    return [tier.name for tier in all_tiers(settings, recognise, Late(none))]  # type: ignore[arg-type]


def test_those_that_ship_come_first_the_least_work_first(settings: Settings) -> None:
    assert names(settings) == ["calculator", "quote", "generate"]


def test_a_package_adds_a_tier(settings: Settings, package: Path) -> None:
    assert names(settings) == ["calculator", "quote", "generate", "joiner"]


def test_two_tiers_of_one_name_are_refused(settings: Settings, package: Path) -> None:
    code = PAGE["clearspan_tier_joiner.py"].replace('name = "joiner"', 'name = "quote"')
    (package / "clearspan_tier_joiner.py").write_text(code)
    with pytest.raises(BadInput, match="Two tiers are named 'quote'"):
        names(settings)


def test_what_is_no_writer_is_refused_with_its_package(settings: Settings, package: Path) -> None:
    (package / "clearspan_tier_joiner.py").write_text(
        "class Joiner:\n    def __init__(self, settings): ...\n"
    )
    with pytest.raises(BadInput, match="'joiner' of clearspan-tier-joiner") as caught:
        names(settings)
    assert "lacks the base class of clearspan.tiers.base.Writer" in caught.value.why


def test_a_writer_without_words_for_itself_is_refused_with_its_package(
    settings: Settings, package: Path
) -> None:
    code = PAGE["clearspan_tier_joiner.py"]
    (package / "clearspan_tier_joiner.py").write_text(re.sub(r"\n    spoken = .*", "", code))
    with pytest.raises(BadInput, match="'joiner' of clearspan-tier-joiner") as caught:
        names(settings)
    assert "lacks spoken" in caught.value.why


def test_the_tier_of_the_page_answers_and_is_verified(tmp_path: Path, package: Path) -> None:
    with Workspace.open(Settings(home=tmp_path / "home", embedder="")) as workspace:
        for number, text in enumerate((FIRST, SECOND)):
            workspace.library().add_bytes(f"{number}.md", f"# Tarrow bridge\n\n{text}\n".encode())
        steps = journey(workspace, "Why is the Tarrow bridge closed in winter?")
        receipt = next(step.receipt for step in steps if isinstance(step, Finished))
    assert receipt.route.tier == "joiner"
    assert "the joiner" in receipt.route.why
    assert receipt.versions.model == "joiner-1"
    (joined,) = [claim for claim in receipt.overview.claims if claim.origin == "generated"]
    assert FIRST.rstrip(".") in joined.text
    assert SECOND.rstrip(".") in joined.text
    assert {citation.number for citation in joined.citations} == {1, 2}
    assert joined.checks
    assert receipt.meter.output_tokens == len(joined.text.split())
    assert receipt.features == ()
