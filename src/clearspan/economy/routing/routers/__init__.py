"""The routers by their names, one file each."""

from clearspan.economy.routing.routers.base import Router
from clearspan.economy.routing.routers.cascade import CascadeRouter
from clearspan.economy.routing.routers.length import LengthRouter
from clearspan.economy.routing.routers.linear import LinearRouter
from clearspan.economy.routing.routers.neighbours import NeighboursRouter
from clearspan.economy.routing.routers.random import RandomRouter
from clearspan.economy.routing.routers.shape import ShapeRouter
from clearspan.economy.routing.routers.single import SingleRouter

ROUTERS: dict[str, type[Router]] = {
    each.name: each
    for each in (
        RandomRouter,
        SingleRouter,
        LengthRouter,
        ShapeRouter,
        NeighboursRouter,
        LinearRouter,
        CascadeRouter,
    )
}
"""From the one that knows nothing to the one that has seen an answer."""
