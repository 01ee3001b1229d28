"""An overview in a terminal shows its shape: the word first, marks before items, the short answer bold."""

from io import StringIO

from rich.console import Console

from clearspan.cli.overview import print_overview
from clearspan.receipts import Claim, Meter, Overview, Receipt, RouteDecision, Verdict, Versions


def printed(overview: Overview, *, colours: bool = False) -> str:
    receipt = Receipt(
        question="Can I get a permit?",
        library="samples",
        route=RouteDecision(tier="quote", why=""),
        overview=overview,
        meter=Meter(),
        versions=Versions(clearspan="0.1.0", library_revision=1),
    )
    out = StringIO()
    print_overview(receipt, Console(file=out, width=100, force_terminal=colours, highlight=False))
    return out.getvalue()


def claim(text: str, **more: object) -> Claim:
    fields = {"text": text, "origin": "quoted", "support": "supported", "score": 1.0}
    return Claim.model_validate(fields | more)


def test_the_shape_is_printed() -> None:
    shown = printed(
        Overview(
            claims=(
                claim("You can get one if:", role="stem"),
                claim("you own a car", role="condition"),
                claim("Fill in the form.", role="step", mark="1"),
            ),
            layout="yes_no",
            verdict=Verdict(answer="yes", probability=0.914),
            missing=("What was found does not say when.",),
            more=True,
        )
    )
    lines = shown.splitlines()
    assert lines[0] == "Yes  read in what follows, probability 0.91"
    assert lines[1].startswith("│ “You can get one if:”")
    assert lines[2].startswith("│ • “you own a car”")
    assert lines[3].startswith("│ 1. “Fill in the form.”")
    assert lines[4].startswith("… and perhaps more")
    assert lines[5] == "What was found does not say when."


def test_the_short_answer_is_bold_in_its_quote() -> None:
    shown = printed(Overview(claims=(claim("It is 90 metres long.", emphasis=(6, 15)),)), colours=True)
    assert "\x1b[1;3m90 metres\x1b[0m" in shown
