"""An experiment with a small network as a Python script that ends in the same weights, bit for bit."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from app.descent.plane.link import read_query
from app.descent.plane.settings import RULE_TITLES, make_experiment
from app.descent.plane.view import name_network
from app.ui.script_notebook import write_script_notebook
from models.descent.optimizers import DEFAULT_MOMENTUM, OPTIMIZERS
from models.descent.plane.network import ACTIVATIONS, FEATURES, INITIALISATIONS, NetworkConfig
from models.descent.plane.points import OWN, RANGE, RULES, Points, choose_test_points, draw_points
from models.descent.plane.training import Experiment, count_outputs, count_steps

_SCRIPT = '''\
"""{title}: the training that Glassbox showed. It ends in the same weights, bit for bit."""

{imports}

{functions}

{data}
is_test = choose_test_points({grouped}, {test_share!r})


def compute_features(points):
    x, y = points.unbind(1)
    return torch.stack([{features}], dim=1)


inputs = compute_features(torch.tensor(points))
targets = {targets}
train_inputs, train_targets = inputs[~is_test], targets[~is_test]

torch.set_num_threads(1)  # the sums of batch norm depend on how they are shared
torch.manual_seed({seed})
network = nn.Sequential(
{layers}
)
{initialisation}optimizer = {optimizer}
num_epochs, steps_an_epoch = {epochs}, {steps}
step = 0

for epoch in range(num_epochs):
    batches = torch.randperm(len(train_inputs)).split({batch})
    for batch in batches[:steps_an_epoch]:
        lr = {lr}
        optimizer.param_groups[0]["lr"] = {rate}
        loss = {loss}(network(train_inputs[batch]), train_targets[batch])
{penalty}        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        if not loss.isfinite():
            break
    if not loss.isfinite():
        print(f"The loss overflows in step {{step}}")
        break

network.eval()
with torch.no_grad():
    for name, chosen in (("training", ~is_test), ("test", is_test)):
        if chosen.any():
            print(f"{{name}} loss: {{{loss}(network(inputs[chosen]), targets[chosen]).item()}}")
    axis = torch.linspace(-{range}, {range}, 200)
    x, y = torch.meshgrid(axis, axis, indexing="xy")
    said = network(compute_features(torch.stack([x.flatten(), y.flatten()], dim=1)))
plt.contourf(x, y, {surface}.reshape(200, 200), {levels})
plt.scatter(*points[~is_test].T, c=labels[~is_test], cmap="{colours}", edgecolors="black")
plt.scatter(*points[is_test].T, c=labels[is_test], cmap="{colours}", marker="s", edgecolors="white")
plt.show()
'''


def write_plane_script(experiment: Experiment) -> str:
    """Write the script; it needs torch, NumPy and matplotlib.

    Raises:
        ValueError: for settings out of range.
    """
    points, network, training = experiment.points, experiment.network, experiment.training
    drawn = draw_points(points)
    is_switched = training.switch_epoch is not None
    constant = f"{training.lr!r}"
    rate = (
        f"{constant} if epoch < {training.switch_epoch} else {training.switch_lr!r}"
        if is_switched
        else constant
    )
    is_cosine = training.schedule == "cosine"
    cosine = "lr * (1 + math.cos(math.pi * ((step + 0.5) / (num_epochs * steps_an_epoch)))) / 2"
    classes = drawn.num_classes
    return _SCRIPT.format(
        title=f"{RULE_TITLES[points.rule]}, {name_network(experiment)}",
        imports="\n".join(
            [
                *(["import math", ""] if is_cosine else []),
                "import matplotlib.pyplot as plt",
                "import numpy as np",
                "import torch",
                "import torch.nn.functional as F",
                "from torch import nn",
            ]
        ),
        functions="\n\n".join(
            _show_source(one)
            for one in ([] if points.rule == OWN else [RULES[points.rule].draw]) + [choose_test_points]
        ),
        data=_write_data(experiment, drawn),
        grouped="labels" if classes else "np.zeros(len(labels), int)",
        test_share=points.test_share,
        features=", ".join(FEATURES[name].code for name in network.inputs),
        targets="torch.tensor(labels)" if classes > 2 else "torch.tensor(labels).float()[:, None]",
        seed=training.seed,
        layers=textwrap.indent(",\n".join(_list_layers(network, count_outputs(drawn))) + ",", "    "),
        initialisation=_write_initialisation(network),
        optimizer=OPTIMIZERS[training.optimizer].call.format(
            weights="network.parameters()", lr=training.lr, momentum=DEFAULT_MOMENTUM
        ),
        epochs=training.epochs,
        steps=count_steps(experiment, drawn),
        batch=training.batch,
        lr=rate,
        rate=cosine if is_cosine else "lr",
        loss={0: "F.mse_loss", 2: "F.binary_cross_entropy_with_logits"}.get(classes, "F.cross_entropy"),
        penalty=_write_penalty(training.l1, training.l2),
        range=f"{RANGE:g}",
        surface={0: "said", 2: "said.sigmoid()"}.get(classes, "said.argmax(1)"),
        levels='20, cmap="PuOr_r", alpha=0.6' if classes <= 2 else f'{classes}, cmap="tab10", alpha=0.4',
        colours="PuOr_r" if classes <= 2 else "tab10",
    )


def write_plane_notebook(link: str) -> str:
    """Return the script of a link's network as a notebook.

    Raises:
        ValueError: where the link's settings cannot be used.
    """
    settings, _ = read_query(dict(parse_qsl(link.rpartition("?")[2], keep_blank_values=True)))
    return write_script_notebook(write_plane_script(make_experiment(settings)))


def _show_source(function: Callable[..., Any]) -> str:
    """Return a function's source without its types, which a script need not import."""
    source = inspect.getsource(function)
    _, _, body = source.partition('"""')
    names = ", ".join(inspect.signature(function).parameters)
    constant = f"RANGE = {RANGE}\n\n\n" if "RANGE" in body else ""
    return f'{constant}def {function.__name__}({names}):\n    """{body}'


