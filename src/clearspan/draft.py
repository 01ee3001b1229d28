"""An answer in the making: what each stage of the journey does, and hands on to the next."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clearspan.economy import route as routing
from clearspan.economy.meter import Metering
from clearspan.errors import BadInput, ClearspanError
from clearspan.library.documents import SearchResult
from clearspan.overview import abstain, compose
from clearspan.overview.calculate import recognise
from clearspan.overview.question import stems, understand
from clearspan.overview.rewrite import rewrite
from clearspan.overview.select import Candidate, candidates
from clearspan.overview.spoken import spoken
from clearspan.overview.verify import verify
from clearspan.receipts import (
    Abstention,
    Calculation,
    Check,
    Claim,
    Dropped,
    Overview,
    Receipt,
    RouteDecision,
    Source,
    Versions,
)
from clearspan.version import __version__
from clearspan.workspace import Workspace

if TYPE_CHECKING:
    from clearspan.models.embedder import Embedder

_SHORT_QUOTE_WORDS = 24
"""A single quote up to this length needs neither joining nor shortening."""


_SPARE = 4
"""Times as many passages are found as are judged to be believed: copies and satire must not crowd out the rest."""

_LONG_QUOTE_WORDS = 40
"""A quote longer than this is worth the model's time even when one fact was asked for."""


class Draft:
    """One answer in the making; its methods are the stages, called in order by `answer.journey`."""

    def __init__(self, workspace: Workspace, question: str, library: str, metering: Metering) -> None:
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
        self.revision = 0
        self._generation = ""
        self._embedder: Embedder | None = None

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
        quotes = compose.choose(self.question, scored, threshold, self.settings.max_quotes)
        self.sources = compose.number_sources(self.sources, quotes)
        self.dropped.extend(quotes.dropped)
        if not quotes.main:
            self.abstention = self._abstain(scored)
            return ()
        if note := compose.disagreement_note(quotes):
            self.notes.append(note)
        quoted = compose.quoted_claims(quotes, self.sources)
        converted = compose.converted_claim(self.question, quoted)
        return (*quoted, converted) if converted else quoted

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
        if not quoted or (len(quoted) == 1 and len(quoted[0].text.split()) <= _SHORT_QUOTE_WORDS):
            return None
        try:
            written = rewrite(self.workspace.writer, [c.text for c in quoted], self.settings.generate_seconds)
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
        return self._verified(written.text, quoted)

    def state(self, claim: Claim) -> Claim:
        """Add a claim to the overview."""
        self.claims.append(claim)
        return claim

    def receipt(self) -> Receipt:
        """The record of what happened."""
        embedder = self._embedder if self.sources else None
        used_model = any(stage.name.startswith("generate") for stage in self.metering.meter().stages)
        return Receipt(
            question=self.question.text,
            library=self.library_name,
            route=self.decision,
            overview=self._overview(),
            sources=self.sources,
            dropped=tuple(self.dropped),
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
        overview = Overview(claims=tuple(self.claims), abstention=self.abstention, notes=tuple(self.notes))
        return overview.model_copy(update={"spoken": spoken(overview, self.sources)})

    def _verified(self, text: str, quoted: Sequence[Claim]) -> Claim | None:
        # A quote that says 'it' is told by its document's title what it speaks of.
        evidence = [f"{claim.citations[0].title}: {claim.text}" for claim in quoted]
        found = verify(text, evidence, self.library.rarity, self._embedder, self.settings.support_threshold)
        why = "" if found.support == "supported" else f"{found.support} by the quotes it was written from"
        if any(text.strip(" .").lower() in claim.text.lower() for claim in quoted):
            why = "repeats a quote word for word"
        if why:
            self.dropped.append(Dropped(text=text, origin="generated", why=why, checks=found.checks))
            return None
        used = [claim for claim in quoted if _carries(claim.text, text)] or quoted
        citations = tuple({c.number: c for claim in used for c in claim.citations[:1]}.values())
        return Claim(
            text=text,
            origin="generated",
            support="supported",
            score=round(found.score, 3),
            checks=found.checks,
            citations=citations,
        )

    def _abstain(self, scored: Sequence[Candidate]) -> Abstention:
        documents, passages = self.library.counts()
        if documents == 0:
            return abstain.empty_library(self.library_name)
        searched = (
            f"{documents:,} documents ({passages:,} passages) of the library '{self.library_name}'",
            "words: " + ", ".join(self.question.spoken),
        )
        return abstain.unanswered(
            self.question, scored, self.sources, self.settings.answer_threshold, searched
        )


def _carries(quote: str, sentence: str) -> bool:
    told = stems(quote)
    return len(told & stems(sentence)) >= 0.3 * len(told)


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
