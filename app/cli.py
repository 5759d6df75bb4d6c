"""The command line: `glassbox` serves the page; each other command, as `train` or `predict`, does one job.

A mistake is answered with one line and exit status 2. What a command needs is imported when it runs, so that
`--help` and mistakes are answered at once.
"""

from __future__ import annotations

import argparse
import io
import os
import socket
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from models.training.options import add_config_options, check_out, make_described_config

if TYPE_CHECKING:
    from models.checkpoints.file import Checkpoint
    from models.training.events import Event

USER_ERROR = 2
INTERRUPTED = 130  # the shell's number for Ctrl+C
_CHECKPOINT_HELP = "a shipped name, a file, or run:ID"
_RUNS_HELP = "where training runs are kept; default: GLASSBOX_RUNS or the user's data folder"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a code page of Windows lacks some of our letters
    options = build_parser().parse_args(arguments)
    if options.data_dir is not None:
        os.environ["GLASSBOX_DATA"] = str(options.data_dir)
    if getattr(options, "runs_dir", None) is not None:
        os.environ["GLASSBOX_RUNS"] = str(options.runs_dir)
    try:
        status: int = options.run(options)
    except (ValueError, OSError) as error:
        print(f"glassbox: {error}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        print("glassbox: interrupted", file=sys.stderr)
        return INTERRUPTED
    return status


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of every command; `glassbox` alone means `glassbox serve`."""
    parser = argparse.ArgumentParser(
        prog="glassbox", description="A glass-box lab for the basics of neural networks."
    )
    _add_serve_options(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the page (what glassbox does without a command)")
    _add_serve_options(serve, default=argparse.SUPPRESS)

    training = commands.add_parser("train", help="train a network as a run of one's own")
    training.set_defaults(run=run_train)
    training.add_argument("network", metavar="NETWORK", nargs="?", help="logistic, mlp, convnet, …, convnet4")
    training.add_argument("--resume", metavar="RUN", help="go on with a run that was stopped or interrupted")
    add_config_options(training)

    evaluating = commands.add_parser("evaluate", help="measure a checkpoint on a test set or on pen drawings")
    evaluating.set_defaults(run=run_evaluate)
    evaluating.add_argument("checkpoint", metavar="CHECKPOINT", help=_CHECKPOINT_HELP)
    evaluating.add_argument("--dataset", help="default: the one that it was trained on")
    evaluating.add_argument(
        "--pen",
        type=Path,
        metavar="FILE",
        help="measure on pen drawings instead, as UCI's pendigits-orig.tra",
    )
    evaluating.add_argument(
        "--seed", type=seed, help="where and how large the drawings are put on the pad; default: 0"
    )

    calibrating = commands.add_parser("calibrate", help="fit a checkpoint's temperature, and record it")
    calibrating.set_defaults(run=run_calibrate)
    calibrating.add_argument("files", metavar="FILE", nargs="+", type=Path, help="checkpoints to complete")
    calibrating.add_argument("--pen", type=Path, metavar="FILE", help="record accuracy on pen drawings too")

    exporting = commands.add_parser("export", help="write a checkpoint for programs that have no PyTorch")
    exporting.set_defaults(run=run_export)
    exporting.add_argument("checkpoint", metavar="CHECKPOINT", help=_CHECKPOINT_HELP)
    exporting.add_argument("--onnx", action="store_true", required=True, help="as ONNX (the only format yet)")
    exporting.add_argument(
        "--out", type=Path, metavar="FILE", help="default: the checkpoint's name.onnx, in this folder"
    )

    predicting = commands.add_parser("predict", help="read the digit in a picture")
    predicting.set_defaults(run=run_predict)
    predicting.add_argument("images", metavar="IMAGE", nargs="+", type=Path)
    predicting.add_argument("--checkpoint", default="sketchpad", help=_CHECKPOINT_HELP)

    listing = commands.add_parser("checkpoints", help="list the shipped checkpoints")
    listing.set_defaults(run=run_checkpoints)

    for command in (training, evaluating, calibrating, predicting, listing):
        command.add_argument(
            "--data-dir",
            type=Path,
            default=argparse.SUPPRESS,
            help="where data sets live; default: GLASSBOX_DATA or the user's cache folder",
        )
    for command in (evaluating, exporting, predicting):
        command.add_argument("--runs-dir", type=Path, default=argparse.SUPPRESS, help=_RUNS_HELP)
    return parser


def _add_serve_options(parser: argparse.ArgumentParser, default: object = None) -> None:
    """Add what serving takes; a subcommand suppresses the defaults, which would undo the parent's values."""
    parser.set_defaults(run=run_serve)
    parser.add_argument(
        "--host", default=default or "127.0.0.1", help="address to listen on; default: 127.0.0.1"
    )
    parser.add_argument(
        "--port", type=port, default=default, help="port to listen on; default: a free one from 7860"
    )
    parser.add_argument("--data-dir", type=Path, default=default, help="where data sets live")
    parser.add_argument("--runs-dir", type=Path, default=default, help=_RUNS_HELP)
    parser.add_argument(
        "--open", action=argparse.BooleanOptionalAction, default=default, help="open the page in a browser"
    )
    parser.add_argument(
        "--mcp",
        action="store_true",
        default=default or False,
        help="offer the public endpoints as tools of an MCP server too",
    )
    parser.add_argument(
        "--desktop",
        action="store_true",
        default=default or False,
        help="show the page in a window of its own, which needs the extra `desktop`",
    )


def run_serve(options: argparse.Namespace) -> int:
    """Serve the page until Ctrl+C, or show it in a window until that is closed."""
    if options.mcp:
        _check_mcp(options.desktop)
    if options.desktop:
        if options.host != "127.0.0.1" or options.port is not None:
            raise ValueError(
                "--desktop serves its window alone, on a port of its own; leave out --host and --port."
            )
        from app.desktop.window import find_obstacle, open_window

        obstacle = find_obstacle()
        if obstacle is None:
            return open_window()
        print(f"glassbox: {obstacle} The page opens in the browser instead.", file=sys.stderr)
        if options.open is None:
            options.open = True
    _check_address(options.host, options.port)
    from app.main import launch_app

    should_open = sys.stdout.isatty() if options.open is None else options.open
    launch_app(host=options.host, port=options.port, open_browser=should_open, mcp=options.mcp)
    return 0


def _check_mcp(desktop: bool) -> None:
    """Find out at once, rather than when the page is built, whether an MCP server can be offered."""
    if desktop:
        raise ValueError(
            "--mcp needs an address that other programs know, which --desktop has not: leave out one."
        )
    if find_spec("mcp") is None:
        raise ValueError(
            "--mcp needs the package mcp, which the extra mcp brings. Install with "
            '`pip install "gradio[mcp]"`, or in a clone with `uv sync --extra mcp`.'
        )


def _check_address(host: str, port: int | None) -> None:
    """Find out at once, rather than port by port, whether the address can be listened on."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port or 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        where = host if port is None else f"{host}, port {port}"
        raise ValueError(f"Cannot listen on {where}: {error.strerror or error}. Choose another.") from error


def port(text: str) -> int:
    """Read a port's number; argparse names the function where the text is no number."""
    number = int(text)
    if not 1 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"{number} is no port; choose one from 1 to 65535")
    return number


