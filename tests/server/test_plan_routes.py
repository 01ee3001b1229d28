"""Plans over HTTP: the same figures as on the command line, charts as files, and errors in one shape."""

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from tests.server.conftest import Served


def test_sardanas_example_over_http(served: "Served") -> None:
    plan = served.client.get("/api/plan/lifetime", params={"like": 13e9, "law": "sardana-2024"}).json()
    assert plan["numbers"]["saving"]["value"] == pytest.approx(17.4, abs=0.1)
    assert plan["numbers"]["parameters"]["value"] == pytest.approx(6.97e9, rel=0.002)
    assert [chart["name"] for chart in plan["charts"]] == ["lifetime-cost", "iso-curves", "assumptions"]


def test_three_laws_are_compared_where_none_is_named(served: "Served") -> None:
    plan = served.client.get("/api/plan/lifetime").json()
    names = [row[0] for row in plan["tables"][0]["rows"]]
    assert names == ["besiroglu-2024", "hoffmann-2022", "hoffmann-2022-tex"]
    saving = plan["numbers"]["saving"]
    assert saving["low"] < saving["value"] < saving["high"]


def test_prices_are_those_that_were_asked_for(served: "Served") -> None:
    one, two = (
        served.client.get("/api/plan/lifetime", params={"price_per_hour": price}).json()
        for price in (2.0, 4.0)
    )
    dear, cheap = two["numbers"]["total_by_money"]["value"], one["numbers"]["total_by_money"]["value"]
    assert dear == pytest.approx(2 * cheap, rel=1e-6)
    assert any("given by you" in note for note in one["notes"])


@pytest.mark.parametrize(
    ("question", "chart"), [("lifetime", "iso-curves"), ("magnitudes", "magnitudes-data")]
)
def test_charts_come_as_files(served: "Served", question: str, chart: str) -> None:
    svg = served.client.get(f"/api/plan/{question}/charts/{chart}.svg")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert f'filename="{chart}.svg"' in svg.headers["content-disposition"]
    assert ElementTree.fromstring(svg.text).tag.endswith("svg")  # noqa: S314
    data = served.client.get(f"/api/plan/{question}/charts/{chart}.csv")
    assert data.headers["content-type"].startswith("text/csv")
    assert data.text.startswith("series,")


def test_magnitudes_and_the_laws_there_are(served: "Served") -> None:
    plan = served.client.get("/api/plan/magnitudes", params={"parameters": 1e9, "tokens": 1e11}).json()
    assert "whales" in plan["summary"][1]
    laws = served.client.get("/api/plan/laws").json()
    assert {"name", "source", "corpus", "interval"} == set(laws["laws"][0])
    assert all(one["price_source"] for one in laws["hardware"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"like": -1},
        {"like": 1e9, "loss": 2.0},
        {"loss": 1.2},
        {"tokens_served": -5},
        {"served": 2e12},
        {"output_utilisation": 0.01},
        {"peak": 0.5},
        {"output_share": 1.5},
        {"price_per_hour": 0},
        {"hardware": "abacus"},
        {"law": "gopher"},
        {"law": ["kaplan-2020"] * 7},
        {"training_utilisation": "nan"},
    ],
)
def test_what_cannot_be_planned(served: "Served", wrong: dict[str, object]) -> None:
    answer = served.client.get("/api/plan/lifetime", params=wrong)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert answer.json()["error"]["what"]


def test_a_chart_that_a_plan_has_not(served: "Served") -> None:
    answer = served.client.get("/api/plan/lifetime/charts/pie.svg")
    assert answer.status_code == 404
    assert "lifetime-cost" in answer.json()["error"]["do"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *(("magnitudes", name) for name in ("parameters", "tokens", "price_per_hour")),
        *(("serve", name) for name in ("parameters", "requests", "input_tokens", "limit", "output_price")),
        *(("lifetime", name) for name in ("loss", "like", "dollars_per_kwh", "training_utilisation")),
    ],
)
def test_the_smallest_number_there_is_gets_an_answer(path: str, name: str, served: "Served") -> None:
    assert served.client.get(f"/api/plan/{path}", params={name: "5e-324"}).status_code == 422


def test_serving_over_http_is_the_plan_of_the_command_line(served: "Served") -> None:
    asked = {"parameters": 8e9, "limit": 30, "input_price": 0.1, "output_price": 0.4}
    plan = served.client.get("/api/plan/serve", params=asked).json()
    assert plan["numbers"]["api_dollars_a_month"]["value"] == pytest.approx(7600)
    assert plan["numbers"]["machines"]["value"] in (3, 4)
    assert [chart["name"] for chart in plan["charts"]] == ["serve", "assumptions"]
    data = served.client.get("/api/plan/serve/charts/serve.csv", params=asked)
    assert data.text.startswith("series,requests a month")


@pytest.mark.parametrize(
    "wrong", [{}, {"input_price": 1}, {"parameters": 8e9, "peak": 0.5}, {"parameters": 1}]
)
def test_what_cannot_be_served(served: "Served", wrong: dict[str, float]) -> None:
    answer = served.client.get("/api/plan/serve", params=wrong)
    assert answer.status_code == 422
    assert answer.json()["error"]["what"]
