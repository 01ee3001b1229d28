"""Verification on the sample library: every quote follows from its passage, and a changed one does not."""

from clearspan.bars import Bar, Report
from clearspan.checks.samples import load_questions, run
from clearspan.workspace import Workspace


def measure(workspace: Workspace) -> Report:
    """Ask the sample questions and count the sentences that are shown with a citation that carries them."""
    outcomes = run(workspace, load_questions(), generate=False)
    claims = [claim for outcome in outcomes for claim in outcome.receipt.overview.claims]
    cited = [claim for claim in claims if claim.origin != "calculated"]
    supported = [claim for claim in cited if claim.citations and claim.support != "unsupported"]
    return Report(
        section="Truth: verification on the samples",
        command="clearspan check truth --only verification",
        tables=(),
        bars=(Bar("sentences with a citation that supports them, %", 100 * len(supported) / len(cited), 95),),
    )
