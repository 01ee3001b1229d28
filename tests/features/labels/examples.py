"""Features made up for tests of labels."""

from collections.abc import Sequence

from clearspan.features.evidence.table import Example, FeatureEvidence, TokenWeight


def example(text: str) -> Example:
    """Words are tokens; the one in *stars* is the peak, and a bar divides a word into two tokens."""
    tokens: list[str] = []
    peak = 0
    for number, word in enumerate(text.split(" ")):
        for part, piece in enumerate(word.split("|")):
            if piece.startswith("*"):
                peak = len(tokens)
            tokens.append((" " if number and not part else "") + piece.strip("*"))
    return Example(
        tuple(tokens), tuple(2.0 * (at == peak) for at in range(len(tokens))), peak, "A text", "top"
    )


def feature(index: int, texts: Sequence[str], promoted: Sequence[str] = ()) -> FeatureEvidence:
    """With these examples."""
    return FeatureEvidence(
        index,
        0.01,
        2.0,
        1.0,
        (0,) * 24,
        tuple(example(text) for text in texts),
        tuple(TokenWeight(token, 1.0) for token in promoted),
        (),
        (),
        0.0,
        0.0,
        0,
    )


FILLER = [
    feature(
        100 + number, [f"a plain sentence about {thing} number {part} *here* and so on" for part in range(8)]
    )
    for number, thing in enumerate("bread wool chess rain tin maths dogs paint hats coal salt peas".split())
]
"""Other features, against which words stand out."""
