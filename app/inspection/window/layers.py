"""The convolution and pooling layers of a network, whose inputs and kernels can be looked at."""

from app.inspection.window.settings import OPERATIONS, WindowSettings
from models.checkpoints.prediction import load_cached
from models.inspection.kernels import WindowLayer, list_window_layers
from models.runs.library import resolve_choice


def list_layers(checkpoint: str) -> tuple[WindowLayer, ...]:
    """List the convolution and pooling layers of a checkpoint's network.

    Raises:
        ValueError: where there is no such checkpoint, or its file is damaged.
    """
    return list_window_layers(load_cached(resolve_choice(str(checkpoint))).network)


def find_layer(checkpoint: str, name: str) -> WindowLayer:
    """Return one of them by its name.

    Raises:
        ValueError: where the network has no such layer; the message lists those that it has.
    """
    layers = list_layers(checkpoint)
    for layer in layers:
        if layer.name == name:
            return layer
    has = ", ".join(layer.name for layer in layers)
    remedy = f"choose one of {has}" if has else "it has no convolutions, choose a network that has"
    raise ValueError(f"The network has no layer {name!r:.40} with a window: {remedy}.")


def list_useful_layers(settings: WindowSettings) -> list[WindowLayer]:
    """List the layers to choose from: all inside a network, else those that have kernels."""
    return [
        layer
        for layer in list_layers(settings.checkpoint)
        if settings.is_inside or layer.operation == "convolution"
    ]


def count_channels(checkpoint: str, layer: WindowLayer) -> int:
    """Return how many channels a layer is given: a pooling layer, those of the convolution before it."""
    if layer.in_channels is not None:
        return layer.in_channels
    layers = list_layers(checkpoint)
    before = [one.out_channels for one in layers[: layers.index(layer)]]
    return next((count for count in reversed(before) if count is not None), 1)


def name_layer(layer: WindowLayer) -> str:
    """Write a layer for a list: "features.3: 16 → 32, 5×5"."""
    size = f"{layer.kernel_size}×{layer.kernel_size}"
    if layer.operation == "convolution":
        return f"{layer.name}: {layer.in_channels} → {layer.out_channels}, {size}"
    return f"{layer.name}: {OPERATIONS[layer.operation].lower()}, {size}"
