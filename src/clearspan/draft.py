"""An answer in the making: what each stage of the journey does, and hands on to the next."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from clearspan.economy import route as routing
from clearspan.economy.meter import Metering
from clearspan.errors import BadInput, ClearspanError, Refused
from clearspan.library.documents import SearchResult
from clearspan.overview import diagnose
from clearspan.overview.answering import abstain, compose, conflict, question_odds, subjects
from clearspan.overview.answering.answerability.model import Answerability, assess
from clearspan.overview.answering.rewrite import Rewriting, rewrite
from clearspan.overview.answering.select import Candidate, candidates
from clearspan.overview.calculate import recognise
from clearspan.overview.proof import citing
from clearspan.overview.proof.verify import Witnesses
from clearspan.overview.question import understand
from clearspan.overview.spoken import spoken
from clearspan.receipts import (
    Abstention,
    Calculation,
    Check,
    Claim,
    Conflict,
    Dropped,
    FeatureReading,
    Overview,
    Receipt,
    RouteDecision,
    Source,
    Versions,
)
from clearspan.settings import Settings
from clearspan.version import __version__
from clearspan.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.embedder import Embedder
    from clearspan.models.serving.engine import LanguageModel

_SHORT_QUOTE_WORDS = 24
"""A single quote up to this length needs neither joining nor shortening."""


_SPARE = 4
"""Times as many passages are found as are judged to be believed: copies and satire must not crowd out the rest."""

_WITNESSES = 2
"""Independent sources that a sentence in the machine's own words needs on a careful subject."""

_LONG_QUOTE_WORDS = 40
"""A quote longer than this is worth the model's time even when one fact was asked for."""


