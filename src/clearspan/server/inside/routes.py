"""Dictionaries and their features: the map, a feature's page, labels, search, presets."""

import hashlib
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from clearspan.errors import NotFound
from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.clients import CLIENT_CLOSED_REQUEST, ClientGone, unless_gone
from clearspan.server.inside import shapes as shapes

if TYPE_CHECKING:
    from clearspan.features.annotated import AnnotatedDictionary

router = APIRouter(prefix="/api", tags=["inside"])

DictionaryPath = Annotated[
    str, Path(max_length=300, description="MODEL/SITE/SIZE, as /api/dictionaries lists it")
]
FeatureIndex = Annotated[int, Path(ge=0, le=999_999_999)]

PERSON = "person"
"""Maker of labels that are given by hand."""

_BY_MEANING = 10
_NO_SINGLE = (
    "No single feature means this; `clearspan features find` offers a direction made from the same texts."
)


@router.get("/dictionaries")
def dictionaries(server: FromServer) -> shapes.Dictionaries:
    """The dictionaries that are found by name: those that ship first, then the newest."""
    from clearspan.features.evidence.table import FILE
    from clearspan.features.places import places

    settings = server.workspace.settings
    found = tuple(
        shapes.DictionarySummary(
            name=str(place.name),
            model=place.name.model,
            site=str(place.name.site),
            ships=place.ships,
            evidence=(place.folder / FILE).is_file(),
            card=place.card,
        )
        for place in places(settings)
    )
    default = next((one.name for one in found if one.model == settings.model), None)
    return shapes.Dictionaries(dictionaries=found, default=default)


@router.get("/dictionaries/{name:path}/map", response_model=shapes.FeatureMap)
def feature_map(name: DictionaryPath, server: FromServer, request: Request) -> Response:
    """Place, density, maximum and cluster of every feature; it has an ETag, and changes only with the evidence."""
    return _tagged(shapes.feature_map(opened(server, name)).model_dump_json(), request)


@router.get("/dictionaries/{name:path}/labels", response_model=shapes.Labels)
def labels(name: DictionaryPath, server: FromServer, request: Request) -> Response:
    """Every label that stands; it has an ETag."""
    from clearspan.features.labels.telling import most_telling

    dictionary = opened(server, name)
    standing = dictionary.labels.all()
    told = shapes.Labels(
        labels={index: one.text for index, one in standing.items()},
        telling=tuple(most_telling(standing, dictionary.evidence.densities)),
    )
    return _tagged(told.model_dump_json(), request)


@router.get("/dictionaries/{name:path}/features/{index}")
def feature(name: DictionaryPath, index: FeatureIndex, server: FromServer) -> shapes.FeaturePage:
    """One feature: label and its history, activation histogram, examples, tokens, neighbours, the range of its dial."""
    return _page(server, opened(server, name), index)


@router.put("/dictionaries/{name:path}/features/{index}/label")
def label(
    name: DictionaryPath, index: FeatureIndex, body: shapes.NewLabel, server: FromServer
) -> shapes.FeaturePage:
    """Say what a feature is about. Earlier labels stay in its history; an empty text takes the label away."""
    from clearspan.features.labels.log import label as made_now

    dictionary = opened(server, name)
    dictionary.feature(index)
    dictionary.labels.append([made_now(index, body.text, PERSON)])
    return _page(server, dictionary, index)


@router.get("/dictionaries/{name:path}/find", response_model=shapes.FeatureHits)
async def find(
    name: DictionaryPath,
    server: FromServer,
    request: Request,
    query: Annotated[str, Query(min_length=1, max_length=200, description="what to look for")],
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
    meaning: Annotated[
        bool, Query(description="by what the features respond to and make the model say; takes a while")
    ] = False,
) -> shapes.FeatureHits | Response:
    """Features by the words of their labels, examples and promoted tokens, best first.

    With `meaning`, the local model reads texts about what is looked for, and the best features are dialled to hear what
    it then says: at most 10 hits.
    """
    search = _by_meaning if meaning else _by_words
    try:
        return await unless_gone(
            request, server.workers.result(lambda: search(server, opened(server, name), query, limit))
        )
    except ClientGone:
        return Response(status_code=CLIENT_CLOSED_REQUEST)


@router.get("/presets")
def presets(server: FromServer) -> shapes.Presets:
    """The presets of the local model by name: its own dials, their dose, and what was measured of them."""
    from clearspan.features.presets import presets as known

    settings = server.workspace.settings
    found = known(settings, settings.model).values()
    return shapes.Presets(presets=tuple(shapes.PresetShape.model_validate(one) for one in found))


def opened(server: ServerContext, name: str) -> "AnnotatedDictionary":
    """The dictionary of a name.

    A dictionary reference can also be a folder; over HTTP only names are taken, so that a request cannot have any
    folder of this machine read.

    Raises:
        BadInput: it is not the name of a dictionary.
        NotFound: there is none of that name.
    """
    from clearspan.features.catalogue import open_dictionary
    from clearspan.features.names import DictionaryName
    from clearspan.features.places import places

    wanted = DictionaryName.parse(name)
    settings = server.workspace.settings
    for place in places(settings):
        if place.name == wanted:
            return open_dictionary(place.folder, settings)
    raise NotFound(
        f"There is no dictionary '{wanted}' here.",
        do="See GET /api/dictionaries for those that exist; `clearspan features train` makes new ones.",
    )


def _by_words(
    _: ServerContext, dictionary: "AnnotatedDictionary", query: str, limit: int
) -> shapes.FeatureHits:
    from clearspan.features.finding import search_words

    found = search_words(dictionary, query, limit)
    hits = [
        _hit(
            dictionary,
            one.index,
            one.score,
            {"label": one.label, "examples": one.examples, "promoted": one.promoted},
        )
        for one in found
    ]
    return shapes.FeatureHits(query=query, hits=tuple(hits))


def _by_meaning(
    server: ServerContext, dictionary: "AnnotatedDictionary", query: str, limit: int
) -> shapes.FeatureHits:
    from clearspan.features.finding import described
    from clearspan.features.finding import find as find_meaning

    found = find_meaning(dictionary, described(query), server.workspace.model, min(limit, _BY_MEANING))
    hits = [
        _hit(
            dictionary,
            one.index,
            one.score,
            {"responds": one.responds, "promotes": one.promotes, "words": one.words}
            | ({"says": one.said.score} if one.said else {}),
        )
        for one in found
    ]
    return shapes.FeatureHits(query=query, hits=tuple(hits), note="" if found.is_single else _NO_SINGLE)


def _hit(
    dictionary: "AnnotatedDictionary", index: int, score: float, scored: dict[str, float]
) -> shapes.FeatureHit:
    return shapes.FeatureHit(
        index=index,
        label=dictionary.labels.text(index),
        density=float(dictionary.evidence.densities[index]),
        score=score,
        parts=scored,
    )


def _page(server: ServerContext, dictionary: "AnnotatedDictionary", index: int) -> shapes.FeaturePage:
    from clearspan.features.presets import presets as known

    found = known(server.workspace.settings, dictionary.card.parsed_name.model)
    return shapes.feature_page(dictionary, index, found.values())


def _tagged(body: str, request: Request) -> Response:
    """The body with its ETag, or 304 to one who has it already."""
    content = body.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
