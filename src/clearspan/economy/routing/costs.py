"""What an answer of each tier costs: counted in the ledger, predicted by the tier until there is enough to count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from clearspan.receipts import Meter, Offer, Receipt
from clearspan.tiers.base import Tier, Writer

_ENOUGH = 5
"""Answers from which a median takes the place of a tier's own guess."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Medians over past answers of a tier: joules, seconds, and money by the currency that was paid in."""

    joules: float
    seconds: float
    money: Mapping[str, float]


def count(receipts: Iterable[Receipt], tiers: Sequence[Tier]) -> dict[str, Counted]:
    """What past answers cost, for each tier by its name that has answered often enough.

    Answers of another writer under the same name tell nothing and are left out, and so are those that had to load
    something first: that is paid once, and not by the tier that happened to be asked. What a writer took in vain is of
    its price, not of that of the quotes which answered in its place.
    """
    references = {tier.name: tier.reference for tier in tiers}
    past: dict[str, list[Meter]] = {}
    for receipt in receipts:
        if receipt.meter.loaded:
            continue
        name = receipt.route.tried or receipt.route.tier
        if references.get(name, "") in {"", receipt.versions.model}:
            past.setdefault(name, []).append(receipt.meter)
    return {name: _medians(meters) for name, meters in past.items() if len(meters) >= _ENOUGH}


def priced(tiers: Sequence[Tier], question: str, counted: Mapping[str, Counted]) -> list[tuple[Tier, Offer]]:
    """The tiers with their offers for a question, at prices as they were counted.

    Each kind of tier does the work of the kinds before it in the list, so none is cheaper than they are, whatever
    medians of a few answers say.
    """
    offers: list[tuple[Tier, Offer]] = []
    joules = seconds = 0.0
    for tier in tiers:
        offer = _as_counted(tier, tier.offer(question), counted)
        dearer = {"joules": max(offer.joules, joules), "seconds": max(offer.seconds, seconds)}
        offer = offer.model_copy(update=dearer)
        offers.append((tier, offer))
        if not isinstance(tier, Writer):
            joules, seconds = offer.joules, offer.seconds
    return offers


def _as_counted(tier: Tier, offer: Offer, counted: Mapping[str, Counted]) -> Offer:
    found = counted.get(tier.name)
    if found is None:
        return offer
    # What a server elsewhere uses is not seen here; to count it as nothing would make it look frugal.
    joules = found.joules if tier.metered else max(found.joules, offer.joules)
    money = found.money.get(offer.currency, offer.money)
    return offer.model_copy(update={"joules": joules, "seconds": found.seconds, "money": money})


def _medians(meters: Sequence[Meter]) -> Counted:
    paid: dict[str, list[float]] = {}
    for meter in meters:
        paid.setdefault(meter.currency, []).append(meter.money)
    return Counted(
        joules=median(meter.joules for meter in meters),
        seconds=median(meter.seconds for meter in meters),
        money={currency: median(each) for currency, each in paid.items() if len(each) >= _ENOUGH},
    )
