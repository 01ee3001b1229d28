"""Reciprocal-rank fusion of the ways of searching."""

from collections.abc import Mapping, Sequence

from clearspan.library.documents import Leg, LegName

RANK_OFFSET = 10
"""Cormack's k: how slowly the value of a rank falls off. Chosen with the weights on SciFact, see benchmarks."""
WEIGHTS: Mapping[LegName, float] = {"words": 1.0, "meaning": 0.8}
DEPTH = 100
"""Passages taken from each leg before they are fused."""

Ranking = Sequence[tuple[str, float]]


def fuse(rankings: Mapping[LegName, Ranking]) -> list[tuple[str, float, tuple[Leg, ...]]]:
    """Passage ids with fused scores and the legs that found them, best first.

    The score of a passage is the sum over legs of weight / (k + rank), ranks from 1; ties go by id.

    Source:
        Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
        Learning Methods", SIGIR 2009.
    """
    scores: dict[str, float] = {}
    legs: dict[str, list[Leg]] = {}
    for name, ranking in rankings.items():
        for rank, (passage_id, score) in enumerate(ranking, start=1):
            scores[passage_id] = scores.get(passage_id, 0.0) + WEIGHTS[name] / (RANK_OFFSET + rank)
            legs.setdefault(passage_id, []).append(Leg(name, rank, score))
    order = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))
    return [(passage_id, scores[passage_id], tuple(legs[passage_id])) for passage_id in order]
