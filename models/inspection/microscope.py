"""What dropout and batch norm do to one answer: each alone, the rest of the network in evaluation mode.

Dropout is that of Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
JMLR 2014, as nn.Dropout has it: in training each feature is kept with probability 1 − p and then divided by
1 − p, so that its expectation is what evaluation, which keeps all of them, passes on. Batch norm is that of
Ioffe & Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
Shift", ICML 2015, as nn.BatchNorm2d has it.

Shapes: M masks, C channels, H, W height and width of a layer's maps. Probabilities are float64: in float32
many answers of a confident network would be exactly 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from models.networks.layers import IMAGE_SIZE_PX
from models.networks.layers.kind import Layers
from models.networks.layers.kinds import BatchNorm1d, BatchNorm2d, Dropout, Dropout2d
from models.networks.layers.residual import ResidualBlock, walk_layers
from models.values import Floats, Floats32

MAX_MASKS = 1_000
MAX_SEED = 2**32 - 1
Hook = Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor | None]


@dataclass(frozen=True)
class DropoutLayer:
    """The masks of one dropout layer.

    Attributes:
        name: Its name in the network, such as "classifier.0".
        p: Probability of dropping a feature, at least 0 and below 1.
        masks: (M, …) True where a feature is kept, with the shape of what the layer is given.
        map_shape: (C, H, W) of the maps that were flattened to these features, or that they are; None where
            the features never were maps.
    """

    name: str
    p: float
    masks: NDArray[np.bool_]
    map_shape: tuple[int, int, int] | None


@dataclass(frozen=True)
class DropoutSample:
    """One image's answers with many masks.

    Attributes:
        seed: Seed of the first mask; mask m has seed + m.
        layers: The network's dropout layers, first to last.
        probabilities: (M, 10) with each mask, batch norm in evaluation mode.
        evaluated: (10,) in evaluation mode, which drops nothing.
    """

    seed: int
    layers: tuple[DropoutLayer, ...]
    probabilities: Floats
    evaluated: Floats


@dataclass(frozen=True)
class BatchNormLayer:
    """One batch norm and what it normalises with, channel by channel.

    Attributes:
        name: Its name in the network, such as "features.1".
        running_mean: (C,) gathered over the batches of training; evaluation mode subtracts it.
        running_variance: (C,) gathered likewise, unbiased; evaluation mode divides by its root.
        image_mean: (C,) of this image's map alone; training mode with this one image subtracts it. Of a
            batch norm over features, the feature itself.
        image_variance: (C,) of this image's map, biased (divided by H·W, not by H·W − 1), as training
            mode normalises; 0 of a batch norm over features, which has one number of each.
        gamma: (C,) the learned scale.
        beta: (C,) the learned shift.
        epsilon: Added to the variance before the root is taken.
    """

    name: str
    running_mean: Floats32
    running_variance: Floats32
    image_mean: Floats32
    image_variance: Floats32
    gamma: Floats32
    beta: Floats32
    epsilon: float


@dataclass(frozen=True)
class BatchNormView:
    """One image's answers with both kinds of statistics.

    Attributes:
        layers: The network's batch norms, first to last; empty where it has none.
        evaluated: (10,) probabilities with the running statistics.
        trained: (10,) probabilities if every batch norm uses this image's own statistics, as training mode
            does with a batch of this image alone; dropout stays in evaluation mode.
    """

    layers: tuple[BatchNormLayer, ...]
    evaluated: Floats
    trained: Floats


def has_dropout_or_norm(layers: Layers) -> bool:
    """Say whether a network of these layers behaves differently in training."""
    return any(
        isinstance(layer, Dropout | Dropout2d | BatchNorm2d | BatchNorm1d) for layer in walk_layers(layers)
    )


def sample_masks(
    network: nn.Module, image: ArrayLike, num_masks: int = 100, seed: int = 0, temperature: float = 1.0
) -> DropoutSample:
    """Answer one image with many dropout masks, everything else in evaluation mode.

    The mask m comes from a generator of its own, seeded with seed + m, which draws for the dropout layers in
    their order. So a mask can be had again by its seed alone, and torch's global generator stays as it is.

    Args:
        network: A network that nobody else uses meanwhile; afterwards it is as it was.
        image: (28, 28) in [0, 1].
        num_masks: 1 to 1,000.
        seed: Of the first mask, 0 to 2³² − 1 for the last one.
        temperature: What the logits are divided by before the softmax.

    Raises:
        ValueError: If the image, the number of masks or the seed is not one of these.
    """
    pixels = _check_image(image)
    _check_whole(num_masks, "The number of masks", 1, MAX_MASKS)
    _check_whole(seed, "The seed", 0, MAX_SEED - num_masks + 1)
    generators = [torch.Generator().manual_seed(seed + number) for number in range(num_masks)]
    names = {module: name for name, module in network.named_modules()}
    layers: list[DropoutLayer] = []
    last_maps: list[torch.Size] = [pixels.shape[1:]]  # the image is one

    def note_maps(_: nn.Module, __: tuple[Tensor, ...], output: Tensor) -> None:
        last_maps[:] = [output.shape[1:]] if output.ndim == 4 else []

    def drop(module: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> Tensor:
        assert isinstance(module, nn.Dropout | nn.Dropout2d)
        features = inputs[0]  # (1, …) before the first mask, (M, …) after it
        shape = features.shape[1:]
        drawn = torch.Size([shape[0], 1, 1]) if isinstance(module, nn.Dropout2d) else shape  # whole maps
        mask = torch.stack([draw_mask(drawn, module.p, each).expand(shape) for each in generators])  # (M, …)
        maps = [shape] if len(shape) == 3 else last_maps
        map_shape = (maps[0][0], maps[0][1], maps[0][2]) if maps else None
        layers.append(DropoutLayer(names[module], module.p, mask.numpy(), map_shape))
        kept = apply_mask(features, mask, module.p)
        return kept.contiguous(memory_format=torch.channels_last) if kept.ndim == 4 else kept  # faster

    with _observing(network) as hook, torch.inference_mode():
        evaluated = _answer(network, pixels, temperature)[0]
        kinds = (nn.Dropout, nn.Dropout2d)
        # A block's body is given what the block is given, also where the projection has run before it.
        besides = {module.projection for module in names if isinstance(module, ResidualBlock)}
        hook(
            lambda module: (
                not list(module.children()) and not isinstance(module, kinds) and module not in besides
            ),
            note_maps,
        )
        hook(lambda module: isinstance(module, kinds), drop)
        # The layers before the first mask see the image once; from there on it is a batch of M.
        probabilities = _answer(network, pixels, temperature).expand(num_masks, -1)
    return DropoutSample(seed, tuple(layers), probabilities.numpy(), evaluated.numpy())


def pick_mask(sample: DropoutSample, number: int) -> DropoutSample:
    """Return one mask of many with its answer, as `sample_masks` gives it alone; the arrays are shared."""
    layers = tuple(replace(layer, masks=layer.masks[number : number + 1]) for layer in sample.layers)
    answer = sample.probabilities[number : number + 1]
    return DropoutSample(sample.seed + number, layers, answer, sample.evaluated)


def draw_mask(shape: torch.Size, p: float, generator: torch.Generator) -> Tensor:
    """Draw a mask: True, with probability 1 − p, where a feature is kept."""
    return torch.rand(shape, generator=generator) >= p


def apply_mask(features: Tensor, mask: Tensor, p: float) -> Tensor:
    """Drop what the mask drops, and scale the rest by 1 / (1 − p), as nn.Dropout does in training."""
    return features * (mask / (1 - p))


def inspect_batch_norm(network: nn.Module, image: ArrayLike, temperature: float = 1.0) -> BatchNormView:
    """Answer one image with the running statistics and with its own, which are recorded layer by layer.

    A layer's own statistics are those of the pass in which the batch norms before it have used theirs too.
    The running statistics are not updated.

    Args:
        network: A network that nobody else uses meanwhile; afterwards it is as it was.
        image: (28, 28) in [0, 1].
        temperature: What the logits are divided by before the softmax.

    Raises:
        ValueError: If the image is another.
    """
    pixels = _check_image(image)
    names = {module: name for name, module in network.named_modules()}
    layers: list[BatchNormLayer] = []

    def normalise(module: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> Tensor:
        assert isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d)
        maps = inputs[0]  # (1, C, H, W) or (1, F)
        variance, mean = torch.var_mean(maps, dim=(0, *range(2, maps.ndim)), correction=0)  # (C,) each
        assert module.running_mean is not None
        assert module.running_var is not None
        layers.append(
            BatchNormLayer(
                name=names[module],
                running_mean=_copy(module.running_mean),
                running_variance=_copy(module.running_var),
                image_mean=_copy(mean),
                image_variance=_copy(variance),
                gamma=_copy(module.weight),
                beta=_copy(module.bias),
                epsilon=module.eps,
            )
        )
        # As training mode does, which PyTorch itself refuses where an image has one number of each channel.
        return F.batch_norm(maps, mean, variance, module.weight, module.bias, training=False, eps=module.eps)

    with _observing(network) as hook, torch.inference_mode():
        evaluated = _answer(network, pixels, temperature)[0]
        hook(lambda module: isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d), normalise)
        trained = _answer(network, pixels, temperature)[0]
    return BatchNormView(tuple(layers), evaluated.numpy(), trained.numpy())


@contextmanager
def _observing(
    network: nn.Module,
) -> Iterator[Callable[[Callable[[nn.Module], bool], Hook], None]]:
    """Put a network in evaluation mode and hand out a way to hook modules; afterwards undo both."""
    modes = {module: module.training for module in network.modules()}
    handles: list[RemovableHandle] = []

    def hook(chooses: Callable[[nn.Module], bool], function: Hook) -> None:
        handles.extend(
            module.register_forward_hook(function) for module in network.modules() if chooses(module)
        )

    try:
        network.eval()
        yield hook
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in modes.items():
            module.training = mode


def _answer(network: nn.Module, pixels: Tensor, temperature: float) -> Tensor:
    """Return the network's probabilities in float64, (1, 10), or (M, 10) where masks make a batch of M."""
    logits: Tensor = network(pixels)
    return (logits.double() / temperature).softmax(dim=1)


def _copy(numbers: Tensor) -> Floats32:
    return numbers.detach().clone().numpy()


def _check_image(image: ArrayLike) -> Tensor:
    """Return the image as (1, 1, 28, 28) float32."""
    pixels = np.array(image, dtype=np.float32)
    if pixels.shape != (IMAGE_SIZE_PX, IMAGE_SIZE_PX):
        raise ValueError(f"The network takes 28 × 28 pixels, not an array of shape {pixels.shape}.")
    if not ((pixels >= 0) & (pixels <= 1)).all():  # also false for nan
        raise ValueError("The image's values must lie between 0 (no ink) and 1 (full ink).")
    return torch.from_numpy(pixels)[None, None]


def _check_whole(value: Any, name: str, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r:.40}: enter a whole number from {low} to {high:,}.")
