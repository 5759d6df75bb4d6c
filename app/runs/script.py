"""A run as a Python script in plain PyTorch that ends in the same weights."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from textwrap import fill
from types import ModuleType
from typing import Any

from app.ui.script_notebook import write_script_notebook
from models.data.names import TITLES, TRAIN_SHARE
from models.networks.layers.kinds import Residual
from models.networks.layers.source import RESIDUAL_CLASS, write_layers
from models.networks.naming import title_network
from models.runs.status import RunState
from models.training import augmentation, distortion
from models.training.config import IMPORTED, TrainConfig, describe_settings
from models.training.network import list_trained_layers
from models.training.recipes import name_config

_SCRIPT = '''\
"""{title}.

{settings}

{needs}
On the CPU, with as many threads, it ends in the same weights as the whole run, bit for bit.
"""

{imports}


{functions}


{data}
order = torch.randperm(len(images), generator=torch.Generator().manual_seed({split_seed}))
num_train = int({train_share} * len(images))
train_images, train_labels = images[order[:num_train]], labels[order[:num_train]]
validation = images[order[num_train:]], labels[order[num_train:]]
{added}
torch.manual_seed({seed})  # the weights, the order of the images{also_random}
network = {network}
{training}

for epoch in range({epochs}):
    network.train()
    total = 0.0
    for batch in torch.randperm(len(train_images)).split({batch_size}):
{step}
        total += loss.item() * len(batch)
{validation}
    print(f"Epoch {{epoch + 1}}: training loss {{total / len(train_images):.4f}}, "
          f"validation loss {{val_loss:.4f}}, validation accuracy {{val_accuracy:.4f}}")
    if not math.isfinite(total + val_loss):
        sys.exit("The training diverged: the loss became infinite or NaN.")

test_loss, test_accuracy = evaluate(*load("{test_part}"))
print(f"Test loss: {{test_loss:.4f}}")
print(f"Test accuracy: {{test_accuracy:.4f}}")
'''

_LOAD = '''\
def load(part):
    """Read one part of the data set: images (N, 1, 28, 28) of 0 to 255, and what they show (N,)."""
    pixels = bytearray((folder / f"{part}-images-idx3-ubyte").read_bytes())
    digits = bytearray((folder / f"{part}-labels-idx1-ubyte").read_bytes())
    images = torch.frombuffer(pixels, dtype=torch.uint8, offset=16).view(-1, 1, 28, 28)
    return images, torch.frombuffer(digits, dtype=torch.uint8, offset=8).long()
'''

_LOAD_STROKES = '''\
def load(part, num_images=None):
    """Draw one part of the built-in strokes: images (N, 1, 28, 28) of 0 to 255, and what they show (N,)."""
    strokes = load_dataset("strokes", part, num_images)
    return strokes.images, strokes.labels
'''

_EVALUATE = '''\
def evaluate(images, labels):
    """Return the mean cross-entropy and the share of right answers, with dropout off."""
    network.eval()
    loss = num_right = 0
    with torch.no_grad():
        for x, y in zip(images.split(250), labels.split(250)):
            logits = network(x.float() / 255).float()  # (N, 10)
            loss += nn.functional.cross_entropy(logits, y, reduction="sum").item()
            num_right += (logits.argmax(dim=1) == y).sum().item()
    return loss / len(labels), num_right / len(labels)
'''

_SETTING = 'os.environ.get("GLASSBOX_DATA", "data")'
_ARGUMENT_OR_SETTING = f"sys.argv[1] if len(sys.argv) > 1 else {_SETTING}"
_FIND_FOLDER = """\
root = Path({root})
folder = root / "{name}" / "raw"
if not folder.exists():
    from torchvision import datasets

    datasets.{name}(root, download=True)
