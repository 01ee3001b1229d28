"""An answer that prints: as text with its citations, and as a page in a notebook."""

import html

from clearspan.receipts import Abstention, CitedTable, Claim, Receipt, Source, beginning

_MARKS = {"supported": "●", "disputed": "◐", "contradicted": "○", "unsupported": "○"}


class Answer:
    """An answer and its receipt; prints as text with its citations, and as a page in a notebook."""

    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The sentences of the overview, in reading order."""
        return self.receipt.overview.claims

    @property
    def sources(self) -> tuple[Source, ...]:
        """What search found, judged; those not believed come last, without a number."""
        return self.receipt.sources

    @property
    def abstention(self) -> Abstention | None:
        """Why there is no answer, if there is none."""
        return self.receipt.overview.abstention

    def __str__(self) -> str:
        lines = [self.receipt.overview.as_text(), *self.receipt.overview.notes]
        cited = {c.number: c for claim in self.claims for c in claim.citations}
        lines += [f"[{n}] {c.title}{_behind(c.publisher, c.date)}" for n, c in sorted(cited.items())]
        lines += self._beside_silence()
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Answer {self.receipt.id}: {self}>"

    def _repr_html_(self) -> str:
        rows = "".join(map(_claim_html, self.claims))
        overview = self.receipt.overview
        if overview.verdict:
            rows = f"<p><b>{overview.verdict.words}</b></p>{rows}"
        told = [self.abstention.message] if self.abstention else []
        told += [*(["… and perhaps more."] if overview.more else []), *overview.missing]
        told += [*overview.notes, *self._beside_silence()]
        rows += "".join(f"<p>{html.escape(line)}</p>" for line in told)
        cited = {c.number: c for claim in self.claims for c in claim.citations}
        items = "".join(
            f"<li value='{n}'>{html.escape(c.title + _behind(c.publisher, c.date))}<br>"
            f"<q>{html.escape(c.quote)}</q></li>"
            for n, c in sorted(cited.items())
        )
        meter = self.receipt.meter
        cost = f"{self.receipt.route.tier} tier · {meter.seconds:.1f} s · {meter.joules:.0f} J · {self.receipt.id}"
        question = html.escape(self.receipt.question)
        return f"<div><p><b>{question}</b></p>{rows}<ol>{items}</ol><small>{cost}</small></div>"

    def _beside_silence(self) -> list[str]:
        """What was found although it does not answer, and what would help, where there is no answer."""
        withheld = self.abstention
        return [line for line in (withheld.found, withheld.would_help) if line] if withheld else []


def _behind(publisher: str | None, date: str | None) -> str:
    known = [part for part in (publisher, date) if part]
    return f" ({', '.join(known)})" if known else ""


def _claim_html(claim: Claim) -> str:
    numbers = ",".join(str(n) for n in sorted({c.number for c in claim.citations}))
    end = f" {_MARKS[claim.support]}<sup>{numbers}</sup>"
    text = html.escape(claim.text)
    tables = "".join(_table_html(each.table) for each in claim.citations if each.table)
    if claim.origin == "quoted":
        style = "font-family:serif;border-left:1px solid;padding-left:.6em"
        if claim.emphasis:
            start, end_of = claim.emphasis
            parts = (claim.text[:start], claim.text[start:end_of], claim.text[end_of:])
            text = "{}<b>{}</b>{}".format(*map(html.escape, parts))
        before = html.escape(beginning(claim).lstrip())
        doubt = f" {html.escape(claim.attribution)}" if claim.attribution else ""
        if tables:
            return f"<div style='{style}'>{before}{tables}{doubt}{end}</div>"
        return f"<p style='{style}'>{before}“{text}”{doubt}{end}</p>"
    if claim.origin == "calculated":
        return f"<p style='font-family:monospace'>= {text}{end}</p>{tables}"
    return f"<p style='font-family:sans-serif'>{text} ◇{end}</p>"


def _table_html(cited: CitedTable) -> str:
    """The quoted rows under their header, the cells that answer in bold."""
    marked = set(cited.marked)

    def cells(row: int, texts: tuple[str, ...], tag: str) -> str:
        return "".join(
            f"<{tag}>{f'<b>{html.escape(text)}</b>' if (row, column) in marked else html.escape(text)}</{tag}>"
            for column, text in enumerate(texts)
        )

    rows = "".join(f"<tr>{cells(place, row, 'td')}</tr>" for place, row in enumerate(cited.rows))
    return f"<table><thead><tr>{cells(-1, cited.header, 'th')}</tr></thead><tbody>{rows}</tbody></table>"
