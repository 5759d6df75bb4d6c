"""How well drawn digits are read: the shipped networks, seeds of the sketchpad's, its parts.

    uv run python benchmarks/drawn_digits.py PEN_FILE             # the shipped checkpoints, two minutes
    uv run python benchmarks/drawn_digits.py PEN_FILE --seeds     # the sketchpad's recipe, three seeds
    uv run python benchmarks/drawn_digits.py PEN_FILE --ablation  # its parts, one after the other

PEN_FILE holds pen digits in UNIPEN's form, as UCI's pendigits-orig.tra; nothing is trained on it. Each
drawing is put on the pad (any size, place and brush; seed 0) and read three ways: from its strokes and from
its image, by the code that the sketchpad uses, and from its image plainly resized to 28 × 28. Prints
a table in Markdown; with --save it is kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from benchmarks.measurements import save_measurement
from benchmarks.tables import write_table
from models.checkpoints.evaluation import compute_interval
from models.checkpoints.file import Checkpoint, list_checkpoints, load_checkpoint
from models.sketch.evaluation import PreparedInputs, evaluate_inputs
from models.sketch.pen_digits import draw_all, paint_drawing, prepare_drawings
from models.sketch.pen_files import load_pen_digits
from models.training.events import Finished
from models.training.loop import train
from models.training.recipes import make_config
from models.values import Floats32

NUM_SEEDS = 3
ABLATION_EPOCHS = 3
NETWORK = "glassnet"
_NARROW = {"width": 1.0}
_SURE = {"shared_strokes": 0.0, **_NARROW}
_WITHOUT_LATER = {"stroke_styles": False, "unchanged_epochs": 0, **_SURE}  # rows after the built-in strokes
# Each row keeps what the rows before it switched on; all have the learning rate, the batches and the label
# smoothing of the recipe `sketch`, and as many passes over their own images.
ABLATION: tuple[tuple[str, dict[str, Any]], ...] = (
    ("MNIST alone", {"augment": False, "distortions": "", "added_strokes": 0, **_WITHOUT_LATER}),
    ("+ shifted, turned, scaled", {"distortions": "", "added_strokes": 0, **_WITHOUT_LATER}),
    ("+ width and strength of the pen", {"added_strokes": 0, **_WITHOUT_LATER}),
    ("+ built-in strokes", _WITHOUT_LATER),
    ("+ more styles of them", {"unchanged_epochs": 0, **_SURE}),
    ("+ images as they are in the last epoch", _SURE),
    ("+ drawings for two digits", _NARROW),
    ("+ twice as wide: the recipe", {}),
    ("+ slant, without these four", {"distortions": "slant,width,strength", **_WITHOUT_LATER}),
    ("+ bend, without these four", {"distortions": "slant,bend,width,strength", **_WITHOUT_LATER}),
)
COLUMNS = ("from_strokes", "from_pictures", "plain_resize")


class Drawings:
    """The drawings, prepared in three ways."""

    def __init__(self, path: Path) -> None:
        digits = load_pen_digits(path)
        drawings = draw_all(digits)
        self.labels = np.array([digit.label for digit in digits])
        plain = np.stack([resize_plainly(paint_drawing(drawing)) for drawing in drawings])
        self._inputs = (
            prepare_drawings(drawings, from_image=False),
            prepare_drawings(drawings, from_image=True),
            PreparedInputs(plain, np.ones(len(plain), bool), np.zeros(len(plain), bool)),
        )

    def measure(self, network: nn.Module) -> list[float]:
        """Return the share of drawings that are read rightly, for each of `COLUMNS`."""
        return [evaluate_inputs(network, inputs, self.labels).accuracy for inputs in self._inputs]


def resize_plainly(image: np.ndarray) -> Floats32:
    """Average (280, 280) uint8 down to (28, 28) float32 in [0, 1], wherever the digit lies and how large."""
    means: Floats32 = (image.reshape(28, 10, 28, 10).mean((1, 3)) / 255).astype(np.float32)
    return means


def train_networks(configs: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, Checkpoint]]:
    """Train by the recipe `sketch` with changes, one after the other."""
    for name, changes in configs:
        *_, finished = train(make_config(NETWORK, "sketch", **changes))
        assert isinstance(finished, Finished)
        assert finished.checkpoint is not None
        yield name, finished.checkpoint


def measure_rows(
    named: Iterator[tuple[str, Checkpoint]], drawings: Drawings, key: str
) -> list[dict[str, Any]]:
    """Measure one checkpoint after the other, and tell of each; returns the table's rows."""
    rows = []
    for name, checkpoint in named:
        accuracy = checkpoint.info.test_accuracy
        assert accuracy is not None
        shares = [round(share, 4) for share in (accuracy, *drawings.measure(checkpoint.network))]
        rows.append({key: name, **dict(zip(("mnist", *COLUMNS), shares, strict=True))})
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pen_file", type=Path)
    parser.add_argument("--seeds", action="store_true", help=f"train {NUM_SEEDS} seeds by the recipe sketch")
    parser.add_argument("--ablation", action="store_true", help="train with more and more of the recipe")
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    drawings = Drawings(options.pen_file)
    print(f"{len(drawings.labels):,} drawings of {options.pen_file.name}\n", flush=True)
    if options.ablation:
        changes = [(name, {"epochs": ABLATION_EPOCHS, **changed}) for name, changed in ABLATION]
        name, rows = "drawn_digits_ablation", measure_rows(train_networks(changes), drawings, "who")
    elif options.seeds:
        seeds: list[tuple[str, dict[str, Any]]] = [
            (f"seed {seed}", {"seed": seed}) for seed in range(NUM_SEEDS)
        ]
        name, rows = "drawn_digits_seeds", measure_rows(train_networks(seeds), drawings, "who")
    else:
        shipped = ((name, load_checkpoint(name)) for name in list_checkpoints())
        name, rows = "drawn_digits", measure_rows(shipped, drawings, "checkpoint")
    print(write_table(name, rows))
    if options.save:
        save_measurement(name, rows)
    if name == "drawn_digits":
        numbers = [(round(row["from_strokes"] * len(drawings.labels)), len(drawings.labels)) for row in rows]
        widths = [np.ptp(compute_interval(*number)) for number in numbers]
        print(f"\n95 % intervals from strokes are at most {max(widths):.4f} wide.")


if __name__ == "__main__":
    main()
