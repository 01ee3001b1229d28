"""A router as a file: what it says of itself, and that it routes as before."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clearspan.economy.routing.evaluation import evaluated, unseen
from clearspan.economy.routing.judging import judge
from clearspan.economy.routing.outcomes import marks, split
from clearspan.economy.routing.routers import ROUTERS
from clearspan.economy.routing.routing import routed_by
from clearspan.economy.routing.stored import Stored, card_of, read_router, write_router
from clearspan.errors import BadInput, NotFound
from tests.economy.routing.outcomes_made import outcomes


def stored(folder: Path, name: str = "length") -> Stored:
    found = outcomes()
    verdict = judge(found, (name,))
    path = folder / "router.safetensors"
    kept, _ = split(found, 0.3, 0)
    card = card_of(verdict, found.digest(), 0, "minilm")
    write_router(path, card, verdict.routing, marks(kept.asks.questions))
    return read_router(path)


@pytest.mark.parametrize("name", list(ROUTERS))
def test_each_kind_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    found = outcomes(200).with_vectors(np.random.default_rng(0).normal(size=(200, 4)))
    router = ROUTERS[name].fit(found, 0)
    routing = routed_by(router, found, 0.02)
    card = card_of(replace(judge(found, ("length",)), routing=routing), "", 0, "minilm")
    path = tmp_path / "router"
    write_router(path, card.model_copy(update={"router": name}), routing, marks([]))
    again = read_router(path)
    np.testing.assert_array_equal(again.routing.router.predict(found.asks), router.predict(found.asks))
    assert again.card.embedder == ("minilm" if name in {"neighbours", "linear"} else "")


def test_the_card_says_where_it_comes_from(tmp_path: Path) -> None:
    card = stored(tmp_path).card
    assert card.used
    assert card.data == outcomes().digest()
    assert (card.tiers, card.best, card.fitted + card.held) == (("small", "large"), "large", 600)
    assert len(card.margins) > 10
    assert list(card.margins) == sorted(card.margins, reverse=True)


def test_what_is_no_router_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_router(tmp_path / "none")
    for content in (b"", b"{}", b"\x08\0\0\0\0\0\0\0{}      ", b"\xff" * 64):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(BadInput, match="no router"):
            read_router(tmp_path / "other")


def test_it_is_judged_on_what_it_has_not_seen(tmp_path: Path) -> None:
    router = stored(tmp_path)
    found = evaluated(router, outcomes())
    assert (found.questions, found.left_out) == (router.card.held, router.card.fitted)
    fresh = evaluated(router, outcomes(seed=1))
    assert fresh.left_out == 0
    assert (fresh.gain.low or 0) > 0
    assert fresh.recovered is not None
    assert fresh.recovered.apgr.value > 0.65
    kept, _ = split(outcomes(), 0.3, 0)
    with pytest.raises(BadInput, match="fitted to all"):
        unseen(router, kept)


def test_tiers_in_another_order_are_put_in_its_own(tmp_path: Path) -> None:
    router, found = stored(tmp_path), outcomes(seed=1)
    turned = replace(found, tiers=("large", "small"), quality=found.quality[:, ::-1], cost=found.cost[:, ::-1],
                     asks=replace(found.asks, scores=None))  # fmt: skip
    assert evaluated(router, turned).quality == evaluated(router, found).quality
    with pytest.raises(BadInput, match="chooses among small, large"):
        evaluated(router, replace(found, tiers=("small", "huge")))
