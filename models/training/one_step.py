"""One step of the notebook's training loop, line by line, with what each line leaves behind it.

Everything is computed on one batch of real images, with plain gradient descent, in float32 as the notebook
has it. Weights and dropout masks come from generators of their own, so torch's global one stays as it is.

Shapes: N images, here 32.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.data.datasets import load_gallery, to_input
from models.inspection.microscope import apply_mask, draw_mask
from models.networks.layers.dropout_places import place_dropout
from models.networks.layers.kind import Layers
from models.networks.layers.kinds import Linear
from models.networks.layers.source import write_layers
from models.networks.registry import get_network_spec
from models.networks.seeded import build_seeded_network

SHOWN_NETWORKS = ("logistic", "mlp", "convnet")
BATCH_SIZE = 32
LEARNING_RATE = 0.1
SEED = 0
DROPOUT = 0.5


@dataclass(frozen=True)
class WatchedWeight:
    """The weight of the last layer whose gradient is largest, followed through two steps.

    Attributes:
        name: Of its tensor in `network.named_parameters()`, such as "classifier.4.weight".
        row: The class whose logit it enters, 0 to 9.
        column: The feature that it is multiplied by, from 0.
        before: Its value w before the step.
        gradient: g, its gradient at w for this batch.
        after: Its value after `optimizer.step()`, in float32 as it stands in the tensor.
        arithmetic: w − η g, worked out in float64 from the float32 numbers.
        next_gradient: Its gradient at the new weights for the same batch, alone.
        added_gradient: What lies in `.grad` after the second `backward()` if `zero_grad()` was forgotten.
    """

    name: str
    row: int
    column: int
    before: float
    gradient: float
    after: float
    arithmetic: float
    next_gradient: float
    added_gradient: float


@dataclass(frozen=True)
class GradientStates:
    """What `.grad` of the watched weight holds at the lines that erase it; None where there is no tensor.

    Attributes:
        fresh: Before any `backward()`.
        erased: After `zero_grad()`, as PyTorch has it since 2.0.
        filled: After `zero_grad(set_to_none=False)`, as PyTorch had it when the notebook was written.
    """

    fresh: float | None
    erased: float | None
    filled: float | None


@dataclass(frozen=True)
class DropoutAnswers:
    """The first image's logit of its own class, with dropout before the last layer, asked twice each.

    Attributes:
        training: After `train()`: two masks, two answers.
        evaluation: After `eval()`.
    """

    training: tuple[float, float]
    evaluation: tuple[float, float]


@dataclass(frozen=True)
class OneStep:
    """A step on one batch.

    Attributes:
        title: The network's, as a learner reads it.
        layers: The network as PyTorch's text.
        source: Where the images come from.
        images_shape: (N, 1, 28, 28).
        labels: (N,) what they show.
        logits_shape: (N, 10).
        graph_node: The class of the node of autograd that the loss hangs on, such as "NllLossBackward0".
        loss_before: Mean cross-entropy of the batch.
        loss_after: Of the same batch after the step.
        first_loss: The loss as Python prints the tensor.
        weight: The weight that is followed.
        states: What its gradient was before it was computed, and after it was erased.
        modes: `network.training` when fresh, after `train()` and after `eval()`.
        records: Whether the logits know their history: in training, and under `no_grad()`.
        dropout: What `eval()` changes.
        are_weights_moved_by_backward: Whether any weight differs after `backward()`.
    """

    title: str
    layers: str
    source: str
    images_shape: tuple[int, ...]
    labels: tuple[int, ...]
    logits_shape: tuple[int, ...]
    graph_node: str
    loss_before: float
    loss_after: float
    first_loss: str
    weight: WatchedWeight
    states: GradientStates
    modes: tuple[bool, bool, bool]
    records: tuple[bool, bool]
    dropout: DropoutAnswers
    are_weights_moved_by_backward: bool


class OwnDropout(nn.Module):
    """`nn.Dropout` with a generator of its own: torch's draws from the one that everybody shares."""

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p = p
        self._generator = generator

    def forward(self, features: Tensor) -> Tensor:
        """Drop each feature with probability p in training, and pass all on in evaluation."""
        if not self.training:
            return features
        return apply_mask(features, draw_mask(features.shape, self.p, self._generator), self.p)


