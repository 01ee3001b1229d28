"""Doses that were measured: which dials, up to where, on which weights, and what was looked at.

Kept by what is done to activations, vectors and all, and not by a name: in `limits.safetensors` of the home folder, and
beside the dictionaries that ship.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import torch
from filelock import FileLock
from safetensors import SafetensorError, safe_open
from safetensors.torch import save  # pyright: ignore[reportUnknownVariableType]

from clearspan.errors import BadInput
from clearspan.files import write_file
from clearspan.models.inside.dials import Dial, Direction, Operation
from clearspan.models.inside.hooks import norms
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel
from clearspan.settings import Settings

FILE = "limits.safetensors"
SHIPPED = Path(__file__).parents[3] / "features" / "data"
"""Holds the folders of the dictionaries that ship."""

GUARD_RAILS = "refusal"
"""The probe without which nobody knows whether guard rails hold."""

_SAME = 1e-5
"""Relative difference up to which two numbers of a dial are the same: they were rounded on their way."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredDose:
    """Dials that were tried together, up to the amounts that they have here.

    Attributes:
        name: what they were called then; says nothing about what they do.
        model: reference of the model.
        weights: `fingerprint` of the weights that were measured, adapters folded in.
        dials: at the limit.
        probes: what was looked at: `fluency`, `refusal`, ….
        figures: what came out at the limit.
    """

    name: str
    model: str
    weights: str
    dials: tuple[Dial, ...]
    probes: tuple[str, ...]
    figures: tuple[tuple[str, float], ...] = ()

    @property
    def sha256(self) -> str:
        """Of the record: another vector, amount, probe or figure has another one."""
        rows = [_row(dial) for dial in self.dials]
        head = [self.name, self.model, self.weights, rows, self.probes, self.figures]
        digest = hashlib.sha256(json.dumps(head).encode())
        for dial in self.dials:
            for vector in (dial.direction.encoder, dial.direction.decoder):
                digest.update(_bytes(vector.float()))
        return digest.hexdigest()

    def share_of(self, dials: Sequence[Dial]) -> float | None:
        """How much of the limit some dials are; None where they are not these dials, all by one share.

        Amounts of the other sign are none of these: what lies below zero was not tried.
        """
        left = list(self.dials)
        shares: list[float] = []
        for dial in dials:
            same = next((one for one in left if _same(one, dial)), None)
            if same is None:
                return None
            left.remove(same)
            if dial.operation != "ablate" and _target(same) != 0:
                shares.append(_target(dial) / _target(same))
            elif dial.operation != "ablate" and _target(dial) != 0:
                return None
        if left:
            return None
        share = max(shares, default=1.0)
        return (
            share if share >= 0 and all(abs(one - share) <= _SAME * (1 + share) for one in shares) else None
        )


def measured_doses(model: str, settings: Settings) -> list[MeasuredDose]:
    """What was measured of a model: what ships, and what was measured here.

    Raises:
        BadInput: a file is damaged.
    """
    paths = [*sorted(SHIPPED.glob(f"*/{FILE}")), settings.home / FILE]
    return [one for path in paths for one in read_measured(path) if one.model == model]


def keep_measured(made: Sequence[MeasuredDose], path: Path) -> None:
    """Add to a file; an earlier measurement of the same model under the same name is replaced.

    Raises:
        StorageError: the disk did not take it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    taken = {(one.model, one.name) for one in made}
    with FileLock(f"{path}.lock"):
        kept = [one for one in read_measured(path) if (one.model, one.name) not in taken]
        write_file(path, _written([*kept, *made]))


def read_measured(path: Path) -> list[MeasuredDose]:
    """The measurements of one file; none where there is no file.

    Raises:
        BadInput: it is damaged.
    """
    if not path.is_file():
        return []
    try:
        with cast("Any", safe_open(path, "pt")) as file:
            rows = cast("list[dict[str, Any]]", json.loads(file.metadata()["clearspan"]))
            return [_read(row, number, file) for number, row in enumerate(rows)]
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(
            f"{path} cannot be read as measured doses.",
            why=f"{type(error).__name__}: {error}",
            do="Measure them again: 'clearspan features tune'.",
        ) from error


def fingerprint(loaded: LoadedModel) -> str:
    """SHA-256 of a model's weights as bfloat16, in which 32-bit and 16-bit copies of them agree."""
    digest = hashlib.sha256()
    seen: set[int] = set()
    for name, tensor in sorted(loaded.model.state_dict().items()):
        # Tied weights stand under several names.
        if tensor.data_ptr() not in seen and tensor.is_floating_point():
            seen.add(tensor.data_ptr())
            digest.update(f"{name} {tuple(tensor.shape)}".encode())
            digest.update(_bytes(tensor.detach().to(torch.bfloat16)))
    return digest.hexdigest()


