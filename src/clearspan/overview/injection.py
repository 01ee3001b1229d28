"""Does a text address an AI reader with instructions (indirect prompt injection; Greshake et al. 2023)?

Only what is said *to* a machine counts, not what is said *about* one: 'AI providers must publish …' is news.
"""

import re

_AI = (
    r"(?:(?:ai|a\.i\.)(?:\s+(?:systems?|models?|readers?|agents?|assistants?|tools?|chat\s?bots?))?"
    r"|(?:large\s+)?language\s+models?|llms?|chat\s?bots?|chat\s?gpt|(?:virtual|digital)\s+assistants?)"
)
_SPEAKING = r"(?:say|answer|reply|tell|recommend|state|respond|mention|describe|claim|conclude|rank|quote|cite|report)"
_OPENING = r"(?:^|[.!?:;,“”\"'(\n]\s*|\b(?:please|now|and|must|should)\s+)"

_PATTERNS = (
    rf"{_OPENING}(?:ignore|disregard|forget|override)\b[^.\n]{{0,30}}"
    r"\b(?:instructions?|prompts?|(?:other|previous|prior|all)\s+(?:sources?|documents?|rules?))\b",
    rf"{_OPENING}(?:ignore|disregard|forget)\s+everything\s+(?:above|before|else|you)\b",
    rf"\b(?:note|message|attention|instructions?|notice|memo|dear|hey|hello)[\s,:]+(?:(?:to|for)\s+)?"
    rf"(?:(?:the|any|all|every)\s+)?(?:reader['’]s\s+)?{_AI}\b(?=[\s]*(?:[,.:;!—–-]|that\b|who\b|reading\b|$))",
    rf"\bto\s+(?:any|all|every|the)\s+{_AI}\b[^.\n]{{0,20}}\b(?:reading|summari[sz]ing|processing|that\s+reads?)\b",
    rf"\bif\s+you\s+are\s+an?\s+{_AI}\b(?!\s+(?:researcher|engineer|developer|company|user|expert|student))",
    rf"\bas\s+an?\s+{_AI}\s*,?\s+(?:you\b|please\b|always\b|never\b|{_SPEAKING}\b)",
    rf"\b{_AI}\b(?:\s+(?:reading|summari[sz]ing|processing|answering|that\s+reads?)\b[^.\n]{{0,40}})?"
    rf"\s+(?:must|should|shall|will\s+now|are\s+(?:instructed|required|asked)\s+to)\s+(?:always\s+|only\s+)?{_SPEAKING}\b",
    rf"\byou\s+are\s+now\s+(?:an?\s+)?(?:{_AI}\b|in\s+developer\s+mode)",
    r"\bdo\s+not\s+(?:use|cite|quote|trust|mention)\s+(?:any\s+)?other\s+(?:sources?|documents?|pages?|websites?)\b",
    r"\bsystem\s*(?:prompt|message)\s*:",
    r"<\|(?:im_start|im_end|system|user|assistant)\|>|\[/?INST\]",
    r"^\s*chat\s?gpt\s*:",
)
_INSTRUCTION = re.compile("|".join(_PATTERNS), re.IGNORECASE | re.MULTILINE)


def addresses_ai(text: str) -> bool:
    """Whether a text holds instructions to an AI reader."""
    return _INSTRUCTION.search(text) is not None
