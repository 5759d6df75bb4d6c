"""The public endpoints: what other programs may ask, apart from what the page asks."""

import functools
import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import orjson
from gradio.events import api

from app.api.descent import descend
from app.api.runs import read_own_layers, runs, train
from app.api.window import convolve, pool
from app.ui.drawing import read_drawing
from models.checkpoints.prediction import load_cached, predict_digit
from models.data.names import name_classes
from models.networks.architecture import CONVENTION, describe_architecture, read_architecture
from models.networks.layers.plain_data import read_layers
from models.networks.naming import check_own_name
from models.runs.library import DEFAULT_CHOICE, list_choices, resolve_choice
from models.sketch.digit import SeveralDigits, SketchDigit, SketchRefused
from models.sketch.input import prepare_image, read_found


def add_endpoints() -> None:
    """Add every public endpoint to the page being built, each under the name of its function."""
    for name, endpoint in ENDPOINTS.items():
        api(pack_result(endpoint), api_name=name, api_description=describe_endpoint(endpoint))


def describe_endpoint(endpoint: Callable[..., Any]) -> str:
    """Return what an endpoint does and returns, off its docstring, as running text.

    By itself Gradio shows programs and people the first part alone. Of each argument it shows the first line.
    """
    text = inspect.getdoc(endpoint) or ""
    what = text.partition("Args:")[0].partition("Returns:")[0]
    return " ".join(f"{what} Returns: {text.partition('Returns:')[2]}".split())


def pack_result(endpoint: Callable[..., Any]) -> Callable[..., orjson.Fragment]:
    """Give an endpoint's result as JSON, written where it was computed and not where everybody is served."""

    @functools.wraps(endpoint)
    def call(*args: Any, **kwargs: Any) -> orjson.Fragment:
        result = endpoint(*args, **kwargs)
        try:
            return orjson.Fragment(orjson.dumps(result, default=str))
        except TypeError:  # an integer of more than 64 bits
            return orjson.Fragment(json.dumps(result, default=str))

    return call


def architecture(network: str, layers: str = "") -> dict[str, Any]:
    """Read a network's layers with their shapes, parameters and multiply-adds, each with its arithmetic.

    AlexNet is torchvision's, for images of 3 × 224 × 224; the others are for images of 1 × 28 × 28.

    Args:
        network: "logistic", "mlp", "convnet", "convnet2", "convnet3", "convnet4", "glassnet" or "alexnet"; \
with layers of your own, what you call it.
        layers: layers of your own, as `/train` takes them; nothing is trained.

    Returns:
        network, title, input_shape ([C, H, W] of one image), layers (first to last, each with name, kind,
        settings in words, input_shape, output_shape, parameters, parameter_sum, multiply_adds,
        multiply_add_sum and bytes of the output in float32), parameters, multiply_adds, weight_bytes (of the
        parameters), buffer_bytes (of batch norm's running statistics), activation_bytes (of all outputs for
        one image, without those that only rename or overwrite their input) and convention (what a
        multiply-add is and where none is counted).
    """
    try:
        own = read_own_layers(layers)
        if own is None:
            layout = read_architecture(network)
        else:
            name = check_own_name(network)
            layout = describe_architecture(read_layers(own), name, name)
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from error
    described = [
        {
            "name": layer.name,
            "kind": layer.kind,
            "settings": layer.settings,
            "input_shape": list(layer.input_shape),
            "output_shape": list(layer.output_shape),
            "parameters": layer.parameters,
            "parameter_sum": layer.parameter_sum,
            "multiply_adds": layer.multiply_adds,
            "multiply_add_sum": layer.multiply_add_sum,
            "bytes": layer.num_bytes,
        }
        for layer in layout.layers
    ]
    return {
        "network": layout.network,
        "title": layout.title,
        "input_shape": list(layout.input_shape),
        "layers": described,
        "parameters": layout.parameters,
        "multiply_adds": layout.multiply_adds,
        "weight_bytes": layout.weight_bytes,
        "buffer_bytes": layout.buffer_bytes,
        "activation_bytes": layout.activation_bytes,
        "convention": CONVENTION,
    }


architecture.num_early_values = 1  # type: ignore[attr-defined]  # a list without layers still counts