images, labels = load("train")"""

_ADDED = """\
strokes = load_strokes({num}{styles})
train_images = torch.cat([train_images, strokes.images])
train_labels = torch.cat([train_labels, strokes.labels])
"""

_COSINE = '''\
def find_learning_rate(step):
    """Fall from the peak to 0 along half a cosine."""
    share = (step + 0.5) / num_steps
    return {peak} * (1 + math.cos(math.pi * share)) / 2
'''

_ONE_CYCLE = '''\
def find_learning_rate(step):
    """Rise to the peak on the first quarter of the steps, fall to 0 on the others."""
    share = (step + 0.5) / num_steps
    return {peak} * min(share / 0.25, (1 - share) / 0.75)
'''

_AUTOCAST = 'with torch.autocast("cpu", torch.bfloat16)'
_WIDTH = 100  # letters of a line of text
_TORCHVISION_NAMES = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}


def write_run_script(config: TrainConfig) -> str:
    """Write the script: what this configuration needs and nothing else, about a hundred lines.

    Distortions take half as many again. It trains on the processor, prints each epoch's validation and ends
    with `Test accuracy: 0.xxxx`. A run that was stopped early is written as if it had gone on to its end.
    MNIST and Fashion-MNIST are read from the folder given as the first argument or by `GLASSBOX_DATA`, or
    downloaded by torchvision; built-in strokes are drawn by this project's own package.

    Raises:
        ValueError: If it begins with a checkpoint, which only its run's folder has, or was trained elsewhere.
    """
    if config.recipe == IMPORTED:
        raise ValueError(
            "Imported weights have no script: how they were trained is not known here. Download the "
            "checkpoint."
        )
    if config.start_from:
        what = "A fine-tuning" if config.drawings else "What was trained on from a checkpoint"
        needed = "the drawings and the weights" if config.drawings else "the weights"
        raise ValueError(
            f"{what} has no script: it needs {needed} that it begins with, which its run's folder holds. "
            "Download the checkpoint instead."
        )
    dataset = "built-in strokes" if config.dataset == "strokes" else TITLES[config.dataset]
    network = write_layers(list_trained_layers(config))
    title = title_network(config.network).replace("\\", "/").replace('"', "'")  # it stands in a docstring
    styles = ", with_styles=True" if config.stroke_styles else ""
    styles += f", shared={config.shared_strokes!r}" if config.shared_strokes else ""
    also_random = (", dropout" if "Dropout" in network else "") + (
        ", augmentation" if config.augment or config.distortions else ""
    )
    return _SCRIPT.format(
        title=f"{title} on {dataset}",
        settings=fill(f"Recipe {name_config(config)}: {describe_settings(config)}.", _WIDTH),
        needs=_describe_needs(config),
        imports=_write_imports(config),
        functions="\n\n".join(part.rstrip() + "\n" for part in _list_functions(config)).rstrip(),
        data=_write_data(config),
        split_seed=config.split_seed,
        added=_ADDED.format(num=config.added_strokes, styles=styles) if config.added_strokes else "",
        train_share=TRAIN_SHARE,
        seed=config.seed,
        also_random=also_random,
        network=network,
        training=_write_training(config),
        epochs=config.epochs,
        batch_size=config.batch_size,
        validation=_write_validation(config),
        step="\n".join(f"        {line}" for line in _list_step_lines(config)),
        test_part="test" if config.dataset == "strokes" else "t10k",
    )


def write_run_notebook(run: RunState) -> str:
    """Return a run's script as a notebook; of a run that came to its end, with what the script prints.

    Raises:
        ValueError: As `write_run_script`.
    """
    script = write_run_script(TrainConfig(**run.config))
    # A notebook's kernel has arguments of its own.
    script = script.replace(_ARGUMENT_OR_SETTING, _SETTING).replace("as the argument,", "by GLASSBOX_DATA,")
    is_whole = run.status == "done" and len(run.epochs) == run.config["epochs"] and run.test is not None
    return write_script_notebook(script, print_training(run.epochs, run.test) if is_whole else "")


def print_training(epochs: Sequence[Mapping[str, Any]], test: Mapping[str, Any] | None) -> str:
    """Return what a run's script prints, from the run's events.

    Args:
        epochs: The epoch events (see `models.training.events.describe_event`).
        test: The results on the test images, as in the last event.
    """
    lines = [
        f"Epoch {event['epoch']}: training loss {event['train_loss']:.4f}, "
        f"validation loss {event['validation_loss']:.4f}, "
        f"validation accuracy {event['validation_accuracy']:.4f}"
        for event in epochs
    ]
    if test:
        lines += [f"Test loss: {test['loss']:.4f}", f"Test accuracy: {test['accuracy']:.4f}"]
    return "".join(f"{line}\n" for line in lines)


def _describe_needs(config: TrainConfig) -> str:
    if config.dataset == "strokes":
        return "It needs PyTorch and Glassbox, which draws the strokes: run it in Glassbox's own folder."
    drawn = (
        " Run it in Glassbox's own folder: it draws the strokes that are added."
        if config.added_strokes
        else ""
    )
    return (
        f"It needs PyTorch and {TITLES[config.dataset]}: name the folder that has it as the argument, or let "
        f"torchvision\ndownload it into the folder data.{drawn}"
    )


def _write_imports(config: TrainConfig) -> str:
    is_strokes, is_changed = config.dataset == "strokes", config.augment or config.distortions
    standard = ["import math", *([] if is_strokes else ["import os"]), "import sys"]
    if not is_strokes:
        standard.append("from pathlib import Path")
    others = ["import torch"]
    if is_changed:
        others.append("import torch.nn.functional as F")
    others.append("from torch import Tensor, nn" if is_changed else "from torch import nn")
    loaders = [*(["load_dataset"] if is_strokes else []), *(["load_strokes"] if config.added_strokes else [])]
    own = ["", f"from models.data.datasets import {', '.join(loaders)}"] if loaders else []
    return "\n".join([*standard, "", *others, *own])


def _list_functions(config: TrainConfig) -> list[str]:
    functions = [_LOAD_STROKES if config.dataset == "strokes" else _LOAD, _EVALUATE]
    if any(isinstance(layer, Residual) for layer in list_trained_layers(config)):
        functions.append(RESIDUAL_CLASS)
    if config.schedule == "cosine":
        functions.append(_COSINE.format(peak=config.learning_rate))
    elif config.schedule == "one-cycle":
        functions.append(_ONE_CYCLE.format(peak=config.learning_rate))
    if config.distortions:
        functions.append(_show_module(distortion))
    if config.augment:
        names = ("MAX_SHIFT_PX", "MAX_TURN_DEGREES", "MAX_SCALE")
        constants = "\n".join(f"{name} = {getattr(augmentation, name)}" for name in names)
        functions += [constants, _show_augmentation()]
    return functions


def _show_module(module: ModuleType) -> str:
    """Return a module's constants and functions; of docstrings only the first line."""
    source = inspect.getsource(module).partition("from torch import Tensor\n")[2].strip()
    return re.sub(r'("""[^\n]*)\n\n.*?"""', r'\1"""', source, flags=re.DOTALL)