class Draft:
    """One answer in the making; its methods are the stages, called in order by `answer.journey`."""

    def __init__(
        self,
        workspace: Workspace,
        question: str,
        library: str,
        metering: Metering,
        dials: Sequence[str] = (),
    ) -> None:
        self.workspace = workspace
        self.settings = workspace.settings
        self.question = understand(question)
        self.library_name = library
        self.metering = metering
        self.decision = RouteDecision(tier="quote", why="")
        self.sources: tuple[Source, ...] = ()
        self.claims: list[Claim] = []
        self.dropped: list[Dropped] = []
        self.notes: list[str] = []
        self.abstention: Abstention | None = None
        self.conflict: Conflict | None = None
        self.features: tuple[FeatureReading, ...] = ()
        self._dials, self.dials = dialled(workspace.settings, dials)
        self._quotes_only = False
        self.revision = 0
        self._generation = ""
        self._embedder: Embedder | None = None
        self._opened: dict[str, str] = {}

    def calculate(self) -> Calculation | Abstention | None:
        """The calculation that is asked for; an abstention when it has no result; None when none is asked for."""
        try:
            return recognise(self.question.text)
        except BadInput as error:
            return abstain.cannot_calculate(error.what, error.why, error.do)

    def route(self, calculation: Calculation | Abstention | None, generate: bool | None) -> None:
        """Choose the tier."""
        off = "generation was switched off for this question" if generate is False else ""
        self._generation = off or self.workspace.generation_state()
        self.decision = routing.choose(
            self.question.text,
            calculable=calculation is not None,
            generation=self._generation,
            prices=self.workspace.prices(),
            writer=self._writer,
        )

    def calculated(self, calculation: Calculation | Abstention) -> tuple[Claim, ...]:
        """The calculated claim; none, and an abstention, when there is no result."""
        if isinstance(calculation, Abstention):
            self.abstention = calculation
            return ()
        return (_calculated(calculation),)

    def search(self) -> SearchResult:
        """Passages for the question, by words and by meaning."""
        # Taken once: one that is ready only halfway through must not be named by an answer that it took no part in.
        self._embedder = self.workspace.embedder
        self.library = self.workspace.existing_library(self.library_name)
        self.revision = self.library.revision()
        found = self.library.search(self.question.text, limit=_SPARE * self.settings.search_limit)
        self._opened = {hit.passage.id: hit.passage.text for hit in found.hits}
        if found.note:
            self.notes.append(found.note)
        return found

    def judge(self, found: SearchResult) -> list[Candidate]:
        """Judge each source, then score each of their sentences as an answer."""
        judge = self.workspace.judge(self.library)
        judged = judge.judge(found.hits, self.question, self._embedder, self.settings.search_limit)
        self.sources = _by_document([each.source for each in judged])
        return candidates(self.question, judged, self.library, self._embedder)

    def compose(self, scored: Sequence[Candidate]) -> tuple[Claim, ...]:
        """Choose the quotes, number the sources; abstain when nothing believed answers."""
        threshold = self.settings.answer_threshold
        assessed = assess(self.question.text, self._embedder)
        scored = question_odds.weigh(scored, assessed)
        quotes = compose.choose(self.question, scored, threshold, self.settings.max_quotes)
        sides = conflict.sides(self.question, scored, threshold) or conflict.of_quotes(self.question, quotes)
        why = conflict.cause(sides)
        quotes = conflict.with_sides(quotes, sides, disputed=why != "readings")
        self.sources = compose.number_sources(self.sources, quotes)
        self.dropped.extend(quotes.dropped)
        if not quotes.main:
            self.abstention = self._abstain(scored, assessed)
            return ()
        quoted = self._proved(compose.quoted_claims(quotes, self.sources))
        if not quoted:
            self.abstention = self._abstain(scored, assessed)
            return ()
        self.conflict = conflict.record(self.question, sides, why, quoted, self.sources)
        if self.conflict:
            self.notes.append(self.conflict.note)
        self._keep_to_quotes(quoted)
        converted = compose.converted_claim(self.question, quoted)
        return (*quoted, converted) if converted else quoted

    def _keep_to_quotes(self, quoted: Sequence[Claim]) -> None:
        """On a careful subject the machine's own words need two independent sources; without, quotes stand alone."""
        careful = subjects.touched(self.question.text, self.settings.careful_subjects)
        if careful is not None:
            count = max(subjects.witnesses(self.sources, (c.number for c in one.citations)) for one in quoted)
            if count < _WITNESSES:
                self._quotes_only = True
                self.notes.append(subjects.note(careful, count))

    def escalate(self) -> None:
        """Go on to the generating tier, once, when a quote is right but too long to be a good answer."""
        quoted = [claim for claim in self.claims if claim.origin == "quoted"]
        longest = max((len(claim.text.split()) for claim in quoted), default=0)
        if self.decision.tier != "quote" or self._generation or longest <= _LONG_QUOTE_WORDS:
            return
        why = f"the quote has {longest} words: {self._writer} may say it in one short sentence, if that is verified"
        self.decision = routing.escalate(self.decision, "generate", why)

    def generate(self) -> Claim | None:
        """One sentence of the model that joins the quotes, if it is verified against them."""
        quoted = [claim for claim in self.claims if claim.origin == "quoted" and claim.support == "supported"]
        if (
            self._quotes_only
            or not quoted
            or (len(quoted) == 1 and len(quoted[0].text.split()) <= _SHORT_QUOTE_WORDS)
        ):
            return None
        try:
            written = self._write([claim.text for claim in quoted])
        except (ClearspanError, RuntimeError) as error:
            # The quotes are shown already and are right without it: PyTorch out of memory must not take them away.
            reason = error.what if isinstance(error, ClearspanError) else f"the model failed ({error})."
            self.notes.append(f"No sentence was generated: {reason}")
            return None
        self.metering.tokens(written.input_tokens, written.output_tokens)
        self._pay(written.input_tokens, written.output_tokens)
        if not written.text:
            self.notes.append(f"No sentence was generated: {written.why}.")
            return None
        threshold = self.settings.support_threshold
        proof = citing.prove_sentence(written.text, quoted, threshold, self._witnesses())
        self.dropped.extend(proof.dropped)
        return proof.claims[0] if proof.claims else None

    def _write(self, statements: Sequence[str]) -> Rewriting:
        if not self._dials:
            return rewrite(self.workspace.writer, statements, self.settings.generate_seconds)
        with self.workspace.model.dial(*self._dials) as model:
            return rewrite(model, statements, self.settings.generate_seconds)

    def state(self, claim: Claim) -> Claim:
        """Add a claim to the overview."""
        self.claims.append(claim)
        return claim

    def look_inside(self, claim: Claim) -> None:
        """Record what was active in the local model while it reads a sentence that it wrote, if it has a dictionary."""
        if self.settings.generating is not None:
            return
        from clearspan.features.active import strongest
        from clearspan.features.catalogue import default_dictionary

        try:
            opened = default_dictionary(self.settings.model, self.settings)
            found = strongest(self.workspace.model, opened, claim.text) if opened else []
        except ClearspanError as error:
            # The sentence is verified and shown; what was active beside it must not take it away.
            self.notes.append(f"What was active inside is not known: {error.what}")
            return
        index = self.claims.index(claim)
        self.features += tuple(
            FeatureReading(
                feature=active.name,
                label=active.label,
                activation=active.activation,
                share=active.share,
                claim=index,
            )
            for active in found
        )

    def receipt(self) -> Receipt:
        """The record of what happened."""
        embedder = self._embedder if self.sources else None
        used_model = any(stage.name.startswith("generate") for stage in self.metering.meter().stages)
        overview = self._overview()
        return Receipt(
            question=self.question.text,
            library=self.library_name,
            route=self.decision,
            overview=overview,
            sources=self.sources,
            dropped=tuple(self.dropped),
            features=self.features,
            dials=self.dials,
            diagnoses=diagnose.known(overview, self.dropped),
            meter=self.metering.meter(),
            versions=Versions(
                clearspan=__version__,
                library_revision=self.revision,
                model=self.settings.writer if used_model else None,
                embedder=embedder.reference if embedder else None,
            ),
        )

    @property
    def _writer(self) -> str:
        tier = self.settings.generate_tier
        return f"the remote tier '{tier}'" if tier else "the local model"

    def _pay(self, read: int, written: int) -> None:
        tier = self.settings.generating
        if tier is not None:
            how = (
                f"{read} tokens read at {tier.price_in:g} and {written} written at {tier.price_out:g} {tier.currency} "
                f"a million ([tiers.{self.settings.generate_tier}]); where the server states no counts, "
                "four characters are taken for a token, and failed tries are not counted"
            )
            self.metering.pay(tier.cost(read, written), tier.currency, how)

    def _overview(self) -> Overview:
        if self.dials and not any(claim.origin == "generated" for claim in self.claims):
            self.notes.append(
                f"The dials ({', '.join(self.dials)}) changed nothing that is shown: no sentence here was generated, "
                "and what is quoted or calculated is never dialled."
            )
        overview = Overview(
            claims=tuple(self.claims),
            abstention=self.abstention,
            conflict=self.conflict,
            notes=tuple(self.notes),
        )
        return overview.model_copy(update={"spoken": spoken(overview, self.sources)})

    def _proved(self, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """Quoted claims with the citations that carry them; what does not is recorded as dropped."""
        proof = citing.prove_quotes(claims, self._opened, self.settings.support_threshold, self._witnesses())
        self.dropped.extend(proof.dropped)
        return proof.claims

    def _witnesses(self) -> Witnesses:
        model: LanguageModel | None = None
        if self.settings.verify_with_model and not self._generation:
            with suppress(ClearspanError):  # the weights without it are calibrated for that
                model = self.workspace.model
        return Witnesses(self._embedder, model, self.workspace.checker)

    def _abstain(self, scored: Sequence[Candidate], assessed: Answerability) -> Abstention:
        documents, passages = self.library.counts()
        if documents == 0:
            return abstain.empty_library(self.library_name)
        searched = (
            f"{documents:,} documents ({passages:,} passages) of the library '{self.library_name}'",
            "words: " + ", ".join(self.question.spoken),
        )
        return abstain.unanswered(
            self.question, scored, self.sources, self.settings.answer_threshold, searched, assessed
        )


def _calculated(calculation: Calculation) -> Claim:
    return Claim(
        text=f"{calculation.expression} = {calculation.result}",
        origin="calculated",
        support="supported",
        score=1.0,
        checks=(Check(name="calculation", score=1.0, detail=calculation.method),),
        calculation=calculation,
    )


def _by_document(sources: Sequence[Source]) -> tuple[Source, ...]:
    """One source a document: its best believed passage, or its best one if none is believed."""
    best: dict[str, Source] = {}
    for source in sources:
        known = best.get(source.document_id)
        if known is None:
            best[source.document_id] = source
        elif source.believed != known.believed:
            shown, other = (source, known) if source.believed else (known, source)
            warning = f"another passage of it was not believed: {other.reasons[0]}"
            reasons = tuple(dict.fromkeys((*shown.reasons, warning)))
            best[source.document_id] = shown.model_copy(update={"reasons": reasons})
    return tuple(sorted(best.values(), key=lambda source: not source.believed))


def dialled(settings: Settings, dials: Sequence[str]) -> "tuple[tuple[Dial, ...], tuple[str, ...]]":
    """The dials that texts name, and the texts as they are recorded.

    Raises:
        BadInput, NotFound: a dial is malformed, or names what does not exist.
        Refused: it cannot be set, or a remote tier would write.
    """
    if not dials:
        return (), ()
    if settings.generating is not None:
        raise Refused(
            f"The remote tier '{settings.generate_tier}' cannot be dialled.",
            why="Features are those of a model that runs here; nobody reaches into one on a server elsewhere.",
            do="Leave the dials out, or take generate_tier out of the settings.",
        )
    from clearspan.features.doses import parse_dial, resolve

    parsed = [parse_dial(one) for one in dials]
    return tuple(resolve(parsed, settings, settings.model)), tuple(str(one) for one in parsed)