def seed(text: str) -> int:
    """Read a seed; argparse names the function where the text is no number."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is no seed; choose 0 or above")
    return number


def run_train(options: argparse.Namespace) -> int:
    """Train a network with a progress bar, as a run that the page can show; Ctrl+C stops it cleanly."""
    from models.checkpoints.file import write_atomically
    from models.runs.control import create_run, prepare_resumption
    from models.runs.status import find_run_checkpoint

    if (options.network is None) == (options.resume is None):
        raise ValueError("Name either a network to train, or with --resume a run to go on with.")
    check_out(options.out)
    folder = (
        prepare_resumption(options.resume) if options.resume else create_run(make_described_config(options))
    )
    print(f"Run {folder.name}. The page shows it under “Open a run by its id”.")
    status = _show_run(folder)
    path = find_run_checkpoint(folder.name)
    if path and options.out:
        write_atomically(options.out, path.read_bytes())
        print(f"Wrote {options.out}.")
    elif path:
        print(f"Its checkpoint is {path}; other commands know it as run:{folder.name}.")
    if status in ("stopped", "failed"):
        print(f"glassbox train --resume {folder.name} goes on from the last finished epoch.")
    return 0 if status == "done" else 1


def _show_run(folder: Path) -> str:
    """Train a run's folder behind a progress bar, and return the status that it ended with."""
    from tqdm import tqdm

    from models.runs.writer import execute_run
    from models.training.events import EpochEvent, Finished, Preparing, StepEvent

    with tqdm(unit="step", desc="Training", dynamic_ncols=True) as bar:

        def show(event: Event) -> None:
            if isinstance(event, Preparing):
                bar.set_postfix_str(event.message)
            elif isinstance(event, StepEvent):
                bar.total = event.num_steps
                bar.set_postfix_str(f"epoch {event.epoch}, loss {event.smoothed_loss:.4g}", refresh=False)
                bar.update(event.step - bar.n)
            elif isinstance(event, EpochEvent):
                bar.write(f"epoch {event.epoch}: loss {event.train_loss:.4g}; validation {event.validation}")
            elif isinstance(event, Finished):
                bar.write(event.message)

        return execute_run(folder, watch=show)