def _show_augmentation() -> str:
    """Return the source of the augmentation that ran, with the first line of its docstring."""
    head, docstring, body = inspect.getsource(augmentation.augment_images).split('"""')
    return f'{head}"""{docstring.splitlines()[0]}"""{body}'


def _write_data(config: TrainConfig) -> str:
    if config.dataset == "strokes":
        num = "" if config.num_images is None else f", {config.num_images}"
        return f'images, labels = load("train"{num})'
    data = _FIND_FOLDER.format(name=_TORCHVISION_NAMES[config.dataset], root=_ARGUMENT_OR_SETTING)
    if config.num_images is not None:
        data += f"\nimages, labels = images[:{config.num_images}], labels[:{config.num_images}]"
    return data


def _write_training(config: TrainConfig) -> str:
    smoothing = f"label_smoothing={config.label_smoothing}" if config.label_smoothing else ""
    lines = [
        f"criterion = nn.CrossEntropyLoss({smoothing})",
        f"optimizer = torch.optim.{_write_optimizer(config)}",
    ]
    if config.precision == "bfloat16":
        lines.insert(0, "network.to(memory_format=torch.channels_last)  # quicker in bfloat16")
    if config.schedule != "constant":
        lines.append(
            f"step, num_steps = 0, {config.epochs} * math.ceil(len(train_images) / {config.batch_size})"
        )
    return "\n".join(lines)


def _write_validation(config: TrainConfig) -> str:
    """Validate in the precision of the training, as the training does."""
    line = "    val_loss, val_accuracy = evaluate(*validation)"
    return f"    {_AUTOCAST}:\n    {line}" if config.precision == "bfloat16" else line


def _write_optimizer(config: TrainConfig) -> str:
    names = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
    arguments = f"lr={config.learning_rate}"
    if config.momentum and config.optimizer in ("sgd", "rmsprop"):
        arguments += f", momentum={config.momentum}"
    if config.weight_decay or config.optimizer == "adamw":  # whose default in torch is not 0
        arguments += f", weight_decay={config.weight_decay}"
    if config.optimizer != "rmsprop":  # which has no fused form
        arguments += ", fused=True"
    return f"{names[config.optimizer]}(network.parameters(), {arguments})"


def _indent(line: str) -> str:
    return f"    {line}"


def _list_step_lines(config: TrainConfig) -> list[str]:
    lines = ["x, y = train_images[batch].float() / 255, train_labels[batch]  # (N, 1, 28, 28), (N,)"]
    changes = [f'x = distort_images(x, "{config.distortions}")'] if config.distortions else []
    if config.augment:
        changes.append("x = augment_images(x)")
    if changes and config.unchanged_epochs:
        first = max(config.epochs - config.unchanged_epochs, 0)
        changes = [
            f"if epoch < {first}:  # the later ones see the images as they are",
            *map(_indent, changes),
        ]
    lines += changes
    if config.schedule != "constant":
        lines += ['optimizer.param_groups[0]["lr"] = find_learning_rate(step)', "step += 1"]
    lines.append("optimizer.zero_grad()")
    if config.precision == "bfloat16":
        lines += [f"{_AUTOCAST}:", "    logits = network(x)  # (N, 10)"]
        lines.append("loss = criterion(logits.float(), y)")
    else:
        lines.append("loss = criterion(network(x), y)")
    return [*lines, "loss.backward()", "optimizer.step()"]
