"""How far answers can be trusted, over HTTP."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.conftest import Served


def test_what_abstaining_costs_and_its_charts_as_files(served: "Served") -> None:
    measured = served.client.get("/api/truth").json()
    assert [chart["name"] for chart in measured["charts"]] == ["unknowable", "false-premise"]
    for chart in measured["charts"]:
        model, flat, oracle = chart["series"]
        # The models know something, and less than all.
        assert sum(oracle["y"]) < sum(model["y"]) < len(model["y"]) * flat["y"][0]
        assert len(model["low"]) == len(model["y"])
        svg = served.client.get(f"/api/truth/charts/{chart['name']}.svg")
        assert svg.headers["content-type"].startswith("image/svg+xml")
        assert served.client.get(f"/api/truth/charts/{chart['name']}.csv").text.count("\n") > 40
    assert served.client.get("/api/truth/charts/none.svg").status_code == 404
