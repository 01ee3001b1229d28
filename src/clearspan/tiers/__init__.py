"""Which tiers there are, in one place: `all_tiers(settings, …)`.

Those that ship come first. Other packages add theirs under the entry point group `clearspan.tiers`: a name, and a
`tiers.base.Writer` class that is made with the settings:

    [project.entry-points."clearspan.tiers"]
    parrot = "my_package:Parrot"

Every installed one takes part in the choice from then on; to take it out, uninstall its package.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from clearspan.errors import BadInput
from clearspan.plugins import Plugins
from clearspan.receipts import Calculation
from clearspan.settings import Settings
from clearspan.tiers.base import Tier, Writer
from clearspan.tiers.calculator import Calculator
from clearspan.tiers.local import Local
from clearspan.tiers.quote import Quote
from clearspan.tiers.remote import Remote

if TYPE_CHECKING:
    from clearspan.models.serving.engine import LanguageModel
    from clearspan.models.serving.late import Late

ADDED: Plugins[Callable[[Settings], Writer]] = Plugins("clearspan.tiers", "tier", {}, Writer, classes=True)
"""What other packages add."""


def all_tiers(
    settings: Settings, recognise: Callable[[str], Calculation | None], model: "Late[LanguageModel]"
) -> tuple[Tier, ...]:
    """The tiers of a process, the least work first: between equals the router takes the first.

    Args:
        settings: name the writer that ships: a remote tier, or else the local model.
        recognise: what the calculator knows, as `Calculator` takes it.
        model: the local model; whoever gives it closes it.

    Raises:
        BadInput: a package's tier cannot be used, or has the name of another.
    """
    remote = settings.generating
    writer = Remote(settings.generate_tier, remote, settings) if remote else Local(model, settings)
    found = [Calculator(recognise), Quote(), writer, *_added(settings)]
    names = [tier.name for tier in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(
            f"Two tiers are named '{twice}'.",
            why="A receipt would not tell which of them answered.",
            do="Rename or uninstall the one that a package adds.",
        )
    return tuple(found)


def _added(settings: Settings) -> Iterator[Writer]:
    for name, made in ADDED.all().items():
        tier = made(settings)
        missing = [each for each in ("name", "spoken") if not isinstance(getattr(tier, each, None), str)]
        if missing:
            raise BadInput(
                f"The tier '{name}' of {ADDED.package(name)} cannot be used.",
                why=f"A {type(tier).__name__} lacks {' and '.join(missing)}, texts that every tier has.",
                do=f"Update or remove {ADDED.package(name)}.",
            )
        yield tier
