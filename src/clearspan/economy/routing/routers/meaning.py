"""The meaning of questions, as sentence embeddings."""

from clearspan.economy.routing.outcomes import Asks
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array


def vectors_of(asks: Asks) -> Array:
    """The embeddings of the questions.

    Raises:
        BadInput: they have none.
    """
    if asks.vectors is None:
        raise BadInput(
            "This router looks at sentence embeddings, and there are none.",
            do="Name an embedder in the settings, such as minilm, or fit another router.",
        )
    return asks.vectors
