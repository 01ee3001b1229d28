"""Everything that is looked at, in the order in which it is told."""

from collections.abc import Callable, Iterator
from typing import Any

from clearspan import settings as configuration
from clearspan.doctor import address, holdings, machine, speed
from clearspan.doctor.examined import Examined
from clearspan.errors import ClearspanError
from clearspan.settings import Settings


def examine(*, measure: bool = False, **flags: Any) -> Iterator[Examined]:
    """Look at everything; what fails becomes a fault, and the rest goes on.

    Args:
        measure: load the local model and measure its speed anew.
        flags: settings, as `settings.load` takes them.
    """
    yield machine.versions()
    yield machine.which_processor()
    yield machine.cores()
    yield machine.memory()
    yield machine.compiler()
    try:
        settings = configuration.load(**flags)
    except ClearspanError as error:
        yield Examined.failed("settings", error)
        return
    yield Examined("settings", "ok", _where(settings))
    if measure:
        yield from _measured(settings)
    parts: list[Callable[[Settings], Iterator[Examined]]] = [
        lambda found: iter([speed.kernel(found), speed.speed(found), holdings.home(found)]),
        holdings.disk,
        holdings.weights,
        holdings.databases,
        lambda found: iter([address.address(found)]),
    ]
    for part in parts:
        try:
            yield from part(settings)
        except ClearspanError as error:
            yield Examined.failed("settings", error)


def _measured(settings: Settings) -> Iterator[Examined]:
    try:
        if not speed.is_here(settings):
            do = f"Run 'clearspan models fetch {settings.model}' before."
            yield Examined("measuring", "note", f"{settings.model} is not here, and was not measured.", do)
            return
        speed.measure(settings)
    except ClearspanError as error:
        yield Examined.failed("measuring", error)


def _where(settings: Settings) -> str:
    file = settings.home / "config.toml"
    return f"From {file} and the environment." if file.is_file() else "From the environment and defaults."
