"""The public endpoints of convolution and pooling. Their settings are those of the page's table."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
import numpy as np

from app.inspection.window.setting import Setting
from app.inspection.window.settings import SETTINGS
from models.inspection.convolution import convolve_by_hand, convolve_with_torch
from models.inspection.pooling import inspect_pooling
from models.inspection.window import (
    MAX_IMAGE_PX,
    Window,
    check_kernel,
    check_matrix,
    check_value,
    output_size,
)
from models.values import Floats


def add_settings(
    endpoint: Callable[..., dict[str, Any]], table: Mapping[str, Setting] = SETTINGS
) -> Callable[..., dict[str, Any]]:
    """Give a function, after its own parameters, those settings of the table that have it as an endpoint.

    Gradio reads names, types and defaults off the signature, and what they mean off the docstring.
    """
    own = inspect.signature(endpoint)
    settings = {name: each for name, each in table.items() if endpoint.__name__ in each.endpoints}
    parameters = [each for each in own.parameters.values() if each.kind is not each.VAR_KEYWORD]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    for name, each in settings.items():
        default = each.endpoints[endpoint.__name__]
        parameters.append(inspect.Parameter(name, kind, default=default, annotation=int))
    signature = own.replace(parameters=parameters)

    def call(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return endpoint(**bound.arguments)

    arguments, returns, values = (inspect.getdoc(endpoint) or "").partition("\n\nReturns:")
    for name, each in settings.items():
        arguments += f"\n    {name}: {f'{each.low} to {each.high} {each.meaning}'.strip()}."
    call.__name__ = call.__qualname__ = endpoint.__name__
    call.__doc__ = arguments + returns + values
    call.__annotations__ = {name: each.annotation for name, each in signature.parameters.items()}
    call.__annotations__["return"] = signature.return_annotation
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


@add_settings
def convolve(  # noqa: D417
    image: list[list[float]], kernel: list[list[float]], bias: float = 0.0, **settings: Any
) -> dict[str, Any]:
    """Convolve an image with a kernel by torch.nn.functional.conv2d and by hand.

    Args:
        image: rows of numbers, 1 to 512 px a side.
        kernel: a square of weights, 1 to 7 a side; not turned, as in torch.
        bias: the number added to each sum.

    Returns:
        output, by_hand, max_difference and shape, [height, width].
    """
    try:
        pixels = check_matrix(image, "The image", MAX_IMAGE_PX)
        weights = check_kernel(kernel)
        window = Window(len(weights), **settings)
        for side_px in pixels.shape:
            output_size(side_px, window)
        given = (pixels[None], weights[None], check_value(bias, "The bias"), window)
        output, _ = convolve_with_torch(*given)
        by_hand = convolve_by_hand(*given)  # forwards alone: the way back takes as long, and nobody asks
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from error
    return _describe_result(output, by_hand)


@add_settings
def pool(  # noqa: D417
    image: list[list[float]], kind: str = "max", **settings: Any
) -> dict[str, Any]:
    """Pool an image by torch.nn.functional's max_pool2d or avg_pool2d and by hand.

    Args:
        image: rows of numbers, 1 to 512 px a side.
        kind: "max" or "average"; the average counts the padding as zeros, as nn.AvgPool2d does.

    Returns:
        output, by_hand, max_difference and shape, [height, width].
    """
    try:
        pixels = check_matrix(image, "The image", MAX_IMAGE_PX)
        result = inspect_pooling(pixels, kind, Window(**settings))
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from error
    return _describe_result(result.output, result.by_hand)


def _describe_result(output: Floats, by_hand: Floats) -> dict[str, Any]:
    return {
        "output": output.tolist(),
        "by_hand": by_hand.tolist(),
        "max_difference": float(np.abs(output - by_hand).max()),
        "shape": list(output.shape),
    }
