"""`clearspan plan` from end to end: tables, JSON, charts, and errors a person can act on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from clearspan.cli.plan.commands import plan
from clearspan.economy.scaling.laws.accuracy import SigmoidOfLoss
from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.gadre import Gadre
from clearspan.economy.scaling.laws.presets import DATA_CONSTRAINED, THREE_CHINCHILLAS, preset
from clearspan.errors import ClearspanError
from clearspan.ledger.sqlite import SqliteLedger
from clearspan.receipts import Claim, Meter, Overview, Receipt, RouteDecision, Versions


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(plan, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def as_json(*arguments: str) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    law = Chinchilla(E=1.8, A=480.0, B=2000.0, alpha=0.35, beta=0.37)
    generator = np.random.default_rng(0)
    parameters = 10 ** generator.uniform(7.5, 10.5, 60)
    tokens = parameters * 10 ** generator.uniform(0.3, 2.3, 60)
    loss = law.loss(parameters, tokens) * np.exp(generator.normal(0, 0.004, 60))
    rows = "\n".join(f"{n:.6g},{d:.6g},{x:.6f}" for n, d, x in zip(parameters, tokens, loss, strict=True))
    file = tmp_path / "mine.csv"
    file.write_text(f"parameters,tokens,loss\n{rows}\n", "utf-8")
    return file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def ledger(home: Path) -> None:
    opened = SqliteLedger(home / "ledger.db")
    start = datetime.now(UTC) - timedelta(days=2)
    claim = Claim(text="Four metres.", origin="quoted", support="supported", score=0.9)
    for i in range(48):
        opened.append(
            Receipt(
                created_at=start + timedelta(hours=i),
                question="How deep is the lock?",
                library="default",
                route=RouteDecision(tier="generate", why="short"),
                overview=Overview(claims=(claim,)),
                meter=Meter(input_tokens=400, output_tokens=100),
                versions=Versions(clearspan="0", library_revision=1),
            )
        )
    opened.close()


def test_train_prints_laws_side_by_side_and_their_disagreement() -> None:
    output = run("train", "--flops", "5.76e23").output
    assert "besiroglu-2024 advises 72.2B" in output
    assert "18.4 to 92.6" in output
    assert "hoffmann-2022" in output
    assert "SemiAnalysis, March 2026" in " ".join(output.split())


def test_train_in_json_has_intervals_and_how_they_were_counted() -> None:
    found = as_json("train", "--flops", "5.76e23")
    number = found["numbers"]["tokens_per_parameter"]
    assert number["low"] < number["value"] < number["high"]
    assert all(n["how"] for n in found["numbers"].values())
    assert found["charts"][0]["series"][0]["name"] == "besiroglu-2024"


def test_how_far_past_optimal_in_letters() -> None:
    assert "27.3 to 91.5 times" in run("train", "--parameters", "8B", "--tokens", "15T").output


def test_lifetime_with_sardanas_constants() -> None:
    found = as_json("lifetime", "--like", "13B", "--tokens-served", "2T", "--law", "sardana-2024")
    assert found["numbers"]["saving"]["value"] == pytest.approx(17.4, abs=0.1)
    assert found["numbers"]["parameters"]["value"] == pytest.approx(6.97e9, rel=0.002)
    assert found["numbers"]["serving_energy"]["low"] is not None


def test_a_law_fitted_to_own_runs_comes_first(runs: Path) -> None:
    found = as_json("train", "--flops", "1e22", "--runs", str(runs))
    assert found["tables"][0]["rows"][0][0] == "chinchilla-mine"
    assert found["numbers"]["parameters"]["low"] is not None


def test_any_law_is_fitted_to_own_runs_and_those_fitted_come_first(runs: Path) -> None:
    found = as_json(
        *("train", "--flops", "1e22", "--runs", str(runs), "--law", "besiroglu-2024"),
        *("--law", "gadre", "--law", "kaplan"),
    )
    names = [row[0] for row in found["tables"][0]["rows"]]
    assert names == ["gadre-mine", "kaplan-mine", "besiroglu-2024"]
    assert "gadre-mine advises" in found["summary"][0]


def test_five_runs_plan_with_gadres_law_and_are_refused_by_the_law_that_needs_more(tmp_path: Path) -> None:
    law = Gadre(E=1.51, a=141.0, b=190.0, eta=0.121)
    shape = [(11e6, 20), (79e6, 20), (154e6, 20), (411e6, 20), (11e6, 320)]
    rows = "\n".join(f"{n},{n * m},{float(law.loss(n, n * m)):.4f}" for n, m in shape)
    (tmp_path / "five.csv").write_text(f"parameters,tokens,loss\n{rows}\n", "utf-8")
    asked = ("train", "--flops", "1e21", "--runs", str(tmp_path / "five.csv"))
    found = as_json(*asked, "--law", "gadre")
    best = found["numbers"]["parameters"]
    assert best["value"] == pytest.approx(law.optimal(1e21)[0], rel=0.05)
    assert best["low"] < law.optimal(1e21)[0] < best["high"]
    refused = CliRunner().invoke(plan, [*asked, "--law", "chinchilla"]).exception
    assert isinstance(refused, ClearspanError)
    assert "at least 6 runs, or fit a law that needs no more than 5: gadre" in refused.do


def test_repeated_data_are_planned_for_the_unique_tokens_at_hand(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    parameters, unique = 10 ** generator.uniform(8, 9.7, 40), 10 ** generator.uniform(8.5, 10.5, 40)
    tokens = unique * 10 ** generator.uniform(0, 1.6, 40)
    loss = DATA_CONSTRAINED.loss(parameters, tokens, unique)
    rows = "\n".join(",".join(map(str, row)) for row in zip(parameters, unique, tokens, loss, strict=True))
    (tmp_path / "again.csv").write_text(f"parameters,unique_tokens,tokens,loss\n{rows}\n", "utf-8")
    asked = ("train", "--flops", "1e22", "--runs", str(tmp_path / "again.csv"), "--law", "muennighoff")
    found = as_json(*asked, "--unique", "25B")
    assert found["numbers"]["parameters"]["value"] == pytest.approx(
        DATA_CONSTRAINED.optimal(1e22, 25e9)[0], rel=0.01
    )
    assert "25B unique tokens" in found["notes"][0]
    with pytest.raises(ClearspanError, match="unique tokens"):
        run(*asked)


@pytest.mark.parametrize("law", ["chinchilla", "gadre", "kaplan", "muennighoff"])
def test_a_law_to_fit_needs_runs(law: str) -> None:
    with pytest.raises(ClearspanError, match="no runs to fit it to"):
        run("train", "--flops", "1e22", "--law", law)


def test_fit_reports_constants_extrapolation_and_what_is_open(runs: Path) -> None:
    output = " ".join(run("fit", str(runs), "--resamples", "80").output.split())
    assert "chinchilla fitted to 60 runs" in output
    assert "mean error" in output
    assert "held most loosely" in output
    assert "standard error" in output


def test_accuracy_on_a_task_is_the_second_step(tmp_path: Path) -> None:
    law = SigmoidOfLoss(0.25, 0.6, 4.0, 2.4)
    rows = "\n".join(f"{loss},{float(law.accuracy(loss)):.5f}" for loss in np.linspace(1.9, 3.2, 20))
    (tmp_path / "quiz.csv").write_text(f"loss,accuracy\n{rows}\n", "utf-8")
    found = as_json("train", "--flops", "5.76e23", "--tasks", str(tmp_path / "quiz.csv"))
    expected = 100 * float(law.accuracy(float(preset("besiroglu-2024").law.loss(72.2e9, 1.33e12))))
    assert found["numbers"]["accuracy"]["value"] == pytest.approx(expected, abs=0.2)
    assert found["numbers"]["accuracy"]["low"] < expected < found["numbers"]["accuracy"]["high"]
    assert "accuracy on quiz" in found["tables"][0]["columns"]


def test_charts_are_written_as_svg_and_csv(runs: Path, tmp_path: Path) -> None:
    found = as_json("fit", str(runs), "--resamples", "20", "--charts", str(tmp_path / "charts"))
    names = {Path(f).name for f in found["files"]}
    assert names == {"residuals.svg", "residuals.csv", "predicted.svg", "predicted.csv"}
    assert (tmp_path / "charts" / "residuals.svg").read_text("utf-8").startswith("<svg")


def test_charts_that_cannot_be_written_are_an_error(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", "utf-8")
    result = CliRunner().invoke(plan, ["train", "--flops", "1e22", "--charts", str(tmp_path / "taken" / "x")])
    assert isinstance(result.exception, ClearspanError)


def test_data_distil_worth_and_magnitudes() -> None:
    data = as_json("data", "--unique", "25B", "--flops", "1e22")
    assert data["numbers"]["epochs"]["value"] > 4
    assert data["numbers"]["fresh_tokens_worth"]["low"] is not None
    taught = as_json(
        "distil",
        "--student",
        "1B",
        "--teacher",
        "7B",
        "--teacher-tokens",
        "280B",
        "--flops",
        "1e21",
        "--exists",
    )
    assert taught["numbers"]["teacher_share"]["value"] == pytest.approx(14 / 20, abs=0.01)
    tuned = as_json(
        *("distil", "--student", "1B", "--teacher", "7B", "--teacher-tokens", "280B", "--flops", "1e21"),
        *("--exists", "--task-tokens", "2B"),
    )
    assert "2B task tokens" in " ".join(tuned["summary"])
    bought = as_json(
        *("worth", "--small-accuracy", "0.71", "--small-cost", "0.0002", "--large-accuracy", "0.83"),
        *("--large-cost", "0.004", "--tested", "300", "--value", "0.05", "--fixed-cost", "2000"),
    )
    assert bought["numbers"]["break_even_questions"]["value"] == pytest.approx(909_091, rel=1e-3)
    scale = as_json("magnitudes", "--parameters", "1B", "--tokens", "100B")
    assert "whales" in scale["summary"][1]
    assert len(scale["charts"]) == 4


def test_place_from_the_example(tmp_path: Path) -> None:
    example = run("place", "--example").output
    assert "EXAMPLE, INVENTED" in example
    (tmp_path / "curves.csv").write_text(example, "utf-8")
    found = as_json(
        *(
            "place",
            "--curves",
            str(tmp_path / "curves.csv"),
            "--arrivals",
            "3",
            "--tokens",
            "200",
            "--limit",
            "30",
        )
    )
    assert found["numbers"]["replicas"]["value"] >= 1
    assert found["numbers"]["joules_per_answer"]["value"] > 0


@pytest.mark.usefixtures("ledger")
def test_traffic_comes_from_the_ledger(tmp_path: Path) -> None:
    found = as_json("lifetime", "--like", "1B", "--from-ledger", "3")
    served = 500 * 24 * 365.25 * 3
    assert f"{served / 1e6:.3g}M tokens served" in found["title"]
    counted = found["numbers"]["tokens_served"]
    assert counted["low"] < counted["value"] < counted["high"]
    assert any("48 answers" in sentence for sentence in found["summary"])
    (tmp_path / "curves.csv").write_text(run("place", "--example").output, "utf-8")
    placed = as_json("place", "--curves", str(tmp_path / "curves.csv"), "--from-ledger", "--limit", "20")
    assert "48 answers" in placed["numbers"]["dollars_per_hour"]["how"]


@pytest.mark.usefixtures("home")
def test_an_empty_ledger_has_no_traffic_to_plan_from() -> None:
    result = CliRunner().invoke(plan, ["lifetime", "--like", "1B", "--from-ledger", "1"])
    assert isinstance(result.exception, ClearspanError)
    assert "holds 0 answers" in str(result.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--flops", "-1"],
        ["train", "--flops", "1e22", "--law", "gopher"],
        ["lifetime", "--loss", "1.2", "--tokens-served", "1T"],
        ["lifetime", "--like", "1B", "--tokens-served", "-5"],
        ["lifetime", "--like", "1B", "--loss", "2.2", "--tokens-served", "1T"],
        ["data", "--unique", "0", "--flops", "1e22"],
        ["train", "--flops", "1e22", "--hardware", "abacus"],
        ["fit", "nowhere.csv"],
        ["train"],
        ["train", "--flops", "1e22", "--tokens", "1T"],
        ["lifetime", "--like", "1B"],
        ["magnitudes", "--parameters", "1B"],
    ],
)
def test_what_cannot_be_planned_is_explained(arguments: list[str]) -> None:
    result = CliRunner().invoke(plan, arguments)
    assert isinstance(result.exception, ClearspanError)
    assert result.exception.what


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--flops", "many"],
        ["place", "--limit", "3"],
        ["worth", "--value", "1"],
    ],
)
def test_half_a_question_is_a_usage_error(arguments: list[str]) -> None:
    result = CliRunner().invoke(plan, arguments)
    assert result.exit_code == 2
    assert "Error" in result.output


@pytest.mark.parametrize("command", ["train", "lifetime"])
def test_the_help_names_the_laws_that_are_compared_where_none_is_named(command: str) -> None:
    said = " ".join(run(command, "--help").output.split())
    assert [law for law in THREE_CHINCHILLAS if law not in said] == []
