"""Questions about plainly fictional bridges."""

import pytest

from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage


@pytest.fixture(scope="session")
def questions() -> list[LabelledQuestion]:
    made: list[LabelledQuestion] = []
    for number in range(24):
        says = f"The toll of the Tarrow bridge number {number} is {number + 3} crowns."
        text = f"Bridge number {number} was opened by a baker. {says} Its lamps are blue."
        made.append(
            LabelledQuestion(
                id=f"q{number}",
                origin="tolls",
                question=f"What is the toll of bridge number {number}?",
                answers=(f"{number + 3} crowns",),
                answerable=True,
                kinds=("number",),
                pages=(QuestionPage(f"Bridge {number}", text, ""),),
                evidence=(says,),
                marked="gold",
                near_miss=(),
                trainable=True,
            )
        )
    return made
