"""The receipt holds what the stages came to, in their order."""

from clearspan.journey.asked import Asked
from clearspan.journey.compose import Chosen
from clearspan.journey.inside import Seen
from clearspan.journey.receipt import Answered, record
from clearspan.journey.write import Written
from clearspan.overview.question import understand
from clearspan.receipts import Claim, Dropped, Meter, Receipt, RouteDecision

ASKED = Asked(understand("Why is the Tarrow bridge closed?"), "papers", dials_as_written=("formal=1x",))
QUOTED = Claim(text="Ice forms on its deck.", origin="quoted", support="supported", score=0.9)
GENERATED = QUOTED.model_copy(update={"text": "Its deck ices over.", "origin": "generated"})
ROUTE = RouteDecision(tier="generate", why="")


def answered(written: Written) -> Receipt:
    chosen = Chosen((QUOTED,), dropped=(Dropped(text="Q", origin="quoted", why=""),), notes=("of quotes",))
    seen = Seen(notes=("of inside",))
    return record(Answered(ASKED, ROUTE, None, chosen, written, seen), Meter())


def test_what_was_written_follows_what_was_quoted() -> None:
    dropped = Dropped(text="W", origin="generated", why="unsupported by the quotes it was written from")
    receipt = answered(Written((GENERATED,), (dropped,), ("of writing",), model="smollm2-135m"))
    assert [claim.text for claim in receipt.overview.claims] == [QUOTED.text, GENERATED.text]
    assert [one.text for one in receipt.dropped] == ["Q", "W"]
    assert receipt.overview.notes == ("of quotes", "of writing", "of inside")
    assert receipt.versions.model == "smollm2-135m"
    assert receipt.dials == ("formal=1x",)
    assert "Ice forms on its deck" in receipt.overview.spoken


def test_dials_that_changed_nothing_say_so() -> None:
    receipt = answered(Written())
    assert "formal=1x) changed nothing that is shown" in receipt.overview.notes[-1]
    assert (receipt.versions.model, receipt.versions.embedder) == (None, None)
