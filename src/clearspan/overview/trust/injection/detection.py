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
from clearspan.overview.trust.mention import in_quotation

_TALK = re.compile(
    r"\b(?:prompt[\s-]injections?|attackers?|jailbreak(?:s|ing)?|phrases?|such\s+as|example|for\s+instance|wrote"
    r"|typed|researchers?|called|hidden\s+text|said|reads?)\b",
    re.IGNORECASE,
)
_ATTACKS = re.compile(
    r"\b(?:prompt[\s-]injections?|injection\s+attacks?|jailbreak\w*|attackers?|adversar(?:y|ies|ial)|red[\s-]team\w*"
    r"|(?:malicious|injected|hidden|planted)\s+(?:instructions?|prompts?|orders?|text)|exploits?|vulnerabilit(?:y|ies)"
    r"|(?:orders|instructions|prompts)\s+to\s+(?:an?\s+)?(?:ai|language\s+model|llm)\s+readers?)\b",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"^[ \t]*(?:user|human|customer|assistant|ai|agent|bot|chat\s?gpt)[ \t]*:[ \t]*\S", re.I | re.M
)
_TURNS = 4
"""Turns from which a text is a conversation that was written down; one forged turn or two are none."""

_ABOUT_ATTACKS = 2
"""Words of attacks on language models from which a passage is about them; what it repeats of them is an example."""


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
def instruction(text: str, *, documented: bool = False) -> Instruction | None:
    """The first instruction to an AI reader in a text, one that is meant before one that is only quoted.

    Args:
        documented: whether the page that it stands on is about such attacks.
    """
    quoted: Instruction | None = None
    for number, reading in enumerate(readings(text)):
        lowered = reading.lower()
        words = set(WORD.findall(lowered))
        conversation = len(_TURN.findall(reading)) >= _TURNS
        for rule in RULES:
            if not rule.may_match(lowered, words):
                continue
            for match in rule.pattern.finditer(reading):
                if conversation and _TURN.match(match.group().lstrip()):
                    continue
                around = reading[max(match.start() - 20, 0) : match.end() + 80]
                evidence = " ".join(around.split())[:160]
                # What was hidden is meant, whatever stands around it.
                if number > 0 or not (documented or _is_spoken_of(reading, match)):
                    return Instruction(rule.does, evidence, quoted=False)
                quoted = quoted or Instruction(rule.does, evidence, quoted=True)
    return quoted


def addresses_ai(text: str) -> bool:
    """Whether a text holds instructions to an AI reader, meant or quoted."""
    return instruction(text) is not None


def about_attacks(text: str) -> bool:
    """Whether a text is about attacks on language models: its examples of them are not meant for its reader.

    Saying so wins an attacker nothing: what is only spoken of is not quoted either.
    """
    return len(_ATTACKS.findall(text)) >= _ABOUT_ATTACKS


def _is_spoken_of(text: str, match: re.Match[str]) -> bool:
    """Whether the words are an example: quoted where such words are spoken of, or in a text about attacks."""
    if about_attacks(text):
        return True
    begins = match.start() + next((i for i, sign in enumerate(match.group()) if sign.isalnum()), 0)
    if not in_quotation(text, begins, match.end()):
        return False
    start = max(text.rfind("\n", 0, begins), text.rfind(". ", 0, begins)) + 1
    # 'Such phrases are …' may follow the quotation as well as lead to it.
    rest = re.split(r"(?<=[.!?])\s|\n", text[match.end() :], maxsplit=1)[0]
    return any(_TALK.search(around) for around in (text[start:begins], rest))
