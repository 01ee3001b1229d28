"""Outputs for a person to read, and verdicts kept for the next release to be held against."""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from clearspan.checks.answers.asking import OURS, AnsweredQuestion
from clearspan.checks.answers.group_means import cell, of_questions
from clearspan.checks.answers.reporting import SCOPES, shown
from clearspan.checks.answers.verdicts import PEOPLE, hits, verdict
from clearspan.errors import BadInput, NotFound
from clearspan.measure.bars import Table

_LONGEST_CHARS = 300

Kept = Mapping[str, Mapping[str, Any]]
"""Question id → its row as `keep` writes it."""


def as_text(answered: Sequence[AnsweredQuestion], count: int, seed: int = 0) -> str:
    """Some outputs drawn by lot: question, right answers, what was shown, and the verdict on it."""
    some = random.Random(seed).sample(list(answered), min(count, len(answered)))  # noqa: S311  # no secret
    return "\n\n".join(_output(number, one) for number, one in enumerate(some, 1))


def keep(answered: Sequence[AnsweredQuestion], path: Path) -> None:
    """Write the verdicts, a line of JSON a question, for `before_table` of a later run."""
    lines = [
        json.dumps({"id": one.question.id}
        | {scope: verdict(one.question, shown(one, scope)) for scope, _ in SCOPES}
        | {f"first_{scope}": hits(shown(one, scope).firsts[OURS], shown(one, scope)) for scope, _ in SCOPES})
        for one in answered
    ]  # fmt: skip
    path.write_text("\n".join(lines) + "\n", "utf-8")


def read_kept(path: Path) -> Kept:
    """The verdicts of an earlier run.

    Raises:
        NotFound: there is no such file.
        BadInput: it is no file of verdicts; names the line.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", do="Write one with --keep.")
    found: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = cast("dict[str, Any]", json.loads(line))
            found[str(row["id"])] = {
                name: row[name] for scope, _ in SCOPES for name in (scope, f"first_{scope}")
            }
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"{path}, line {number}: this is no verdict.",
                why=f"{type(error).__name__}: {error}",
                do="Name a file that --keep wrote.",
            ) from error
    return found


def before_table(answered: Sequence[AnsweredQuestion], before: Kept) -> Table:
    """The release before on the same questions, beside this one."""
    both = [one for one in answered if one.question.id in before]
    rows: list[tuple[str | int, ...]] = []
    for scope, words in SCOPES:
        marked = [one for one in both if one.question.marked in PEOPLE and one.together.evidence]
        then = of_questions(marked, lambda one, s=scope: float(before[one.question.id][f"first_{s}"]))
        now = of_questions(
            marked, lambda one, s=scope: float(hits(shown(one, s).firsts[OURS], shown(one, s)))
        )
        rows.append((f"right sentence first, {words}", len(marked), cell(then), cell(now)))
        for kind in ("right", "something else", "silent", "rightly silent"):
            counted = [one for one in both if one.question.answerable != (kind == "rightly silent")]
            then = of_questions(counted, lambda one, s=scope, k=kind: float(before[one.question.id][s] == k))
            now = of_questions(
                counted, lambda one, s=scope, k=kind: float(verdict(one.question, shown(one, s)) == k)
            )
            rows.append((f"{kind}, {words}", len(counted), cell(then), cell(now)))
    return Table("The release before, on the same questions, %", ("", "questions", "before", "now"), rows)


def _output(number: int, one: AnsweredQuestion) -> str:
    question = one.question
    right = (
        " / ".join(map(_cut, question.answers)) or "(none)" if question.answerable else "(no answer there)"
    )
    lines = [
        f"{number}. {question.id}, {', '.join(question.kinds)}; evidence: {question.marked}",
        f"   asked: {question.question}",
        f"   right: {right}",
        *(f"   marked: {_cut(sentence)}" for sentence in question.evidence[:3]),
    ]
    for scope, words in SCOPES:
        here = shown(one, scope)
        said = [f"     {claim.origin} {claim.score:.2f}: {_cut(claim.text)}" for claim in here.claims]
        unsaid = f"     (silent; first, {here.probability:.2f}: {_cut(here.first_text)})"
        lines += [f"   {words}: {verdict(question, here)}", *(said or [unsaid])]
    return "\n".join(lines)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CHARS else line[: _LONGEST_CHARS - 1] + "…"
