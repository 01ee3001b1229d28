"""Where the parts of a decoder-only language model are, found in its module tree and proved by one forward pass.

No model is known by name. The stack of layers is the module list as long as the configuration says; a layer's
attention is its part called so, its feed-forward part the other one that holds matrices. What each of them adds to
the residual stream may pass a norm first (Gemma 2 and 3, OLMo 2), so that a few tokens are run once, and the outputs
are kept for which

    layer's input + attention + feed-forward = layer's output

A model of which this cannot be shown is refused.
"""

import itertools
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any, Literal, cast

import torch
from torch import nn

from clearspan.errors import Refused
from clearspan.models.inside.sites import Site

_PROBE_TOKENS = 4


@dataclass(frozen=True, slots=True)
class SiteShape:
    """A site of a model; activations there have shape `(positions, width)`."""

    site: Site
    width: int


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer of the stack.

    Attributes:
        module: the whole; its input and output are the residual stream.
        attention: the module whose output is what attention adds to the stream.
        mlp: the module whose output is what the feed-forward part adds.
    """

    module: nn.Module
    attention: nn.Module
    mlp: nn.Module


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """The parts of one model.

    Attributes:
        model: the transformers causal language model.
        layers: in the order of computation.
        final_norm: what the last layer's output passes before the head.
        head: from the normed stream to logits.
        width: of the residual stream.
    """

    model: Any
    layers: tuple[Layer, ...]
    final_norm: nn.Module
    head: nn.Module
    width: int

    @classmethod
    def of(cls, model: Any) -> "Anatomy":
        """Find the parts of a model.

        Args:
            model: a transformers causal language model with its weights, in evaluation mode.

        Raises:
            Refused: it is not a decoder with attention and a feed-forward part in every layer that add to one
                residual stream; says what is missing.
        """
        container, stack = _stack(model)
        names = [_parts(model, layer) for layer in stack]
        if len(set(names)) != 1:
            raise _unsupported(model, "its layers are not all built alike")
        attention, mlp = names[0]
        probe = _probe(model, container, stack)
        found = _additions(model, probe, attention, mlp)
        layers = tuple(
            Layer(block, block.get_submodule(found[0]), block.get_submodule(found[1])) for block in stack
        )
        head = model.get_output_embeddings()
        if head is None:
            raise _unsupported(model, "it has no head that gives logits")
        norm = _final_norm(model, probe)
        return cls(model, layers, norm, head, probe.width)

    def sites(self) -> list[SiteShape]:
        """Every site, in the order in which a forward pass reaches them."""
        parts: tuple[Literal["attention", "mlp", "residual"], ...] = ("attention", "mlp", "residual")
        layered = (Site(part, number) for number in range(len(self.layers)) for part in parts)
        return [SiteShape(site, self.width) for site in (Site("embedding"), *layered)]

    def check(self, site: Site) -> None:
        """Raise unless the model has this site.

        Raises:
            BadInput: it has not; says which it has.
        """
        site.require(len(self.layers))


@dataclass(slots=True, eq=False)
class _Probe:
    """What a forward pass over a few tokens showed.

    Attributes:
        inputs: of each layer, shape `(tokens, width)`, float32, like all tensors here.
        outputs: of each layer, by the name of the part that gave it; the layer itself is ''.
        after: modules beside the stack, in the order in which they were called after its last layer.
    """

    inputs: list[torch.Tensor]
    outputs: list[dict[str, torch.Tensor]]
    after: list[nn.Module] = field(default_factory=list[nn.Module])

    @property
    def width(self) -> int:
        return self.inputs[0].shape[-1]


def _stack(model: Any) -> tuple[nn.Module, Sequence[nn.Module]]:
    """The module that holds the stack of layers, and the layers."""
    config = model.config.get_text_config()
    count = getattr(config, "num_hidden_layers", None)
    if getattr(config, "is_encoder_decoder", False):
        raise _unsupported(model, "it has an encoder besides its decoder")
    for parent in cast("Iterator[nn.Module]", model.get_decoder().modules()):
        for child in parent.children():
            if isinstance(child, nn.ModuleList) and len(child) == count:
                return parent, list(child)
    raise _unsupported(model, f"it holds no list of {count} layers")


def _parts(model: Any, layer: nn.Module) -> tuple[str, str]:
    """Names of a layer's attention and of its last other part that holds matrices."""
    named = [
        (name, type(child).__name__)
        for name, child in layer.named_children()
        if any(parameter.ndim > 1 for parameter in child.parameters())
    ]
    attention = [name for name, kind in named if "att" in name.lower() or "attention" in kind.lower()]
    others = [name for name, _ in named if name not in attention]
    if len(attention) != 1:
        raise _unsupported(model, f"a layer has {len(attention)} attention parts, not one")
    if not others:
        raise _unsupported(model, "a layer has no feed-forward part")
    return attention[0], others[-1]


