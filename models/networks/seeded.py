"""A network with fresh weights that leaves torch's global generator, which all visitors share, as it is."""

from __future__ import annotations

import math

import torch
from torch import nn

from models.networks.layers.kind import Layers
from models.networks.layers.network import LayerNetwork


def build_seeded_network(layers: Layers, seed: int) -> LayerNetwork:
    """Build a network with the weights that `torch.manual_seed(seed)` and PyTorch's own layers give.

    They are drawn as `nn.Linear` and `nn.Conv2d` draw theirs (He's initialisation with a = √5, biases uniform
    between ±1/√fan_in), from a generator of their own. What has no such weights, as batch norm, is not
    built here.

    Args:
        layers: A list that is a network of linear and convolutional layers and of layers without weights.
        seed: 0 to 2⁶³ − 1.

    Raises:
        ValueError: If the list is no network.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.device("meta"):  # shapes without memory: nothing is drawn
        network = LayerNetwork(layers)
    network.to_empty(device="cpu")
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            fan_in, _ = nn.init._calculate_fan_in_and_fan_out(module.weight)
            bound = 1 / math.sqrt(fan_in)
            with torch.no_grad():
                nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=generator)
                if module.bias is not None:
                    module.bias.uniform_(-bound, bound, generator=generator)
        else:
            assert not list(module.parameters(recurse=False)), f"{module} has weights of another kind"
    return network
