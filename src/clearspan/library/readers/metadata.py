"""What a web page says of itself in its own markup; nothing is guessed from its text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from clearspan.library.readers.flow import text_of
from clearspan.library.readers.markup import Element
from clearspan.library.readers.reading import iso_date, one_line

_SEPARATOR = re.compile(r"\s+[|–—·•»«:/-]+\s+|[|»«]|:\s")
_LONGEST_DATA = 500_000
_MOST_NODES = 2_000
_DATES = (
    "article:published_time datepublished dc.date dc.date.issued dcterms.date dcterms.issued dc.date.created date"
    " citation_publication_date citation_date pubdate publishdate publish-date parsely-pub-date sailthru.date"
    " og:published_time article:modified_time dcterms.modified last-modified"
).split()
_AUTHORS = (
    "author article:author dc.creator dcterms.creator citation_author parsely-author sailthru.author".split()
)
_SITES = "og:site_name application-name".split()


@dataclass(frozen=True, slots=True)
class PageSaid:
    """What the markup of a page claims; each None or empty where it says nothing."""

    title: str
    author: str | None
    date: str | None
    url: str | None
    site: str | None


def said_by(root: Element) -> PageSaid:
    """The claims of a page: its `meta` and `link` elements before its JSON-LD; a date or an author from these alone."""
    metas = _metas(root)
    data = list(_linked_data(root))
    named = (
        one for key in _AUTHORS for one in metas.get(key, ()) if not one.startswith(("http://", "https://"))
    )
    authors = list(dict.fromkeys(named)) or list(dict.fromkeys(_authors(data)))
    dates = [one for key in _DATES for one in metas.get(key, ())]
    dates += [
        time.get("datetime") or "" for time in root.xpath("//time[@pubdate or @itemprop='datePublished']")
    ]
    dates += [
        one
        for node in data
        for key in ("datePublished", "dateCreated")
        if isinstance(one := node.get(key), str)
    ]
    addresses = [link.get("href") or "" for link in root.xpath("//link[@rel='canonical']")] + metas.get(
        "og:url", []
    )
    site = next((one for key in _SITES for one in metas.get(key, ())), None)
    return PageSaid(
        title=_title(root, metas.get("og:title", [])),
        author=", ".join(authors[:10]) or None,
        date=next(filter(None, map(_date, dates)), None),
        url=next((one for one in addresses if one.startswith(("http://", "https://"))), None),
        site=site,
    )


def _metas(root: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        content = one_line(meta.get("content") or "")
        for key in (meta.get("name"), meta.get("property"), meta.get("itemprop")):
            if key and content:
                found.setdefault(key.lower(), []).append(content)
    return found


def _title(root: Element, others: list[str]) -> str:
    """The page's title, or that of its headings of the first rank which its title names before the site's name."""
    title = next((text for one in root.xpath("//title[not(ancestor::svg)]") if (text := text_of(one))), "")
    headings = [text for one in root.iter("h1") if (text := text_of(one))]
    parts = [part.casefold() for part in _SEPARATOR.split(title)] if title else []
    within = [heading for heading in headings if len(parts) > 1 and heading.casefold() in parts]
    if within:
        return min(within, key=lambda heading: parts.index(heading.casefold()))
    return title or next(iter(headings), "") or next(iter(others), "")


def _date(text: str) -> str | None:
    plain = text.strip().replace("/", "-")
    return iso_date(f"{plain[:4]}-{plain[4:6]}-{plain[6:]}" if re.fullmatch(r"\d{8}", plain) else plain)


def _linked_data(root: Element) -> Iterator[dict[str, object]]:
    """The nodes of a page's JSON-LD."""
    for script in root.xpath("//script[@type='application/ld+json']"):
        text = script.text or ""
        if len(text) > _LONGEST_DATA:
            continue
        try:
            waiting: list[object] = [json.loads(text)]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MOST_NODES):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting[:0] = node  # pyright: ignore[reportUnknownArgumentType]  # JSON has no types
            elif isinstance(node, dict):
                yield node  # pyright: ignore[reportUnknownVariableType]
                waiting.append(node.get("@graph"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _authors(data: list[dict[str, object]]) -> Iterator[str]:
    for node in data:
        said = node.get("author")
        for one in said if isinstance(said, list) else [said]:  # pyright: ignore[reportUnknownVariableType]
            name: object = one.get("name") if isinstance(one, dict) else one  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if isinstance(name, str) and name.strip() and "://" not in name:
                yield one_line(name)
