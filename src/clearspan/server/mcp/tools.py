"""The tools: ask, search, open a passage, show a receipt, check a sentence."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from clearspan.answer import Finished, journey
from clearspan.errors import ClearspanError
from clearspan.journey.hold import hold
from clearspan.library.documents import Hit
from clearspan.receipts import Citation, Decision, Receipt
from clearspan.server.context import library_named
from clearspan.version import __version__
from clearspan.workspace.workspace import Workspace

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

INSTRUCTIONS = (
    "Answers from documents on this machine. Sentences of an answer are quoted word for word or calculated, unless "
    "their origin says 'generated'; keep their citation numbers. Where there is no answer, the reason is the answer: "
    "do not fill it in. Sources that are not believed are satire, copies of it, or otherwise unfit."
)
_MOST_CHARACTERS = 8_000
"""Of a document that is opened at once."""

LibraryArgument = Annotated[str | None, Field(description="name of a library; the default one if absent")]


class AskedSource(BaseModel):
    """A source of an answer, or one that was found and is not believed."""

    number: int | None
    document: str
    title: str
    believed: bool
    reasons: tuple[str, ...]


class AskedClaim(BaseModel):
    """One sentence of an answer."""

    text: str
    origin: str
    support: str
    citations: tuple[Citation, ...]


class LibraryAnswer(BaseModel):
    """What a library answers, or why it does not."""

    text: str = Field(description="the whole answer with its citation numbers, or the reason for none")
    answered: bool
    claims: tuple[AskedClaim, ...]
    sources: tuple[AskedSource, ...]
    notes: tuple[str, ...]
    receipt: str = Field(description="id of the receipt, which `receipt` shows whole")


class FoundPassage(BaseModel):
    """A passage that search found; `start` and `end` count characters of its document."""

    document: str
    title: str
    heading: str
    page: int | None
    start: int
    end: int
    text: str


class FoundPassages(BaseModel):
    """Passages, best first; nothing is said here of who is believed."""

    passages: tuple[FoundPassage, ...]
    note: str


class OpenedText(BaseModel):
    """Part of a document's text."""

    document: str
    title: str
    url: str | None
    publisher: str | None
    date: str | None
    start: int
    end: int
    characters: int = Field(description="of the whole document")
    text: str


class CheckedPart(BaseModel):
    """One thing that a checked sentence says."""

    text: str
    decision: Decision
    why: str
    evidence: str
    source: str = Field(description="title of the document that the evidence is from")


class CheckedSentence(BaseModel):
    """Whether believed sources of a library carry a sentence."""

    support: Decision
    probability: float = Field(description="calibrated, that they do")
    parts: tuple[CheckedPart, ...]
    passages: tuple[FoundPassage, ...] = Field(description="what it was held against, best first")
    not_believed: tuple[str, ...] = Field(
        description="titles of sources that speak of it and count for nothing"
    )


def mcp_server(workspace: Workspace) -> MCPServer[Any]:
    """The tools over a workspace, which stays the caller's to close."""
    server: MCPServer[Any] = MCPServer(
        "clearspan", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING"
    )
    tools = _Tools(workspace)
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    # An answer leaves a receipt: it adds, and changes nothing that is there.
    adds = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
    server.tool("ask", annotations=adds)(tools.ask)
    for tool in (tools.search, tools.open, tools.receipt, tools.check):
        server.tool(annotations=reads)(tool)
    return server


def _told(tool: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A tool whose errors a person can act on reach the model in words."""

    @wraps(tool)
    def told(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return tool(*args, **kwargs)
        except ClearspanError as error:
            raise ToolError(str(error)) from error

    return told


class _Tools:
    """The tools' work; docstrings are what a model is told of them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @_told
    def ask(
        self, question: str, library: LibraryArgument = None, generate: bool | None = None
    ) -> LibraryAnswer:
        """Answer one question from the documents: sentences with their citations, or the reason why there is none.

        The question must say itself what it is about. `generate` false keeps to quotes and calculations.
        """
        name = library_named(self._workspace, library)
        steps = journey(self._workspace, question, library=name, generate=generate)
        receipt = next(step.receipt for step in steps if isinstance(step, Finished))
        overview = receipt.overview
        return LibraryAnswer(
            text=overview.as_text(),
            answered=overview.abstention is None,
            claims=tuple(
                AskedClaim(text=one.text, origin=one.origin, support=one.support, citations=one.citations)
                for one in overview.claims
            ),
            sources=tuple(
                AskedSource(
                    number=one.number,
                    document=one.document_id,
                    title=one.title,
                    believed=one.believed,
                    reasons=one.reasons,
                )
                for one in receipt.sources
            ),
            notes=overview.notes,
            receipt=receipt.id,
        )

    @_told
    def search(
        self, query: str, library: LibraryArgument = None, limit: Annotated[int, Field(ge=1, le=50)] = 8
    ) -> FoundPassages:
        """Find passages of the documents by words and by meaning. For an answer use `ask`, which judges the sources."""
        found = self._workspace.existing_library(library_named(self._workspace, library)).search(query, limit)
        return FoundPassages(passages=tuple(map(_found, found.hits)), note=found.note)

    @_told
    def open(
        self,
        document: str,
        start: Annotated[int, Field(ge=0)] = 0,
        end: Annotated[int | None, Field(ge=0)] = None,
        library: LibraryArgument = None,
    ) -> OpenedText:
        """Open a document by the id that `ask`, `search` and `check` name, from one character to another.

        At most 8,000 characters come at once; `characters` says how many there are.
        """
        one = self._workspace.existing_library(library_named(self._workspace, library)).document(document)
        first = min(start, len(one.text))
        last = min(len(one.text) if end is None else max(end, first), first + _MOST_CHARACTERS)
        return OpenedText(
            document=one.id,
            title=one.title,
            url=one.url,
            publisher=one.publisher,
            date=one.date,
            start=first,
            end=last,
            characters=len(one.text),
            text=one.text[first:last],
        )

    @_told
    def receipt(self, id: str) -> Receipt:
        """The whole record of an answer that `ask` gave: what was considered, dropped and active, and what it cost."""
        return self._workspace.receipt(id)

    @_told
    def check(self, sentence: str, library: LibraryArgument = None) -> CheckedSentence:
        """Whether the believed documents carry one sentence: supported, unsupported or contradicted, part by part.

        Use it for a sentence that you wrote yourself, before you give it as what the documents say.
        """
        held = hold(self._workspace, sentence, library_named(self._workspace, library))
        titles = {place: each.source.title for place, each in enumerate(held.believed)}
        return CheckedSentence(
            support=held.verification.support,
            probability=held.verification.score,
            parts=tuple(
                CheckedPart(
                    text=part.text,
                    decision=part.decision,
                    why=part.decided_by,
                    evidence=part.evidence,
                    source="" if part.citation is None else titles.get(part.citation, ""),
                )
                for part in held.verification.parts
            ),
            passages=tuple(_found(each.hit) for each in held.believed),
            not_believed=tuple(dict.fromkeys(each.source.title for each in held.doubted)),
        )


def _found(hit: Hit) -> FoundPassage:
    passage = hit.passage
    return FoundPassage(
        document=passage.document_id,
        title=hit.document.title,
        heading=passage.heading,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        text=passage.text,
    )
