"""What is allowed in a list of layers and yet odd."""

from __future__ import annotations

from dataclasses import dataclass

from models.networks.layers.examination import examine_layers
from models.networks.layers.kind import Layers
from models.networks.layers.kinds import BatchNorm1d, BatchNorm2d, Dropout, Linear, Residual
from models.networks.layers.residual import walk_layers

_MANY_PARAMETERS = 10_000  # for each image of the training part


@dataclass(frozen=True)
class Oddity:
    """What is allowed and yet odd.

    Attributes:
        numbers: Those of the layers that it is about, from 1, the last of them where it is mended; none where
            it is about the network as a whole, or about what it is trained with.
        text: A sentence that does not name them.
    """

    numbers: tuple[int, ...]
    text: str

    def __str__(self) -> str:
        """The sentence with its layers."""
        where = " and ".join(map(str, self.numbers))
        return f"Layer{'s' * (len(self.numbers) > 1)} {where}: {self.text}" if where else self.text


def find_oddities(layers: Layers, num_images: int, batch_size: int) -> list[str]:
    """Say what `list_oddities` finds, each with the layers that it is about."""
    return [str(oddity) for oddity in list_oddities(layers, num_images, batch_size)]


def list_oddities(layers: Layers, num_images: int, batch_size: int) -> list[Oddity]:
    """List what is allowed and yet odd about a list that is a network.

    Args:
        layers: A list that `examine_layers` finds no problem in.
        num_images: Of the training part.
        batch_size: Images a step.
    """
    oddities = []
    numbered = list(enumerate(layers, start=1))
    last_linear: int | None = None
    for number, layer in numbered:
        if layer.is_nonlinear or isinstance(layer, Residual):
            last_linear = None
        elif layer.is_linear:
            if last_linear is not None:
                oddities.append(
                    Oddity(
                        (last_linear, number),
                        "with no activation between them, two weighted sums are no more than one. Put ReLU "
                        "between them.",
                    )
                )
            last_linear = number
    logits = max((number for number, layer in numbered if isinstance(layer, Linear)), default=len(layers))
    for number, layer in numbered:
        if isinstance(layer, Dropout) and number > logits:
            oddities.append(Oddity((number,), "this dropout sets logits to zero. It belongs before Linear."))
        elif isinstance(layer, Dropout) and number == logits - 1:
            oddities.append(
                Oddity(
                    (number,),
                    "dropout right before the logits; each training step judges an image by "
                    f"{1 - layer.p:.0%} of its last features.",
                )
            )
        elif number > logits and layer.is_nonlinear:
            oddities.append(
                Oddity(
                    (number,),
                    f"{layer.kind} after the last Linear bends the logits; cross-entropy takes them as they "
                    "are.",
                )
            )
    if batch_size == 1 and any(isinstance(layer, BatchNorm1d | BatchNorm2d) for layer in walk_layers(layers)):
        oddities.append(
            Oddity(
                (),
                "Batch norm with a batch of 1: mean and variance of a single image. Take a batch of 16 or "
                "more.",
            )
        )
    parameters = examine_layers(layers).parameters
    if parameters > _MANY_PARAMETERS * num_images:
        oddities.append(
            Oddity(
                (),
                f"{parameters:,} learned numbers for {num_images:,} images are "
                f"{parameters // num_images:,} for each: it can learn them by heart.",
            )
        )
    return oddities
