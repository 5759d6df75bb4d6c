"""What takes longer to work out: sizes, by hand against torch, gradients, and the code that ran."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from app.inspection.window.payload import Panel
from app.inspection.window.sliding import WindowView
from app.inspection.window.view import make_panel
from app.ui.numbers import format_number
from models.inspection import convolution, pooling
from models.inspection.convolution import convolve_cut_at_edge, inspect_convolution
from models.inspection.pooling import inspect_pooling
from models.inspection.window import output_size
from models.values import Floats


def explain_sizes(view: WindowView) -> str:
    """Write the output-size formula with this case's numbers, and what the floor leaves out."""
    height, width = view.image.shape[1:]
    sides = [("side", height)] if height == width else [("height", height), ("width", width)]
    return "\n\n".join(_explain_side(view, name, side_px) for name, side_px in sides)


def _explain_side(view: WindowView, name: str, side_px: int) -> str:
    window = view.window
    size = output_size(side_px, window)
    padding = rf"2 \cdot {window.padding}"
    if window.hangs_over:
        padding = f"{window.padding} + {window.padding_after}"
    reach = rf"{window.dilation} \cdot ({window.kernel_size} - 1)"
    formula = (
        rf"$$\left\lfloor \frac{{{side_px} + {padding} - {reach} - 1}}{{{window.stride}}} \right\rfloor "
        rf"+ 1 = {size}$$"
    )
    text = f"The result's {name}, from image, padding, dilation, kernel and stride: {formula}"
    rest = (side_px + window.padding + window.padding_after - window.reach) % window.stride
    if not rest:
        return text
    whole = "padded image" if window.padding else "image"
    where = {"side": "at the right and the bottom", "height": "at the bottom", "width": "at the right"}[name]
    return (
        f"{text}\n\nThe division by {window.stride} leaves {rest}: the last {rest} px {where} of the {whole} "
        "are never read."
    )


def compare_results(view: WindowView) -> tuple[str, list[Panel]]:
    """Run the loop by hand and torch, forwards and backwards, and compare.

    Returns:
        Markdown with the differences; panels for `build_grids`: the results and the gradients.
    """
    if view.kernel is None:
        return _compare_poolings(view)
    result = inspect_convolution(view.image, view.kernel, view.bias, view.window)
    backwards = result.gradients_by_hand
    without_bias = float(np.abs(result.output - (result.by_hand - view.bias)).max())
    rows = [
        ("Result", result.by_hand.shape, result.max_difference),
        ("Gradient of the kernel", backwards.kernel.shape, result.max_kernel_gradient_difference),
        ("Gradient of the image", backwards.image.shape, result.max_image_gradient_difference),
        ("Gradient of the bias", (), abs(result.gradients.bias - backwards.bias)),
    ]
    text = _tabulate(rows) + (
        f"\n\nThe notebook's sum by hand leaves out the bias, b = {format_number(view.bias)}. Then the "
        f"largest difference of the result would be **{format_number(without_bias)}**."
    )
    if view.window.hangs_over:
        text += f"\n\n{_describe_zoom(view, result.by_hand)}"
    kernel_gradient = backwards.kernel[view.channel % len(backwards.kernel)]
    kernel_panel = _signed("kernel_gradient", "∂L/∂kernel by hand", kernel_gradient)
    kernel_panel["small"] = True
    panels = [
        _signed("by_hand", "Result by hand", result.by_hand),
        _signed("torch", "Result of conv2d", result.output, result.by_hand),
        _signed("difference", "Their difference", result.output - result.by_hand),
        kernel_panel,
        _signed("image_gradient", "∂L/∂image by hand", backwards.image[view.channel]),
    ]
    return text, panels


def _describe_zoom(view: WindowView, by_hand: Floats) -> str:
    """Say what the notebook's own loop, which does not pad, writes into the last row and column."""
    if len(view.image) > 1 or view.kernel is None or (view.window.stride, view.window.padding) != (1, 0):
        return ""
    try:
        zoomed = convolve_cut_at_edge(view.image[0], view.kernel[0]) + view.bias
    except ValueError as error:
        return (
            "The notebook's zoom cuts the window off at the edge instead of padding. With this kernel its "
            f"loop stops there with NumPy's error: {error}."
        )
    inside = float(np.abs(zoomed - by_hand)[:-1, :-1].max())
    edge = float(np.abs(zoomed - by_hand).max())
    return (
        "The notebook's zoom runs its loop over all 28 rows and columns and cuts the window off at the edge. "
        "NumPy then stretches what is left to the kernel's shape, and each remaining pixel is multiplied by "
        f"several weights. Inside, its numbers are right (largest difference {format_number(inside)}); in "
        f"the last row and column they are off by up to **{format_number(edge)}** from windows that read "
        "zeros beyond the edge, which is what is shown here."
    )


def _compare_poolings(view: WindowView) -> tuple[str, list[Panel]]:
    image, kind = view.image[view.channel], view.settings.operation
    result = inspect_pooling(image, kind, view.window)
    torch_name = "max_pool2d" if kind == "max" else "avg_pool2d"
    text = _tabulate(
        [
            ("Result", result.by_hand.shape, result.max_difference),
            ("Gradient of the image", image.shape, result.max_gradient_difference),
        ]
    )
    share = float(np.mean(result.gradient != 0))
    flows = (
        "A maximum passes the gradient to the pixel that won, and to no other"
        if kind == "max"
        else f"A mean passes 1/{view.window.kernel_size**2} of the gradient to every pixel of its window"
    )
    text += f"\n\n{flows}: {share:.0%} of the image's pixels get any here."
    panels = [
        _signed("by_hand", "Result by hand", result.by_hand),
        _signed("torch", f"Result of {torch_name}", result.output, result.by_hand),
        _signed("difference", "Their difference", result.output - result.by_hand),
        _signed("image_gradient", "∂L/∂image by hand", result.gradient_by_hand),
    ]
    return text, panels


def _tabulate(rows: list[tuple[str, tuple[int, ...], float]]) -> str:
    lines = [
        f"| {name} | {' × '.join(str(side) for side in shape) or '1'} | {format_number(difference)} |"
        for name, shape, difference in rows
    ]
    return "| Tensor | Numbers | Largest difference, by hand and torch |\n|:--|:--|--:|\n" + "\n".join(lines)


def _signed(id: str, title: str, values: Floats, scale_of: Floats | None = None) -> Panel:
    largest = max(float(np.abs(values if scale_of is None else scale_of).max()), 1e-30)
    return make_panel(id, title, values, "signed", largest)


def show_source(view: WindowView) -> str:
    """Return the source of the loops that ran by hand, forwards and backwards."""
    if view.kernel is None:
        functions: list[Callable[..., Any]] = [pooling.pool_by_hand, pooling.backpropagate_by_hand]
        if view.winners is not None:
            functions.insert(1, pooling.find_winners)
    else:
        functions = [convolution.convolve_by_hand, convolution.backpropagate_by_hand]
        if view.window.hangs_over:
            functions.append(convolve_cut_at_edge)
    return "\n\n".join(inspect.getsource(function) for function in functions)
