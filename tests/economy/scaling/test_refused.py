"""What is refused, and with which words: what is wrong, why, and what to do instead."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from clearspan.economy.prices import Prices
from clearspan.economy.scaling.fits.extrapolate import extrapolate
from clearspan.economy.scaling.fits.fit import fit
from clearspan.economy.scaling.fits.task import fit_accuracy
from clearspan.economy.scaling.laws.accuracy import AccuracyProblem, ErrorOfLoss, SigmoidOfLoss
from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.distillation import Supervised
from clearspan.economy.scaling.laws.gadre import Gadre
from clearspan.economy.scaling.laws.kaplan import Kaplan
from clearspan.economy.scaling.laws.muennighoff import DataConstrained
from clearspan.economy.scaling.laws.presets import DATA_CONSTRAINED, DISTILLATION, preset
from clearspan.economy.scaling.laws.runs import Runs, read_runs, read_tasks
from clearspan.economy.scaling.plans.data import plan_data
from clearspan.economy.scaling.plans.diet import REPEAT, TokenSource, cheapest
from clearspan.economy.scaling.plans.distil import Teacher, lesson, plan_distil
from clearspan.economy.scaling.plans.lifetime import Quality, lifetime
from clearspan.economy.scaling.plans.magnitudes import in_animals, plan_magnitudes
from clearspan.economy.scaling.plans.place import Load, plan_place
from clearspan.economy.scaling.plans.queueing import Queue
from clearspan.economy.scaling.plans.traffic import AnswerTokens, measure
from clearspan.economy.scaling.plans.training import fitted_candidate, plan_past_optimal, plan_training
from clearspan.economy.scaling.plans.worth import Option, Stakes
from clearspan.economy.serving.curves import EXAMPLE, read_curves
from clearspan.economy.serving.scenario import Scenario
from clearspan.errors import BadInput, NotFound

PRICES = Prices()
CHINCHILLA = preset("hoffmann-2022").law
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def runs(count: int, *, slope: float = 1.0, group: str = "") -> Runs:
    """Runs whose sizes and tokens rise together, or apart where the slope says so."""
    generator = np.random.default_rng(0)
    size = np.geomspace(1e8, 1e10, count)
    data = 20 * size**slope * np.exp(generator.normal(0, 0.5 if slope == 1.0 else 0.0, count))
    loss = Chinchilla(1.8, 480, 2000, 0.35, 0.37).loss(size, data)
    return Runs(size, data, loss, data / 2, tuple(group or str(i) for i in range(count)))


def answers(count: int, hours: float = 1.0, tokens: int = 100) -> list[AnswerTokens]:
    return [AnswerTokens(NOW + timedelta(hours=hours * i), 10 * (tokens > 0), tokens) for i in range(count)]


REFUSED: list[tuple[Callable[[], object], str]] = [
    (
        lambda: Chinchilla(-0.5, 1, 1, 1, 1),
        "The irreducible loss E must not be negative, and is -0.5. Give zero or more nats.",
    ),
    (
        lambda: Chinchilla(1, math.nan, 1, 1, 1),
        (
            "The law's A must be a positive number, not nan. Give it in plain units, such as 13e9 for"
            " thirteen billion."
        ),
    ),
    (
        lambda: Chinchilla(1, 1, 1, 0, 1),
        (
            "The law's alpha must be a positive number, not 0. Give it in plain units, such as 13e9 "
            "for thirteen billion."
        ),
    ),
    (
        lambda: Kaplan(-1, 1, 1, 1),
        (
            "The law's N_c must be a positive number, not -1. Give it in plain units, such as 13e9 "
            "for thirteen billion."
        ),
    ),
    (
        lambda: Kaplan(1, 1, 1, -2),
        (
            "The law's alpha_d must be a positive number, not -2. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (
        lambda: Gadre(1, 1, 1, math.inf),
        (
            "The law's eta must be a positive number, not inf. Give it in plain units, such as 13e9 "
            "for thirteen billion."
        ),
    ),
    (
        lambda: Supervised(1, 1, 1, 1, 1, 0),
        (
            "The law's gamma must be a positive number, not 0. Give it in plain units, such as 13e9 "
            "for thirteen billion."
        ),
    ),
    (
        lambda: DataConstrained(DATA_CONSTRAINED.base, 0, 1),
        (
            "The law's R_D* must be a positive number, not 0. Give it in plain units, such as 13e9 "
            "for thirteen billion."
        ),
    ),
    (
        lambda: DataConstrained(DATA_CONSTRAINED.base, 1, -1),
        (
            "The law's R_N* must be a positive number, not -1. Give it in plain units, such as 13e9 "
            "for thirteen billion."
        ),
    ),
    (
        lambda: ErrorOfLoss(0.8, -1, 1),
        (
            "The error law's k must be a positive number, not -1. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (
        lambda: SigmoidOfLoss(0.2, 0.7, 0, 1),
        (
            "The accuracy law's k must be a positive number, not 0. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (
        lambda: SigmoidOfLoss(0.5, 0.7, 1, 1),
        ("An accuracy between 0.5 and 1.2 is not possible. Choose low and low + span between 0 and 1."),
    ),
    (
        lambda: fit_accuracy("sums", np.ones(5), np.ones(5)),
        "5 models are too few to fit accuracy to loss. Give at least six.",
    ),
    (
        lambda: fit_accuracy("sums", np.linspace(2, 3, 6), np.full(6, 0.4), ideal=2.0),
        (
            "The lowest loss there is cannot be 2: a model has 2. Give a loss of zero or more, below that of every "
            "model."
        ),
    ),
    (
        lambda: AccuracyProblem(np.ones(3), np.array([0.5, 71.0, 0.2])),
        "An accuracy of 71 is more than 1. Give shares, not percentages.",
    ),
    (
        lambda: preset("chinchila"),
        (
            "There is no law 'chinchila'. Choose one of: besiroglu-2024, hoffmann-2022, "
            "hoffmann-2022-tex, sardana-2024, muennighoff-2023, gadre-2024-c4, gadre-2024-redpajama, "
            "gadre-2024-refinedweb, kaplan-2020."
        ),
    ),
    (
        lambda: fit(runs(40), "chinchila"),
        ("There is no law 'chinchila' to fit. Choose one of: chinchilla, gadre, kaplan, muennighoff."),
    ),
    (
        lambda: fit(runs(1)),
        (
            "1 run cannot fix the 5 constants of 'chinchilla'. A run each fixes E, A, B, alpha and beta; only one "
            "more can show the law wrong. Give at least 6 runs; a few dozen over a hundredfold range of compute do "
            "well."
        ),
    ),
    (
        lambda: fit(runs(4), "kaplan"),
        (
            "4 runs cannot fix the 4 constants of 'kaplan'. A run each fixes N_c, D_c, alpha_n and alpha_d; only one "
            "more can show the law wrong. Give at least 5 runs; a few dozen over a hundredfold range of compute do "
            "well."
        ),
    ),
    (
        lambda: fit(runs(5)),
        (
            "5 runs cannot fix the 5 constants of 'chinchilla'. A run each fixes E, A, B, alpha and beta; only one "
            "more can show the law wrong. Give at least 6 runs, or fit a law that needs no more than 5: gadre, "
            "kaplan; a few dozen over a hundredfold range of compute do well."
        ),
    ),
    (
        lambda: fit(runs(40), by="colour"),
        "There is no resampling by 'colour'. Resample by 'run' or by 'group'.",
    ),
    (
        lambda: fit(runs(40, group="one"), by="group"),
        "All runs are in one group, which cannot be resampled. Resample by run.",
    ),
    (
        lambda: fit(runs(40, slope=1.001)),
        (
            "All runs lie on one line of tokens against parameters, so size and data cannot be told "
            "apart. Runs at one ratio of tokens to parameters fix the law along that ratio only. Add "
            "runs at other ratios, a few times more and fewer tokens per parameter."
        ),
    ),
    (
        lambda: fit(
            Runs(
                np.full(40, 1e9), np.geomspace(1e9, 1e11, 40), np.linspace(3, 2, 40), np.ones(40), ("a",) * 40
            )
        ),
        (
            "All runs have the same parameters, so their effect cannot be told from the irreducible "
            "loss. Give runs that differ in parameters, the more the better."
        ),
    ),
    (
        lambda: fit(
            Runs(
                np.geomspace(1e8, 1e10, 40),
                np.full(40, 1e10),
                np.linspace(3, 2, 40),
                np.ones(40),
                ("a",) * 40,
            )
        ),
        (
            "All runs have the same tokens, so their effect cannot be told from the irreducible loss."
            " Give runs that differ in tokens, the more the better."
        ),
    ),
    (
        lambda: extrapolate(runs(12), above=1e30),
        (
            "12 runs lie below 1e30 FLOP and 0 above. Choose a budget with at least 6 runs below it "
            "and one above."
        ),
    ),
    (
        lambda: extrapolate(runs(12), above=-1.0),
        (
            "The compute budget must be a positive number, not -1. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (lambda: runs(3).without_highest(3), "Of 3 runs, 3 cannot be left out. Leave out between 0 and 2."),
    (
        lambda: lifetime(CHINCHILLA, 2.0, -1.0),
        "Tokens served must be zero or more, not -1. Give tokens over its life, such as 2e12.",
    ),
    (
        lambda: lifetime(CHINCHILLA, 1.2, 1e12),
        (
            "A loss of 1.2 cannot be reached: the law's irreducible loss is 1.69. No size and no "
            "amount of data get below it under this law. Ask for a higher loss, or name the quality "
            "by a size with --like."
        ),
    ),
    (
        lambda: Quality(),
        (
            "The quality is not named. Name it either by a loss, or by the size of a compute-optimal "
            "model that is as good."
        ),
    ),
    (
        lambda: Quality(loss=2.0, like=1e9),
        (
            "The quality is named twice. Name it either by a loss, or by the size of a "
            "compute-optimal model that is as good."
        ),
    ),
    (
        lambda: Quality(like=-1.0).loss_under(CHINCHILLA),
        (
            "The size that names the quality must be a positive number, not -1. Give it in plain "
            "units, such as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: Scenario(PRICES, 1.2),
        ("The share of output tokens must be between 0 and 1, not 1.2. Give a share: 0.71 for 71 %."),
    ),
    (
        lambda: plan_training(0.0, [], PRICES),
        (
            "The compute budget must be a positive number, not 0. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (
        lambda: plan_past_optimal(-1e9, 1.0, []),
        (
            "Parameters must be a positive number, not -1B. Give it in plain units, such as 13e9 "
            "for thirteen billion."
        ),
    ),
    (
        lambda: plan_past_optimal(1e9, -1.0, []),
        (
            "Tokens must be a positive number, not -1. Give it in plain units, such as 13e9 for "
            "thirteen billion."
        ),
    ),
    (
        lambda: fitted_candidate(fit(runs(40), "muennighoff", resamples=0), "mine"),
        (
            "The law of repeated data plans for a number of unique tokens, which is open. With fresh data alone it is "
            "the published law that it stands on, whatever the runs say. Give unique tokens (--unique) to `plan "
            "train`, or take another law."
        ),
    ),
    (
        lambda: TokenSource("gather", -1.0),
        (
            "The price of a token must be zero or more, not -1. Give it in US dollars; 0 for tokens "
            "that are free."
        ),
    ),
    (
        lambda: TokenSource("synthesise", 0.1, 0.0),
        (
            "The quality of a token must be a positive number, not 0. Give it in plain units, such as"
            " 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: cheapest(DATA_CONSTRAINED, 1.0, 1e9, REPEAT, PRICES),
        (
            "A loss of 1 cannot be reached: the irreducible loss is 1.869. No size and no amount of "
            "data get below it under this law. Ask for a higher loss."
        ),
    ),
    (
        lambda: cheapest(DATA_CONSTRAINED, 2.5, -1e9, REPEAT, PRICES),
        (
            "The unique tokens must be a positive number, not -1B. Give it in plain units, such as"
            " 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: plan_data(DATA_CONSTRAINED, [], 0.0, 1e22, (), PRICES),
        (
            "The unique tokens must be a positive number, not 0. Give it in plain units, such as 13e9"
            " for thirteen billion."
        ),
    ),
    (
        lambda: plan_data(DATA_CONSTRAINED, [], 1e9, -1e22, (), PRICES),
        (
            "The compute budget must be a positive number, not -1e22. Give it in plain units, such "
            "as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: Teacher(-1, 1e9),
        (
            "The teacher's parameters must be a positive number, not -1. Give it in plain units, such"
            " as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: Teacher(1e9, 0),
        (
            "The teacher's tokens must be a positive number, not 0. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (
        lambda: Teacher(1e9, 1e9, students=0),
        "There must be at least one student, not 0. Give how many students share the teacher.",
    ),
    (
        lambda: lesson(DISTILLATION, Teacher(1e9, 1e10), 0.0, 1e9),
        (
            "The student's parameters must be a positive number, not 0. Give it in plain units, such "
            "as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: lesson(DISTILLATION, Teacher(1e9, 1e10), 1e9, 0.0),
        (
            "The lesson's tokens must be a positive number, not 0. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (
        lambda: plan_distil(DISTILLATION, Teacher(1e9, 1e10), -1e9, 1e22),
        (
            "The student's parameters must be a positive number, not -1B. Give it in plain units, "
            "such as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: plan_distil(DISTILLATION, Teacher(1e9, 1e10), 1e9, math.nan),
        (
            "The compute budget must be a positive number, not nan. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (
        lambda: plan_distil(DISTILLATION, Teacher(70e9, 15e12), 1e9, 1e22),
        (
            "Training the teacher costs this student's account 6.3e24 FLOP, more than its whole "
            "budget of 1e22. It is shared over 1 student. Share it over more than 630 students "
            "(--students), take one that exists (--exists), or raise the budget."
        ),
    ),
    (
        lambda: plan_distil(DISTILLATION, Teacher(70e9, 15e12, students=3), 1e9, 1e22),
        (
            "Training the teacher costs this student's account 2.1e24 FLOP, more than its whole "
            "budget of 1e22. It is shared over 3 students. Share it over more than 630 students "
            "(--students), take one that exists (--exists), or raise the budget."
        ),
    ),
    (
        lambda: plan_distil(DISTILLATION, Teacher(1e9, 1e10, task_tokens=1e13), 1e9, 1e22),
        (
            "Tuning teacher and student on 10T task tokens costs 1.4e23 FLOP, and the teacher 6e19: nothing is left of "
            "1e22 for pre-training. Tune on fewer tokens, share the teacher over more students (--students), or raise "
            "the budget."
        ),
    ),
    (
        lambda: Teacher(1e9, 1e10, task_tokens=-1.0),
        "Task tokens must be zero or more, not -1. Give the tokens that are tuned on, every pass over them counted.",
    ),
    (
        lambda: Option("x", 1.2, 0.1),
        "The accuracy of 'x' must be between 0 and 1, not 1.2. Give a share: 0.71 for 71 %.",
    ),
    (
        lambda: Option("x", 0.5, -0.1),
        "An answer of 'x' must cost zero or more, not -0.1. Give US dollars an answer.",
    ),
    (
        lambda: Option("x", 0.5, 0.1, -3),
        (
            "'x' cannot have been tested on -3 tasks. Give how many tasks its accuracy was measured "
            "on; 0 if it is only stated."
        ),
    ),
    (
        lambda: Stakes(0.0),
        (
            "The value of an answered task must be a positive number, not 0. Give it in plain units, "
            "such as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: Stakes(1.0, harm=-1),
        ("The harm of a wrong answer must be zero or more, not -1. Give US dollars; 0 if there is none."),
    ),
    (
        lambda: Stakes(1.0, fixed=math.nan),
        "The fixed cost must be zero or more, not nan. Give US dollars; 0 if there is none.",
    ),
    (
        lambda: Stakes(1.0, questions=-5),
        (
            "The number of questions must be a positive number, not -5. Give it in plain units, such "
            "as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: plan_magnitudes(-1.0, 1e9, PRICES),
        (
            "Parameters must be a positive number, not -1. Give it in plain units, such as 13e9 for "
            "thirteen billion."
        ),
    ),
    (
        lambda: plan_magnitudes(1.0, -1e9, PRICES),
        (
            "Tokens must be a positive number, not -1B. Give it in plain units, such as 13e9 for "
            "thirteen billion."
        ),
    ),
    (
        lambda: in_animals(0.0),
        (
            "The ratio must be a positive number, not 0. Give it in plain units, such as 13e9 for "
            "thirteen billion."
        ),
    ),
    (
        lambda: Load(-1, 10, 1),
        (
            "The arrival rate must be a positive number, not -1. Give it in plain units, such as 13e9"
            " for thirteen billion."
        ),
    ),
    (
        lambda: Load(1, 0, 1),
        (
            "The tokens of a request must be a positive number, not 0. Give it in plain units, such "
            "as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: Load(1, 10, math.nan),
        (
            "The latency limit must be a positive number, not nan. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
    (
        lambda: Load(1, 10, 1, 1.0),
        (
            "The percentile must lie between 0 and 1, not at 1. Give the share of requests that must "
            "be answered in time, such as 0.95."
        ),
    ),
    (
        lambda: Load(1, 10, 1, 1.5),
        "The percentile must be between 0 and 1, not 1.5. Give a share: 0.71 for 71 %.",
    ),
    (
        lambda: Queue(-1, 1, 1),
        (
            "The arrival rate must be a positive number, not -1. Give it in plain units, such as 13e9"
            " for thirteen billion."
        ),
    ),
    (
        lambda: Queue(1, -1, 1),
        (
            "The service time must be a positive number, not -1. Give it in plain units, such as 13e9"
            " for thirteen billion."
        ),
    ),
    (lambda: Queue(1, 1, 0), "There must be at least one place, not 0. Give the requests served at once."),
    (
        lambda: Queue(1, 1, 1, service_variation=-1),
        (
            "A squared coefficient of variation must be zero or more, not -1. Give 1 if it is not "
            "known, 0 if all requests are alike."
        ),
    ),
    (
        lambda: Queue(0.5, 1, 1).quantile(1.0),
        "A percentile must lie between 0 and 1, not at 1. Give a share of requests, such as 0.95.",
    ),
    (
        lambda: plan_place(read_curves(EXAMPLE), Load(1, 10, 1), 0.0),
        (
            "The price of electricity must be a positive number, not 0. Give it in plain units, such "
            "as 13e9 for thirteen billion."
        ),
    ),
    (
        lambda: plan_place(read_curves(EXAMPLE), Load(1.0, 5000, 0.5), 0.08),
        (
            "Nothing measured answers 95% of requests within 0.5 s: the fastest (example-gpu, batch "
            "1) needs 37.9 s on average with nobody waiting. Allow more seconds, or measure a smaller"
            " batch."
        ),
    ),
    (
        lambda: measure(answers(5), NOW + timedelta(hours=9)),
        (
            "The ledger holds 5 answers, which is too few to plan from. Give the traffic yourself, or"
            " come back after ten."
        ),
    ),
    (
        lambda: measure(answers(20), NOW - timedelta(hours=1)),
        (
            "All answers in the ledger lie in the future, so no rate can be counted. The clock of "
            "this machine is behind the one that wrote them. Set the clock right, or give the traffic"
            " yourself."
        ),
    ),
    (
        lambda: measure(answers(20, tokens=0), NOW + timedelta(hours=99)),
        (
            "No answer in the ledger was generated by a model, so there are no tokens to plan for. "
            "Give the tokens yourself."
        ),
    ),
    (
        lambda: measure(answers(20), NOW + timedelta(hours=99)).over(-1.0),
        (
            "The number of years must be a positive number, not -1. Give it in plain units, such as "
            "13e9 for thirteen billion."
        ),
    ),
]


@pytest.mark.parametrize(("make", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_planned_is_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        make()
    assert str(refused.value) == words


FILES: list[tuple[Callable[[Path], object], str, str]] = [
    (
        read_runs,
        "params,tokens,loss\n",
        "runs.csv has no rows below its header. Give a header line and a row each.",
    ),
    (
        read_runs,
        "params,tokens\n1e9,2e10\n",
        (
            "runs.csv has no column for loss. Its columns are: params, tokens. Name it one of: loss, "
            "val_loss, validation loss."
        ),
    ),
    (
        read_runs,
        "params,loss\n1e9,2.5\n",
        (
            "runs.csv has no column for tokens. Its columns are: params, loss. Name it one of: "
            "tokens, total_tokens, training tokens, d."
        ),
    ),
    (
        read_runs,
        "tokens,loss\n1e9,2.5\n",
        (
            "runs.csv has no column for parameters. Its columns are: tokens, loss. Name it one of: "
            "parameters, params, model size, n."
        ),
    ),
    (
        read_runs,
        "params,tokens,loss\n1e9,2e10,2.5\n1e9,2e10,nan\n",
        "runs.csv, row 3, loss: 'nan' is not a positive number. Leave the row out, or correct it.",
    ),
    (
        read_runs,
        "params,tokens,loss\n1e9,many,2.4\n",
        "runs.csv, row 2, tokens: 'many' is not a number. Leave the row out, or correct it.",
    ),
    (
        read_runs,
        "params,tokens,loss\n1e9,2e10\n",
        "runs.csv, row 2: 2 cells where the header has 3. Leave the row out, or correct it.",
    ),
    (
        read_runs,
        "params,tokens,loss,unique_tokens\n1e9,2e10,2.4,2e10\n1e9,2e10,2.4,3e10\n",
        (
            "runs.csv, row 3: there are more unique tokens than tokens. Tokens count repeats, so they"
            " are never fewer than the unique ones. Correct the row, or leave it out."
        ),
    ),
    (
        read_tasks,
        "loss,share\n2.5,0.2\n",
        ("runs.csv has no column for accuracy. Its columns are: loss, share. Name it one of: accuracy, acc."),
    ),
    (
        read_tasks,
        "loss,accuracy\n2.5,0\n",
        ("runs.csv, row 2, accuracy: '0' is not a positive number. Leave the row out, or correct it."),
    ),
    (
        read_curves,
        "hardware,batch,tokens_per_second,watts\na,1,10,100\n",
        (
            "runs.csv has no column for price_per_hour. Its columns are: hardware, batch, "
            "tokens_per_second, watts. It needs: hardware, batch, tokens_per_second, watts, "
            "price_per_hour."
        ),
    ),
    (
        read_curves,
        "hardware,batch,tokens_per_second,watts,price_per_hour\na,1,10,100,1\na,1.5,10,100,1\n",
        (
            "runs.csv, row 3, batch: 1.5 is not a whole number. Give the number of requests that were"
            " served at once."
        ),
    ),
    (
        read_curves,
        "hardware,batch,tokens_per_second,watts,price_per_hour\na,1,10,100,-1\n",
        ("runs.csv, row 2, price_per_hour: '-1' is not a positive number. Leave the row out, or correct it."),
    ),
    (
        read_curves,
        "hardware,batch,tokens_per_second,watts,price_per_hour\na,1,10,100,dear\n",
        ("runs.csv, row 2, price_per_hour: 'dear' is not a number. Leave the row out, or correct it."),
    ),
]


@pytest.mark.parametrize(("read", "text", "words"), FILES)
def test_a_file_that_is_wrong_is_refused_with_its_place(
    read: Callable[[Path], object], text: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "runs.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(BadInput) as refused:
        read(file)
    assert str(refused.value) == words


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as absent:
        read_runs(tmp_path / "none.csv")
    assert str(absent.value) == f"There is no file {tmp_path / 'none.csv'}. Give the path of a CSV file."
    (tmp_path / "latin.csv").write_bytes("loss\né\n".encode("latin-1"))
    with pytest.raises(BadInput) as foreign:
        read_runs(tmp_path / "latin.csv")
    assert str(foreign.value).startswith("latin.csv is not UTF-8 text. ")
    assert str(foreign.value).endswith(" Save it as UTF-8.")


def test_a_column_that_a_law_needs_is_asked_for_with_its_names(tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    file.write_text("params,tokens,loss\n1e9,2e10,2.4\n", "utf-8")
    with pytest.raises(BadInput) as refused:
        read_runs(file, needs=("unique_tokens",))
    assert str(refused.value) == (
        "runs.csv has no column for unique_tokens. Its columns are: params, tokens, loss. "
        "Name it one of: unique_tokens, unique tokens."
    )
