"""Ask a receipt's question again and say what has changed since."""

from pydantic import BaseModel, ConfigDict

from clearspan.answer import Finished, journey
from clearspan.receipts import Claim, Receipt
from clearspan.workspace.workspace import Workspace


class Replay(BaseModel):
    """What a replay found; `receipt` is the new one, which is not kept in the ledger."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt_id: str
    same: bool
    changes: tuple[str, ...]
    receipt: Receipt


def replay(workspace: Workspace, old: Receipt) -> Replay:
    """Ask the question of a receipt again, of the same library, and compare.

    `same` speaks of the overview alone; `changes` also names what its surroundings (library, versions) changed. Dials
    meet the limits of today, and leave that was given then is not given again.
    """
    generate = None if old.versions.model else False
    steps = journey(
        workspace, old.question, library=old.library, generate=generate, dials=old.dials, keep=False
    )
    new = next(step.receipt for step in steps if isinstance(step, Finished))
    overview = _overview_changes(old, new)
    return Replay(
        receipt_id=old.id,
        same=not overview,
        changes=(*overview, *_source_changes(old, new), *_version_changes(old, new)),
        receipt=new,
    )


def _overview_changes(old: Receipt, new: Receipt) -> tuple[str, ...]:
    changes: list[str] = []
    before, after = old.overview.abstention, new.overview.abstention
    if (before is None) != (after is None):
        changes.append(
            "there is an answer now" if after is None else f"there is no answer any more: {after.message}"
        )
    elif before and after and before.code != after.code:
        changes.append(f"the reason for abstaining was {before.code} and is {after.code}")
    old_claims = {_key(claim): claim for claim in old.overview.claims}
    new_claims = {_key(claim): claim for claim in new.overview.claims}
    changes += [f"gone: “{claim.text}”" for key, claim in old_claims.items() if key not in new_claims]
    changes += [f"new: “{claim.text}”" for key, claim in new_claims.items() if key not in old_claims]
    changes += [
        f"“{claim.text}” was {claim.support} and is {new_claims[key].support}"
        for key, claim in old_claims.items()
        if key in new_claims and new_claims[key].support != claim.support
    ]
    changes += [
        f"“{claim.text}” was cited from {_cited(claim)} and is cited from {_cited(new_claims[key])}"
        for key, claim in old_claims.items()
        if key in new_claims and _where(new_claims[key]) != _where(claim)
    ]
    return tuple(changes)


def _source_changes(old: Receipt, new: Receipt) -> tuple[str, ...]:
    before = {source.document_id: source for source in old.sources}
    after = {source.document_id: source for source in new.sources}
    gone = [f"source not found any more: {s.title}" for i, s in before.items() if i not in after]
    come = [f"source found now: {s.title}" for i, s in after.items() if i not in before]
    judged = [
        f"{s.title} is {'believed' if after[i].believed else 'not believed'} now"
        for i, s in before.items()
        if i in after and after[i].believed != s.believed
    ]
    return (*gone, *come, *judged)


def _version_changes(old: Receipt, new: Receipt) -> tuple[str, ...]:
    before, after = old.versions, new.versions
    changes: list[str] = []
    if old.dose and new.dose and old.dose.guard_rails != new.dose.guard_rails:
        changes.append(f"of the dials: “{old.dose.guard_rails}” → “{new.dose.guard_rails}”")
    if before.library_revision != after.library_revision:
        changes.append(f"the library changed: revision {before.library_revision} → {after.library_revision}")
    for name in ("clearspan", "model", "embedder"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            changes.append(f"{name}: {was or 'none'} → {now or 'none'}")
    return tuple(changes)


def _where(claim: Claim) -> frozenset[tuple[str, str]]:
    # Offsets move when something is written above a quote; the words and their document are what is cited.
    return frozenset((citation.document_id, citation.quote) for citation in claim.citations)


def _cited(claim: Claim) -> str:
    return ", ".join(dict.fromkeys(citation.title for citation in claim.citations)) or "nothing"


def _key(claim: Claim) -> tuple[str, str]:
    return claim.origin, claim.text
