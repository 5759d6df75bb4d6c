"""The perceptron's two passes as a script that prints each gradient by hand beside autograd's."""

import inspect

from app.ui.script_notebook import write_script_notebook
from models.descent.perceptron import (
    ACTIVATIONS,
    NUM_CLASSES,
    WEIGHT_SHAPES,
    BothPasses,
    Example,
    go_back,
    go_forward,
    list_gradients,
)

_SCRIPT = '''\
"""Backwards through a network with a hidden layer: each gradient by hand, and by autograd."""

from collections.abc import Callable

import numpy as np
import torch


{functions}


torch.manual_seed({seed})
{weights}
x = torch.tensor({x})
label = {label}

leaves = {{"x": x, {names}}}
for leaf in leaves.values():
    leaf.requires_grad_()
nodes = leaves | go_forward(**leaves, label=label, activate={code})
for node in nodes.values():
    node.retain_grad()
nodes["loss"].backward()  # autograd

values = {{name: node.detach().double().numpy() for name, node in nodes.items()}}
by_hand = go_back(
    x=values["x"],
    w1=values["w1"],
    a=values["a"],
    slope={slope}(values["u"], values["a"]),
    w2=values["w2"],
    p=values["p"],
    y=np.eye({num_classes})[label],
)
autograd = {{name: nodes[name].grad.double().numpy() for name in by_hand}}

print(f"loss: {{nodes['loss'].item():.6f}}")
for line in list_gradients(by_hand, autograd):
    print(line)
'''


def write_perceptron_script(example: Example) -> str:
    """Write the script: what computes both passes in it is this project's own source."""
    activation = ACTIVATIONS[example.activation]
    functions = (activation.find_slope, go_forward, go_back, list_gradients)
    return _SCRIPT.format(
        functions="\n\n".join(inspect.getsource(function) for function in functions).rstrip(),
        seed=example.seed,
        weights="\n".join(
            f"{name} = torch.randint(-4, 5, {shape}) / 4" for name, shape in WEIGHT_SHAPES.items()
        ),
        x=list(example.x),
        label=example.label,
        names=", ".join(f'"{name}": {name}' for name in WEIGHT_SHAPES),
        code=activation.code,
        slope=activation.find_slope.__name__,
        num_classes=NUM_CLASSES,
    )


def write_perceptron_notebook(example: Example, passes: BothPasses) -> str:
    """Write the script as a notebook, with what it prints."""
    lines = [
        f"loss: {passes.values['loss']:.6f}",
        *list_gradients(passes.by_hand, passes.autograd),
    ]
    return write_script_notebook(write_perceptron_script(example), "\n".join(lines) + "\n")