def load_batch() -> tuple[Tensor, Tensor, str]:
    """Return the first 32 training images (N, 1, 28, 28) in [0, 1], their labels (N,), and their source."""
    gallery = load_gallery("train")
    images = torch.from_numpy(gallery.images[:BATCH_SIZE].copy()).unsqueeze(1)
    return to_input(images), torch.from_numpy(gallery.labels[:BATCH_SIZE].copy()), gallery.name


def take_one_step(name: str) -> OneStep:
    """Make one step, and look at everything on the way.

    Args:
        name: One of `SHOWN_NETWORKS`.

    Raises:
        ValueError: If it is another.
    """
    if name not in SHOWN_NETWORKS:
        raise ValueError(f"The network is {name!r:.40}: choose one of {', '.join(SHOWN_NETWORKS)}.")
    spec = get_network_spec(name)
    inputs, targets, source = load_batch()
    network = build_seeded_network(spec.layers, SEED)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE)
    parameter_name, parameter = list(network.named_parameters())[-2]  # the last layer's weights, then biases

    is_fresh = network.training
    network.train()
    is_training = network.training
    fresh = None if parameter.grad is None else float(parameter.grad.abs().max())
    optimizer.zero_grad()
    outputs = network(inputs)
    loss = criterion(outputs, targets)
    start = [each.detach().clone() for each in network.parameters()]
    loss.backward()
    moved = any(not torch.equal(*pair) for pair in zip(start, network.parameters(), strict=True))
    assert parameter.grad is not None
    row, column = divmod(int(parameter.grad.abs().argmax()), parameter.shape[1])
    before, gradient = parameter[row, column].item(), parameter.grad[row, column].item()
    optimizer.step()
    after = parameter[row, column].item()

    criterion(network(inputs), targets).backward()  # without zero_grad
    added = parameter.grad[row, column].item()
    optimizer.zero_grad(set_to_none=False)
    filled = parameter.grad[row, column].item()
    optimizer.zero_grad()
    erased = None if parameter.grad is None else parameter.grad[row, column].item()
    criterion(network(inputs), targets).backward()
    assert parameter.grad is not None
    alone = parameter.grad[row, column].item()

    network.eval()
    with torch.no_grad():
        evaluated = network(inputs)
        loss_after = criterion(evaluated, targets)
    return OneStep(
        title=spec.title,
        layers=write_layers(spec.layers),
        source=source,
        images_shape=tuple(inputs.shape),
        labels=tuple(targets.tolist()),
        logits_shape=tuple(outputs.shape),
        graph_node=str(loss.grad_fn.name()) if loss.grad_fn else "",
        loss_before=loss.item(),
        loss_after=loss_after.item(),
        first_loss=str(loss),
        weight=WatchedWeight(
            name=parameter_name,
            row=row,
            column=column,
            before=before,
            gradient=gradient,
            after=after,
            arithmetic=before - LEARNING_RATE * gradient,
            next_gradient=alone,
            added_gradient=added,
        ),
        states=GradientStates(fresh, erased, filled),
        modes=(is_fresh, is_training, network.training),
        records=(outputs.requires_grad, evaluated.requires_grad),
        dropout=_ask_with_dropout(spec.layers, inputs[:1], int(targets[0])),
        are_weights_moved_by_backward=moved,
    )


def _ask_with_dropout(layers: Layers, image: Tensor, label: int) -> DropoutAnswers:
    """Ask the network with dropout before its last layer twice in each mode; image: (1, 1, 28, 28)."""
    last = max(index for index, layer in enumerate(layers) if isinstance(layer, Linear))
    network = build_seeded_network(place_dropout(layers, last, DROPOUT), SEED)
    generator = torch.Generator().manual_seed(SEED)
    classifier = network.classifier
    assert isinstance(classifier, nn.Sequential)  # with a dropout there are two layers at least
    for place, module in enumerate(classifier):
        if isinstance(module, nn.Dropout):
            classifier[place] = OwnDropout(module.p, generator)

    def ask() -> tuple[float, float]:
        with torch.no_grad():
            return float(network(image)[0, label]), float(network(image)[0, label])

    network.train()
    training = ask()
    network.eval()
    return DropoutAnswers(training, ask())