def first_tensor(output: Any) -> torch.Tensor:
    """The hidden states among what a module of transformers gives back."""
    return cast("torch.Tensor", output if isinstance(output, torch.Tensor) else output[0])


def layer_input(args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor:
    """The hidden states among the arguments of a layer."""
    return cast("torch.Tensor", args[0] if args else kwargs["hidden_states"])


def _probe(model: Any, container: nn.Module, stack: Sequence[nn.Module]) -> _Probe:
    probe = _Probe([], [{} for _ in stack])
    with _watched(probe, container, stack), torch.inference_mode():
        vocabulary = int(model.config.get_text_config().vocab_size)
        tokens = torch.arange(_PROBE_TOKENS, device=model.device) * vocabulary // _PROBE_TOKENS
        model(input_ids=tokens[None], use_cache=False, logits_to_keep=1)
    if len(probe.inputs) != len(stack):
        raise _unsupported(model, "its layers do not each run once")
    return probe


@contextmanager
def _watched(probe: _Probe, container: nn.Module, stack: Sequence[nn.Module]) -> Generator[None]:
    # Another thread may be generating with this model: what it runs is not the probe's.
    own = get_ident()

    def take(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.detach().float().reshape(-1, tensor.shape[-1]).clone()

    def before(_module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if get_ident() == own:
            probe.inputs.append(take(layer_input(args, kwargs)))
            probe.after.clear()

    def keep(number: int, name: str, output: Any) -> None:
        tensor = first_tensor(output)
        if get_ident() == own and tensor.shape[-1] == probe.width:
            probe.outputs[number][name] = take(tensor)

    def follow(module: nn.Module, _args: Any, _output: Any) -> None:
        if get_ident() == own:
            probe.after.append(module)

    handles = [layer.register_forward_pre_hook(before, with_kwargs=True) for layer in stack]
    for number, layer in enumerate(stack):
        for name, module in itertools.chain([("", layer)], layer.named_children()):
            handles.append(
                module.register_forward_hook(
                    lambda _module, _args, output, n=number, name=name: keep(n, name, output)
                )
            )
    handles.extend(module.register_forward_hook(follow) for module in container.children())
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _additions(model: Any, probe: _Probe, attention: str, mlp: str) -> tuple[str, str]:
    """Names of the parts whose outputs, added to a layer's input, make its output.

    Besides the attention, only what is called between it and the feed-forward part can be what it adds, and besides
    the feed-forward part only what is called later. The two come first, so that a part that changes nothing at
    inference, as dropout does, is never taken for them.
    """
    called = [name for name in probe.outputs[0] if name]
    if not {attention, mlp} <= set(called):
        raise _unsupported(model, "a part of its layers gives back something else than hidden states")
    start, middle = called.index(attention), called.index(mlp)
    pairs = itertools.product(
        [attention, *called[start + 1 : middle]], [mlp, *called[max(start, middle) + 1 :]]
    )
    errors = {pair: _error(probe, pair) for pair in pairs}
    best = min(errors, key=lambda pair: errors[pair])
    if errors[best] > 8 * torch.finfo(model.dtype).eps:
        raise _unsupported(
            model, "what attention and the feed-forward part add to the residual stream is not found apart"
        )
    return best


def _error(probe: _Probe, pair: tuple[str, str]) -> float:
    """How far the sum misses the layers' outputs, over the size of all of them."""
    missed = size = 0.0
    for before, outputs in zip(probe.inputs, probe.outputs, strict=True):
        terms = (before, *(outputs[name] for name in pair), outputs[""])
        missed += float((terms[0] + terms[1] + terms[2] - terms[3]).abs().sum())
        size += float(sum(term.abs().sum() for term in terms))
    return missed / size if size else float("inf")


def _final_norm(model: Any, probe: _Probe) -> nn.Module:
    norms = [module for module in probe.after if _is_norm(module)]
    if len(norms) != 1:
        raise _unsupported(model, f"{len(norms)} norms stand between its last layer and its head, not one")
    return norms[0]


def _is_norm(module: nn.Module) -> bool:
    parameters = list(module.parameters())
    return bool(parameters) and all(parameter.ndim == 1 for parameter in parameters)


def _unsupported(model: Any, reason: str) -> Refused:
    return Refused(
        f"Clearspan cannot see inside a {type(model).__name__}: {reason}.",
        why="It reads decoder-only models whose layers add attention and a feed-forward part to one residual stream.",
        do="Use such a model; Llama, Mistral, Gemma, Qwen, GPT-2, GPT-NeoX, Phi and many others are.",
    )
