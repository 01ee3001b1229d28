"""Drafts of presets: what a preset should be about, and what could be dialled for it; doses are found by `tune`."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from clearspan.errors import BadInput, NotFound
from clearspan.features.presets import Preset, PresetDial


class PresetDraft(BaseModel):
    """A preset without doses.

    What is dialled is named in `candidates`, or else found by `about`, by the texts of `like` and `unlike`, and by
    texts about it that the model writes itself, for which it is asked what stands in `requests`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: str = Field(min_length=1, max_length=100)
    description: str = Field(default="", max_length=1000)
    topics: tuple[str, ...] = Field(min_length=1)
    identity: tuple[str, ...] = ()
    about: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    candidates: tuple[tuple[PresetDial, ...], ...] = ()

    @model_validator(mode="after")
    def _can_be_tried(self) -> "PresetDraft":
        if not (self.about or self.like or self.candidates):
            raise ValueError("it names nothing to dial: give 'about', 'like' or 'candidates'")
        for pattern in (*self.topics, *self.identity):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern:.60}' is not a regular expression: {error}") from error
        return self

    @classmethod
    def of(cls, preset: Preset) -> "PresetDraft":
        """The draft of a preset that is there: its dials are the one candidate.

        Raises:
            BadInput: the preset does not say what counts as mentioning its topic.
        """
        if not preset.topics:
            raise BadInput(
                f"The preset '{preset.name}' cannot be tuned.",
                why="It does not say what counts as a mention of its topic.",
                do="Give it 'topics': regular expressions, of which one matches a text that mentions it.",
            )
        return cls(
            name=preset.name,
            title=preset.title,
            description=preset.description,
            topics=preset.topics,
            identity=preset.identity,
            candidates=(preset.dials,),
        )

    def mentions(self, text: str) -> bool:
        """Whether a text mentions the thing; cases do not matter."""
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in self.topics)


def read_drafts(path: Path, names: Sequence[str] = ()) -> list[PresetDraft]:
    """Drafts of a file `{"presets": [...]}`: those of some names, or all of them.

    Raises:
        BadInput: the file cannot be read; says which draft and why.
        NotFound: it has no draft of a name.
    """
    try:
        rows = json.loads(path.read_text("utf-8"))["presets"]
        found = {one.name: one for one in map(PresetDraft.model_validate, rows)}
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or error.title
        raise BadInput(
            f"A draft in {path} cannot be read.", why=f"{where}: {first['msg']}.", do="Mend it."
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path} cannot be read as drafts of presets.",
            why=f"{type(error).__name__}: {error}",
            do='Write it as {"presets": [{"name": …, "title": …, "topics": […], "about": …}]}.',
        ) from error
    missing = [name for name in names if name not in found]
    if missing:
        raise NotFound(
            f"{path} has no draft '{missing[0]:.60}'.",
            why=f"It has {', '.join(found)}.",
            do="Name one of these.",
        )
    return [found[name] for name in names] if names else list(found.values())
