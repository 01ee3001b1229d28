"""A library of invented towers, and one wrong sentence a fault, planted on purpose and known to be that fault."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.faults import Fault
from clearspan.library.documents import Document
from clearspan.library.library import Library
from clearspan.receipts import Citation, Claim, Kind, Overview, Receipt, RouteDecision, Source, Versions
from clearspan.version import __version__

PLACES = ("Varnholt", "Ostrevik", "Quellby", "Tarrowmere", "Lindesk", "Brackwater", "Sundermoor", "Eskerton")
_GUILDS = ("salt", "rope", "glass", "cork", "tin", "wax", "slate", "linen")


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """A receipt with one sentence that has one fault; `gold` is the right answer."""

    fault: Fault
    receipt: Receipt
    gold: str


def plant_faults(library: Library) -> list[PlantedFault]:
    """Fill a library and make a receipt for each fault and each place; the numbers are invented."""
    found: list[PlantedFault] = []
    for number, (place, guild) in enumerate(zip(PLACES, _GUILDS, strict=True)):
        height, wrong = 140 + 7 * number, 95 + 3 * number
        pages = _pages(place, guild, height, wrong)
        documents = {name: _added(library, f"{place}-{name}.md", text) for name, text in pages.items()}
        found += _receipts(place, guild, height, wrong, documents)
    return found


def _pages(place: str, guild: str, height: int, wrong: int) -> dict[str, str]:
    def page(name: str, publisher: str, date: str, body: str, kind: Kind = "reporting") -> str:
        return f"---\ntitle: The {name} of {place}\npublisher: {publisher}\ndate: {date}\nkind: {kind}\n---\n\n{body}\n"

    tower = f"The signal tower of {place}"
    return {
        "survey": page(
            "survey",
            f"{place} Survey",
            "2024-03-02",
            f"{tower} is {height} metres tall. It was painted last spring.",
        ),
        "guide": page(
            "guide", f"{place} Guide", "2009-05-01", f"{tower} is {wrong} metres tall. Visitors may climb it."
        ),
        "register": page(
            "register",
            f"{place} Register",
            "2024-06-11",
            f"{tower} is {wrong + 1} metres tall. A lift was put in.",
        ),
        "harbour": page(
            "harbour",
            f"{place} Harbour Office",
            "2021-02-03",
            f"The harbour of {place} has {wrong - 60} berths.",
        ),
        "market": page(
            "market",
            f"{place} Gazette",
            "2022-09-09",
            f"The {guild} market of {place} opens at 9 am. It is held in the old {guild} hall.",
        ),
        "barnacle": page(
            "parody",
            f"The {place} Limpet",
            "2023-04-01",
            f"The town clock of {place} runs backwards on Sundays by order of the {guild} guild.",
            kind="satire",
        ),
    }


def _receipts(
    place: str, guild: str, height: int, wrong: int, documents: dict[str, Document]
) -> list[PlantedFault]:
    tall = f"How tall is the signal tower of {place}?"
    tower = f"The signal tower of {place} is"
    survey, guide, register = documents["survey"], documents["guide"], documents["register"]
    harbour, market, parody = documents["harbour"], documents["market"], documents["barnacle"]
    berths = f"The harbour of {place} has {wrong - 60} berths."
    return [
        PlantedFault(
            "stale", _receipt(tall, f"{tower} {wrong} metres tall.", [guide], [survey]), f"{height} metres"
        ),
        PlantedFault(
            "conflict",
            _receipt(tall, f"{tower} {wrong + 1} metres tall.", [register], [survey]),
            f"{height} metres",
        ),
        PlantedFault(
            "not_retrieved",
            _receipt(tall, f"{tower} {wrong + 1} metres tall.", [register], []),
            f"{height} metres",
        ),
        PlantedFault(
            "wrong_source",
            _receipt(f"How many berths has the harbour of {place}?", berths, [harbour], [market]),
            f"{wrong + 400} berths",
        ),
        PlantedFault(
            "wrong_source",
            _receipt(
                f"Which way does the town clock of {place} run on Sundays?",
                f"The town clock of {place} runs backwards on Sundays by order of the {guild} guild.",
                [parody],
                [market],
            ),
            "forwards",
        ),
        PlantedFault(
            "misread_source",
            _receipt(
                f"When does the {guild} market of {place} open?",
                f"The {guild} market of {place} opens at 11 am.",
                [market],
                [harbour],
            ),
            "9 am",
        ),
        PlantedFault(
            "hallucination",
            _receipt(
                f"Who designed the opera house of {place}?",
                "An architect called Ilse Vorrund drew the opera house after a voyage to Lisbon.",
                [market],
                [harbour],
            ),
            "nobody",
        ),
    ]


def _added(library: Library, name: str, text: str) -> Document:
    change = library.add_bytes(name, text.encode())
    return library.document(change.document_id or "")


def _receipt(question: str, sentence: str, cited: Sequence[Document], beside: Sequence[Document]) -> Receipt:
    sources = tuple(_source(one, number) for number, one in enumerate([*cited, *beside], 1))
    claim = Claim(
        text=sentence,
        origin="generated",
        support="supported",
        score=0.9,
        citations=tuple(_citation(one, number) for number, one in enumerate(cited, 1)),
    )
    return Receipt(
        question=question,
        library="planted-faults",
        route=RouteDecision(tier="generate", why="planted"),
        overview=Overview(claims=(claim,)),
        sources=sources,
        versions=Versions(clearspan=__version__, library_revision=0),
    )


def _source(document: Document, number: int) -> Source:
    satire = document.kind == "satire"
    return Source(
        number=number,
        document_id=document.id,
        passage_id=f"{document.id}:0",
        start=0,
        end=len(document.text),
        title=document.title,
        publisher=document.publisher,
        date=document.date,
        kind=document.kind,
        believed=not satire,
        standing=0.0 if satire else 0.8,
        reasons=("satire: not meant to be believed",) if satire else ("reporting",),
        witness=number,
    )


def _citation(document: Document, number: int) -> Citation:
    return Citation(
        number=number,
        document_id=document.id,
        passage_id=f"{document.id}:0",
        start=0,
        end=len(document.text),
        quote=document.text,
        title=document.title,
        publisher=document.publisher,
        date=document.date,
    )
