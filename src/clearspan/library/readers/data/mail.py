"""Mail: one message, or a box of them."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage

from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.flow import lay_out
from clearspan.library.readers.markup import parse
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, normalise, not_read, one_line
from clearspan.library.readers.unseen import take_out_unseen
from clearspan.library.readers.written import show, write_out

_MESSAGE = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)
_TOLD = ("From", "To", "Cc", "Date")


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Each message: its subject as a heading, who wrote it to whom and when, its text; attachments are counted."""
    del charset
    manuscript, hidden = Manuscript(), list[str]()
    unread = {"attachment": 0, "picture": 0}
    messages = [_parsed(one) for one in _messages(data, name)]
    for message in messages:
        _set(message, name, manuscript, hidden, unread)
    first = messages[0] if messages else EmailMessage()
    alone = len(messages) == 1
    return Reading(
        text=manuscript.text,
        title=one_line(_header(first, "Subject")) if alone else "",
        headings=manuscript.headings,
        author=one_line(_header(first, "From")) or None if alone else None,
        date=_day(first) if alone else None,
        hidden="\n".join(filter(None, hidden))[:MOST_HIDDEN],
        left_out=not_read(unread),
    )


FORMAT = Format(("message/rfc822", "application/mbox"), (".eml", ".mbox"), read)


def _messages(data: bytes, name: str) -> Iterator[bytes]:
    if not name.lower().endswith(".mbox"):
        yield data
        return
    begins = [found.end() for found in _MESSAGE.finditer(data)]
    ends = [found.start() for found in _MESSAGE.finditer(data)][1:]
    for begin, end in zip(begins, [*ends, len(data)], strict=True):
        yield data[begin:end]


def _parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def _set(
    message: EmailMessage, name: str, manuscript: Manuscript, hidden: list[str], unread: dict[str, int]
) -> None:
    manuscript.heading(_header(message, "Subject") or "(no subject)")
    manuscript.lines(f"{key}: {value}" for key in _TOLD if (value := one_line(_header(message, key))))
    body = message.get_body(("plain", "html"))
    for part in message.walk():
        if (
            part is not body
            and not part.is_multipart()
            and part.get_content_type() not in ("text/plain", "text/html")
        ):
            unread["picture" if part.get_content_maintype() == "image" else "attachment"] += 1
        elif part.is_attachment():
            unread["attachment"] += 1
    if body is None:
        return
    raw = body.get_payload(decode=True)
    text = decode(raw if isinstance(raw, bytes) else b"", name, body.get_content_charset())
    if body.get_content_type() == "text/plain":
        for paragraph in re.split(r"\n\s*\n", normalise(text)):
            manuscript.paragraph(paragraph)
    elif (root := parse(text)) is not None:
        show(root)
        hidden.append(take_out_unseen(root))
        write_out(root)
        for page in root.iter("body"):
            lay_out(page, manuscript)


def _header(message: EmailMessage, key: str) -> str:
    try:
        return str(message[key] or "")
    except (ValueError, IndexError, AttributeError, TypeError):
        # The parser of headers fails on some that no mail program writes.
        return ""


def _day(message: EmailMessage) -> str | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None
