"""`glassbox evaluate --pen`: how well pen drawings are read, what is refused and doubted, by writer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.checkpoints.file import Checkpoint
    from models.sketch.pen_digits import PenEvaluation


def print_pen_scores(checkpoints: Mapping[str, Checkpoint], path: Path, seed: int) -> None:
    """Print how well checkpoints, by name, read pen drawings: from strokes and from images alone."""
    import numpy as np
    from tqdm import tqdm

    from app.ui.score_tables import describe_spread, format_classes, format_confusion
    from models.data.names import DIGITS
    from models.sketch.pen_digits import draw_all, evaluate_drawings, measure_writers, prepare_drawings
    from models.sketch.pen_files import load_pen_digits

    digits = load_pen_digits(path)
    drawings = draw_all(digits, seed)
    labels = np.array([digit.label for digit in digits])
    for kind, from_image in (("strokes", False), ("images", True)):
        with tqdm(total=len(drawings), unit="drawing", desc=f"Preparing {kind}", leave=False) as bar:
            inputs = prepare_drawings(drawings, from_image, lambda done, _: bar.update(done - bar.n))
        accuracies = []
        for checkpoint in checkpoints.values():
            temperature = checkpoint.info.temperature or 1.0
            result = evaluate_drawings(checkpoint.network, inputs, labels, temperature)
            accuracies.append(result.accuracy)
            what = f"{checkpoint.info.network} on {len(digits):,} drawings of {path.name}"
            print(f"{what}, from their {kind} (seed {seed}): {result}")
            print(f"\n{format_classes(result.class_accuracies, DIGITS)}")
            print(f"\n{format_confusion(result.confusion, DIGITS)}\n")
            print(_describe_certainty(result))
            writers = measure_writers(result.is_right, [digit.writer for digit in digits])
            print(f"{_describe_writers(writers)}\n")
        if len(accuracies) > 1:
            print(f"{describe_spread(f'{path.name}, from {kind}', accuracies)}\n")


def _describe_certainty(result: PenEvaluation) -> str:
    """Say what was refused and doubted, and how sure the wrong answers are."""
    from app.ui.numbers import write_percent
    from models.checkpoints.evaluation import compute_interval
    from models.sketch.pen_digits import SURE

    told = []
    for name, num in (("Refused", result.num_refused), ("Doubted", result.num_doubted)):
        low, high = (write_percent(bound, 2) for bound in compute_interval(num, result.num_drawings))
        share = write_percent(num / result.num_drawings, 2)
        told.append(f"{name}: {num:,} of {result.num_drawings:,}, {share} ({low} to {high}).")
    sure = f"{result.num_sure_wrong:,} of {result.num_wrong:,}"
    told.append(f"Wrong answers with more than {write_percent(SURE, 0)} confidence: {sure}.")
    return "\n".join(told)


def _describe_writers(accuracies: dict[int, float]) -> str:
    """Say how far writers lie apart."""
    import numpy as np

    if not accuracies:
        return "The file does not say who wrote which."
    lowest, tenth, median = np.quantile(list(accuracies.values()), (0, 0.1, 0.5))
    who = min(accuracies, key=lambda writer: accuracies[writer])
    return (
        f"{len(accuracies)} writers: the middle one is read at {median:.3f}, a tenth at {tenth:.3f} or less, "
        f"writer {who} at {lowest:.3f}."
    )
