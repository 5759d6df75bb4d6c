"""How the settings limit each other: what follows from a choice, and between which bounds the others are."""

from dataclasses import replace
from typing import Any

from app.inspection.window.layers import count_channels, find_layer, list_useful_layers, name_layer
from app.inspection.window.settings import WindowSettings
from app.ui.digits import TEST, TRAIN
from models.data.datasets import load_gallery
from models.inspection.kernels import PRESETS
from models.runs.library import list_choices


def adapt(settings: WindowSettings, name: str) -> WindowSettings:
    """Return the settings with what follows from a new choice of the setting `name`.

    Raises:
        ValueError: where the checkpoint's network has no layer with a window, or its file is damaged.
    """
    if name == "source" and settings.source in (TEST, TRAIN):
        settings = replace(
            settings, index=_cap(settings.index, len(load_gallery(settings.source).images) - 1)
        )
    if name == "kernel" and settings.kernel in PRESETS and PRESETS[settings.kernel].weights is not None:
        settings = replace(settings, kernel_size=3)
    if not settings.has_layer or name not in ("picture", "operation", "kernel", "checkpoint", "layer"):
        return settings
    layers = list_useful_layers(settings)
    if not layers:
        raise ValueError("This network has no convolutions that can be shown here: choose another one.")
    if name == "operation" and settings.is_inside:
        layers = [layer for layer in layers if layer.operation == settings.operation] or layers
    layer = next((one for one in layers if one.name == settings.layer), layers[0])
    if layer.out_channels is not None:
        settings = replace(settings, filter=_cap(settings.filter, layer.out_channels - 1))
    channel = _cap(settings.channel, count_channels(settings.checkpoint, layer) - 1)
    settings = replace(settings, layer=layer.name, channel=channel)
    if not settings.is_inside:
        return settings
    return replace(
        settings,
        operation=layer.operation,
        kernel_size=layer.kernel_size,
        stride=layer.stride,
        padding=layer.padding,
        dilation=layer.dilation,
        hangs_over=False,
        flipped=False,
        bias_kind="own",
    )


def _cap(value: Any, maximum: int) -> Any:
    """Return at most the maximum; what is no number, as in a field that was cleared, stays for its check."""
    return min(value, maximum) if isinstance(value, int | float) else value


def find_limits(settings: WindowSettings, my_runs: Any) -> dict[str, dict[str, Any]]:
    """Return the choices and the largest value of those settings where they depend on what there is.

    Args:
        settings: all of them.
        my_runs: ids of this visitor's runs, whose checkpoints can be chosen too.

    Returns:
        Arguments of the control of each such setting: `choices` or `maximum`.
    """
    limits: dict[str, dict[str, Any]] = {}
    if settings.source in (TEST, TRAIN):
        limits["index"] = {"maximum": len(load_gallery(settings.source).images) - 1}
    return limits | (find_layer_limits(settings, my_runs) if settings.has_layer else {})


def find_layer_limits(settings: WindowSettings, my_runs: Any) -> dict[str, dict[str, Any]]:
    """Return the same for the settings that name a layer or a learned kernel."""
    choices = [(choice.label, choice.key) for choice in list_choices(my_runs)]
    limits: dict[str, dict[str, Any]] = {"checkpoint": {"choices": choices}}
    try:
        layers = list_useful_layers(settings)
        layer = find_layer(settings.checkpoint, settings.layer)
    except ValueError:
        return limits  # the error is shown beside the controls
    limits["layer"] = {"choices": [(name_layer(one), one.name) for one in layers]}
    limits["filter"] = {"maximum": (layer.out_channels or 1) - 1}
    limits["channel"] = {"maximum": count_channels(settings.checkpoint, layer) - 1}
    return limits
