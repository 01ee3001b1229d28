"""Does a text address an AI reader with instructions (indirect prompt injection; Greshake et al. 2023)?

Only what is said *to* a machine counts, not what is said *about* one: 'AI providers must publish …' is news. What is
found is never followed: no instruction of a document reaches anything that could. The passage is marked, is not
quoted, and waits for a reader who opens it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from clearspan.overview.trust.injection.disguise import readings
from clearspan.overview.trust.injection.rules import RULES, WORD

_TALK = re.compile(
    r"\b(?:prompt[\s-]injections?|attackers?|jailbreak(?:s|ing)?|phrases?|such\s+as|example|for\s+instance|wrote"
    r"|typed|researchers?|called|hidden\s+text|said|reads?)\b",
    re.IGNORECASE,
)
_QUOTES = {"“": "”", '"': '"', "‘": "’", "`": "`", "«": "»"}


@dataclass(frozen=True, slots=True)
class Instruction:
    """Words of a text that address an AI reader.

    Attributes:
        does: what they try, for a person.
        evidence: the words themselves; nothing that is sent or stored repeats them.
        quoted: whether the text only speaks of such words.
    """

    does: str
    evidence: str
    quoted: bool


@lru_cache(maxsize=4096)
def instruction(text: str) -> Instruction | None:
    """The first instruction to an AI reader in a text, one that is meant before one that is only quoted."""
    quoted: Instruction | None = None
    for number, reading in enumerate(readings(text)):
        lowered = reading.lower()
        words = set(WORD.findall(lowered))
        for rule in RULES:
            if not rule.may_match(lowered, words):
                continue
            for match in rule.pattern.finditer(reading):
                around = reading[max(match.start() - 20, 0) : match.end() + 80]
                evidence = " ".join(around.split())[:160]
                # What was hidden is meant, whatever stands around it.
                if number > 0 or not _is_quoted(reading, match):
                    return Instruction(rule.does, evidence, quoted=False)
                quoted = quoted or Instruction(rule.does, evidence, quoted=True)
    return quoted


def addresses_ai(text: str) -> bool:
    """Whether a text holds instructions to an AI reader, meant or quoted."""
    return instruction(text) is not None


def _is_quoted(text: str, match: re.Match[str]) -> bool:
    """Whether the words stand in quotation marks in a sentence that speaks of such words."""
    start = max(text.rfind("\n", 0, match.start()), text.rfind(". ", 0, match.start())) + 1
    before = text[start : match.start() + 2]
    for opening, closing in _QUOTES.items():
        at = before.rfind(opening)
        if at != -1 and closing in text[match.end() - 1 : match.end() + 200]:
            return _TALK.search(before[:at]) is not None
    return False
