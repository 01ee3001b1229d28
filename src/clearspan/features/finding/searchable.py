"""The dictionary that `clearspan.dictionary` gives: annotated, and searched by meaning with a method of its own."""

from collections.abc import Sequence
from pathlib import Path

from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.finding.ranking import Findings, find
from clearspan.features.finding.texts import described, exemplified
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings


class SearchableDictionary(AnnotatedDictionary):
    """An annotated dictionary whose features are found by what they mean.

    Args:
        settings: with which its model is loaded, where a search is given none.
    """

    def __init__(self, folder: Path, settings: Settings, edits: Path | None = None) -> None:
        super().__init__(folder, edits)
        self._settings = settings

    def find(
        self,
        text: str = "",
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        model: LanguageModel | None = None,
        limit: int = 10,
    ) -> Findings:
        """Features that mean a thing, best first; see `finding.find`.

        Args:
            text: what to find, as 'the Golden Gate Bridge'.
            like: example texts that have it, beside a description or instead of one.
            unlike: texts that do not; neutral ones by default.
            model: the dictionary's; loaded for this search alone if it is not given.

        Raises:
            BadInput: there is nothing to find, or the model is another one.
            NotFound: nothing was read with the dictionary yet.
        """
        meaning = exemplified(like, unlike, text) if like else described(text)
        if model is not None:
            return find(self, meaning, model, limit)
        with LanguageModel.load(self.card.parsed_name.model, self._settings) as loaded:
            return find(self, meaning, loaded, limit)
