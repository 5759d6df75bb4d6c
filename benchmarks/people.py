"""How people's digits are read, and what is doubted: digits, which should not be, and signs, which should.

    uv run python benchmarks/people.py --pen FILE --pen FILE --images FOLDER      # the network `sketchpad`
    uv run python benchmarks/people.py --pen FILE --checkpoint a.safetensors --checkpoint b.safetensors

FILE holds digits that people wrote with a pen, in UNIPEN's form or as lines of JSON; FOLDER holds images,
such as photos, in folders 0 to 9. Nothing is trained on them. Prints of each accuracy with its interval,
loss, calibration error, each digit's accuracy, confusions, how sure the wrong answers are, what is refused
and doubted, and how far writers or sources lie apart; then what MNIST's test images are read as, and which of
them and of signs are doubted. Of several checkpoints, as of a recipe's seeds, mean and deviation too. Some
minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np

from app.cli import main as run_command
from models.checkpoints.evaluation import compute_interval
from models.data.datasets import load_dataset
from models.data.sign_table import SIGNS
from models.data.signs import HELD_OUT, TRAINED, sample_sign
from models.sketch.detector import doubt_image
from models.sketch.doubt import doubt_ink
from models.sketch.pen_digits import draw_on_pad
from models.sketch.pen_files import PenDigit
from models.sketch.preparation import digit_from_strokes
from models.values import Floats32

HANDS = 40  # that draw each sign
SIGNS_SEED = 2  # of none of the training's
PAD_PX = 280
VERDICTS = ("read", "doubted", "refused")


def judge_image(image: Floats32) -> str:
    """Say what becomes of an image (28, 28) that is prepared already."""
    doubt = doubt_ink(image) or doubt_image(image)
    return "read" if doubt is None else VERDICTS[1 + doubt.is_strong]


def judge_sign(kind: str, hand: int) -> str:
    """Say what becomes of a sign as one hand draws it on the pad."""
    rng = np.random.default_rng((SIGNS_SEED, list(SIGNS).index(kind), hand))
    drawing = draw_on_pad(PenDigit(0, tuple(sample_sign(kind, rng))), rng)
    strokes = [stroke.tolist() for stroke in drawing.strokes]
    doubt = digit_from_strokes(strokes, PAD_PX, with_stages=False, refuses_doubtful=False).doubt
    return "read" if doubt is None else VERDICTS[1 + doubt.is_strong]


def print_verdicts(what: str, verdicts: Sequence[str]) -> None:
    """Print how many were refused and how many doubted, with 95 % intervals."""
    counts = Counter(verdicts)
    for verdict in VERDICTS[1:]:
        low, high = compute_interval(counts[verdict], len(verdicts))
        share = counts[verdict] / len(verdicts)
        print(
            f"{what}: {counts[verdict]:,} of {len(verdicts):,} {verdict}, {share:.2%} ({low:.2%}–{high:.2%})"
        )


def print_signs(title: str, kinds: Sequence[str]) -> None:
    """Print of each kind how many of its drawings were refused or doubted."""
    print(f"\n{title}, {HANDS} hands each: share refused or doubted")
    shares = {kind: sum(judge_sign(kind, hand) != "read" for hand in range(HANDS)) / HANDS for kind in kinds}
    print(
        ", ".join(f"{kind} {share:.2f}" for kind, share in sorted(shares.items(), key=lambda pair: pair[1]))
    )
    print(f"all kinds: {np.mean(list(shares.values())):.3f}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pen", action="append", default=[], metavar="FILE")
    parser.add_argument("--images", action="append", default=[], metavar="FOLDER")
    parser.add_argument("--checkpoint", action="append", help="default: sketchpad")
    options = parser.parse_args(arguments)
    checkpoints = options.checkpoint or ["sketchpad"]
    measured = [["--pen", file] for file in options.pen] + [["--images", folder] for folder in options.images]
    for what in [*measured, ["--dataset", "mnist"]]:
        if run_command(["evaluate", *checkpoints, *what]):
            sys.exit(1)  # it has said why
    images = load_dataset("mnist", "test").images[:, 0].numpy().astype(np.float32) / np.float32(255)
    print_verdicts("\nMNIST's test images", [judge_image(image) for image in images])
    print_signs("Signs of kinds never trained on", HELD_OUT)
    print_signs("Signs of kinds trained on, by other hands", TRAINED)


if __name__ == "__main__":
    main()
