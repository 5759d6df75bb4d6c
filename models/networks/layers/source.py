"""A list of layers as the Python that builds it, in plain PyTorch, with shapes as comments."""

from __future__ import annotations

from models.networks.layers.examination import examine_layers
from models.networks.layers.kind import Layers
from models.networks.layers.kinds import Residual

_LONG_LINE = 80
_IMPORTS = "import torch\nfrom torch import nn\n"
RESIDUAL_CLASS = '''class Residual(nn.Module):
    """What its layers answer is added to what came in."""

    def __init__(self, *layers, projection=None):
        super().__init__()
        self.body = nn.Sequential(*layers)
        self.projection = projection

    def forward(self, x):
        return self.body(x) + (x if self.projection is None else self.projection(x))
'''


def write_layers(layers: Layers) -> str:
    """Write the expression `nn.Sequential(...)`, a line a layer, shapes as comments where they change.

    Under the same seed it has the weights of `models.networks.layers.network.LayerNetwork`, since its layers
    come in the same order.

    Raises:
        ValueError: If the list is no network.
    """
    examination = examine_layers(layers)
    problem = examination.find_problem()
    if problem:
        raise ValueError(problem)
    lines = []
    for row in examination.rows:
        assert row.input_shape is not None
        assert row.output_shape is not None
        line = f"    {row.layer.write(row.input_shape)},"
        if isinstance(row.layer, Residual) and len(line) > _LONG_LINE:
            calls = row.layer.list_calls(row.input_shape)
            lines += ["    Residual(", *(f"        {call}," for call in calls)]
            line = "    ),"
        if row.output_shape != row.input_shape:
            line += f"  # (N, {', '.join(map(str, row.output_shape))})"
        lines.append(line)
    return "nn.Sequential(\n" + "\n".join(lines) + "\n)"


def write_program(layers: Layers, name: str = "network") -> str:
    """Write a program that builds the network, with its imports and the class that a residual block needs.

    Raises:
        ValueError: As `write_layers`.
    """
    blocks = [_IMPORTS]
    if any(isinstance(layer, Residual) for layer in layers):
        blocks.append(f"\n\n{RESIDUAL_CLASS}\n")
    return "".join(blocks) + f"\n{name} = {write_layers(layers)}\n"
