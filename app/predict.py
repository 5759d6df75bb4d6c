"""`glassbox predict`: what a network reads in people's image files, line by line and as a table."""

from __future__ import annotations

import argparse
import glob
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands import USER_ERROR, find_file
from models.tables import DESCRIPTIONS, DecimalMark, format_csv
from models.training.options import check_out

if TYPE_CHECKING:
    from models.checkpoints.prediction import Prediction

_WILDCARDS = frozenset("*?[")


def run_predict(options: argparse.Namespace) -> int:
    """Read each image; what cannot be read is reported, what may be no digit too."""
    from models.checkpoints.file import write_atomically
    from models.checkpoints.prediction import load_cached, predict_digit
    from models.data.names import name_classes
    from models.sketch.digit import SeveralDigits
    from models.sketch.image import open_image
    from models.sketch.input import prepare_image, read_found

    if options.csv is None and options.decimal is not None:
        raise ValueError("--decimal is about the table's numbers; give it with --csv.")
    decimal: DecimalMark = options.decimal or "point"
    checkpoint = find_file(options.checkpoint)
    info = load_cached(checkpoint).info  # a wrong checkpoint is one error, not one for every image
    names = name_classes(info.dataset)
    if options.csv is not None:
        check_out(options.csv, "--csv")
    rows: list[list[object]] = []
    status = 0
    for path in find_images(options.images):
        try:
            sketch = prepare_image(open_image(path), info.dataset)
            prediction = predict_digit(sketch.image, checkpoint)
        except SeveralDigits as several:
            answers = read_found(several.digits, checkpoint)
            for number, (found, answer) in enumerate(zip(several.digits, answers, strict=True), 1):
                doubt = found.sketch.doubt.reason if found.sketch and found.sketch.doubt else None
                rows.append(_report(f"{path}#{number}", answer, names, found.refusal, doubt))
            continue
        except ValueError as error:
            print(f"glassbox: {path}: {error}", file=sys.stderr)
            rows.append([str(path), *[None] * (2 + len(names)), str(error), None])
            status = USER_ERROR
            continue
        rows.append(_report(str(path), prediction, names, "", sketch.doubt.reason if sketch.doubt else None))
    if options.csv is not None:
        columns = ["file", "answer", "confidence", *names, "error", "doubt"]
        write_atomically(options.csv, format_csv(columns, rows, decimal))
        print(f"Wrote {options.csv}: {len(rows)} images, {DESCRIPTIONS[decimal]}.")
    return status


def _report(
    name: str, prediction: Prediction | None, names: Sequence[str], refusal: str, doubt: str | None
) -> list[object]:
    """Print what was read in one place, and return its row of the table."""
    from app.ui.numbers import write_percent

    if prediction is None:
        print(f"glassbox: {name}: {refusal}", file=sys.stderr)
        return [name, *[None] * (2 + len(names)), refusal, None]
    ranked = sorted(zip(names, prediction.probabilities, strict=True), key=lambda pair: -pair[1])[:3]
    shares = ", ".join(f"{name}: {write_percent(share)}" for name, share in ranked)
    print(f"{name}: {prediction.name}  ({shares})", flush=True)
    if doubt:
        print(f"glassbox: {name}: {doubt}", file=sys.stderr)
    return [name, *_list_results(prediction), None, doubt]


def find_images(names: Sequence[str]) -> list[Path]:
    """Return the image files that are meant by what was typed.

    A folder stands for the images that lie in it, by name; what is left out there is told on the standard
    error. A name with `*`, `?` or `[` that no file has is a pattern: a shell of Linux or macOS has expanded
    it already, one of Windows has not.

    Args:
        names: Files, folders and patterns; a file need not exist.

    Raises:
        ValueError: If a folder holds no image, or no file fits a pattern.
        OSError: If a folder may not be read.
    """
    paths = []
    for name in names:
        if _WILDCARDS & set(name) and not Path(name).exists():
            found = sorted(map(Path, glob.glob(name)))  # noqa: PTH207 - a pattern may be absolute
            if not found:
                raise ValueError(f"No file fits {name}. Check the folder and the pattern.")
        else:
            found = [Path(name)]
        for path in found:
            paths += _list_folder(path) if path.is_dir() else [path]
    return paths


def _list_folder(folder: Path) -> list[Path]:
    from models.sketch.image import SUFFIXES

    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")]
    images = [path for path in files if path.suffix.lower() in SUFFIXES]
    if not images:
        raise ValueError(f"{folder} holds no image. Files are read that end in {', '.join(SUFFIXES)}.")
    tell_left_out(folder, [path for path in files if path not in images], len(files))
    return images


def tell_left_out(folder: Path, left_out: Sequence[Path], num_files: int) -> None:
    """Say on the standard error which of a folder's files are no images, by the ends of their names."""
    if left_out:
        others = sorted({path.suffix or path.name for path in left_out})
        told = f"{len(left_out)} of {num_files} files are left out, since they are no images"
        print(f"glassbox: {folder}: {told} that can be read ({', '.join(others)}).", file=sys.stderr)


def _list_results(prediction: Prediction) -> list[object]:
    shares = [round(float(share), 6) for share in prediction.probabilities]
    return [prediction.name, max(shares), *shares]