def run_evaluate(options: argparse.Namespace) -> int:
    """Measure a checkpoint on a test set or on pen drawings, and print how well it reads them."""
    from models.checkpoints.file import load_checkpoint

    if options.pen is not None and options.dataset is not None:
        raise ValueError("Give either --pen or --dataset: they are two measurements.")
    if options.pen is None and options.seed is not None:
        raise ValueError("--seed places pen drawings on the pad; give it with --pen.")
    checkpoint = load_checkpoint(_find_file(options.checkpoint))
    if options.pen is not None:
        _evaluate_on_pen(checkpoint, options.pen, options.seed or 0)
    else:
        dataset = options.dataset or checkpoint.info.dataset
        _evaluate_on_pictures(checkpoint, dataset, _find_run_id(options.checkpoint))
    return 0


def _find_run_id(checkpoint: str) -> str | None:
    """Return the ID of run:ID; None where a checkpoint is named otherwise."""
    from models.runs.library import RUN_PREFIX

    return checkpoint.removeprefix(RUN_PREFIX) if checkpoint.startswith(RUN_PREFIX) else None


def _find_file(checkpoint: str) -> Path:
    """Return the file of a shipped name or of run:ID, or the path itself."""
    from models.checkpoints.file import find_checkpoint
    from models.runs.library import resolve_choice

    return find_checkpoint(checkpoint) if _find_run_id(checkpoint) is None else resolve_choice(checkpoint)


def _evaluate_on_pictures(checkpoint: Checkpoint, dataset: str, run_id: str | None) -> None:
    """Print how well a checkpoint reads a data set's test pictures."""
    from app.ui.score_tables import format_classes, format_confusion
    from models.checkpoints.evaluation import compute_class_accuracies, evaluate_network
    from models.data.datasets import load_dataset
    from models.runs.records import record_look

    result = evaluate_network(checkpoint.network, load_dataset(dataset, "test"))
    if run_id is not None:  # the page tells how often a run's test pictures were looked at
        record_look(run_id, dataset, result)
    print(f"{checkpoint.info.network} on {result.num_images:,} test pictures of {dataset}: {result}")
    print(f"\n{format_classes(compute_class_accuracies(result.confusion))}")
    print(f"\n{format_confusion(result.confusion)}")


