"""What the planted libraries are made of: invented subjects, and sentences to write about them in many voices."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

Split = Literal["dev", "heldout"]


class Subject(BaseModel):
    """An invented thing of which one number is asked.

    Attributes:
        facts: ways to state the number; `{v}` stands for it.
        true, absurd: what serious pages say, and what satire says.
        void: whether only satire writes of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    thing: str
    question: str
    facts: tuple[str, str, str]
    true: str
    absurd: str
    place: str
    void: bool = False


class Bank(BaseModel):
    """One set of subjects, publishers and sentences.

    Attributes:
        jesters: satirical publishers; the first `telling` say so on a page of their own, the others are listed.
        magpies: sites that republish; serious: all others.
        jokes: sentences of satire; `{t}` is the subject, `{f}` the absurd fact, `{p}` its place.
        voices: the ways in which serious publishers write, a few sentences each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subjects: tuple[Subject, ...]
    jesters: tuple[str, ...]
    telling: int
    magpies: tuple[str, ...]
    serious: tuple[str, ...]
    jokes: tuple[str, ...]
    voices: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=2)
def bank(split: Split) -> Bank:
    """The set of a split, from data/planted.toml."""
    text = (files("clearspan") / "checks" / "data" / "planted.toml").read_text("utf-8")
    return Bank.model_validate(tomllib.loads(text)[split])
