"""What every layer of a network makes of one image.

Shapes: C maps of H × W numbers, F numbers of a layer without maps, K classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from models.networks.layers import IMAGE_SIZE_PX
from models.networks.layers.residual import ResidualBlock
from models.values import Floats

Activations = NDArray[np.float32]

# What a caller needs beside the weights to do a layer's arithmetic by hand.
_SETTINGS: Mapping[type[nn.Module], tuple[str, ...]] = {
    nn.Conv2d: ("kernel_size", "stride", "padding", "dilation", "groups"),
    nn.MaxPool2d: ("kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    nn.AvgPool2d: ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"),
    nn.BatchNorm2d: ("eps",),
    nn.Dropout: ("p",),
    nn.Dropout2d: ("p",),
    nn.BatchNorm1d: ("eps",),
}
_IN_PAIRS = ("kernel_size", "stride", "padding", "dilation")


@dataclass(frozen=True, eq=False)
class LayerOutput:
    """One layer's answer to the image. All arrays are copies of its own, read only.

    Attributes:
        name: Where it stands in the network, with dots: "features.0".
        kind: The name of its class: "Conv2d"; "Residual" of a block's sum, which follows its layers.
        values: (C, H, W) or (F,) what it gave.
        inputs: (C, H, W) or (F,) what it was given.
        weights: Its parameters and buffers as torch names them, such as `weight` (C_out, C_in, K, K) and
            `bias` (C_out,) of a convolution, or `running_mean` (C,) of batch norm; empty for a layer without.
        settings: What else decides its arithmetic: of a convolution or a pooling `kernel_size`, `stride`,
            `padding` and `dilation`, each a pair (rows, columns); of dropout its probability `p`.
    """

    name: str
    kind: str
    values: Activations
    inputs: Activations
    weights: Mapping[str, Activations]
    settings: Mapping[str, Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what it gave, without the batch: (8, 28, 28) or (500,)."""
        return self.values.shape

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of what it was given, without the batch."""
        return self.inputs.shape


@dataclass(frozen=True, eq=False)
class Trace:
    """An image's way through a network.

    Attributes:
        image: (28, 28) float32, the image.
        layers: Every layer, in the order in which they ran.
        logits: (K,) float32, the network's answer.
        probabilities: (K,) float64, the softmax of the logits divided by the temperature. In float32 many
            answers of a confident network would be exactly 1.
    """

    image: Activations
    layers: tuple[LayerOutput, ...]
    logits: Activations
    probabilities: Floats

    def find(self, name: Any) -> LayerOutput:
        """Return the layer of this name.

        Raises:
            ValueError: If the network has no such layer; the message lists those that it has.
        """
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(layer.name for layer in self.layers)
        raise ValueError(f"The network has no layer {name!r:.40}. Its layers: {names}.")


def inspect_layers(network: nn.Module, image: ArrayLike, temperature: float = 1.0) -> Trace:
    """Run a network on one image, in evaluation mode, and record every layer's output and input.

    The network is left as it was: without hooks, in the mode it was in, weights and buffers untouched, also
    where a layer fails. It is hooked meanwhile, so it must be the caller's own (`prediction.copy_network`).

    Args:
        network: Maps (1, 1, 28, 28) to (1, K) logits.
        image: (28, 28) in [0, 1], 1 for full ink.
        temperature: What the logits are divided by before the softmax (`prediction.find_temperature`).

    Raises:
        ValueError: If the image has another shape or values outside [0, 1].
    """
    pixels = _check_image(image)
    layers: list[LayerOutput] = []
    given: dict[nn.Module, Activations] = {}
    names = {
        module: name
        for name, module in network.named_modules()
        if next(module.children(), None) is None or isinstance(module, ResidualBlock)  # its sum
    }

    # Both hooks copy: a layer that works in place would otherwise change what was recorded before.
    def record_input(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        given[module] = _copy(inputs[0][0])

    def record_output(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        layers.append(
            LayerOutput(
                names[module],
                "Residual" if isinstance(module, ResidualBlock) else type(module).__name__,
                _copy(output[0]),
                given.pop(module),
                _copy_weights(module),
                _read_settings(module),
            )
        )

    modes = [(module, module.training) for module in network.modules()]
    hooks: list[Any] = []
    try:
        for module in names:
            hooks.append(module.register_forward_pre_hook(record_input))
            hooks.append(module.register_forward_hook(record_output))
        network.eval()
        with torch.inference_mode():
            logits = network(torch.from_numpy(pixels)[None, None])[0]  # (1, 1, 28, 28) → (K,)
            probabilities = (logits.double() / temperature).softmax(dim=0).numpy()
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes:
            module.training = mode
    probabilities.flags.writeable = False
    return Trace(_freeze(pixels), tuple(layers), _copy(logits), probabilities)


def _check_image(image: ArrayLike) -> Activations:
    pixels = np.array(image, dtype=np.float32)
    if pixels.shape != (IMAGE_SIZE_PX, IMAGE_SIZE_PX):
        raise ValueError(f"The network takes 28 × 28 pixels, not an array of shape {pixels.shape}.")
    if not (np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1):
        raise ValueError("The image's values must lie between 0 (no ink) and 1 (full ink).")
    return pixels


def _read_settings(module: nn.Module) -> dict[str, Any]:
    settings = {}
    for name in _SETTINGS.get(type(module), ()):
        value = getattr(module, name)
        # Pooling takes one number for both sides; padding may be "same".
        settings[name] = (value, value) if name in _IN_PAIRS and isinstance(value, int) else value
    return settings


def _copy_weights(module: nn.Module) -> dict[str, Activations]:
    if isinstance(module, ResidualBlock):  # they are its layers' own
        return {}
    return {name: _copy(tensor) for name, tensor in module.state_dict().items() if tensor.is_floating_point()}


def _copy(tensor: Tensor) -> Activations:
    return _freeze(tensor.detach().to(torch.float32).clone().numpy())


def _freeze(array: Activations) -> Activations:
    array.flags.writeable = False
    return array
