"""Which questions are asked: those of the fold that no reader was trained on, some of each set, by kind."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

from clearspan.errors import BadInput, NotFound
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, sets_of
from clearspan.overview.answering.reader.training.run import FOLDS, split_questions


def held_out(folder: Path, names: Collection[str] = ()) -> list[LabelledQuestion]:
    """Questions of the held-out fold, in the order of their files.

    A question without an answer is left out where its set asks the same with one: the library of the set answers it.

    Args:
        folder: holds the sets.
        names: of the sets that are asked; all of them when empty.

    Raises:
        NotFound: there is no such folder or set.
        BadInput: a file is damaged, or none of the questions is held out.
    """
    there = sets_of(folder)
    unknown = [name for name in names if name not in there]
    if unknown:
        raise NotFound(
            f"There is no set {', '.join(unknown)} in {folder}.", do=f"There are {', '.join(there)}."
        )
    wanted = set(names or there)
    # Of all sets, whichever are asked: a question's fold depends on what shares its documents.
    found = [one for one in split_questions(folder).held_out if one.origin in wanted and one.pages]
    answered = {(one.origin, _wording(one)) for one in found if one.answerable}
    found = [one for one in found if one.answerable or (one.origin, _wording(one)) not in answered]
    if not found:
        raise BadInput(
            f"None of the questions of {', '.join(sorted(wanted))} is held out.",
            why=f"One in {FOLDS} groups of questions that share documents is, and these sets have too few.",
            do="Name further sets with --set.",
        )
    return found


def sampled(questions: Sequence[LabelledQuestion], most: int, seed: int = 0) -> list[LabelledQuestion]:
    """At most so many questions of each set, of each kind in its share, and at least one of each where there is room.

    A larger sample holds the smaller one with the same seed.
    """
    strata: dict[str, dict[tuple[str, bool], list[LabelledQuestion]]] = defaultdict(lambda: defaultdict(list))
    for one in questions:
        strata[one.origin][one.kind, one.answerable].append(one)
    chosen: list[LabelledQuestion] = []
    for own in strata.values():
        counts = _shares([len(stratum) for stratum in own.values()], most)
        for stratum, count in zip(own.values(), counts, strict=True):
            chosen += sorted(stratum, key=lambda one: _lot(seed, one.id))[:count]
    return chosen


def group_of(question: LabelledQuestion) -> str:
    """What questions about the same page share: they stand or fall together, so intervals vary them together."""
    telling = [page for page in question.pages if any(each in page.text for each in question.evidence)]
    page = (telling or question.pages)[0]
    return page.title or page.text


def _wording(question: LabelledQuestion) -> str:
    return question.question.casefold().strip(" ?")


def _shares(sizes: Sequence[int], most: int) -> list[int]:
    counts = [0] * len(sizes)
    while sum(counts) < min(most, sum(sizes)):
        open_ones = [place for place, size in enumerate(sizes) if counts[place] < size]
        # Whoever has none comes first, the largest before; then whoever has the least of its share.
        lowest = min(open_ones, key=lambda place: (counts[place] > 0, counts[place] / sizes[place]))
        if counts[lowest] == 0:
            lowest = max((place for place in open_ones if not counts[place]), key=lambda place: sizes[place])
        counts[lowest] += 1
    return counts


def _lot(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed} {name}".encode()).digest()
