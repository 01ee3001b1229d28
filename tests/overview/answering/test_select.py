"""Selecting sentences on the real sample library: exact spans, the right measure, subjects that are named."""

from collections.abc import Callable

from clearspan.overview.answering.select import Candidate, candidates, odds
from clearspan.overview.question import understand
from clearspan.workspace.workspace import Workspace

MakeCandidate = Callable[..., Candidate]


def select(samples: Workspace, question: str) -> tuple[Candidate, ...]:
    library = samples.library()
    hits = library.search(question, limit=40).hits
    judged = samples.judge(library).judge(hits)
    return candidates(understand(question), judged, samples.reader).best_first


def test_spans_are_exact_and_probabilities_ordered(samples: Workspace) -> None:
    found = select(samples, "How long is the main span of the Golden Gate Bridge?")
    library = samples.library()
    for candidate in found:
        text = library.document(candidate.judged.source.document_id).text
        assert text[candidate.start : candidate.end] == candidate.text
        assert 0.0 <= candidate.probability <= 1.0
    assert list(found) == sorted(found, key=lambda c: c.probability, reverse=True)


def test_a_sentence_with_a_pronoun_brings_the_one_that_names_its_subject(samples: Workspace) -> None:
    best = select(samples, "How tall is the lighthouse in Port Merrow?")[0]
    assert "24 metres" in best.text
    assert "lighthouse" in best.text


def test_sentences_of_sources_that_are_not_believed_are_scored_too(samples: Workspace) -> None:
    found = select(samples, "How many rocks should I eat each day?")
    assert any(not c.judged.source.believed for c in found)
    assert any(c.judged.source.believed for c in found)


def test_the_short_answer_stands_within_its_quote(samples: Workspace) -> None:
    best = select(samples, "How tall is the lighthouse in Port Merrow?")[0]
    assert best.short is not None
    assert "24" in best.text[best.short.start : best.short.end]


def test_the_kind_of_a_question_is_read(samples: Workspace) -> None:
    library = samples.library()
    question = "How many moons has Mars?"
    judged = samples.judge(library).judge(library.search(question, limit=10).hits)
    kinds = candidates(understand(question), judged, samples.reader).kinds
    assert max(kinds, key=lambda kind: kinds[kind]) == "number"
    assert abs(sum(kinds.values()) - 1.0) < 1e-6


def test_every_part_of_a_probability_is_shown(samples: Workspace) -> None:
    best = select(samples, "Who designed the Brooklyn Bridge?")[0]
    assert [check.name for check in best.checks] == [
        "answers, as the reader sees it",
        "the sentence alone",
        "its passage",
        "the best two together",
    ]


def test_a_count_is_not_answered_by_a_sentence_without_one(samples: Workspace) -> None:
    found = select(samples, "How many wires are inside one of the big cables of the Golden Gate Bridge?")
    assert all(one.probability < 0.1 for one in found if not one.sentence.quantities)


def test_what_is_reported_as_untrue_does_not_answer_for_a_fact(candidate: MakeCandidate) -> None:
    plain = candidate("The bridge was opened in 1883.").sentence
    question = understand("When was the bridge opened?")
    assert odds(question, plain) == 1.0
    for told in (
        "Some wrongly believe that the bridge was opened in 1901.",
        "It is a common myth that the bridge was opened in 1901.",
        "Contrary to popular belief, the bridge was opened in 1901 by no queen.",
        "If the money had lasted, the bridge would have opened in 1879.",
    ):
        assert odds(question, candidate(told).sentence) < 1.0, told
    assert odds(understand("Was the bridge opened in 1901?"), candidate(told).sentence) == 1.0
