"""Is a teacher worth its keep? A large teacher's cost in a small model's account."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clearspan.economy.scaling.laws.distillation import Distillation
from clearspan.economy.scaling.laws.law import FLOPS_PER_SERVED_TOKEN, FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.errors import BadInput
from clearspan.measure.bars import Cell, Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.estimate import Estimate, positive, short

_MOST_STUDENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Teacher:
    """A model that teaches.

    Attributes:
        parameters: size.
        tokens: it was, or will be, trained on.
        exists: whether its training is already paid for.
        students: over how many students its training is shared.
        stored: whether its outputs are stored, so that its reading along is shared as well.
        task_tokens: that it and its students are tuned on after pre-training, repeats counted; one that exists is
            tuned as well.
    """

    parameters: float
    tokens: float
    exists: bool = False
    students: int = 1
    stored: bool = False
    task_tokens: float = 0.0

    def __post_init__(self) -> None:
        positive("The teacher's parameters", self.parameters)
        positive("The teacher's tokens", self.tokens)
        if not (math.isfinite(self.task_tokens) and self.task_tokens >= 0):
            raise BadInput(
                f"Task tokens must be zero or more, not {short(self.task_tokens)}.",
                do="Give the tokens that are tuned on, every pass over them counted.",
            )
        if self.students < 1:
            raise BadInput(
                f"There must be at least one student, not {self.students}.",
                do="Give how many students share the teacher.",
            )

    @property
    def training_flops(self) -> float:
        """What one student's account bears of the teacher's training."""
        if self.exists:
            return 0.0
        return FLOPS_PER_TRAINING_TOKEN * self.parameters * self.tokens / self.students

    @property
    def flops_per_lesson_token(self) -> float:
        """What one student's account bears of the teacher's forward pass over a token."""
        return FLOPS_PER_SERVED_TOKEN * self.parameters / (self.students if self.stored else 1)

    def tuning_flops(self, parameters: float) -> float:
        """What tuning on the task costs the account of a student: the teacher's, its reading along, the student's."""
        own = FLOPS_PER_TRAINING_TOKEN * self.parameters / self.students
        return (own + self.flops_per_lesson_token + FLOPS_PER_TRAINING_TOKEN * parameters) * self.task_tokens

    def tokens_alone(self, parameters: float, flops: float) -> float:
        """Text that a budget pays for without a teacher, tuning taken off; not positive where it takes all."""
        return flops / (FLOPS_PER_TRAINING_TOKEN * parameters) - self.task_tokens


@dataclass(frozen=True, slots=True)
class Lesson:
    """A distilled student and its account.

    Attributes:
        parameters: of the student.
        tokens: it is taught on.
        loss: predicted, nats per token.
        teacher_flops: its share of the teacher's training.
        teaching_flops: the teacher's forward passes over the lesson.
        student_flops: training the student.
        tuning_flops: tuning both on the task.
    """

    parameters: float
    tokens: float
    loss: float
    teacher_flops: float
    teaching_flops: float
    student_flops: float
    tuning_flops: float

    @property
    def flops(self) -> float:
        return self.teacher_flops + self.teaching_flops + self.student_flops + self.tuning_flops


def lesson(law: Distillation, teacher: Teacher, parameters: float, tokens: float) -> Lesson:
    """A student of a size, taught on so many tokens."""
    positive("The student's parameters", parameters)
    positive("The lesson's tokens", tokens)
    teacher_loss = float(law.supervised.loss(teacher.parameters, teacher.tokens))
    return Lesson(
        parameters,
        tokens,
        float(law.loss(teacher_loss, parameters, tokens)),
        teacher.training_flops,
        teacher.flops_per_lesson_token * tokens,
        FLOPS_PER_TRAINING_TOKEN * parameters * tokens,
        teacher.tuning_flops(parameters),
    )


def lesson_for(law: Distillation, teacher: Teacher, parameters: float, flops: float) -> Lesson | None:
    """The longest lesson a budget pays for; None where the teacher alone costs more."""
    left = flops - teacher.training_flops - teacher.tuning_flops(parameters)
    per_token = teacher.flops_per_lesson_token + FLOPS_PER_TRAINING_TOKEN * parameters
    return lesson(law, teacher, parameters, left / per_token) if left > per_token * 1e6 else None


def students_to_pay(law: Distillation, teacher: Teacher, parameters: float, flops: float) -> int | None:
    """How many students must share a teacher and its stored outputs for distilling to beat text; None if none do."""
    alone = float(law.supervised.loss(parameters, teacher.tokens_alone(parameters, flops)))

    def pays(students: int) -> bool:
        taught = lesson_for(law, replace(teacher, students=students, stored=True), parameters, flops)
        return taught is not None and taught.loss < alone

    low, high = 0, 1
    while not pays(high):
        low, high = high, 2 * high
        if high > _MOST_STUDENTS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if pays(middle) else (middle, high)
    return high


def best_teacher(
    law: Distillation, like: Teacher, parameters: float, flops: float
) -> tuple[Teacher, Lesson] | None:
    """The teacher to train, its size and data, that gives the best student for a budget.

    It is shared, stored and tuned like the teacher given. None where every teacher leaves nothing for the lesson.
    """
    found: tuple[Teacher, Lesson] | None = None
    for size in np.geomspace(parameters / 2, parameters * 50, 41):
        for ratio in np.geomspace(5, 500, 21):
            teacher = replace(like, parameters=float(size), tokens=float(size * ratio), exists=False)
            taught = lesson_for(law, teacher, parameters, flops)
            if taught is not None and (found is None or taught.loss < found[1].loss):
                found = (teacher, taught)
    return found


def plan_distil(law: Distillation, teacher: Teacher, parameters: float, flops: float) -> Plan:
    """Distil, or train the same student on text, at the same total compute.

    Args:
        law: the distillation law.
        teacher: the teacher at hand, or to be trained.
        parameters: of the student.
        flops: total budget for this student, FLOP.

    Raises:
        BadInput: the budget does not even pay for the teacher's share and for tuning.
    """
    positive("The student's parameters", parameters)
    positive("The compute budget", flops)
    taught, tuning = lesson_for(law, teacher, parameters, flops), teacher.tuning_flops(parameters)
    if taught is None and teacher.task_tokens and teacher.training_flops < flops:
        raise BadInput(
            f"Tuning teacher and student on {short(teacher.task_tokens)} task tokens costs {short(tuning)} FLOP, and "
            f"the teacher {short(teacher.training_flops)}: nothing is left of {short(flops)} for pre-training.",
            do="Tune on fewer tokens, share the teacher over more students (--students), or raise the budget.",
        )
    if taught is None:
        raise BadInput(
            f"Training the teacher costs this student's account {short(teacher.training_flops)} FLOP, more than its "
            f"whole budget of {short(flops)}.",
            why=f"It is shared over {teacher.students} student{'s' if teacher.students > 1 else ''}.",
            do=f"Share it over more than {math.ceil(teacher.training_flops * teacher.students / flops)} students "
            "(--students), take one that exists (--exists), or raise the budget.",
        )
    tokens = teacher.tokens_alone(parameters, flops)
    alone = float(law.supervised.loss(parameters, tokens))
    teacher_loss = float(law.supervised.loss(teacher.parameters, teacher.tokens))
    gain = alone - taught.loss
    catch_up = law.supervised.tokens_for(taught.loss, parameters)
    summary = [
        f"A {short(parameters)} student taught by {short(teacher.parameters)} reaches a loss of {taught.loss:.3f}; "
        f"the same {short(flops)} FLOP spent on text alone reach {alone:.3f}: "
        + (f"distilling wins by {gain:.3f} nats." if gain > 0 else f"distilling loses by {-gain:.3f} nats."),
        f"Of the account, {taught.teacher_flops / taught.flops:.0%} trains the teacher, "
        f"{taught.teaching_flops / taught.flops:.0%} is the teacher reading along, and "
        f"{taught.student_flops / taught.flops:.0%} is the student.",
        _counted(teacher, taught),
    ]
    if gain > 0 and math.isfinite(catch_up):
        summary.append(f"Text alone would need {short(catch_up)} tokens for the same loss.")
    elif gain > 0:
        summary.append("Text alone never reaches that loss at this size.")
    else:
        needed = students_to_pay(law, teacher, parameters, flops)
        summary.append(
            f"With its outputs stored, it would pay from {needed} students on that share it."
            if needed
            else "However many students share it and its stored outputs, it does not pay at this budget."
        )
    rows: list[Sequence[Cell]] = [
        _row("distilled", taught.tokens, taught.loss, taught.flops),
        _row("on text alone", tokens, alone, flops),
    ]
    better = best_teacher(law, teacher, parameters, flops)
    if better is not None and not teacher.exists:
        chosen, best = better
        name = f"best teacher to train: {short(chosen.parameters)} on {short(chosen.tokens)}"
        rows.append(_row(name, best.tokens, best.loss, best.flops))
    numbers = {
        "loss_distilled": Estimate(taught.loss, "nats per token", how="no interval was published"),
        "loss_alone": Estimate(alone, "nats per token", how="no interval was published"),
        "gain": Estimate(gain, "nats per token", how="no interval was published"),
        "teacher_share": Estimate(
            (taught.teacher_flops + taught.teaching_flops) / taught.flops, "", how="counted, of pre-training"
        ),
        "tuning_share": Estimate(
            taught.tuning_flops / taught.flops, "", how="counted, of teacher and student"
        ),
        "teacher_loss": Estimate(teacher_loss, "nats per token", how="no interval was published"),
    }
    return Plan(
        f"Distil a {short(parameters)} student from {short(teacher.parameters)}?",
        tuple(summary),
        numbers,
        (Table("At the same total compute", ("way", "student tokens", "loss", "FLOP"), rows),),
        (_chart(law, teacher, parameters, flops, taught),),
        (
            "Busbridge et al. 2025, arXiv 2502.08606, fitted on C4 with models of 143M to 12.6B parameters, counted "
            "without embeddings; the constants could not be checked against a second source.",
            "A teacher far better than its student helps less than a nearer one (the capacity gap).",
            "No interval was published for these constants; differences below about 0.02 nats mean nothing.",
        ),
    )


def _counted(teacher: Teacher, taught: Lesson) -> str:
    """Which training the account counts, and what the loss is that of."""
    if not teacher.task_tokens:
        return "Counted is pre-training; tuning on a task is not (--task-tokens)."
    return (
        f"Counted are pre-training and tuning: teacher and student on {short(teacher.task_tokens)} task tokens, the "
        f"teacher reading along, {taught.tuning_flops / taught.flops:.1%} of the account; without a teacher the "
        "student alone. The losses are those of pre-training: no law here says what tuning teaches."
    )


def _row(name: str, tokens: float, loss: float, flops: float) -> tuple[Cell, ...]:
    return name, short(tokens), f"{loss:.4f}", short(flops)


def _chart(law: Distillation, teacher: Teacher, parameters: float, flops: float, taught: Lesson) -> Chart:
    budgets = np.geomspace(flops / 100, flops * 100, 100)
    distilled: list[float] = []
    for budget in budgets:
        at = lesson_for(law, teacher, parameters, float(budget))
        distilled.append(math.nan if at is None else at.loss)
    tokens = [teacher.tokens_alone(parameters, float(budget)) for budget in budgets]
    alone = [float(law.supervised.loss(parameters, t)) if t > 0 else math.nan for t in tokens]
    return Chart(
        "distil",
        f"A {short(parameters)} student, with and without a teacher",
        "total compute of the student's account, FLOP",
        "loss, nats per token",
        (
            Series("distilled", budgets.tolist(), distilled),
            Series("on text alone", budgets.tolist(), alone, style="dashed"),
        ),
        (Mark(flops, taught.loss, "your budget"),),
        caption="The account bears the teacher's training (shared over its students) and its forward passes.",
    )
