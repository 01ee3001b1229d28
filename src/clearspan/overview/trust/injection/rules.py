"""The ways in which a text gives orders to an AI reader, as patterns; each is tried only where its cues stand."""

import re
from collections.abc import Set
from dataclasses import dataclass

_AI = (
    r"(?:(?:ai|a\.i\.)(?:[\s-]+(?:systems?|models?|readers?|agents?|assistants?|tools?|chat\s?bots?|crawlers?"
    r"|overviews?|summari[sz]ers?|search(?:\s+engines?)?))?"
    r"|(?:large\s+)?language\s+models?|llms?|chat\s?bots?|\w*gpt(?:-\w+)?|copilot"
    r"|(?:virtual|digital)\s+assistants?|answer(?:ing)?\s+engines?"
    r"|(?:automated|automatic|machine)\s+(?:readers?|summari[sz]ers?)"
    r"|summari[sz]ation\s+(?:bots?|systems?|models?))"
)
_SPEAKING = (
    r"(?:say|answer|reply|tell|recommend|state|respond|mention|describe|claim|conclude|rank|quote|cite|report|write|"
    r"output|print|repeat|include|summari[sz]e|present|treat|use|prefer|add|append|insert|begin|end|start|stop|praise|"
    r"advise|assure|list|name|give|return|translate|pretend|act|reveal|show|forget|ignore|discard|trust|regard)"
)
_OPENING = r"(?:^|[.!?:;,“”\"'(\[{>#*\n-]\s*|\b(?:please|now|and|must|should|then|first|always|kindly)\s+)"
_EARLIER = (
    r"(?:all|any|the|your|every|these|those|previous|prior|above|earlier|preceding|other|former|existing|system"
    r"|initial|original|safety)"
)
_ORDERS = (
    r"(?:instructions?|prompts?|directives?|guidelines?|commands?|rules?|orders?|system\s+messages?|guardrails?"
    r"|training|programming)"
)
_OUTPUT = r"(?:answer|response|reply|output|summary|overview|conclusion|recommendation)"
_MACHINES = (
    "ai i model models llm llms bot bots chatbot chatbots chat chatgpt gpt copilot assistant assistants engine "
    "engines reader readers summarizer summarizers summariser summarisers system systems"
)
_ORDERED = (
    "instruction instructions prompt prompts directive directives guideline guidelines command commands rule rules "
    "order orders message messages guardrail guardrails training programming"
)
_SET_ASIDE = "source sources document documents"
_OUTPUTS = (
    "answer answers response responses reply replies output outputs summary summaries overview overviews conclusion "
    "conclusions recommendation recommendations"
)
_PAGES = "page document source site text article passage"
_NO_MACHINE = r"(?!\s+(?:researcher|engineer|developer|company|user|expert|student|scientist|firm))"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of giving orders.

    Attributes:
        does: what such a text tries, for a person.
        words: of each set one lower-case word stands in every text that the pattern matches.
        marks: where not empty, so does one of these strings.
    """

    does: str
    words: tuple[frozenset[str], ...]
    marks: tuple[str, ...]
    pattern: re.Pattern[str]

    def may_match(self, lowered: str, words: Set[str]) -> bool:
        """Whether the pattern is worth trying on a text, given in lower case and as the set of its words."""
        if any(words.isdisjoint(group) for group in self.words):
            return False
        return not self.marks or any(mark in lowered for mark in self.marks)


WORD = re.compile(r"[^\W_]+")
"""A word of a lower-case text, for `Rule.may_match`."""


def _rule(does: str, cues: str, pattern: str) -> Rule:
    """A rule whose cues are groups of words joined by `&`; a group with other signs than a to z is one of marks."""
    groups = [group.split() for group in cues.split(" & ")]
    plain = [all(cue.isascii() and cue.isalpha() for cue in group) for group in groups]
    words = tuple(frozenset(group) for group, is_plain in zip(groups, plain, strict=True) if is_plain)
    marks = tuple(cue for group, is_plain in zip(groups, plain, strict=True) if not is_plain for cue in group)
    return Rule(does, words, marks, re.compile(pattern, re.IGNORECASE | re.MULTILINE))


_SETTING_ASIDE = "sets earlier instructions aside"
_CALLING = "calls an AI reader"
_PART = "gives an AI reader a part to play"
_SHAPING = "dictates what is answered"
_RANKING = "asks to be cited before others"
_REACHING = "reaches for settings, secrets or tools"
_FORGING = "forges the marks of a prompt"

RULES: tuple[Rule, ...] = (
    _rule(
        _SETTING_ASIDE,
        f"ignore disregard forget override bypass discard drop overrule skip neglect & {_ORDERED} {_SET_ASIDE}",
        rf"{_OPENING}(?:ignore|disregard|forget|override|bypass|discard|drop|overrule|skip|neglect)\s+"
        rf"(?:\w+\s+){{0,2}}?{_EARLIER}\s+(?:(?!(?:in|of|for|from|on)\b)\w+\s+){{0,3}}?(?:{_ORDERS}|sources?|documents?)\b",
    ),
    _rule(
        _SETTING_ASIDE,
        f"ignore disregard forget override & {_ORDERED} {_SET_ASIDE}",
        rf"{_OPENING}(?:ignore|disregard|forget|override)\b[^.\n]{{0,30}}"
        r"\b(?:instructions?|prompts?|(?:other|previous|prior|all)\s+(?:sources?|documents?|rules?))\b",
    ),
    _rule(
        _SETTING_ASIDE,
        "ignore disregard forget",
        rf"{_OPENING}(?:ignore|disregard|forget)\s+(?:everything|anything|whatever|all\s+that|what)\s+"
        r"(?:is\s+|was\s+|came\s+)?(?:above|before|else|you|said)\b",
    ),
    _rule(
        _SETTING_ASIDE,
        "void canceled cancelled obsolete revoked superseded",
        rf"\b(?:previous|prior|earlier|above)\s+{_ORDERS}\s+(?:are|is)\s+(?:now\s+)?"
        r"(?:void|cancell?ed|obsolete|revoked|superseded)\b",
    ),
    _rule(
        _SETTING_ASIDE,
        f"new updated revised real actual hidden & {_ORDERED}",
        rf"\b(?:new|updated|revised|real|actual|hidden)\s+(?:system\s+)?{_ORDERS}\s*"
        rf"(?:for\s+(?:the\s+)?(?:{_AI}|assistants?|model))?\s*:\s",
    ),
    _rule(
        _SETTING_ASIDE,
        "aside operator operators developer developers creator creators",
        rf"{_OPENING}(?:set|put|leave|lay)\s+aside\s+(?:what(?:ever)?|everything|all)\s+(?:that\s+)?you\s+"
        r"(?:were|have\s+been|are)\s+(?:told|asked|instructed)\b"
        r"|\byour\s+(?:operators?|developers?|creators?)\b[^.\n]{0,40}\b(?:no\s+longer|does\s+not|do\s+not)\s+appl(?:y|ies)\b",
    ),
    _rule(
        _CALLING,
        f"meant intended reserved addressed & {_MACHINES}",
        rf"\b(?:meant|intended|reserved|addressed)\s+(?:only\s+)?(?:for|to)\s+(?:(?:the|any|all|every)\s+)?{_AI}"
        rf"\s*(?:only|alone)?\s*[:;,—–-]\s*(?:please\s+|always\s+|you\s+(?:must|should)\s+)?{_SPEAKING}\b",
    ),
    _rule(
        _CALLING,
        _MACHINES,
        # 'Instructions to an AI reader' speaks of one; a call goes to 'AI readers', 'any AI' or 'the assistant'.
        r"(?:^|[.!?:;“”\"'(\[{>#*|\n-]\s*)(?:note|message|attention|instructions?|notice|memo|dear|hey|hello|hi"
        rf"|reminder|request|warning|important)[\s,:!—–-]+(?:(?:to|for)\s+)?(?:(?:the|any|all|every|our)\s+)?"
        rf"(?:reader['’]s\s+)?(?:(?!an?\b)\w+\s+)?{_AI}\b"
        r"(?=[\s]*(?:[,.:;!—–-]|that\b|who\b|reading\b|and\b|$))",
    ),
    _rule(
        _CALLING,
        _MACHINES,
        rf"\bto\s+(?:any|all|every|the|whichever)\s+{_AI}\b[^.\n]{{0,30}}"
        r"\b(?:reading|summari[sz]ing|processing|indexing|parsing|that\s+reads?)\b",
    ),
    _rule(
        _CALLING,
        _MACHINES,
        rf"\b(?:if|when|since|because)\s+you\s+are\s+(?:an?|the)\s+(?:\w+\s+)?{_AI}\b{_NO_MACHINE}",
    ),
    _rule(
        _CALLING,
        _MACHINES,
        rf"\b(?:if|when)\s+(?:an?|the|any)\s+{_AI}\s+(?:is\s+)?(?:reads?|reading|process(?:es|ing)|summari[sz](?:es|ing))"
        rf"\b[^.\n]{{0,30}},?\s+(?:it\s+(?:must|should|shall)|please|{_SPEAKING})\b",
    ),
    _rule(
        _CALLING,
        _MACHINES,
        rf"\bas\s+an?\s+(?:\w+\s+)?{_AI}\s*,?\s+(?:you\b|please\b|always\b|never\b|{_SPEAKING}\b)",
    ),
    _rule(
        _CALLING,
        _MACHINES,
        rf"\b{_AI}\b(?:\s+(?:reading|summari[sz]ing|processing|answering|that\s+reads?)\b[^.\n]{{0,40}})?\s+"
        r"(?:must|should|shall|will\s+now|are\s+(?:instructed|required|asked)\s+to|is\s+to|has\s+to)\s+"
        rf"(?:always\s+|only\s+)?{_SPEAKING}\b",
    ),
    _rule(
        _CALLING,
        _MACHINES,
        rf"^\W*{_AI}\s*[:,—–]\s*(?:please\s+|you\s+(?:must|should|will)\s+|always\s+|never\s+)?{_SPEAKING}\b",
    ),
    _rule(
        _CALLING,
        f"this & {_MACHINES}",
        r"\b(?:assistants?|summari[sz]ers?|bots?|models?)\s+(?:reading|processing|summari[sz]ing)\s+this\s+"
        r"(?:page|text|document|article|passage)\b",
    ),
    _rule(
        _PART,
        "you & now",
        rf"\byou\s+are\s+now\s+(?:an?\s+|the\s+|in\s+)?(?:\w+\s+){{0,3}}?(?:{_AI}"
        r"|assistant\b(?!\s+(?:professor|manager|director|editor|coach|teacher))"
        r"|developer\s+mode|(?:debug|admin|maintenance|unrestricted)\s+mode|dan\b|unrestricted|free\s+of)",
    ),
    _rule(
        _PART,
        f"pretend imagine act behave role roleplay & {_MACHINES} no",
        rf"{_OPENING}(?:pretend|imagine|act|behave|role-?play)\s+(?:that\s+|as\s+(?:if|though)\s+)?"
        r"(?:you\s+(?:are|were|have)\s+)?(?:as\s+)?(?:an?\s+|the\s+)?(?:\w+\s+){0,3}?"
        rf"(?:{_AI}|assistant|no\s+(?:rules|restrictions|guidelines))\b",
    ),
    _rule(
        _PART,
        "from & now & you",
        r"\bfrom\s+now\s+on,?\s+you\s+(?:(?:will|must|only|always)\s+){0,2}(?:play|act|answer|respond|recommend|claim)\b",
    ),
    _rule(
        _PART,
        "mode",
        r"\b(?:enter|activate|enable|switch\s+(?:to|into))\s+(?:\w+\s+)?(?:god|jailbreak|unrestricted)\s+mode\b",
    ),
    _rule(
        _RANKING,
        "other different competing & not don never & use cite quote trust mention consult rely refer",
        r"\b(?:do\s+not|don't|never)\s+(?:use|cite|quote|trust|mention|consult|rely\s+on|refer\s+to)\s+(?:any\s+)?"
        r"(?:other|different|competing)\s+(?:sources?|documents?|pages?|web\s?sites?|passages?|articles?|results?)\b",
    ),
    _rule(
        _SHAPING,
        "asked asks questioned queried prompted",
        r"\b(?:when(?:ever)?|if)\s+(?:you\s+are\s+|(?:a|the)\s+user\s+|users\s+|any(?:one|body)\s+|some(?:one|body)\s+"
        r"|a\s+person\s+)?(?:asked|asks?|questioned|queried|prompted)\b[^.\n]{0,80}?,?\s+"
        rf"(?:always\s+|only\s+|you\s+(?:must|should)\s+|please\s+|simply\s+){_SPEAKING}\b",
    ),
    _rule(
        _SHAPING,
        "asked asks",
        r"\b(?:when(?:ever)?|if)\s+(?:you\s+are\s+asked|(?:the|a)\s+user\s+asks)\b[^.\n]{0,80},\s+"
        r"(?:say|answer|reply|tell|state|respond|mention|claim|conclude|report|cite|recommend)\b",
    ),
    _rule(
        _SHAPING,
        "asks ask",
        r"\b(?:should|if|when(?:ever)?)\s+(?:an?|the|any|your)\s+(?:reader|user|visitor|customer|person)s?\s+asks?\b"
        r"[^.\n]{0,80},\s+(?:say|answer|reply|respond|state|claim|report|conclude)\s+(?:that|with)\b",
    ),
    _rule(
        _SHAPING,
        f"your ai assistant model system summarizer summariser machine & {_OUTPUTS}",
        r"\b(?:your|the\s+(?:ai|assistant|model|system|summari[sz]er|machine)['’]s)\s+(?:final\s+|next\s+|only\s+)?"
        rf"{_OUTPUT}\s+(?:must|should|shall|has\s+to|is\s+to|will)\s+(?:\w+\s+){{0,2}}?"
        r"(?:be|say|include|begin|start|end|open|close|contain|state|read|cite|mention|consist)\b",
    ),
    _rule(
        _SHAPING,
        f"begin start end finish open close preface prefix & {_OUTPUTS}",
        rf"{_OPENING}(?:begin|start|end|finish|open|close|preface|prefix)\s+"
        rf"(?:(?:your|every|each)\s+{_OUTPUT}\b|the\s+{_OUTPUT}\s+(?:with|by)\b)",
    ),
    _rule(
        _SHAPING,
        f"your every each & include insert append add put place embed repeat copy & {_OUTPUTS}",
        rf"{_OPENING}(?:include|insert|append|add|put|place|embed|repeat|copy)\s+(?:\S+\s+){{0,14}}?"
        rf"(?:in|into|to|at\s+the\s+\w+\s+of)\s+(?:your|every|each)\s+(?:\w+\s+)?{_OUTPUT}s?\b",
    ),
    _rule(
        _SHAPING,
        "answer respond reply & with by as exactly only",
        rf"{_OPENING}(?:answer|respond|reply)\s+(?:only\s+)?(?:with|by\s+saying|as\s+follows|exactly)\b"
        r"[^.\n]{0,60}[“\"':]",
    ),
    _rule(
        _RANKING,
        f"this & cite rank list treat present regard use & {_PAGES}",
        r"\b(?:cite|rank|list|treat|present|regard|use)\s+(?:only\s+)?this\s+"
        r"(?:page|document|source|site|text|article|passage)\s+(?:as\s+(?:the\s+)?(?:only|first|sole|top|most"
        r"|authoritative|number|source|true|primary|your)|first|only|above|at\s+the\s+top|alone)\b",
    ),
    _rule(
        _RANKING,
        f"this & give assign grant award & {_PAGES}",
        r"\b(?:give|assign|grant|award)\s+this\s+(?:page|document|source|site|text|passage)\s+"
        r"(?:the\s+)?(?:highest|top|maximum|full|a\s+standing)\b",
    ),
    _rule(
        _REACHING,
        "set change raise lower reset disable turn switch deactivate suspend & "
        "_threshold verifi check filter safety max_quotes search_limit",
        r"\b(?:set|change|raise|lower|reset|disable|turn\s+off|switch\s+off|deactivate|suspend)\s+"
        r"(?:the\s+|your\s+|all\s+|any\s+)?(?:\w+[\s_-]){0,2}?(?:answer_threshold|support_threshold"
        r"|verification|verifier|fact[\s-]check(?:ing|er)?|content\s+filters?|safety\s+(?:filters?|checks?|settings?)"
        r"|max_quotes|search_limit|source\s+checks?|citation\s+checks?)\b",
    ),
    _rule(
        _REACHING,
        "reveal print show output repeat disclose leak send & prompt instructions key keys credentials",
        r"\b(?:reveal|print|show|output|repeat|disclose|leak|send)\s+(?:me\s+)?(?:your|the)\s+(?:\w+\s+){0,2}?"
        r"(?:system\s+prompt|hidden\s+prompt|initial\s+prompt|instructions\s+(?:above|you)|api\s+keys?|secret\s+keys?"
        r"|credentials)\b",
    ),
    _rule(
        _REACHING,
        "call invoke execute run & tool plugin",
        r"\b(?:call|invoke|execute|run)\s+(?:the\s+)?(?:tool|plugin)\s*[:`\"'“]",
    ),
    _rule(
        _REACHING,
        "tool_ function_ <invoke",
        r"\"(?:tool_calls?|function_call|tool_name)\"\s*:|<(?:tool_call|function_calls?|invoke)\b",
    ),
    _rule(
        _REACHING,
        "](http",
        r"!\[[^\]]*\]\(https?://[^)\s]*(?:\{|<|%7B|\?(?:q|d|data|prompt|query|answer|secret)=)",
    ),
    _rule(
        _FORGING,
        "system",
        r"\bsystem\s*(?:prompt|message|override|instructions?|notice)\s*(?:\]|\))?\s*:|^\W{0,4}system\W{0,3}:\s*\S",
    ),
    _rule(
        _FORGING,
        "< [inst [/inst ###",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|?>|<(?:im_start|im_end|system)>"
        r"|\[/?INST\]|<</?SYS>>|###\s*(?:instructions?|system|response)\s*(?::|$)",
    ),
    _rule(_FORGING, '"role"', r"\"role\"\s*:\s*\"(?:system|assistant|developer)\""),
    _rule(
        _FORGING,
        "gpt chatgpt assistant ai system developer",
        r"^\s*(?:chat\s?gpt|assistant|ai|system|developer)\s*:\s*\S",
    ),
    _rule(
        _FORGING,
        "-- == ** ## [ < & end begin start",
        r"(?:-{3,}|={3,}|\*{3,}|#{2,}|\[|<)\s*(?:end|begin|start)\s+of\s+(?:the\s+)?(?:document|context|sources?"
        r"|article|page|text|prompt|retrieved|user|system|instructions)\b",
    ),
    _rule(
        _SETTING_ASIDE,
        "anweisung anweisungen vorgaben befehle",
        r"\b(?:ignorier(?:e|en|t)|vergiss|missachte)\b[^.\n]{0,30}\b(?:anweisung(?:en)?|vorgaben|befehle)\b",
    ),
    _rule(
        _SETTING_ASIDE,
        "instructions consignes directives",
        r"\b(?:ignorez|ignorer|oubliez|oublier)\b[^.\n]{0,40}\b(?:instructions|consignes|directives)\b",
    ),
    _rule(
        _SETTING_ASIDE,
        "instrucciones ordenes órdenes instruções instrucões instruçoes instrucoes",
        r"\b(?:ignor(?:a|e|ar|en)|olvid(?:a|e|en))\b[^.\n]{0,40}\b(?:instrucciones|[óo]rdenes|instru[çc][õo]es)\b",
    ),
    _rule(
        _SETTING_ASIDE,
        "istruzioni instructies polecenia",
        r"\b(?:ignora|dimentica)(?:te)?\b[^.\n]{0,40}\bistruzioni\b|\bnegeer\b[^.\n]{0,40}\binstructies\b"
        r"|\bignoruj\b[^.\n]{0,40}\bpolecenia\b",
    ),
    _rule(
        _SETTING_ASIDE,
        "игнорируй 忽略 無視 以前の",
        r"игнорируй(?:те)?\b|忽略.{0,8}(?:指令|指示|说明)|無視して|以前の指示",
    ),
)
