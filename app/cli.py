"""The command line: `glassbox` serves the page; each other command, as `train` or `predict`, does one job.

A mistake is answered with one line and exit status 2. What a command needs is imported when it runs, so that
`--help` and mistakes are answered at once.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from app.commands import (
    USER_ERROR,
    run_calibrate,
    run_checkpoints,
    run_evaluate,
    run_export,
    run_import,
    run_train,
)
from app.lab.commands import run_grade, run_notebook
from app.predict import run_predict
from app.server.allowed_hosts import VARIABLE as HOSTS_VARIABLE
from app.server.allowed_hosts import read_allowed_hosts
from app.server.listening import close_sockets, open_sockets, read_host
from app.server.root_path import VARIABLE as PATH_VARIABLE
from app.server.root_path import read_root_path
from app.server.security_headers import read_frame_ancestors
from models.processors import share_processors
from models.tables import DESCRIPTIONS
from models.training.options import add_training_options

INTERRUPTED = 130  # the shell's number for Ctrl+C
_CHECKPOINT_HELP = "a shipped name, a file, or run:ID"
_RUNS_HELP = "where training runs are kept; default: GLASSBOX_RUNS or the user's data folder"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a code page of Windows lacks some of our letters
    options = build_parser().parse_args(arguments)
    share_processors()
    if options.data_dir is not None:
        os.environ["GLASSBOX_DATA"] = str(options.data_dir)
    if getattr(options, "runs_dir", None) is not None:
        os.environ["GLASSBOX_RUNS"] = str(options.runs_dir)
    if getattr(options, "allowed_host", None) is not None:
        os.environ[HOSTS_VARIABLE] = ",".join([os.environ.get(HOSTS_VARIABLE, ""), *options.allowed_host])
    if getattr(options, "root_path", None) is not None:
        os.environ[PATH_VARIABLE] = options.root_path
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
    add_training_options(training)

    importing = commands.add_parser("import", help="take weights that were trained elsewhere, and test them")
    importing.set_defaults(run=run_import)
    importing.add_argument(
        "file", metavar="FILE", type=Path, help="a state_dict as .pt or .safetensors, or a checkpoint"
    )
    importing.add_argument(
        "--network", default="", metavar="NAME", help="whose weights they are; a checkpoint says it itself"
    )
    importing.add_argument(
        "--dataset", help="what to test them on; default: mnist, or as a checkpoint says it itself"
    )
    importing.add_argument("--out", type=Path, help="file to copy the checkpoint to")

    evaluating = commands.add_parser(
        "evaluate", help="measure checkpoints on a test set, on pen drawings or on images of digits"
    )
    evaluating.set_defaults(run=run_evaluate)
    evaluating.add_argument(
        "checkpoints",
        metavar="CHECKPOINT",
        nargs="+",
        help=f"{_CHECKPOINT_HELP}; of several, as of one recipe with three seeds, mean and spread too",
    )
    evaluating.add_argument("--dataset", help="default: the one that it was trained on")
    evaluating.add_argument(
        "--pen",
        type=Path,
        action="append",
        metavar="FILE",
        help="measure on pen drawings instead, as UCI's pendigits-orig.tra or lines of JSON; again for more",
    )
    evaluating.add_argument(
        "--images",
        type=Path,
        action="append",
        metavar="FOLDER",
        help="measure on images instead, such as photos, that lie in folders 0 to 9; again for more",
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

    predicting = commands.add_parser("predict", help="read the digits in images")
    predicting.set_defaults(run=run_predict)
    predicting.add_argument(
        "images",
        metavar="IMAGE",
        nargs="+",
        help="a file, a folder, whose images are read, or a pattern as '*.png'",
    )
    predicting.add_argument("--checkpoint", default="sketchpad", help=_CHECKPOINT_HELP)
    predicting.add_argument(
        "--csv", type=Path, metavar="FILE", help="write the answers and all probabilities as a table too"
    )
    _add_decimal_option(predicting)

    writing = commands.add_parser("notebook", help="write the lab as a notebook with exercises to take home")
    writing.set_defaults(run=run_notebook)
    writing.add_argument("file", metavar="FILE", type=Path, help="the notebook to write: lab.ipynb")
    writing.add_argument("--solutions", action="store_true", help="with every gap filled in")
    writing.add_argument(
        "--seed", default="", metavar="NAME", help="a name or number that decides the exercises' numbers"
    )
    writing.add_argument("--force", action="store_true", help="replace a file that is there already")

    grading = commands.add_parser("grade", help="check the answer sheets that the notebooks wrote")
    grading.set_defaults(run=run_grade)
    grading.add_argument("files", metavar="FILE", nargs="+", type=Path, help="answer sheets: answers.json")
    grading.add_argument("--csv", type=Path, metavar="FILE", help="write a table too, a row a sheet")
    _add_decimal_option(grading)

    listing = commands.add_parser("checkpoints", help="list the shipped checkpoints")
    listing.set_defaults(run=run_checkpoints)

    for command in (training, importing, evaluating, calibrating, predicting, listing):
        command.add_argument(
            "--data-dir",
            type=Path,
            default=argparse.SUPPRESS,
            help="where data sets live; default: GLASSBOX_DATA or the user's cache folder",
        )
    for command in (importing, evaluating, exporting, predicting):
        command.add_argument("--runs-dir", type=Path, default=argparse.SUPPRESS, help=_RUNS_HELP)
    return parser


def _add_decimal_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--decimal",
        choices=DESCRIPTIONS,
        help="the decimal mark of the table: "
        + ", or ".join(f"{mark} ({what})" for mark, what in DESCRIPTIONS.items())
        + ", as a German or French spreadsheet opens it; default: point",
    )


def _add_serve_options(parser: argparse.ArgumentParser, default: object = None) -> None:
    """Add what serving takes; a subcommand suppresses the defaults, which would undo the parent's values."""
    parser.set_defaults(run=run_serve)
    parser.add_argument(
        "--host",
        default=default or "127.0.0.1",
        help="address to listen on; 0.0.0.0 for every one of IPv4, :: for every one; default: 127.0.0.1",
    )
    parser.add_argument(
        "--port", type=port, default=default, help="port to listen on; default: a free one from 7860"
    )
    parser.add_argument(
        "--allowed-host",
        action="append",
        metavar="NAME",
        default=default,
        help="a name under which browsers may ask for the page, besides this machine's own: "
        "lab.example.edu, *.example.edu or * for every name; may be given several times",
    )
    parser.add_argument(
        "--root-path",
        metavar="PATH",
        default=default,
        help="the path below which a proxy serves the page: /lab for https://example.edu/lab/",
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
    options.host = read_host(options.host)
    read_allowed_hosts(options.host)  # a mistake there is told at once, rather than when the page is built
    read_frame_ancestors()
    read_root_path()
    if options.mcp:
        _check_mcp(options.desktop)
    with leave_out("IPython", *(() if options.mcp else ("mcp",))):
        return _serve(options)


@contextmanager
def leave_out(*packages: str) -> Iterator[None]:
    """Let imports of packages fail that Gradio imports wherever they are installed, and that take their time.

    What was imported before stays.
    """
    absent = [package for package in packages if package not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # Python's own way to say so
    try:
        yield
    finally:
        for package in absent:
            sys.modules.pop(package, None)


def _serve(options: argparse.Namespace) -> int:
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
    should_open = sys.stdout.isatty() if options.open is None else options.open
    gc.disable()  # a sixth of the start would go into looking for garbage in imports; `launch_app` enables it
    try:
        from app.main import launch_app

        launch_app(host=options.host, port=options.port, open_browser=should_open, mcp=options.mcp)
    finally:
        gc.enable()
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
        close_sockets(open_sockets(host, port or 0))
    except OSError as error:
        where = host if port is None else f"{host}, port {port}"
        reason = (error.strerror or str(error)).partition(" (while")[0]  # and the address again
        raise ValueError(f"Cannot listen on {where}: {reason}. Choose another.") from error


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


if __name__ == "__main__":
    sys.exit(main())
