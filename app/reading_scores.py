"""`glassbox evaluate --pen` and `--images`: how people's digits are read, what is refused and doubted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from models.checkpoints.file import Checkpoint
    from models.sketch.evaluation import InputEvaluation, PreparedInputs
    from models.sketch.image_folder import LabelledImage

_MAX_NAMED = 20  # images that are named one by one


def print_pen_scores(checkpoints: Mapping[str, Checkpoint], path: Path, seed: int) -> None:
    """Print how well checkpoints, by name, read pen drawings: from strokes and from images alone."""
    import numpy as np
    from tqdm import tqdm

    from models.sketch.pen_digits import draw_all, prepare_drawings
    from models.sketch.pen_files import load_pen_digits

    digits = load_pen_digits(path)
    drawings = draw_all(digits, seed)
    labels = np.array([digit.label for digit in digits])
    for kind, from_image in (("strokes", False), ("images", True)):
        with tqdm(total=len(drawings), unit="drawing", desc=f"Preparing {kind}", leave=False) as bar:
            inputs = prepare_drawings(drawings, from_image, lambda done, _: bar.update(done - bar.n))
        what = f"{len(digits):,} drawings of {path.name}, from their {kind} (seed {seed})"
        for result in _print_scores(checkpoints, inputs, labels, what, f"{path.name}, from {kind}"):
            print(f"{_describe_writers(result, [digit.writer for digit in digits])}\n")


def print_image_scores(checkpoints: Mapping[str, Checkpoint], folder: Path) -> None:
    """Print how well checkpoints, by name, read the images in a folder's folders 0 to 9."""
    import numpy as np
    from tqdm import tqdm

    from app.predict import tell_left_out
    from models.sketch.image_folder import find_labelled_images, prepare_images

    images, left_out = find_labelled_images(folder)
    tell_left_out(folder, left_out, len(images) + len(left_out))
    with tqdm(total=len(images), unit="image", desc="Preparing images", leave=False) as bar:
        inputs, reasons = prepare_images(images, lambda done, _: bar.update(done - bar.n))
    labels = np.array([image.label for image in images])
    what = f"{len(images):,} images of {folder}"
    for result in _print_scores(checkpoints, inputs, labels, what, str(folder)):
        print(_describe_sources(result, [image.source for image in images]))
        print(f"{_list_misread(result, images, reasons, folder)}\n")


def _print_scores(
    checkpoints: Mapping[str, Checkpoint], inputs: PreparedInputs, labels: np.ndarray, what: str, short: str
) -> Iterator[InputEvaluation]:
    """Print of each checkpoint how it reads inputs, and at the end how several lie apart.

    Yields:
        Each result, once it is printed, for what else is to be said of it.
    """
    from app.ui.score_tables import describe_spread, format_classes, format_confusion
    from models.data.names import DIGITS
    from models.sketch.evaluation import evaluate_inputs

    accuracies = []
    for checkpoint in checkpoints.values():
        temperature = checkpoint.info.temperature or 1.0
        result = evaluate_inputs(checkpoint.network, inputs, labels, temperature)
        accuracies.append(result.accuracy)
        print(f"{checkpoint.info.network} on {what}: {result}")
        print(f"\n{format_classes(result.class_accuracies, DIGITS)}")
        print(f"\n{format_confusion(result.confusion, DIGITS)}\n")
        print(_describe_certainty(result))
        yield result
    if len(accuracies) > 1:
        print(f"{describe_spread(short, accuracies)}\n")


def _describe_certainty(result: InputEvaluation) -> str:
    """Say what was refused and doubted, and how sure the wrong answers are."""
    from app.ui.numbers import write_percent
    from models.checkpoints.evaluation import compute_interval
    from models.sketch.evaluation import SURE

    told = []
    for name, num in (("Refused", result.num_refused), ("Doubted", result.num_doubted)):
        low, high = (write_percent(bound, 2) for bound in compute_interval(num, result.num_inputs))
        share = write_percent(num / result.num_inputs, 2)
        told.append(f"{name}: {num:,} of {result.num_inputs:,}, {share} ({low} to {high}).")
    sure = f"{result.num_sure_wrong:,} of {result.num_wrong:,}"
    expected = f"{result.expected_sure_wrong:,.0f} of {result.expected_wrong:,.0f}"
    told.append(
        f"Wrong answers with more than {write_percent(SURE, 0)} confidence: {sure}; "
        f"if every confidence were exact, {expected}."
    )
    return "\n".join(told)


def _describe_writers(result: InputEvaluation, writers: Sequence[int | None]) -> str:
    """Say how far writers lie apart."""
    import numpy as np

    from models.sketch.evaluation import measure_groups

    accuracies = measure_groups(result.is_right, writers)
    if not accuracies:
        return "The file does not say who wrote which."
    lowest, tenth, median = np.quantile(list(accuracies.values()), (0, 0.1, 0.5))
    who = min(accuracies, key=lambda writer: accuracies[writer])
    return (
        f"{len(accuracies)} writers: the middle one is read at {median:.3f}, a tenth at {tenth:.3f} or less, "
        f"writer {who} at {lowest:.3f}."
    )


def _describe_sources(result: InputEvaluation, sources: Sequence[str | None]) -> str:
    """Say how many images of each source are read rightly."""
    from models.sketch.evaluation import measure_groups

    accuracies = measure_groups(result.is_right, sources)
    if not accuracies:
        return "All images are of one source: their folders lie in the measured one itself."
    lines = [f"  {source}: {share:.3f} of {sources.count(source):,}" for source, share in accuracies.items()]
    return "\n".join(["Read rightly, by source:", *lines])


def _list_misread(
    result: InputEvaluation, images: Sequence[LabelledImage], reasons: Sequence[str], folder: Path
) -> str:
    """Name the images that are refused or read wrongly, and say as what."""
    import numpy as np

    from app.ui.numbers import write_percent

    misread = np.flatnonzero(~result.is_right)
    if not len(misread):
        return "None is refused or read wrongly."
    lines = []
    for place in misread[:_MAX_NAMED]:
        read_as = f"read as {result.answers[place]}, {write_percent(result.confidences[place])}"
        told = f"refused: {reasons[place]}" if reasons[place] else read_as
        lines.append(f"  {images[place].path.relative_to(folder).as_posix()}: {told}")
    if len(misread) > _MAX_NAMED:
        lines.append(f"  and {len(misread) - _MAX_NAMED:,} more")
    return "\n".join(["Refused or read wrongly:", *lines])
