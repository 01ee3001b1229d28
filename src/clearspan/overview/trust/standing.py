"""How far each kind of source is believed on a question of fact, before anything else is known of it."""

from collections.abc import Mapping

from clearspan.receipts import Kind

STANDING: Mapping[Kind, float] = {
    "reference": 0.9,
    "reporting": 0.8,
    "unknown": 0.5,
    "opinion": 0.4,
    "forum": 0.35,
    "promotion": 0.3,
    "satire": 0.0,
}
"""Standing of a kind, in [0, 1]; 0 is not believed at all."""

KIND_REASON: Mapping[Kind, str] = {
    "reference": "reference work",
    "reporting": "reporting",
    "unknown": "publisher not known: neither trusted nor rejected",
    "opinion": "opinion: what it says is a view",
    "forum": "forum: unreviewed contributions",
    "promotion": "promotion: written to sell or persuade",
    "satire": "satire: not meant to be believed",
}
