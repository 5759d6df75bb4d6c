"""What can be set on a command line: the fields of a training's configuration, and where its result goes."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.training.config import RECIPES, SETTINGS
from models.training.settings import Setting

if TYPE_CHECKING:
    from models.training.config import TrainConfig


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each field of a configuration but the network, which is an argument."""
    parser.add_argument(
        "--recipe",
        default="notebook",
        help=f"what the settings below are where they are left out: {', '.join(RECIPES)}; default: notebook",
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
    """Return the configuration that options describe.

    Raises:
        ValueError: If the network, the recipe, a field or its value is not allowed.
    """
    from models.training.recipes import make_config

    changes: dict[str, Any] = {name: getattr(options, name) for name in _list_options()}
    return make_config(options.network, options.recipe, **changes)


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
