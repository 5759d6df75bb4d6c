"""The notebook's first `train`, which asked `net`, a name from outside, instead of its argument `model`.

Four short trainings on the same real images show which network learns by which name. Weights come from
generators of their own; the images come in the order of the data set.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from models.data.datasets import load_gallery, to_input
from models.networks.registry import get_network_spec
from models.networks.seeded import build_seeded_network
from models.training.one_step import BATCH_SIZE, LEARNING_RATE

NUM_BATCHES = 30  # 960 images: the built-in strokes that the page has are 1,000
NUM_VALIDATED = 500
MOMENTUM = 0.9  # the notebook's, of the first network
_LAST = 5  # batches whose losses are averaged


@dataclass(frozen=True)
class NamedTraining:
    """What came of a training.

    Attributes:
        asked: The name that the line of the forward pass had: "net" or "model".
        trained: The title of the network that was given as `model`, and whose weights the optimizer had.
        is_net: Whether that is the one that `net` names.
        loop_loss: Mean loss that the loop computed, over its last five batches.
        net_moved: Euclidean distance that the weights of `net` went.
        model_moved: That the weights of `model` went; the same where `net` is the model.
        net_gradient: Norm of what lies in `.grad` of `net` afterwards; 0 where there is none.
        has_model_gradient: Whether any parameter of `model` has a gradient afterwards.
        validation_loss: Of `model`, as the notebook's `validation` measures and prints it.
        validation_accuracy: Of `model`, 0 to 1.
    """

    asked: str
    trained: str
    is_net: bool
    loop_loss: float
    net_moved: float
    model_moved: float
    net_gradient: float
    has_model_gradient: bool
    validation_loss: float
    validation_accuracy: float


@lru_cache(maxsize=1)
def compare_names() -> tuple[NamedTraining, ...]:
    """Train the notebook's first network by both names, then logistic regression by both names.

    The second network is trained while `net` still names the first, which has been trained by then.
    """
    batches, validation = _load_images()
    results = []
    for asked in ("net", "model"):
        net = _build("mlp")
        results.append(_train(asked, net, net, "mlp", MOMENTUM, batches, validation))
    for asked in ("net", "model"):
        net = _build("mlp")
        _train("model", net, net, "mlp", MOMENTUM, batches, validation)
        results.append(_train(asked, net, _build("logistic"), "logistic", 0.0, batches, validation))
    return tuple(results)


def _build(name: str) -> nn.Module:
    return build_seeded_network(get_network_spec(name).layers, seed=0)


def _load_images() -> tuple[list[tuple[Tensor, Tensor]], tuple[Tensor, Tensor]]:
    """Return the batches, each images (32, 1, 28, 28) and labels (32,), and the images to validate with."""
    parts = []
    for part, num in (("train", NUM_BATCHES * BATCH_SIZE), ("test", NUM_VALIDATED)):
        gallery = load_gallery("train" if part == "train" else "test")
        images = to_input(torch.from_numpy(gallery.images[:num].copy()).unsqueeze(1))
        parts.append((images, torch.from_numpy(gallery.labels[:num].copy())))
    (images, labels), validation = parts
    return list(zip(images.split(BATCH_SIZE), labels.split(BATCH_SIZE), strict=True)), validation


def _train(
    asked: str,
    net: nn.Module,
    model: nn.Module,
    name: str,
    momentum: float,
    batches: list[tuple[Tensor, Tensor]],
    validation: tuple[Tensor, Tensor],
) -> NamedTraining:
    """Run the notebook's loop once, with one of the two names in its forward pass."""
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=momentum)
    net.zero_grad()
    starts = [_copy_weights(network) for network in (net, model)]
    losses = []
    model.train()
    for inputs, targets in batches:
        optimizer.zero_grad()
        outputs = (net if asked == "net" else model)(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    net_moved, model_moved = (
        float(torch.linalg.vector_norm(_copy_weights(network) - start))
        for network, start in zip((net, model), starts, strict=True)
    )
    gradients = [parameter.grad for parameter in net.parameters() if parameter.grad is not None]
    with torch.no_grad():
        model.eval()
        outputs = model(validation[0])
        validation_loss = criterion(outputs, validation[1]).item()
        accuracy = (outputs.argmax(dim=1) == validation[1]).double().mean().item()
    return NamedTraining(
        asked=asked,
        trained=get_network_spec(name).title,
        is_net=net is model,
        loop_loss=math.fsum(losses[-_LAST:]) / _LAST,
        net_moved=net_moved,
        model_moved=model_moved,
        net_gradient=math.sqrt(sum(float(gradient.square().sum()) for gradient in gradients)),
        has_model_gradient=any(parameter.grad is not None for parameter in model.parameters()),
        validation_loss=validation_loss,
        validation_accuracy=accuracy,
    )


def _copy_weights(network: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten().clone() for parameter in network.parameters()])
