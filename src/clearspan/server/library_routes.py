"""Libraries, their documents, and search."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated

from fastapi import APIRouter, File, Path, Query, Request, UploadFile
from fastapi.responses import Response

from clearspan.errors import BadInput, Busy, StorageError
from clearspan.library.documents import Change
from clearspan.library.stopping import Stop
from clearspan.receipts import Kind
from clearspan.server.context import FromServer
from clearspan.server.edge.clients import CLIENT_CLOSED_REQUEST, ClientGone, unless_gone
from clearspan.server.shapes import (
    Documents,
    DocumentSummary,
    DocumentText,
    Libraries,
    LibrarySummary,
    SearchShape,
)
from clearspan.workspace.workspace import Workspace

router = APIRouter(prefix="/api", tags=["library"])

LibraryName = Annotated[str | None, Query(description="name of a library; the default one if absent")]
DocumentId = Annotated[str, Path(max_length=200)]


@router.get("/libraries")
def libraries(server: FromServer) -> Libraries:
    """The libraries, with their sizes and the ways they can be searched."""
    workspace = server.workspace
    default = workspace.settings.library
    names = sorted({default, *workspace.libraries()})
    return Libraries(libraries=tuple(_summary(workspace, name) for name in names), default=default)


@router.get("/library/documents")
def documents(server: FromServer, library: LibraryName = None, kind: Kind | None = None) -> Documents:
    """The documents of a library by title, without their texts; those of one kind if given."""
    found = server.library(library).documents(kind)
    return Documents(documents=tuple(DocumentSummary.model_validate(one) for one in found))


@router.get("/library/documents/{document}")
def one_document(document: DocumentId, server: FromServer, library: LibraryName = None) -> DocumentText:
    """One document with the text that all offsets count in."""
    return DocumentText.model_validate(server.library(library).document(document))


@router.get("/library/search")
def search(
    server: FromServer,
    query: Annotated[str, Query(max_length=2_000, description="any text")],
    limit: Annotated[int, Query(ge=1, le=200)] = 12,
    library: LibraryName = None,
) -> SearchShape:
    """Passages by words and by meaning, best first."""
    return SearchShape.model_validate(server.library(library).search(query, limit))


@router.post("/library/documents", response_model=Change)
async def upload(
    file: Annotated[UploadFile, File(description="Markdown, text, HTML, PDF or DOCX")],
    request: Request,
    server: FromServer,
    library: LibraryName = None,
) -> Change | Response:
    """Add a document, or replace the one that was uploaded under the same name.

    It is given up when its client leaves or the server ends before it is stored.
    """
    name, data = _name_of(file), await file.read()

    def add(stop: Stop) -> Change:
        return server.library(library).add_bytes(name, data, stop=stop)

    try:
        change = await unless_gone(request, server.workers.stoppable(add))
    except ClientGone:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    if change.outcome == "failed":
        raise BadInput(change.problem, do=change.remedy)
    return change


@router.delete("/library/documents/{document}")
def remove(document: DocumentId, server: FromServer, library: LibraryName = None) -> Change:
    """Remove a document and its passages; receipts that cite it keep their quotes."""
    return server.library(library).remove(document)


def _summary(workspace: Workspace, name: str) -> LibrarySummary:
    try:
        library = workspace.library(name)
        documents, passages = library.counts()
        return LibrarySummary(
            name=name,
            documents=documents,
            passages=passages,
            revision=library.revision(),
            searches=library.legs,
        )
    except (StorageError, Busy) as error:
        # One damaged file must not hide the other libraries.
        return LibrarySummary(name=name, documents=0, passages=0, revision=0, searches=(), problem=str(error))


def _name_of(file: UploadFile) -> str:
    # Some browsers send a path; neither kind of separator belongs to a name.
    name = PureWindowsPath(PurePosixPath(file.filename or "").name).name
    printable = "".join(character for character in name if character.isprintable()).strip()
    if not printable or len(printable) > 255:
        raise BadInput(
            "The uploaded file has no usable name.",
            why="Its name tells the format, and is how it is found again.",
            do="Name the file, with an ending such as .md, .txt, .html, .pdf or .docx, in at most 255 characters.",
        )
    return printable
