"""How an answer in a writer's own words is made, by what the question asks for."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """What a writer is told of the answer.

    Attributes:
        asked: what the question asks for, as `why`.
        told: to the writer.
        sentences: of the answer at most.
    """

    asked: str
    told: str
    sentences: int = 1


FACT = Form("fact", "Answer in one short sentence.")
_FORMS: tuple[tuple[str, Form], ...] = (
    (r"why\b|what\s+(?:caused|causes|is\s+the\s+(?:reason|cause))", Form("why", "Say why, in one sentence.")),
    (
        r"compare\b|.*\b(?:differen(?:ce|t|ces)|compared?\s+(?:to|with)|versus|vs\.?|better\s+than)\b",
        Form("compare", "Say how they differ, and name each of them.", 2),
    ),
    (
        r"list\b|name\s+(?:the|all|some)|(?:what|which)\s+(?:are|were)\b|(?:what|which)\s+\w+s\s+(?:are|were|do|did|can|have)\b",
        Form("list", "Name all of them in one sentence.", 2),
    ),
    (
        r"what(?:\s+is|'s)\b|who\s+(?:is|was|were)\b|describe\b|explain\b|tell\s+me\s+about|summari[sz]e\b|define\b",
        Form("about", "Say in one sentence what it is, and in another what matters most about it.", 2),
    ),
    (r"how\s+(?:many|much|long|old|far|tall|high|big|often|deep|wide|fast)\b", FACT),
    (r"how\b", Form("how", "Say how, in the order of the statements.", 3)),
)


def form_of(question: str) -> Form:
    """The form of the answer to a question."""
    asked = question.strip()
    return next((form for pattern, form in _FORMS if re.match(pattern, asked, re.IGNORECASE)), FACT)