def _write_data(experiment: Experiment, drawn: Points) -> str:
    config = experiment.points
    if config.rule == OWN:
        rows = [f"({x!r}, {y!r}, {label})" for x, y, label in config.own]
        written = textwrap.fill(", ".join(rows), 96, initial_indent="    ", subsequent_indent="    ")
        return (
            f"own = np.array([  # x, y, class\n{written},\n])\n"
            "points, labels = own[:, :2].astype(np.float32), own[:, 2].astype(int)"
        )
    kind = "np.int64" if drawn.num_classes else "np.float32"
    return (
        f"rng = np.random.default_rng({config.seed})\n"
        f"points, labels = {RULES[config.rule].draw.__name__}(rng, {config.count}, {config.noise!r})\n"
        f"order = rng.permutation({config.count})\n"
        f"points, labels = points[order].astype(np.float32), labels[order].astype({kind})"
    )


def _list_layers(network: NetworkConfig, num_outputs: int) -> list[str]:
    layers, width = [], len(network.inputs)
    for units in network.hidden:
        layers.append(f"nn.Linear({width}, {units})")
        layers += [f"nn.BatchNorm1d({units})"] if network.batch_norm else []
        layers.append(ACTIVATIONS[network.activation].code)
        layers += [f"nn.Dropout({network.dropout!r})"] if network.dropout else []
        width = units
    return [*layers, f"nn.Linear({width}, {num_outputs})"]


def _write_initialisation(network: NetworkConfig) -> str:
    code = INITIALISATIONS[network.initialisation].code
    if not code:
        return ""
    return (
        "for layer in network:\n    if isinstance(layer, nn.Linear):\n"
        + textwrap.indent(code, " " * 8)
        + "\n"
    )


def _write_penalty(l1: float, l2: float) -> str:
    if not (l1 or l2):
        return ""
    lines = [
        "weights = [layer.weight for layer in network if isinstance(layer, nn.Linear)]",
        "penalty = torch.zeros(())",
        *([f"penalty = penalty + {l1!r} * sum(w.abs().sum() for w in weights)"] if l1 else []),
        *([f"penalty = penalty + {l2!r} / 2 * sum(w.square().sum() for w in weights)"] if l2 else []),
        "loss = loss + penalty",
    ]
    return textwrap.indent("\n".join(lines) + "\n", " " * 8)
