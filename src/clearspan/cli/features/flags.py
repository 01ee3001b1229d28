"""The flags of a training: one for every field of its configuration."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from clearspan.features.training.architectures import ARCHITECTURES
from clearspan.features.training.config import TrainingConfig

_Command = TypeVar("_Command", bound=Callable[..., Any])


def training_flags(command: _Command) -> _Command:
    """Give a command a flag for every field of `TrainingConfig`."""
    for name, field in reversed(TrainingConfig.model_fields.items()):
        flag = f"--{name.replace('_', '-')}"
        if name == "architecture":
            kind: Any = click.Choice(ARCHITECTURES.names())
        elif name == "prefixes":
            kind = str
        else:
            kind = field.annotation
        shown = field.default if name != "prefixes" else None
        command = click.option(flag, type=kind, default=shown, show_default=True, help=field.description)(
            command
        )
    return command


def configuration(options: dict[str, Any], prefixes: str | None) -> TrainingConfig:
    """The configuration that flags give.

    Raises:
        UsageError: a flag's value cannot be used; says which.
    """
    from pydantic import ValidationError

    try:
        parts = tuple(int(part) for part in prefixes.split(",")) if prefixes else ()
        return TrainingConfig(**options, prefixes=parts)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise click.UsageError(f"{place}: {first['msg']}" if place else first["msg"]) from error
    except ValueError as error:
        raise click.UsageError("--prefixes is a list of whole numbers, as 512,1024,8192") from error
