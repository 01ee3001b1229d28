"""Hold a sentence that somebody else wrote against what a library's believed sources say."""

from dataclasses import dataclass

from clearspan.journey.asked import ask
from clearspan.journey.compose import instruments_for
from clearspan.journey.judge import judge
from clearspan.journey.search import search
from clearspan.overview.proof.evidence import read_reference
from clearspan.overview.proof.verify import Verification, verify
from clearspan.overview.trust.judge import JudgedHit
from clearspan.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it.

    Attributes:
        verification: whether the passages carry the sentence; its parts cite by the place in `believed`.
        believed: passages of believed sources that it was held against, best first.
        doubted: passages that speak of it and are not believed; they count for nothing.
    """

    verification: Verification
    believed: tuple[JudgedHit, ...]
    doubted: tuple[JudgedHit, ...]


def hold(workspace: Workspace, sentence: str, library: str | None = None) -> Held:
    """Hold one sentence against a library; nothing is recorded.

    Args:
        sentence: one statement, as plain text.
        library: a library's name or a folder; the settings' library when None.

    Raises:
        BadInput: the sentence is empty, too long or holds control characters.
        NotFound: there is no such library.
    """
    settings = workspace.settings
    asked = ask(sentence, library, False, (), settings)
    found = search(
        asked, workspace.existing_library(asked.library), workspace.embedder, settings.search_limit
    )
    hits = judge(asked, found, workspace.judge(found.library), settings.search_limit).hits
    believed = tuple(each for each in hits if each.source.believed)
    evidence = [
        told
        for place, each in enumerate(believed)
        for told in read_reference(each.hit.passage.text, place, each.source.title)
    ]
    verification = verify(
        asked.question.text, evidence, settings.support_threshold, instruments_for(asked, found, workspace)
    )
    return Held(verification, believed, tuple(each for each in hits if not each.source.believed))
