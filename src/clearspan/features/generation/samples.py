"""Text that a model writes itself, to train and to explain a dictionary on.

It is closest to what is dialled, and it can hold as much of a subject as is wanted, which a corpus may lack. Every
second text is kept as the whole conversation in the model's own chat template, the others as the reply alone.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Any, cast

from clearspan.errors import BadInput
from clearspan.files import append_whole_lines
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.text.chatting import Generation
from clearspan.models.text.conversation import Message
from clearspan.models.text.decode import TextStream, finish_together

TEMPERATURE = 0.9
TOP_P = 0.95
_AT_ONCE = 32
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Request:
    """What the model is asked to write.

    Attributes:
        number: of the request; with the seed it determines everything else.
    """

    number: int
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class SamplingProgress:
    """How far a sampling has come: texts and tokens that are kept."""

    texts: int
    tokens: int


def requests(seed: int, about: Sequence[str] = (), share: float = 0.25) -> Iterator[Request]:
    """Requests without end over hundreds of subjects, the same for the same arguments.

    Args:
        about: subjects that get a share of their own.
        share: of all requests that goes to them together.

    Raises:
        BadInput: the share is not between 0 and 1.
    """
    if not 0 <= share < 1:
        raise BadInput(f"A share of {share:g} cannot be given to a subject.", do="Give 0 to 0.9.")
    subjects, forms = _data()
    known = [(kind, subject) for kind, names in subjects.items() for subject in names]
    number = 0
    while True:
        generator = random.Random(f"{seed}:{number}")  # noqa: S311 (no secret depends on it)
        if about and generator.random() < share:
            kind, subject = "landmarks", generator.choice(about)
        else:
            kind, subject = generator.choice(known)
        form = generator.choice(forms["*"] if generator.random() < 0.4 else forms.get(kind, forms["*"]))
        yield Request(number, subject, form.format(subject))
        number += 1


def forms_about(subject: str) -> tuple[str, ...]:
    """Requests of every kind about a subject."""
    _, forms = _data()
    return tuple(form.format(subject) for form in forms["*"])


def sample(
    model: LanguageModel,
    out: Path,
    tokens: int,
    *,
    seed: int = 0,
    about: Sequence[str] = (),
    share: float = 0.25,
    max_tokens: int = 256,
) -> Iterator[SamplingProgress]:
    """Write texts to a JSONL file until it holds so many tokens; says after each batch how far it has come.

    Interrupted, also by `kill -9`, the same call goes on where it stopped and ends in the same bytes.

    Args:
        out: lines of `text`, `title` (the request), `subject`, `number`, `tokens` and `written_by`.

    Raises:
        BadInput: the file holds something else, or a text of other requests.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    asked = requests(seed, about, share)
    kept = _kept(out)
    total = 0
    for line, one in zip(kept, asked, strict=False):
        if (line.get("number"), line.get("title")) != (one.number, one.text):
            raise BadInput(
                f"{out} holds texts of other requests.",
                why=f"Line {one.number + 1} answers {str(line.get('title'))[:60]!r}, not {one.text[:60]!r}.",
                do="Give the seed and subjects that it was begun with, or another file.",
            )
        total += int(line["tokens"])
    texts = len(kept)
    asked = (one for one in requests(seed, about, share) if one.number >= texts)
    yield SamplingProgress(texts, total)
    while total < tokens:
        batch = [next(asked) for _ in range(_BATCH)]
        begin = [partial(_begin, model, one, seed, max_tokens) for one in batch]
        written = finish_together(begin, _AT_ONCE)
        # Whole texts up to the number asked for, so that where a run was cut changes nothing.
        fitting: list[str] = []
        for request, reply in zip(batch, written, strict=True):
            if total >= tokens:
                break
            fitting.append(json.dumps(_line(model, request, reply), ensure_ascii=False))
            total += reply.output_tokens
        append_whole_lines(out, fitting)
        texts += len(fitting)
        yield SamplingProgress(texts, total)


def _begin(model: LanguageModel, request: Request, seed: int, max_tokens: int) -> TextStream:
    return model.stream_chat(
        request.text,
        max_tokens=max_tokens,
        temperature=TEMPERATURE,
        top_p=TOP_P,
        seed=(seed << 32) + request.number,
    )


def _line(model: LanguageModel, request: Request, written: Generation) -> dict[str, Any]:
    reply = written.text.strip()
    asked = Message(role="user", content=request.text)
    whole = [asked, Message(role="assistant", content=reply)]
    return {
        "text": model.transcript(whole) if request.number % 2 == 0 or not reply else reply,
        "title": request.text,
        "subject": request.subject,
        "number": request.number,
        "tokens": written.output_tokens,
        "written_by": model.reference,
    }


def _kept(out: Path) -> list[dict[str, Any]]:
    if not out.exists():
        return []
    append_whole_lines(out, [])
    try:
        found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    except ValueError as error:
        raise BadInput(
            f"{out} holds lines that are not JSON.", why=str(error), do="Give another file."
        ) from error
    return cast("list[dict[str, Any]]", found)


@cache
def _data() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    text = resources.files("clearspan.features").joinpath("data", "subjects.json").read_text("utf-8")
    data = json.loads(text)
    return data["subjects"], data["requests"]
