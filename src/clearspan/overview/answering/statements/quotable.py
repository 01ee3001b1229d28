"""What is no statement: navigation, captions, code, fragments, questions. None of it may be shown as an answer."""

import re

SHORTEST, LONGEST = 8, 1_200
"""Characters of a sentence that may be quoted; items of a list may be shorter."""

_FEWEST_WORDS = 3
"""Of a line that stands alone; within a paragraph two are enough: 'Add salt.'"""
_PHRASE_WORDS = 12
"""Words from which a line without a full stop may be a sentence all the same, where it has a verb."""

_TERMINAL = re.compile(r"[.!?。！…](?:\[\d+\])*\s?[\"'”’)\]*]*(?:\s?\[\d+\])*\s*$|[.;,]\s*$")
_ASKS = re.compile(
    r"(?:^\W*(?:(?:and|but|so|for|in|at|on|to|from|with|by|of)\s+)?|[,;:—–-]\s+)(?:who|whom|whose|what|when|where|why|how|which|"
    r"is|are|was|were|am|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had|any|want|need|"
    r"ready|got|still|not|tired|looking)\b[^?]*\?",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|do|does|did|can|could|may|might|must|shall|should|will|would|"
    r"[a-z]{3,}(?:ed|es)|became|began|said|made|took|gave|went|won|led|lay|grew|held|built|wrote|found)\b"
)
_CHROME = re.compile(
    r"""^\W*(?:
      (?:read|learn|see|show|view|find\ out|load|discover|explore)\ (?:more|all|less)\b(?![^.]{40})
    | (?:click|tap|press)\ (?:here|on\ the\ link)\b | skip\ to\b
    | (?:go\ )?back\ to\ (?:the\ )?top\b | jump\ to\ (?:content|navigation|search)
    | (?:share|print|e-?mail|save|download|bookmark)\ (?:this|the)?\s?(?:page|article|post|story|pdf|on|via|file)\b
    | share\ on\b | follow\ us\b | (?:sign|log)\ (?:in|up|out)\b(?![^.]{60})
    | subscribe\b(?![^.]{80}) | newsletter\b
    | (?:we|this\ (?:site|website|page))\ uses?\ cookies\b
    | (?:accept|reject|manage)\ (?:all\ )?(?:cookies|preferences)\b
    | by\ (?:using|continuing\ to\ use|browsing)\ (?:this|our)\ (?:site|website)\b
    | cookie\ (?:policy|settings|preferences)\b
    | all\ rights\ reserved\b | ©|\(c\)\ \d{4}|copyright\ (?:©|\d{4})
    | (?:privacy\ policy|terms\ of\ (?:use|service))\W*$
    | (?:last\ )?(?:updated|modified|reviewed|published)(?:\ on)?:?\ [^.]{0,40}$ | advertisement\b | sponsored\b
    | (?:photo(?:graph)?|image|picture|illustration|video|source|credits?)\s?(?:by\b|:|credit) | getty\ images\b
    | (?:fig(?:ure|\.)?|table|plate|listing|exhibit)\s\d+(?:[.-]\d+)*\b\W?[^.]*$
    | (?:table\ of\ )?contents\W*$ | page\ \d+(?:\ (?:of|/)\ \d+)?\W*$
    | (?:previous|next)\ (?:page|post|article|chapter|section)?\W*$
    | (?:see\ also|related\ (?:links|articles|content|topics)|further\ reading|external\ links|references)\W*$
    | (?:javascript|your\ browser)\b.{0,60}\b(?:enabled?|disabled|support(?:ed)?|required)\b
    | (?:visit|explore|discover|browse|check\ out|join|meet)\ (?:us|our|the\ full|more|all)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_TRAIL = re.compile(r"\S\s(?:[›»→]|>|\|)\s\S.*\s(?:[›»→]|>|\|)\s\S")
_ADDRESS = re.compile(r"^\W*(?:https?://|www\.)\S+\W*$")
_CODE = re.compile(
    r"^\s*(?:\$|#|>>>|%|//|/\*|<\?|<!)\s*\S|[{}]\s*$|[)=\]'\"]\s*;\s*$|^\s*</?[a-z]+[^>]*>|\w+\([^ )]*\)\s*(?:\{|=>|$)"
    r"|^[\w.-]+\s*[:+]?=\s*\S|^\s*(?:def|class|import|from|var|let|const|function|return|public|private|static|if|for|"
    r"while|sudo|apt|pip|npm|git|curl|SELECT|INSERT|CREATE)\b[^.]*(?:[{}=|]|\w\()",
)
_SIGNS = re.compile(r"[{}<>=\\|^~`@$#_+*]")
_MOST_SIGNS = 0.08
"""Share of signs that prose does not use, from which a line is code."""


def is_statement(text: str, *, whole: bool) -> bool:
    """Whether a sentence of prose says something that can be understood when it is quoted.

    Args:
        text: of the sentence.
        whole: whether it is a whole line or paragraph, as captions and menu entries are.
    """
    words = text.split()
    if (
        not SHORTEST <= len(text) <= LONGEST
        or len(words) < (_FEWEST_WORDS if whole else 2)
        or text.rstrip().endswith(":")
    ):
        return False
    if is_question(text) or is_chrome(text) or is_code(text):
        return False
    if _TERMINAL.search(text):
        return True
    # A line that nothing ends is a title, a caption or a fragment, unless it is long and has a verb.
    return (len(words) >= _PHRASE_WORDS or not whole) and bool(_VERB.search(text))


def is_item(text: str) -> bool:
    """Whether an item of a list may be quoted: phrases may, code and navigation may not."""
    if len(text) > LONGEST or not any(sign.isalnum() for sign in text):
        return False
    return not (is_chrome(text) or is_code(text) or is_question(text))


def is_menu(items: list[str], *, introduced: bool) -> bool:
    """Whether a list is navigation: nothing introduces it, and its items are a few capitalised words each."""
    if introduced or len(items) < _FEWEST_WORDS:
        return False
    short = sum(len(item.split()) <= _FEWEST_WORDS and not _TERMINAL.search(item) for item in items)
    return short == len(items)


def is_question(text: str) -> bool:
    """Whether a text asks; a title with a question mark at the end of a sentence does not make it a question."""
    stripped = text.rstrip("\"'”’)] ")
    return stripped.endswith("?") and (bool(_ASKS.search(text)) or len(text.split()) < _PHRASE_WORDS)


def is_chrome(text: str) -> bool:
    """Whether a text belongs to the page and not to what it says: cookies, sharing, captions, trails of links."""
    return bool(_CHROME.search(text) or _TRAIL.search(text) or _ADDRESS.match(text))


def is_code(text: str) -> bool:
    """Whether a text is a line of a program or of a terminal."""
    if len(_SIGNS.findall(text)) > max(1.0, _MOST_SIGNS * len(text)):
        return True
    return bool(_CODE.search(text)) and not (text[:1].isupper() and bool(_TERMINAL.search(text)))
