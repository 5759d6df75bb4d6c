"""What can be set on a command line: what is trained, from where on, how, and where its result goes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.training.config import RECIPES, SETTINGS
from models.training.settings import Setting

if TYPE_CHECKING:
    from models.networks.layers.exchange import SharedNetwork
    from models.training.config import TrainConfig


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """Add what says which network is trained, from where on, and an option for each of its settings."""
    parser.add_argument(
        "network",
        metavar="NETWORK",
        nargs="?",
        help="logistic, mlp, convnet, …, convnet4; with --layers, what your own network is called",
    )
    parser.add_argument(
        "--resume",
        metavar="RUN",
        help="go on with a run that was stopped or interrupted; it keeps its settings",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="CHECKPOINT",
        help="train on, as a new run, from the weights of a run that has ended (its id), a shipped "
        "checkpoint (its name) or a file; settings that are left out are those that it was trained with",
    )
    add_config_options(parser)


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each field of a configuration but the network, which is an argument."""
    parser.add_argument(
        "--layers",
        type=Path,
        metavar="FILE",
        help="layers of your own, as JSON or as Python: an nn.Sequential(…), or a class with __init__ and "
        "forward; the text is read, never executed",
    )
    parser.add_argument(
        "--recipe",
        help=f"what the settings below are where they are left out: {', '.join(RECIPES)}; default: notebook, "
        "or with --from, those of the checkpoint",
    )
    for name, setting in _list_options().items():
        flag, text = f"--{name.replace('_', '-')}", setting.describe_setting().replace("%", "%%")
        if setting.kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=text)
        else:
            parser.add_argument(flag, type=setting.kind, help=text)
    parser.add_argument(
        "--runs-dir",
        type=Path,
        default=argparse.SUPPRESS,
        help="where training runs are kept; default: GLASSBOX_RUNS or the user's data folder",
    )
    parser.add_argument("--out", type=Path, help="file to copy the checkpoint to when it is done")


def make_described_config(options: argparse.Namespace) -> TrainConfig:
    """Return the configuration that options describe of a training with fresh weights.

    Raises:
        ValueError: If the network, its layers, the recipe, a field or its value is not allowed.
    """
    from models.training.recipes import make_config

    network, recipe, changes = options.network, options.recipe or "notebook", read_changes(options)
    if options.layers is None:
        return make_config(network, recipe, **changes)
    from models.networks.layers.plain_data import describe_layers

    shared = _read_layers_file(options.layers)
    for note in shared.notes:
        print(f"{options.layers}: {note}", file=sys.stderr)
    name = network or shared.name or options.layers.stem
    return make_config(name, recipe, layers=describe_layers(shared.layers), **changes)


def _read_layers_file(path: Path) -> SharedNetwork:
    from models.networks.layers.exchange import read_network_text
    from models.networks.layers.reader.program import MAX_TEXT

    try:
        with path.open(encoding="utf-8-sig") as file:  # as Windows' editors write it too
            text = file.read(MAX_TEXT + 1)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text. Save the layers as JSON or Python.") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return read_network_text(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_changes(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that options name; None for those that they leave out."""
    return {name: getattr(options, name) for name in _list_options()}


def check_beginning(options: argparse.Namespace) -> None:
    """Refuse options that do not say what is trained, or that a resumed run would drop in silence.

    Raises:
        ValueError: If there is not one of network, run to resume and checkpoint to train on, or a run that is
            resumed is given settings.
    """
    if options.resume is None:
        if options.layers is not None and options.start is not None:
            raise ValueError("A checkpoint brings its own layers, so --layers cannot be given with --from.")
        if options.network is None and options.start is None and options.layers is None:
            raise ValueError(
                "Name either a network to train, or with --layers a file of your own layers, or with "
                "--resume a run to go on with, or with --from a run or checkpoint to train on."
            )
        return
    if options.network is not None or options.start is not None:
        raise ValueError(
            "Name either a network to train, or with --resume a run to go on with, not both; --from trains a "
            "run or checkpoint on as a new run."
        )
    given = [name for name, value in read_changes(options).items() if value is not None]
    given += [name for name in ("recipe", "layers") if getattr(options, name) is not None]
    if given:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ValueError(
            f"A run that is resumed keeps its settings, so {flags} cannot be given with --resume. Leave "
            f"{'it' if len(given) == 1 else 'them'} out, or train its weights on as a new run: "
            f"glassbox train --from {options.resume} with {flags}."
        )


def _list_options() -> dict[str, Setting]:
    return {name: setting for name, setting in SETTINGS.items() if setting.offered != "nowhere"}


def check_out(out: Path | None, option: str = "--out") -> None:
    """Find out before the work whether its result can be written.

    Raises:
        ValueError: If the file exists already, or its folder does not.
        OSError: If its folder cannot be written.
    """
    if out is None:
        return
    if not out.parent.is_dir():
        raise ValueError(f"There is no folder {out.parent}; create it, or choose another {option}.")
    if out.exists():
        raise ValueError(f"{out} exists already; choose another {option}, or move it away first.")
    with tempfile.TemporaryFile(dir=out.parent):
        pass
