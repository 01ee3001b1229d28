"""No sentence stands twice in the README and the docs."""

import re
from collections import defaultdict

from tests.docs.pages import PAGES, name

LONG = 70
"""Shorter ones may well be the same: headings of tables, 'Write it'."""


def test_no_sentence_stands_twice() -> None:
    where: dict[str, list[str]] = defaultdict(list)
    for page in PAGES:
        if page.stem == "measurements":
            continue
        text = re.sub(r"^```.*?^```$", "\n\n", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        for paragraph in re.split(r"\n\s*\n|\n(?=[-|#] )", text):
            for sentence in re.split(r"(?<=[.:;!?])\s+", " ".join(paragraph.split())):
                if len(sentence) >= LONG:
                    where[sentence].append(name(page))
    assert {sentence: pages for sentence, pages in where.items() if len(pages) > 1} == {}
