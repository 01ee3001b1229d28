"""What a quote speaks of, where it only says 'it': it has to be named before the quote may stand beside others."""

import re
from collections.abc import Sequence

from clearspan.models.text.excerpts import Excerpt
from clearspan.receipts import Claim

_LONGEST_NAME = 5
"""Words of a title that may be a name."""

_STANDS_FOR_NAME = re.compile(
    r"(?:It|(?:This|The)\s+(?:condition|disorder|disease|syndrome|illness|infection|medication|medicine|drug|film|"
    r"song|album|novel|book|species|company))\s+(?=[a-z])"
)
"""What a sentence begins with that speaks of what its document is named after."""

_LEANS_BACK = re.compile(
    r"(?:it|its|he|his|she|her|they|their|this|these|that|those|such|here|there|both|another|other)\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:however|therefore|thus|moreover|furthermore|also|in addition|nevertheless|consequently|hence|meanwhile|"
    r"for example|for instance|similarly|finally|instead),\s+",
    re.IGNORECASE,
)
_MARK = re.compile(r"^(?:[-–•*▪◦]|\d{1,2}[.)])\s+")
_ADJACENT = 3
"""Characters between a sentence and the next of its document."""


def excerpts(quotes: Sequence[Claim]) -> list[Excerpt]:
    """The quotes as a model may use them, each naming what it speaks of, or leaning on the quote before it.

    'It' is what the document is named after, if its title is a name; whom 'he' is, a title hardly tells. A quote that
    leans on a sentence that is not quoted is left out unless there is no other.
    """
    found: list[Excerpt] = []
    places: dict[int, int] = {}
    for number, quote in enumerate(quotes):
        text = _LINK.sub("", _MARK.sub("", quote.text))
        text = text[0].upper() + text[1:]
        begins, name = _STANDS_FOR_NAME.match(text), _name(quote)
        if begins and name:
            made = Excerpt(f"{name} {text[begins.end() :]}", changed=True)
        elif not _LEANS_BACK.match(text):
            made = Excerpt(text)
        else:
            before = next((n for n in range(len(quotes)) if _precedes(quotes[n], quote)), None)
            if before not in places:
                continue
            made = Excerpt(text, after=places[before])
        places[number] = len(found)
        found.append(made)
    return found or [Excerpt(quote.text) for quote in quotes]


def _name(quote: Claim) -> str:
    title = quote.citations[0].title.strip() if quote.citations else ""
    name = re.sub(r"\s*\([^)]*\)$", "", title)
    if not name or len(name.split()) > _LONGEST_NAME or re.search(r"[:|/?,]", name):
        return ""
    return name[0].upper() + name[1:]


def _precedes(one: Claim, other: Claim) -> bool:
    if not one.citations or not other.citations:
        return False
    first, second = one.citations[0], other.citations[0]
    return first.document_id == second.document_id and 0 <= second.start - first.end <= _ADJACENT