def _evaluate_on_pen(checkpoint: Checkpoint, path: Path, seed: int) -> None:
    """Print how well a checkpoint reads pen drawings, from their strokes and from their pictures alone."""
    import numpy as np
    from tqdm import tqdm

    from app.ui.score_tables import format_classes, format_confusion
    from models.sketch.pen_digits import draw_all, evaluate_drawings, load_pen_digits, prepare_drawings

    digits = load_pen_digits(path)
    drawings = draw_all(digits, seed)
    labels = np.array([digit.label for digit in digits])
    for kind, from_picture in (("strokes", False), ("pictures", True)):
        with tqdm(total=len(drawings), unit="drawing", desc=f"Preparing {kind}", leave=False) as bar:
            images, is_read = prepare_drawings(
                drawings, from_picture, lambda done, _: bar.update(done - bar.n)
            )
        result = evaluate_drawings(
            checkpoint.network, images, is_read, labels, checkpoint.info.temperature or 1.0
        )
        what = f"{checkpoint.info.network} on {len(digits):,} drawings of {path.name}"
        print(f"{what}, from their {kind} (seed {seed}): {result}")
        print(f"\n{format_classes(result.class_accuracies)}\n\n{format_confusion(result.confusion)}\n")


def run_calibrate(options: argparse.Namespace) -> int:
    """Fit the temperature of each checkpoint and write it, with what was measured, into the file's header."""
    from models.checkpoints.file import load_checkpoint, save_checkpoint
    from models.sketch.calibrated import calibrate_checkpoint, prepare_pen_digits
    from models.sketch.pen_digits import load_pen_digits

    drawn = prepare_pen_digits(load_pen_digits(options.pen)) if options.pen else None
    for path in options.files:
        if not path.is_file():
            raise ValueError(f"There is no file {path}.")
        calibrated = calibrate_checkpoint(load_checkpoint(path), drawn)
        save_checkpoint(calibrated, path)
        info = calibrated.info
        print(
            f"{path.name}: temperature {info.temperature:.3f}, "
            f"calibration error {info.test_calibration_error:.4f}"
        )
        if info.drawn_accuracy is not None:
            print(
                f"  {info.num_drawn:,} drawings: {info.drawn_accuracy:.4f} from strokes, "
                f"{info.drawn_picture_accuracy:.4f} from pictures, "
                f"calibration error {info.drawn_calibration_error:.4f}"
            )
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Write a checkpoint as an ONNX file; an earlier file is not overwritten."""
    from models.checkpoints.file import load_checkpoint, write_atomically
    from models.checkpoints.onnx_export import SUFFIX, check_exporter, export_onnx

    check_exporter()
    path = _find_file(options.checkpoint)
    checkpoint = load_checkpoint(path)
    # Every run's file has the same name, and a run's id is a secret: it is named after its network.
    name = path.stem if _find_run_id(options.checkpoint) is None else checkpoint.info.network
    out = options.out or Path(f"{name}{SUFFIX}")
    check_out(out)
    write_atomically(out, export_onnx(checkpoint))
    print(f"Wrote {out}: images (N, 1, 28, 28) float32 in [0, 1] → logits and probabilities (N, 10).")
    return 0


def run_predict(options: argparse.Namespace) -> int:
    """Read each picture; a picture that cannot be read is reported, and the others still are."""
    from models.checkpoints.prediction import load_cached, predict_digit
    from models.sketch.preparation import digit_from_image, open_image

    checkpoint = _find_file(options.checkpoint)
    load_cached(checkpoint)  # a wrong checkpoint is one error, not one for every picture
    status = 0
    for path in options.images:
        try:
            prediction = predict_digit(digit_from_image(open_image(path)).image, checkpoint)
        except ValueError as error:
            print(f"glassbox: {path}: {error}", file=sys.stderr)
            status = USER_ERROR
            continue
        ranked = sorted(enumerate(prediction.probabilities), key=lambda pair: -pair[1])[:3]
        print(
            f"{path}: {prediction.digit}  ({', '.join(f'{digit}: {share:.1%}' for digit, share in ranked)})"
        )
    return status


def run_checkpoints(options: argparse.Namespace) -> int:
    """List the shipped checkpoints with what their headers record."""
    from models.checkpoints.file import list_checkpoints, read_info
    from models.networks.registry import get_network_spec

    for name in list_checkpoints():
        info = read_info(name)
        title = get_network_spec(info.network).title
        accuracy = "not tested" if info.test_accuracy is None else f"test accuracy {info.test_accuracy:.4f}"
        recipe = f"{info.recipe.get('recipe', 'own')} recipe, seed {info.seed}"
        print(f"{name:17} {title:24} {accuracy}  {info.dataset}, {recipe}, {info.epochs} epochs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
