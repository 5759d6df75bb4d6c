"""A network as the lines of Python that build it in plain PyTorch."""

from __future__ import annotations

from torch import nn

from models.networks.architecture import FLATTEN, trace_layers
from models.networks.layers import IMAGE_SIZE_PX
from models.networks.registry import build_uninitialized, set_dropout


def write_network(name: str, dropout: float | None = None) -> str:
    """Write a network of the registry as one `nn.Sequential`, with the shapes beside it.

    Run under the same seed it gets the same weights as `build_network`, since its layers come in the same
    order.

    Args:
        name: A name in the registry.
        dropout: Probability for all its dropout layers, as in `TrainConfig`; None leaves the network's own.

    Raises:
        ValueError: If no network has that name.
    """
    network = build_uninitialized(name, set_dropout(name, dropout))
    lines = []
    for layer in trace_layers(network, (1, IMAGE_SIZE_PX, IMAGE_SIZE_PX)):
        call = "Flatten()" if layer.kind == FLATTEN else _write_layer(network.get_submodule(layer.name))
        shape = ", ".join(map(str, layer.output_shape))
        lines.append(
            f"    nn.{call}," + (f"  # (N, {shape})" if layer.output_shape != layer.input_shape else "")
        )
    return "nn.Sequential(\n" + "\n".join(lines) + "\n)"


def _write_layer(layer: nn.Module) -> str:
    """Write the call that makes a layer, without the arguments that have torch's own default."""
    if isinstance(layer, nn.Linear):
        return f"Linear({layer.in_features}, {layer.out_features})"
    if isinstance(layer, nn.Conv2d):
        channels = f"{layer.in_channels}, {layer.out_channels}"
        padding = f", padding={layer.padding[0]}" if layer.padding[0] else ""
        bias = "" if layer.bias is not None else ", bias=False"
        return f"Conv2d({channels}, kernel_size={layer.kernel_size[0]}{padding}{bias})"
    if isinstance(layer, nn.MaxPool2d | nn.AvgPool2d):
        return f"{type(layer).__name__}(kernel_size={layer.kernel_size})"
    if isinstance(layer, nn.BatchNorm2d):
        return f"BatchNorm2d({layer.num_features})"
    if isinstance(layer, nn.Dropout):
        return f"Dropout({layer.p})"
    assert isinstance(layer, nn.ReLU), f"{type(layer).__name__} cannot be written yet"
    return "ReLU()"
