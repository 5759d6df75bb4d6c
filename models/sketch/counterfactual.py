"""What would make it a 7: the ink that, erased or added, turns a network's answer into another digit.

The search is greedy. It finds a small change and not provably the smallest: that would take trying every set
of edits. Shapes: N images in a batch, K = 10 digits, P = 784 places, D = 5 pixels across an edit's field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from models.cores import on_one_core
from models.data.strokes import PEN_WIDTH_PX
from models.networks.layers import IMAGE_SIZE_PX
from models.sketch.explanation import ask_network, check_digit, check_image

MAX_EDITS = 40
MAX_INK_PX = 80.0  # changed in all; a digit of MNIST has about 100 pixels' worth of ink
CLEAR_MARGIN = 1e-3  # in logits: by less, rounding might decide which digit is read
_NUM_TRIED = 32  # of the edits that promise most, tried for real at each step
_NUM_TRIED_LAST = 256  # where none of those helps
_FIELD_PX = 5  # holds an edit with its soft edge

Kind = Literal["add", "erase"]


@dataclass(frozen=True)
class Edit:
    """One touch of a pen or an eraser of about MNIST's stroke width.

    Attributes:
        kind: "add" raises pixels to the edit's ink, "erase" lowers them to what the edit leaves.
        row: Of the middle pixel, from 0.
        column: Of the middle pixel, from 0.
    """

    kind: Kind
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """A way from one answer to another.

    Attributes:
        target: The wanted digit.
        is_reached: Whether the last image is read as the target.
        edits: In order, S of them.
        images: (S + 1, 28, 28) float32 in [0, 1]: the image before, and after each edit.
        probabilities: (S + 1, 10) float64 of each of these images.
        added_px: Ink that the last image has and the first has not, in full pixels' worth.
        erased_px: Ink that the first image has and the last has not, in full pixels' worth.
        limit: Why it ended without the target: "edits" or "ink" used up, or "stuck" where no edit raises the
            target any further; None where it is reached.
    """

    target: int
    is_reached: bool
    edits: tuple[Edit, ...]
    images: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    added_px: float
    erased_px: float
    limit: Literal["edits", "ink", "stuck"] | None


def find_counterfactual(
    network: nn.Module,
    image: ArrayLike,
    target: int,
    max_edits: int = MAX_EDITS,
    max_ink_px: float = MAX_INK_PX,
    temperature: float = 1.0,
) -> Counterfactual:
    """Change an image edit by edit until a network reads it as the wanted digit.

    Each step makes the edit that raises the target's margin most: its logit less the largest of the others.
    The gradient ranks all 2 · 784 edits by what they promise, and the best are tried for real. Where the
    target is reached, each edit without which it still would be is taken out again. The same image gives
    the same edits.

    Args:
        network: Maps (N, 1, 28, 28) to (N, 10) logits, in evaluation mode. It may be shared.
        image: (28, 28) in [0, 1], 1 for full ink.
        target: 0 to 9.
        max_edits: At most so many edits are made.
        max_ink_px: At most so much ink is changed by all of them, in full pixels' worth.
        temperature: What the logits are divided by before they become probabilities; the edits do not depend
            on it.

    Raises:
        ValueError: If the image or the digit is invalid.
    """
    check_digit(target)
    start = torch.from_numpy(check_image(image)).to(torch.float32)  # (28, 28)
    latest, edits, used_px = start, list[Edit](), 0.0
    margin = float(_measure_margins(network, start[None], target)[0])
    limit: Literal["edits", "ink", "stuck"] | None = None
    while limit is None and not margin > CLEAR_MARGIN:  # also where it is NaN
        if len(edits) == max_edits:
            limit = "edits"
            break
        step = _find_best_edit(network, latest, target, margin, max_ink_px - used_px)
        if step is None:
            limit = "stuck" if used_px + float(_DISC.sum()) <= max_ink_px else "ink"
            break
        edit, after, margin = step
        used_px += float((after - latest).abs().sum())
        edits.append(edit)
        latest = after
    if limit is None:
        edits = _drop_unneeded(network, start, edits, target)
    images = apply_edits(start.numpy(), edits)
    probabilities = ask_network(network, torch.from_numpy(images)[:, None], temperature).numpy()
    change = images[-1] - images[0]
    return Counterfactual(
        target,
        limit is None,
        tuple(edits),
        images,
        probabilities,
        float(change.clip(min=0).sum()),
        float(-change.clip(max=0).sum()),
        limit,
    )


def apply_edits(image: NDArray[np.float32], edits: list[Edit]) -> NDArray[np.float32]:
    """Return an image (28, 28) before the first edit and after each: (S + 1, 28, 28)."""
    images = [torch.from_numpy(image)]
    for edit in edits:
        place = torch.tensor([edit.row * IMAGE_SIZE_PX + edit.column])
        images.append(_make_edits(images[-1], place, torch.tensor([edit.kind == "add"]))[0])
    values: NDArray[np.float32] = torch.stack(images).numpy()
    return values


def _build_disc() -> Tensor:
    """Build an edit's ink (D, D): a disc of the pen's width, each pixel filled by what it covers of it."""
    fine = 20  # points a pixel and direction at which the disc is looked up
    middles = (torch.arange(_FIELD_PX * fine) + 0.5) / fine - _FIELD_PX / 2
    inside = middles[:, None].square() + middles.square() <= (PEN_WIDTH_PX / 2) ** 2
    shares = inside.float().reshape(_FIELD_PX, fine, _FIELD_PX, fine).mean(dim=(1, 3))
    return shares / shares.max()


_DISC = _build_disc()


def _find_best_edit(
    network: nn.Module, image: Tensor, target: int, margin: float, ink_px: float
) -> tuple[Edit, Tensor, float] | None:
    """Return the edit that raises the margin most, the image after it and the margin; None if none does."""
    promises, costs = _rank_edits(network, image, target)  # (2, 784) each, add and erase
    is_possible = (costs > 1e-3) & (costs <= ink_px)
    promises = promises.where(is_possible, -torch.inf).flatten()
    order = promises.argsort(descending=True, stable=True)[: int(is_possible.sum())]
    for tried in (order[:_NUM_TRIED], order[_NUM_TRIED:_NUM_TRIED_LAST]):
        if not len(tried):
            continue
        kinds, places = tried < IMAGE_SIZE_PX**2, tried % IMAGE_SIZE_PX**2
        images = _make_edits(image, places, kinds)  # (N, 28, 28)
        margins = _measure_margins(network, images, target)
        best = int(margins.argmax())
        if margins[best] > margin:
            row, column = divmod(int(places[best]), IMAGE_SIZE_PX)
            edit = Edit("add" if kinds[best] else "erase", row, column)
            return edit, images[best], float(margins[best])
    return None


def _rank_edits(network: nn.Module, image: Tensor, target: int) -> tuple[Tensor, Tensor]:
    """Estimate what every edit would do to the margin.

    Returns:
        (2, 784) the margin's change to first order, the gradient times the change of the pixels, and (2, 784)
        how much ink changes; first the edits that add, then those that erase.
    """
    pixels = image[None, None].clone().requires_grad_()
    with on_one_core(), torch.enable_grad():
        (gradient,) = torch.autograd.grad(_subtract_rival(network(pixels), target).sum(), pixels)
    slopes, inks = (_take_fields(each) for each in (gradient[0, 0], image))  # (784, D, D)
    inside = _take_fields(torch.ones_like(image))
    added = (_DISC - inks).clamp(min=0) * inside
    erased = (inks - (1 - _DISC)).clamp(min=0) * inside
    promises = torch.stack([(slopes * added).sum(dim=(1, 2)), -(slopes * erased).sum(dim=(1, 2))])
    return promises, torch.stack([added.sum(dim=(1, 2)), erased.sum(dim=(1, 2))])


def _make_edits(image: Tensor, places: Tensor, are_added: Tensor) -> Tensor:
    """Return an image (28, 28) after one edit at each place: (N, 28, 28).

    Args:
        image: In [0, 1], and so is what is returned.
        places: (N,) row · 28 + column of each edit's middle.
        are_added: (N,) whether the edit adds or erases.
    """
    reach = _FIELD_PX // 2
    side = IMAGE_SIZE_PX + 2 * reach
    fields = torch.zeros(len(places), side, side)
    for field, place in zip(fields, places.tolist(), strict=True):
        row, column = divmod(place, IMAGE_SIZE_PX)
        field[row : row + _FIELD_PX, column : column + _FIELD_PX] = _DISC
    ink = fields[:, reach:-reach, reach:-reach]
    return torch.where(are_added[:, None, None], image.maximum(ink), image.minimum(1 - ink))


def _take_fields(values: Tensor) -> Tensor:
    """Return the field around every pixel of (28, 28), 0 outside: (784, D, D)."""
    fields = nn.functional.unfold(values[None, None], _FIELD_PX, padding=_FIELD_PX // 2)[0]  # (D·D, 784)
    return fields.T.reshape(-1, _FIELD_PX, _FIELD_PX)


def _measure_margins(network: nn.Module, images: Tensor, target: int) -> Tensor:
    """Return the target's margin in each of the images (N, 28, 28): (N,)."""
    with on_one_core(), torch.inference_mode():
        return torch.cat([_subtract_rival(network(batch), target) for batch in images[:, None].split(100)])


def _subtract_rival(logits: Tensor, target: int) -> Tensor:
    """Return the target's logit less the largest of the others, from (N, 10): (N,)."""
    rivals = torch.cat([logits[:, :target], logits[:, target + 1 :]], dim=1)
    return logits[:, target] - rivals.amax(dim=1)


def _drop_unneeded(network: nn.Module, start: Tensor, edits: list[Edit], target: int) -> list[Edit]:
    """Take out edits, one at a time, as long as the rest still reaches the target.

    Of those that can go, the one goes without which least ink is changed.
    """
    while edits:
        shorter = [edits[:index] + edits[index + 1 :] for index in range(len(edits))]
        ends = torch.stack([torch.from_numpy(apply_edits(start.numpy(), each)[-1]) for each in shorter])
        is_enough = _measure_margins(network, ends, target) > CLEAR_MARGIN
        if not is_enough.any():
            break
        changed = (ends - start).abs().sum(dim=(1, 2)).where(is_enough, torch.inf)
        edits = shorter[int(changed.argmin())]
    return edits