def _same(one: Dial, other: Dial) -> bool:
    a, b = one.direction, other.direction
    # A dial of nothing is no part of one that does something.
    if (a.site, one.operation, a.threshold is None) != (b.site, other.operation, b.threshold is None):
        return False
    pairs = ((a.encoder, b.encoder), (a.decoder, b.decoder))
    scalars = ((a.bias, b.bias), (a.threshold or 0.0, b.threshold or 0.0))
    return all(
        first.shape == second.shape and float(norms(first - second)) <= _SAME * float(norms(first))
        for first, second in pairs
    ) and all(abs(first - second) <= _SAME * max(1.0, abs(first)) for first, second in scalars)


def _target(dial: Dial) -> float:
    return dial.amount * dial.direction.maximum


def _row(dial: Dial) -> dict[str, Any]:
    direction = dial.direction
    return {
        "site": str(direction.site),
        "operation": dial.operation,
        "target": _target(dial),
        "bias": direction.bias,
        "threshold": direction.threshold,
    }


def _written(together: Sequence[MeasuredDose]) -> bytes:
    rows: list[dict[str, Any]] = []
    tensors: dict[str, torch.Tensor] = {}
    for number, one in enumerate(together):
        rows.append(
            {
                "name": one.name,
                "model": one.model,
                "weights": one.weights,
                "probes": one.probes,
                "figures": dict(one.figures),
                "dials": [_row(dial) for dial in one.dials],
            }
        )
        for place, dial in enumerate(one.dials):
            tensors[f"{number}.{place}.encoder"] = dial.direction.encoder.float().clone()
            tensors[f"{number}.{place}.decoder"] = dial.direction.decoder.float().clone()
    return save(tensors, {"clearspan": json.dumps(rows, allow_nan=False)})


def _read(row: dict[str, Any], number: int, file: Any) -> MeasuredDose:
    model = str(row["model"])
    dials = [
        dial_of(
            model,
            file.get_tensor(f"{number}.{place}.encoder"),
            file.get_tensor(f"{number}.{place}.decoder"),
            site=Site.parse(str(one["site"])),
            operation=one["operation"],
            target=float(one["target"]),
            bias=float(one["bias"]),
            threshold=None if one["threshold"] is None else float(one["threshold"]),
        )
        for place, one in enumerate(row["dials"])
    ]
    figures = tuple((str(name), float(value)) for name, value in row["figures"].items())
    probes = tuple(str(one) for one in row["probes"])
    return MeasuredDose(str(row["name"]), model, str(row["weights"]), tuple(dials), probes, figures)


def dial_of(
    model: str,
    encoder: torch.Tensor,
    decoder: torch.Tensor,
    *,
    site: Site,
    operation: Operation,
    target: float,
    bias: float,
    threshold: float | None,
) -> Dial:
    """A dial by its numbers alone.

    Raises:
        BadInput: they cannot be used.
    """
    direction = Direction("direction", model, site, encoder, decoder, bias, threshold)
    # Whatever the target is, as one multiple of itself: amounts have a bound that targets have not.
    unit = abs(target) or 1.0
    return Dial(replace(direction, maximum=unit), operation, target / unit)


def _bytes(tensor: torch.Tensor) -> bytes:
    return cast("Any", tensor.cpu().contiguous().view(torch.uint8)).numpy().tobytes()
