"""Questions of several hops as examples for what weighs pairs of sentences: asked of all documents of their set."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from clearspan.checks.answers.asking import scored_of
from clearspan.checks.answers.libraries import MeasuredWorkspace, Stocked, settings_apart, stock
from clearspan.checks.answers.matching import states
from clearspan.checks.answers.sample import group_of
from clearspan.checks.answers.verdicts import PEOPLE, overlaps
from clearspan.journey.asked import Asked
from clearspan.journey.read import follow
from clearspan.overview.answering.chains.pairing import able_of, facts
from clearspan.overview.answering.chains.predictors import pairs
from clearspan.overview.answering.chains.training import ChainExample
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.overview.answering.select import Candidate
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

_A_SET = 100
"""Questions of each set that are asked, at most."""


def chain_examples(
    questions: Sequence[LabelledQuestion], settings: Settings, progress: Callable[[int, int], None]
) -> list[ChainExample]:
    """Examples of the questions that need several sentences, in a home folder of their own that goes away again.

    Args:
        questions: held out, whose documents make up the libraries of the sets.
        progress: told how many of how many are asked.
    """
    wanted = [
        one for one in questions if one.kind == "multi_hop" and (one.marked in PEOPLE or not one.answerable)
    ]
    by_set = {name: [one for one in wanted if one.origin == name][:_A_SET] for name in _names(wanted)}
    total, found = sum(map(len, by_set.values())), list[ChainExample]()
    done = 0
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "pages"
        folder.mkdir()
        with MeasuredWorkspace.open(settings_apart(settings, Path(home))) as workspace:
            workspace.require_reader()
            for name, own in by_set.items():
                pages = [page for one in questions if one.origin == name for page in one.pages]
                stocked = stock(workspace, f"set-{name}", pages, folder)
                for one in own:
                    if example := _example(workspace, one, stocked):
                        found.append(example)
                    done += 1
                    progress(done, total)
                stocked.library.close()
    return found


def _names(questions: Sequence[LabelledQuestion]) -> list[str]:
    return list(dict.fromkeys(one.origin for one in questions))


def _example(workspace: Workspace, question: LabelledQuestion, stocked: Stocked) -> ChainExample | None:
    asked, candidates = _candidates(workspace, question, stocked)
    evidence = stocked.places(question.evidence)
    if len(candidates) < 2 or bool(evidence) != question.answerable:
        return None
    held = [
        {
            number
            for number, places in enumerate(evidence)
            if any(overlaps((one.judged.source.document_id, one.start, one.end), place) for place in places)
        }
        for one in candidates
    ]
    says = [any(states(one.text, answer) for answer in question.answers) for one in candidates]
    found, predictors = pairs(asked.question.sentence, facts(candidates))
    together = [len(held[i] | held[j]) for i, j in found]
    whole = len(evidence) or len(candidates) + 1
    told = [count == whole or says[i] or says[j] for count, (i, j) in zip(together, found, strict=True)]
    return ChainExample(
        group=f"{question.origin} {group_of(question)}",
        predictors=predictors,
        marked=np.array([count >= min(2, whole) for count in together], np.bool_),
        told=np.array(told, np.bool_),
        alone=len(held[0] | held[1]) == whole or says[0] or says[1],
        answerable=question.answerable,
    )


def _candidates(
    workspace: Workspace, question: LabelledQuestion, stocked: Stocked
) -> tuple[Asked, list[Candidate]]:
    asked, found, scored = scored_of(workspace, question.question, stocked)
    judges, most = workspace.judge(stocked.library), workspace.settings.search_limit
    _, scored = follow(asked, found, scored, judges, workspace.reader, most)
    return asked, able_of(scored.candidates)
