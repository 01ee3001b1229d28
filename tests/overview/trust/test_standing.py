"""How far each kind of source is believed, in an order that a person would give, and with a word for each."""

from typing import get_args

from clearspan.overview.trust.standing import KIND_REASON, STANDING
from clearspan.receipts import Kind


def test_every_kind_has_a_standing_and_a_reason() -> None:
    assert set(STANDING) == set(KIND_REASON) == set(get_args(Kind))


def test_who_reviews_is_believed_before_who_sells_and_satire_not_at_all() -> None:
    order = ["reference", "reporting", "unknown", "opinion", "forum", "promotion", "satire"]
    assert sorted(STANDING, key=lambda kind: -STANDING[kind]) == order
    assert STANDING["satire"] == 0.0
    assert all(0.0 < STANDING[kind] < 1.0 for kind in order[:-1])


def test_a_reason_begins_with_what_the_kind_is() -> None:
    assert KIND_REASON["unknown"] == "publisher not known: neither trusted nor rejected"
    for kind, reason in KIND_REASON.items():
        if kind not in ("unknown", "reference"):
            assert reason.startswith(kind)
