"""Control vectors as repeng and llama.cpp keep them: a GGUF file with one vector for each of some layers.

`direction.N` is added to what leaves layer N, numbered from 0: it is a direction at `layers.N.residual`, and a
coefficient of 1 there is a dial of `+1x` here.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from clearspan.errors import BadInput, Refused
from clearspan.features.directions.named import DirectionCard, NamedDirection
from clearspan.features.formats.folders import damaged, require_file
from clearspan.files import write_file
from clearspan.models.inside.dials import Direction
from clearspan.models.inside.sites import Site
from clearspan.models.weights.gguf_header import read_header

ARCHITECTURE = "controlvector"

_TENSOR = re.compile(r"direction\.(0|[1-9][0-9]{0,4})")


def read_repeng(path: Path, model: str, name: str) -> list[NamedDirection]:
    """The directions of a control vector, lowest layer first, called `NAME-N` after their layers.

    Args:
        model: reference of the model that it was made for; the file knows only what kind of model that was.

    Raises:
        NotFound: there is no such file.
        BadInput: it is damaged, or not a control vector.
    """
    read_header(require_file(path, "a control vector"))
    # Reading GGUF brings in a large module that nothing else here needs.
    from gguf import GGMLQuantizationType, GGUFReader

    try:
        reader = GGUFReader(path)
        field = reader.get_field("general.architecture")
        kind = field.contents() if field else None
        tensors = {str(tensor.name): tensor for tensor in reader.tensors}
    except (ValueError, IndexError, KeyError, TypeError, OSError, UnicodeDecodeError) as error:
        raise damaged(path, str(error)) from error
    if kind != ARCHITECTURE:
        raise damaged(
            path, f"Its architecture is {kind!r:.40}, and that of control vectors '{ARCHITECTURE}'."
        )
    found: dict[int, NamedDirection] = {}
    for key, tensor in tensors.items():
        match = _TENSOR.fullmatch(key)
        if match is None or tensor.tensor_type != GGMLQuantizationType.F32:
            raise damaged(path, f"It holds '{key:.40}' of type {tensor.tensor_type.name}.")
        layer = int(match[1])
        found[layer] = _direction(f"{name}-{layer}", model, layer, torch.tensor(tensor.data))
    if not found:
        raise damaged(path, "It holds no directions.")
    return [found[layer] for layer in sorted(found)]


def addable(named: NamedDirection) -> NamedDirection:
    """The plain vector that a dial of `+1x` adds: what a control vector can say of a direction.

    Where its activation is 0, and what its maximum is, is lost: it can be added still, but not clamped as before.
    """
    one = named.direction
    plain = Direction.of(one.name, one.model, one.site, one.decoder * one.maximum)
    card = DirectionCard(name=named.card.name, model=named.card.model, site=named.card.site)
    return NamedDirection(card, plain)


def write_repeng(directions: Sequence[NamedDirection], path: Path, kind: str) -> None:
    """Write directions of one model as a control vector, whole or not at all.

    Args:
        kind: the model's architecture as transformers calls it (`llama`), which the file keeps as a hint.

    Raises:
        BadInput: there are none, two at one layer, or some of different models or widths.
        Refused: the format cannot say what one of them is.
        StorageError: the disk did not take it.
    """
    _require_together(directions)
    for named in directions:
        _require_sayable(named)
    from gguf import GGUFWriter

    with TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        writer = GGUFWriter(made, ARCHITECTURE)
        writer.add_string(f"{ARCHITECTURE}.model_hint", kind)
        writer.add_uint32(f"{ARCHITECTURE}.layer_count", len(directions))
        for named in sorted(directions, key=lambda one: one.direction.site.layer):
            vector = named.direction.decoder.float().numpy(force=True)
            writer.add_tensor(f"direction.{named.direction.site.layer}", vector)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        write_file(path, made.read_bytes())


def _direction(name: str, model: str, layer: int, vector: torch.Tensor) -> NamedDirection:
    site = Site("residual", layer)
    return NamedDirection(
        DirectionCard(name=name, model=model, site=str(site)), Direction.of(name, model, site, vector)
    )


def _require_together(directions: Sequence[NamedDirection]) -> None:
    layers = [named.direction.site.layer for named in directions]
    kinds = {(named.direction.model, len(named.direction.decoder)) for named in directions}
    if not directions or len(set(layers)) < len(layers) or len(kinds) > 1:
        raise BadInput(
            "These directions do not make one control vector.",
            why="It has at least one vector, one at most for each layer, and all of one model.",
            do="Write them one by one.",
        )


def _require_sayable(named: NamedDirection) -> None:
    one = named.direction
    plain = Direction.of(one.name, one.model, one.site, one.decoder)
    says = (
        one.site.part == "residual"
        and one.threshold is None
        and (one.bias, one.maximum) == (0.0, 1.0)
        and torch.equal(one.encoder, plain.encoder)
    )
    if not says:
        raise Refused(
            f"'{one.name:.60}' cannot be written as a control vector as it is.",
            why="The format knows vectors that are added after a layer, and neither a zero nor a maximum of theirs.",
            do="Write what '+1x' of it adds, as 'clearspan features convert' does for directions of the residual "
            "stream.",
        )
