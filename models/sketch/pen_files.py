"""Files of digits that people wrote with a pen: the places that it went through, who wrote, what was meant.

Two forms are read: UNIPEN text as UCI distributes its pen-based digits (`pendigits-orig.tra`), y upwards; and
lines of JSON, compressed or not, `{"label": 7, "writer": 3, "strokes": [[[x, y], …], …]}`, y downwards.
Shapes: P points.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.sketch.pen_strokes import MAX_POINTS, MAX_STROKES
from models.values import Floats32

MAX_FILE_BYTES = 64 * 2**20  # also of what a compressed file holds; UCI's file has 3 MB
FARTHEST = 1e6  # from a tablet's origin, in its own unit
_LABEL = re.compile(r'^\.SEGMENT\s+DIGIT\s+\S+\s+\S+\s+"(\d)"')
_WRITER = re.compile(r"^\.COMMENT\s+\d\s+(\d+)\s+\d+\s*$")  # what is written, by whom, the how manieth
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class PenDigit:
    """One digit as somebody wrote it.

    Attributes:
        label: What was to be written, 0 to 9.
        strokes: Arrays (P, 2) in the tablet's own unit, x to the right and y down.
        writer: Who wrote it, as the file numbers them; None where it does not say.
    """

    label: int
    strokes: tuple[Floats32, ...]
    writer: int | None = None


def load_pen_digits(path: str | Path) -> list[PenDigit]:
    """Read a file of pen-drawn digits.

    Raises:
        ValueError: The file is absent, too large, damaged, or has no digits in either form.
    """
    path = Path(path)
    lines = _read_lines(path)
    if any(_LABEL.match(line) for line in lines):
        return _read_unipen(path, lines)
    if lines and lines[0].startswith("{"):
        return _read_json(path, lines)
    raise ValueError(
        f"{path} has no digits in UNIPEN's form. Give a file like UCI's pendigits-orig.tra, whose digits "
        'begin with .SEGMENT DIGIT, or lines of JSON, {"label": 7, "strokes": [[[x, y], …], …]}.'
    )


def _read_lines(path: Path) -> list[str]:
    try:
        num_bytes = path.stat().st_size
        content = path.read_bytes() if num_bytes <= MAX_FILE_BYTES else b""
        if content.startswith(_GZIP):
            with gzip.open(path) as file:
                content = file.read(MAX_FILE_BYTES + 1)
            num_bytes = len(content)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged: it cannot be unpacked. Fetch it again.") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}). Give a file of pen digits.") from error
    if num_bytes > MAX_FILE_BYTES:
        raise ValueError(f"{path} is larger than {MAX_FILE_BYTES // 2**20} MB; UCI's pen digits have 3 MB.")
    return content.decode("utf-8", errors="replace").splitlines()


def _read_unipen(path: Path, lines: Sequence[str]) -> list[PenDigit]:
    digits: list[PenDigit] = []
    begins = [number for number, line in enumerate(lines) if line.startswith(".SEGMENT")]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        match = _LABEL.match(lines[begin])
        if match is None:
            continue  # another kind of segment
        try:
            strokes = _read_strokes(lines[begin + 1 : end])
        except ValueError as error:
            raise _name_damage(path, begin, error) from None
        writers = [int(found[1]) for line in lines[begin + 1 : end] if (found := _WRITER.match(line))]
        digits.append(PenDigit(int(match[1]), strokes, writers[0] if writers else None))
    return digits


def _name_damage(path: Path, line: int, error: ValueError) -> ValueError:
    return ValueError(f"{path} is damaged: in the digit that begins in line {line + 1}, {error}.")


def _read_strokes(lines: Sequence[str]) -> tuple[Floats32, ...]:
    """Read the strokes of one digit, y downwards, or raise ValueError with half a sentence."""
    strokes: list[list[list[float]]] = []
    points: list[list[float]] | None = None  # of the stroke being read; None while the pen is up
    for line in lines:
        if line.startswith(".PEN_DOWN"):
            points = []
        elif line.startswith(".PEN_UP"):
            if points:
                strokes.append(points)
            points = None
        elif points is not None and line.strip():
            points.append(_read_point(line.split(), line.strip()))
    if points is not None:
        raise ValueError("the pen is never lifted")
    return tuple(stroke * np.array([1, -1], np.float32) for stroke in _check_strokes(strokes))


def _read_json(path: Path, lines: Sequence[str]) -> list[PenDigit]:
    digits = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            digits.append(_read_entry(line))
        except ValueError as error:
            raise _name_damage(path, number, error) from None
    return digits


def _read_entry(line: str) -> PenDigit:
    """Read one line of JSON, or raise ValueError with half a sentence."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("the line is no JSON") from None
    if not isinstance(entry, dict):
        raise ValueError("the line holds no label and no strokes")
    label, writer, strokes = entry.get("label"), entry.get("writer"), entry.get("strokes")
    if type(label) is not int or not 0 <= label <= 9:
        raise ValueError(f"the label is {label!r:.20} and no whole number from 0 to 9")
    if writer is not None and type(writer) is not int:
        raise ValueError(f"the writer is {writer!r:.20} and no whole number")
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        raise ValueError("the strokes are no lists of points")
    read = [[_read_point(point, json.dumps(point)) for point in stroke] for stroke in strokes if stroke]
    return PenDigit(label, _check_strokes(read), writer)


def _read_point(point: Any, text: str) -> list[float]:
    """Read what must be x and y."""
    try:
        x, y = map(float, point if isinstance(point, list) else ())
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is no point") from None
    if not (abs(x) <= FARTHEST and abs(y) <= FARTHEST):  # also true of NaN
        raise ValueError(f"the point {text[:40]!r} lies on no tablet")
    return [x, y]


def _check_strokes(strokes: Sequence[list[list[float]]]) -> tuple[Floats32, ...]:
    if not strokes:
        raise ValueError("the pen is never put down")
    if sum(map(len, strokes)) > MAX_POINTS or len(strokes) > MAX_STROKES:
        raise ValueError(f"there are more than {MAX_POINTS:,} points or {MAX_STROKES} strokes")
    return tuple(np.array(stroke, np.float32) for stroke in strokes)