def predict(
    strokes: list[list[list[float]]] | None = None,
    image: list[list[float]] | str | None = None,
    checkpoint: str = DEFAULT_CHOICE,
    with_stages: bool = True,
) -> dict[str, Any]:
    """Read a digit from pen strokes or from an image.

    An image has at most 300,000 numbers, such as 540 × 540; as a file, "data:image/png;base64,…", it has at
    most 4096 × 4096 px and is at most 3 MB large.

    Args:
        strokes: strokes, each a list of [x, y] points on a pad of 280 × 280 px, y downwards.
        image: instead of strokes: rows of grey values, 0 to 1 or 0 to 255, or an image file as a text.
        checkpoint: name of a shipped checkpoint, or "run:" and the id of a run.
        with_stages: whether to return the stages, which are twenty times as long as all else.

    Returns:
        `digit` (0 to 9, the place of the answer among the classes; None if refused), `answer` (its name: "7",
        or of a network that was trained on Fashion-MNIST "Ankle boot"), `classes` (the ten names),
        `probabilities` (ten), `picture` (28 rows of 28 values in [0, 1]: what the
        network was given), `stages` (on the way there, first to last, each with its `name`, its `title` and
        its `picture`, rows of values in [0, 1]), `doubt` (why it may be no digit but a letter or a sign, say,
        whatever network was asked; or empty), `refusal` (why there is no digit, or empty) and `digits` (where
        an image holds several, each in reading order, with its `digit`, `answer`, `probabilities`, `doubt`,
        `refusal` and `box`: left, top, width and height in shares of the image's sides; else none).
    """
    try:
        if (strokes is None) == (image is None):
            raise ValueError("Give either strokes or an image.")
        path = resolve_choice(str(checkpoint))
        dataset = load_cached(path).info.dataset
        sketch = _read_sketch(strokes, image, with_stages, dataset)
        prediction = predict_digit(sketch.image, path)
    except SketchRefused as refusal:
        return {
            "digit": None,
            "answer": "",
            "classes": list(name_classes(dataset)),
            "probabilities": [],
            "picture": [],
            "stages": [],
            "doubt": "",
            "refusal": str(refusal),
            "digits": _read_several(refusal, path) if isinstance(refusal, SeveralDigits) else [],
        }
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from error
    return {
        "digit": prediction.digit,
        "answer": prediction.name,
        "classes": list(name_classes(dataset)),
        "probabilities": prediction.probabilities.tolist(),
        "picture": sketch.image.tolist(),
        "stages": [
            {"name": stage.name, "title": stage.title, "picture": np.round(stage.image, 4).tolist()}
            for stage in sketch.stages
        ],
        "doubt": sketch.doubt.reason if sketch.doubt else "",
        "refusal": "",
        "digits": [],
    }


def _read_several(several: SeveralDigits, path: Path) -> list[dict[str, Any]]:
    """Read each of several digits of an image."""
    answers = read_found(several.digits, path)
    return [
        {
            "digit": answer.digit if answer else None,
            "answer": answer.name if answer else "",
            "probabilities": answer.probabilities.tolist() if answer else [],
            "box": [round(side, 4) for side in (found.left, found.top, found.width, found.height)],
            "doubt": found.sketch.doubt.reason if found.sketch and found.sketch.doubt else "",
            "refusal": found.refusal,
        }
        for found, answer in zip(several.digits, answers, strict=True)
    ]


def _read_sketch(strokes: Any, image: Any, with_stages: bool, dataset: str) -> SketchDigit:
    if strokes is not None:
        return read_drawing({"strokes": strokes}, with_stages, dataset)
    if isinstance(image, str):
        return read_drawing({"picture": image}, with_stages, dataset)
    try:
        pixels = np.asarray(image, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("The image must be a list of rows of numbers, all rows of one length.") from error
    return prepare_image(pixels, dataset, with_stages)


def checkpoints() -> list[dict[str, Any]]:
    """List the shipped checkpoints with what their headers record.

    Returns:
        One entry a checkpoint: `name`, `network`, `dataset`, `epochs`, `seed`, `test_accuracy`, `test_loss`.
    """
    return [
        {
            "name": choice.key,
            "network": choice.info.network,
            "dataset": choice.info.dataset,
            "epochs": choice.info.epochs,
            "seed": choice.info.seed,
            "test_accuracy": choice.info.test_accuracy,
            "test_loss": choice.info.test_loss,
        }
        for choice in list_choices([])
    ]


ENDPOINTS: Mapping[str, Callable[..., Any]] = {
    endpoint.__name__: endpoint
    for endpoint in (descend, convolve, pool, architecture, train, runs, predict, checkpoints)
}
