"""Reads and changes activations inside of models of transformers, at the points that SAEs are named after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from .errors import InterpretError

NAME = re.compile(r"blocks\.(\d+)\.(?:hook_(resid_pre|resid_post|mlp_out|attn_out)|attn\.hook_(z))")
POINTS = ("resid_pre", "resid_post", "mlp_out", "attn_out")
BLOCKS = ("h", "layers", "blocks")
ATTENTION = ("attn", "self_attn", "attention")
MIXERS = ("o_proj", "c_proj", "dense", "out_proj")
Change = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Site:
    """A module whose input or output is the activation."""

    module: nn.Module
    at_input: bool = False


def blocks_of(model: nn.Module) -> nn.ModuleList:
    """
    The transformer's layers, from the model without its head.

    Raises:
        InterpretError: 422 `unsupported_model`.
    """
    inner = getattr(model, "base_model", model)
    inner = getattr(inner, "language_model", inner)
    for name in BLOCKS:
        if isinstance(found := getattr(inner, name, None), nn.ModuleList):
            return found
    raise InterpretError(422, "unsupported_model", f"The layers of {type(model).__name__} are not known.")


def hook_name(layer: int, point: str) -> str:
    """The name of one of `POINTS` at a layer."""
    return f"blocks.{layer}.hook_{point}"


def mixed_layer(hook: str) -> int | None:
    """The layer of a hook at the heads' outputs, before they are mixed; None for another hook."""
    match = NAME.fullmatch(hook)
    return int(match[1]) if match and match[3] else None


def find_site(model: nn.Module, hook: str, param: str = "hook") -> Site:
    """
    Parameters:
        hook: `blocks.L.hook_` and `resid_pre` (input of a block), `resid_post` (its output), `mlp_out`, `attn_out`;
            or `blocks.L.attn.hook_z`, the heads side by side before they are mixed.
        param: the part of the request that named it.

    Raises:
        InterpretError: 422 `unknown_hook`.
    """
    match = NAME.fullmatch(hook)
    blocks = blocks_of(model)
    if not match or int(match[1]) >= len(blocks):
        names = ", ".join(hook_name(0, point) for point in POINTS) + " or blocks.0.attn.hook_z"
        raise InterpretError(
            422,
            "unknown_hook",
            f"There is no hook {hook} here: it is {names}, with a layer below {len(blocks)}.",
            param,
        )
    block = blocks[int(match[1])]
    if match[3]:
        return Site(_mixer(block, hook, param), at_input=True)
    if match[2].startswith("resid"):
        return Site(block, at_input=match[2] == "resid_pre")
    return Site(_branch(block, match[2]))


def _mixer(block: nn.Module, hook: str, param: str) -> nn.Module:
    """The linear layer that mixes an attention's heads."""
    attention = next((getattr(block, name) for name in ATTENTION if hasattr(block, name)), None)
    for name in MIXERS:
        if isinstance(found := getattr(attention, name, None), nn.Module):
            return found
    raise InterpretError(422, "unknown_hook", f"The attention at {hook} has no heads that are mixed.", param)


def width_at(model: nn.Module, hook: str, d_model: int) -> int:
    """
    How many numbers an activation has.

    Parameters:
        d_model: of the residual stream, which all hooks but `hook_z` have.

    Raises:
        InterpretError: as `find_site`.
    """
    site = find_site(model, hook)
    if not hook.endswith("hook_z"):
        return d_model
    weight: Any = site.module.weight
    # GPT-2 keeps its weights the other way around.
    return int(weight.shape[0] if hasattr(site.module, "nf") else weight.shape[1])


def _branch(block: nn.Module, point: str) -> nn.Module:
    """
    The module that ends a branch just before it is added to the residual.

    Gemma 2 and later have a norm there. Llama has a module of the same name, which belongs to the next branch:
    only together with `pre_feedforward_layernorm` does it end this one.
    """
    normed = hasattr(block, "pre_feedforward_layernorm")
    if point == "mlp_out":
        return block.get_submodule("post_feedforward_layernorm" if normed else "mlp")
    if normed:
        return block.get_submodule("post_attention_layernorm")
    return next(block.get_submodule(name) for name in ATTENTION if hasattr(block, name))


@contextmanager
def hooked(
    model: nn.Module, captured: Sequence[str], changes: Mapping[str, Sequence[Change]]
) -> Iterator[dict[str, Tensor]]:
    """
    Runs the model inside with hooks. What is captured is what a change has made.

    Parameters:
        captured: names of hooks to read.
        changes: functions on activations [batch, position, d_model], by hook, applied in order.

    Returns:
        the captured activations of the last forward pass.
    """
    seen: dict[str, Tensor] = {}
    with ExitStack() as stack:
        for name in dict.fromkeys([*captured, *changes]):
            site = find_site(model, name)
            handle = _register(site, _visitor(name, name in captured, changes.get(name, ()), seen))
            stack.callback(handle.remove)
        yield seen


def _visitor(name: str, keep: bool, changes: Sequence[Change], seen: dict[str, Tensor]) -> Change:
    def visit(value: Tensor) -> Tensor:
        for change in changes:
            value = change(value)
        if keep:
            seen[name] = value
        return value

    return visit


def _register(site: Site, visit: Change) -> Any:
    def before(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        if args:
            return (visit(args[0]), *args[1:]), kwargs
        return args, {**kwargs, "hidden_states": visit(kwargs["hidden_states"])}

    def after(_: nn.Module, __: Any, output: Any) -> Any:
        if isinstance(output, tuple):
            return (visit(output[0]), *output[1:])
        return visit(output)

    if site.at_input:
        return site.module.register_forward_pre_hook(before, with_kwargs=True)
    return site.module.register_forward_hook(after)
