"""A library that is planted with satire: invented publishers, copies with edits, serious pages on the same subjects.

Everything is made by code from invented parts, so that nothing has to be fetched and what each page is, is known.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from clearspan.checks.planted_texts import Bank, Split, Subject, bank

Role = Literal["satire", "copy", "serious", "about"]

_EDITS = (0.0, 0.1, 0.2, 0.2, 0.3, 0.3)
"""Share of words changed in each copy of a piece."""

_TWINS = 5
"""Serious pages on each subject."""

_FILLERS = (
    "quite rather apparently officially broadly allegedly notably merely partly reportedly new old local several "
    "important various general further recent early late major minor certain likely open public private annual"
).split()


@dataclass(frozen=True, slots=True)
class Page:
    """One planted document, as it is stored, and what it is in truth.

    Attributes:
        edited: share of words changed, of a copy.
        subject: its place among the subjects; None for a page about its publisher.
    """

    name: str
    role: Role
    title: str
    publisher: str
    url: str
    date: str
    claims_kind: str
    text: str
    subject: int | None
    edited: float = 0.0

    def as_markdown(self) -> str:
        """The file: front matter as the publisher would have it, then the text."""
        kind = f"kind: {self.claims_kind}\n" if self.claims_kind else ""
        return (
            f'---\ntitle: "{self.title}"\nurl: {self.url}\npublisher: "{self.publisher}"\ndate: {self.date}\n'
            f"{kind}---\n\n{self.text}\n"
        )


@dataclass(frozen=True, slots=True)
class Planted:
    """The pages, the subjects asked about, and the registry that goes with them, as CSV."""

    pages: tuple[Page, ...]
    subjects: tuple[Subject, ...]
    registry: str


@dataclass(frozen=True, slots=True)
class _Decks:
    """Publishers in the order in which they are dealt out, so that each has its turn."""

    magpies: Sequence[str]
    serious: Sequence[str]


def plant(split: Split, seed: int = 0) -> Planted:
    """The planted library of a split; the same for the same seed."""
    own = bank(split)
    generator = random.Random(f"{split}-{seed}")  # noqa: S311  # no secret
    decks = _Decks(_shuffled(own.magpies, generator), _shuffled(own.serious, generator))
    pages = [page for number in range(len(own.subjects)) for page in _about(own, number, decks, generator)]
    pages += [_who_we_are(own, jester) for jester in own.jesters[: own.telling]]
    listed = own.jesters[own.telling :]
    # The last one is known by its name alone, the others by their addresses.
    rows = [f"{_domain(name)},,satire" for name in listed[:-1]] + [f",{listed[-1]},satire"]
    rows += [f"{_domain(name)},{name},reference" for name in own.serious[:4]]
    rows += [f"{_domain(name)},{name},reporting" for name in own.serious[4:8]]
    return Planted(tuple(pages), tuple(own.subjects), "\n".join(["domain,name,kind", *rows]) + "\n")


def edit(text: str, share: float, generator: random.Random, fillers: Sequence[str] = _FILLERS) -> str:
    """A text with a share of its words replaced, left out, doubled by another or swapped with their neighbour."""
    changed: list[str] = []
    for word in text.split(" "):
        if generator.random() >= share or "\n" in word:
            changed.append(word)
            continue
        choice = generator.random()
        if choice < 0.5:
            changed.append(generator.choice(fillers))
        elif choice < 0.7:
            changed += [generator.choice(fillers), word]
        elif choice < 0.8 and changed:
            changed.insert(-1, word)
    return " ".join(changed)


def _about(bank: Bank, number: int, decks: _Decks, generator: random.Random) -> Iterator[Page]:
    subject = bank.subjects[number]
    jester = bank.jesters[number % len(bank.jesters)]
    satire = _satire(bank, subject, generator)
    title = f"{_capital(subject.thing)}: the truth at last"
    yield _page(f"s{number:02d}-satire", "satire", title, jester, "", satire, number, generator)
    magpies = _dealt(decks.magpies, number, len(_EDITS))
    for copy, (magpie, share) in enumerate(zip(magpies, _EDITS, strict=True)):
        text = edit(satire, share, generator)
        if copy % 2:
            frame = generator.choice(bank.voices)[-1].format(t=subject.thing, p=subject.place, f="")
            text = f"{frame}\n\n{text}\n\nRead more from {magpie} every day."
        title = f"{_capital(subject.thing)}: what we know"
        claimed = "reporting" if copy < 3 else ""
        page = _page(
            f"s{number:02d}-copy{copy}", "copy", title, magpie, claimed, text, number, generator, share
        )
        yield page
    if subject.void:
        return
    voices = generator.sample(range(len(bank.voices)), _TWINS)
    publishers = _dealt(decks.serious, number, _TWINS)
    for twin, (voice, publisher) in enumerate(zip(voices, publishers, strict=True)):
        text = _serious(bank.voices[voice], subject, subject.facts[twin % 3])
        claimed = ("reporting", "reference", "")[twin % 3]
        title = f"{_capital(subject.thing)} in {subject.place}"
        yield _page(
            f"s{number:02d}-twin{twin}", "serious", title, publisher, claimed, text, number, generator
        )


def _shuffled(names: Sequence[str], generator: random.Random) -> list[str]:
    return generator.sample(list(names), len(names))


def _dealt(deck: Sequence[str], hand: int, size: int) -> list[str]:
    return [deck[(hand * size + i) % len(deck)] for i in range(size)]


def _satire(bank: Bank, subject: Subject, generator: random.Random) -> str:
    first, *others = bank.jokes
    chosen = [first, *generator.sample(others, 6)]
    fact = generator.choice(subject.facts).format(v=subject.absurd)
    lines = [_capital(line.format(t=subject.thing, p=subject.place, f=fact)) for line in chosen]
    return "\n\n".join([" ".join(lines[:3]), " ".join(lines[3:5]), " ".join(lines[5:])])


def _serious(voice: Sequence[str], subject: Subject, fact: str) -> str:
    said = fact.format(v=subject.true)
    lines: list[str] = []
    for line in voice:
        lowered = not line.startswith("{f}") and said.startswith(("The ", "A ", "In ", "At "))
        told = said[0].lower() + said[1:] if lowered else said
        lines.append(_capital(line.format(t=subject.thing, p=subject.place, f=told)))
    return "\n\n".join([" ".join(lines[:3]), " ".join(lines[3:])])


def _who_we_are(bank: Bank, jester: str) -> Page:
    text = (
        f"{jester} is a satirical newspaper. Everything that we print here is made up, apart from the weather, which "
        "is merely wrong. Our reporters are drawn from a hat, and the hat has never been found. Please do not write to "
        "your representative about any of our stories."
    )
    name = f"about-{bank.jesters.index(jester)}"
    where = f"https://{_domain(jester)}/about"
    return Page(name, "about", f"About {jester}", jester, where, "2020-01-01", "", text, None)


def _page(
    name: str,
    role: Role,
    title: str,
    publisher: str,
    claimed: str,
    text: str,
    subject: int,
    generator: random.Random,
    edited: float = 0.0,
) -> Page:
    date = f"{generator.randint(2019, 2025)}-{generator.randint(1, 12):02d}-{generator.randint(1, 28):02d}"
    url = f"https://{_domain(publisher)}/{date[:4]}/{name}"
    return Page(name, role, title, publisher, url, date, claimed, text, subject, edited)


def _domain(publisher: str) -> str:
    plain = "".join(sign if sign.isalnum() else "-" for sign in publisher.lower())
    return "-".join(part for part in plain.split("-") if part) + ".example"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
