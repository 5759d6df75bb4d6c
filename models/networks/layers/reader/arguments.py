"""PyTorch's arguments of the layers and functions that are read, and how a call binds them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.networks.layers.reader.values import Computed, Text

_NORM = ("num_features", "eps", "momentum", "affine", "track_running_stats")
# In their order, of each kind of layer.
POSITIONS: Mapping[str, tuple[str, ...]] = {
    "Conv2d": (
        "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias",
        "padding_mode",
    ),
    "MaxPool2d": ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"),
    "AvgPool2d": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"),
    "AdaptiveAvgPool2d": ("output_size",),
    "AdaptiveMaxPool2d": ("output_size", "return_indices"),
    "BatchNorm2d": _NORM,
    "BatchNorm1d": _NORM,
    "Dropout": ("p", "inplace"),
    "Dropout2d": ("p", "inplace"),
    "Flatten": ("start_dim", "end_dim"),
    "Linear": ("in_features", "out_features", "bias"),
    "ReLU": ("inplace",),
    "LeakyReLU": ("negative_slope", "inplace"),
    "GELU": ("approximate",),
    "Tanh": (),
    "Sigmoid": (),
}  # fmt: skip
# How many of them PyTorch has no default for.
_NUM_REQUIRED = {
    "Conv2d": 3, "Linear": 2, "MaxPool2d": 1, "AvgPool2d": 1, "AdaptiveAvgPool2d": 1, "AdaptiveMaxPool2d": 1,
    "BatchNorm2d": 1, "BatchNorm1d": 1,
}  # fmt: skip
INPUTS = ("in_channels", "in_features", "num_features")
# No settings here: the values of which a text may nevertheless speak, PyTorch's own choice first.
FIXED: Mapping[str, tuple[Any, ...]] = {
    "inplace": (False, True), "groups": (1,), "padding_mode": ("zeros",), "output_size": (1,),
    "start_dim": (1,), "end_dim": (-1,), "eps": (1e-5,), "momentum": (0.1,), "affine": (True,),
    "track_running_stats": (True,), "return_indices": (False,), "ceil_mode": (False,),
    "count_include_pad": (True,), "divisor_override": (None,), "approximate": ("none",),
}  # fmt: skip
FIXED_DILATION = (1,)  # of pooling


@dataclass(frozen=True)
class Function:
    """A function of torch or torch.nn.functional, or a method of tensors, that does what a layer does.

    Attributes:
        kind: The layer.
        positions: Its arguments behind the images; None where they are the layer's.
    """

    kind: str
    positions: tuple[str, ...] | None = None


_DROPOUT = ("p", "training", "inplace")
FUNCTIONS = {
    "relu": Function("ReLU"), "relu_": Function("ReLU", ()), "leaky_relu": Function("LeakyReLU"),
    "tanh": Function("Tanh"), "sigmoid": Function("Sigmoid"), "gelu": Function("GELU"),
    "max_pool2d": Function("MaxPool2d", ("kernel_size", "stride", "padding", "dilation", "ceil_mode")),
    "avg_pool2d": Function("AvgPool2d"),
    "adaptive_avg_pool2d": Function("AdaptiveAvgPool2d"),
    "adaptive_max_pool2d": Function("AdaptiveMaxPool2d"),
    "dropout": Function("Dropout", _DROPOUT), "dropout2d": Function("Dropout2d", _DROPOUT),
}  # fmt: skip

# Methods of a module that give it back, and those that leave its layers as they are. By any other one, such
# as append, a network could become another than the one that is read.
SELF_METHODS = ("to", "cpu", "cuda", "float", "eval", "train", "requires_grad_", "apply")
HARMLESS_METHODS = (
    "parameters", "named_parameters", "buffers", "modules", "named_modules", "children", "named_children",
    "state_dict", "load_state_dict", "zero_grad", "compile", "forward",
)  # fmt: skip
LIST_CHANGERS = ("append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort", "__setitem__")
CHANGING_CALLS = ("setattr", "delattr")


def is_changer(method: str) -> bool:
    """Whether a method of this name changes the list of layers that it belongs to."""
    return method in LIST_CHANGERS or method == "add_module" or method.startswith("register_")


def may_change(node: ast.expr) -> bool:
    """Whether a network could become another one within an expression that is not read."""
    return any(
        isinstance(part, ast.NamedExpr)
        or (isinstance(part, ast.Attribute) and is_changer(part.attr))
        or (isinstance(part, ast.Name) and part.id in CHANGING_CALLS)
        for part in ast.walk(node)
    )


def bind_arguments(
    node: ast.Call,
    name: str,
    positions: Sequence[str],
    values: Sequence[Any],
    keywords: Mapping[str, Any],
    text: Text,
) -> dict[str, Any]:
    """Return the arguments of a call by their names.

    Args:
        node: The call.
        name: Of what is called, for sentences.
        positions: The names of its arguments, in their order.
        values: Given by position.
        keywords: Given by name; "" stands for `**`.
        text: The text.

    Raises:
        ValueError: If one is not known, or given twice.
    """
    if len(values) > len(positions):
        raise text.refuse(node, f"{name} takes at most {len(positions)} values here")
    if any(isinstance(value, Computed) and isinstance(value.node, ast.Starred) for value in values):
        raise text.refuse(node, "Write the settings one by one")
    settings = dict(zip(positions, values, strict=False))
    for keyword, value in keywords.items():
        if keyword not in positions or keyword in settings:
            wrong = "given twice" if keyword in settings else "not known here"
            raise text.refuse(node, f"{keyword or '**'} of {name} is {wrong}; leave it out")
        settings[keyword] = value
    return settings


def check_required(node: ast.Call, kind: str, settings: Mapping[str, Any], text: Text) -> None:
    """Check that a layer has every argument that PyTorch wants.

    Raises:
        ValueError: If one is missing.
    """
    for name in POSITIONS[kind][: _NUM_REQUIRED.get(kind, 0)]:
        if name not in settings:
            raise text.refuse(node, f"nn.{kind} needs its {name}")
