"""The public endpoints, used as another program uses them."""

import base64
import inspect
import io
import json
import re
import urllib.error
import urllib.request

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from app.api import endpoints
from app.sketchpad.tab import build_example
from models.checkpoints.file import list_checkpoints
from models.checkpoints.prediction import predict_digit
from models.data.names import CLOTHES, DIGITS
from models.sketch.detector import REASON
from models.sketch.preparation import digit_from_strokes
from tests.runs.trained_runs import make_clothes_run
from tests.sketch.own_signs import draw_sign
from tests.sketch.sheets import draw_row, set_page
from tests.waiting import wait_until

# The contract: every endpoint's parameters in their order, each with its default, or ... where it has none.
PARAMETERS = {
    "/descend": {
        "problem": "least_squares", "x": None, "y": None, "w0": None, "lr": 0.01, "steps": 150,
        "optimizer": "gradient_descent", "momentum": 0.9, "dtype": "float32", "condition": 10.0,
    },
    "/convolve": {"image": ..., "kernel": ..., "bias": 0.0, "stride": 1, "padding": 0, "dilation": 1},
    "/pool": {"image": ..., "kind": "max", "kernel_size": 2, "stride": 2, "padding": 0},
    "/architecture": {"network": ..., "layers": ""},
    "/train": {
        "network": ..., "dataset": "mnist", "recipe": "notebook", "epochs": None, "seed": None,
        "num_images": None, "batch_size": None, "learning_rate": None, "optimizer": None, "momentum": None,
        "schedule": None, "weight_decay": None, "dropout": None, "augment": None, "distortions": None,
        "added_strokes": None, "label_smoothing": None, "precision": None, "name": "",
        "start_from": "", "layers": "",
    },
    "/runs": {"run_id": ...},
    "/predict": {"strokes": None, "image": None, "checkpoint": "sketchpad", "with_stages": True},
    "/checkpoints": {},
}  # fmt: skip
PUBLIC = set(PARAMETERS)


@pytest.fixture(scope="module")
def client(served_page):
    return Client(served_page, verbose=False)


def test_public_endpoints_are_these_and_no_others(client):
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_parameters_and_result_are_these(client, name):
    endpoint = client.view_api(return_format="dict")["named_endpoints"][name]
    parameters = {
        parameter["parameter_name"]: parameter["parameter_default"]
        if parameter["parameter_has_default"]
        else ...
        for parameter in endpoint["parameters"]
    }
    assert list(parameters.items()) == list(PARAMETERS[name].items())
    (result,) = endpoint["returns"]
    kind = {"/train": "string", "/checkpoints": "array"}.get(name, "object")
    assert result["type"]["type"] == kind
    assert " Returns: " in endpoint["description"]


DESCEND_KEYS = {
    "losses", "w", "first_gradient", "status", "overflow_step", "settled_step", "minimum", "distances",
    "eigenvalues", "lr_max", "lr_best", "contraction_predicted", "contraction_measured",
}  # fmt: skip


def test_descend_gives_the_notebooks_table_without_being_told_anything(client):
    result = client.predict(api_name="/descend")
    assert set(result) == DESCEND_KEYS
    assert len(result["losses"]) == 150
    assert result["losses"][9] == pytest.approx(0.150094673037529, rel=1e-4)
    assert result["losses"][19] == pytest.approx(0.018248017877340317, rel=1e-4)
    assert result["losses"][99] == pytest.approx(8.74024408403784e-10, rel=1e-4)
    assert result["first_gradient"] == [-2] * 5
    assert result["w"] == pytest.approx([0.2] * 5, abs=1e-4)
    assert result["minimum"] == pytest.approx([0.2] * 5)
    assert result["eigenvalues"] == pytest.approx([0, 0, 0, 0, 10], abs=1e-9)
    assert (result["lr_max"], result["lr_best"]) == pytest.approx((0.2, 0.1))
    assert (result["contraction_predicted"], result["contraction_measured"]) == pytest.approx(
        (0.9, 0.9), rel=1e-3
    )
    assert result["distances"][:2] == pytest.approx([0.2 * 5**0.5, 0.9 * 0.2 * 5**0.5])
    assert len(result["distances"]) == 151
    assert (result["status"], result["overflow_step"]) == ("converged", None)


def test_descend_says_in_its_documentation_what_it_returns():
    text = inspect.getdoc(endpoints.descend).partition("Returns:")[2]
    assert set(re.findall(r"\b(?:\w+_)*\w+\b", text)) >= DESCEND_KEYS


def test_descend_fits_several_rows(client):
    x, y = [[0.5, 1], [1.5, 1], [2, 1], [4, 1]], [1, 1.4, 2.4, 3.9]
    fit = np.polyfit([row[0] for row in x], y, 1)
    result = client.predict(
        "least_squares", x, y, [3, -2], 0.02, 2000, "momentum", 0.9, "float64", api_name="/descend"
    )
    assert result["w"] == pytest.approx(fit, abs=1e-6)
    assert result["minimum"] == pytest.approx(fit)
    hessian = 2 / 4 * np.array(x).T @ np.array(x)
    assert result["eigenvalues"] == pytest.approx(np.linalg.eigvalsh(hessian))
    assert result["lr_max"] == pytest.approx(2 * 1.9 / result["eigenvalues"][-1])
    assert result["contraction_predicted"] < 1


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adam"])
def test_descend_gives_each_optimizer_its_own_theory(client, optimizer):
    """On ½a² + 5b² with β = 0.9: the pace is √β, with Nesterov's step √(β(1 − ηλ)) for λ = 1."""
    result = client.predict(problem="valley", lr=0.03, optimizer=optimizer, api_name="/descend")
    assert result["lr_best"] is None  # it is gradient descent's alone
    limit = {"momentum": 2 * 1.9 / 10, "nesterov": 2 * 1.9 / 2.8 / 10, "adam": None}[optimizer]
    factor = {"momentum": 0.9**0.5, "nesterov": (0.9 * 0.97) ** 0.5, "adam": None}[optimizer]
    assert result["lr_max"] == (limit and pytest.approx(limit))
    assert result["contraction_predicted"] == (factor and pytest.approx(factor))
    assert result["contraction_measured"] == (factor and pytest.approx(factor, rel=1e-3))


def test_descend_walks_a_surface(client):
    result = client.predict(
        problem="himmelblau", w0=[2, 1], lr=0.3, steps=400, optimizer="adam", api_name="/descend"
    )
    assert result["w"] == pytest.approx([3, 2], abs=1e-3)
    assert result["minimum"] == [3, 2]
    assert (result["lr_max"], result["contraction_predicted"]) == (None, None)
    assert result["losses"][0] == pytest.approx((4 + 1 - 11) ** 2 + (2 + 1 - 7) ** 2)
    valley = client.predict(problem="valley", condition=50, lr=0.01, steps=5, api_name="/descend")
    assert valley["eigenvalues"] == pytest.approx([1, 50])


def call_raw(address, name, body):
    """Call an endpoint with a body that the client would refuse to send; return the text of the answer."""
    request = urllib.request.Request(
        f"{address}/gradio_api/call/{name}", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        event_id = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{address}/gradio_api/call/{name}/{event_id}", timeout=30) as answer:
        return answer.read().decode()


@pytest.mark.parametrize("x", [[1, 1, 1], [0.01]])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_descend_answers_a_divergence_with_finite_numbers(served_page, x, dtype):
    """The short x lets the weights grow until their squares overflow before the loss does."""
    body = {"data": ["least_squares", x, 1, [0] * len(x), 1e6, 500, "gradient_descent", 0.9, dtype, 10]}
    text = call_raw(served_page, "descend", json.dumps(body).encode())
    assert "event: complete" in text

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    (result,) = json.loads(text.partition("data: ")[2], parse_constant=refuse)
    assert result["status"] == "diverged"
    assert result["overflow_step"] == len(result["losses"]) + 1
    assert None not in result["distances"]
    assert result["contraction_measured"] == pytest.approx(result["contraction_predicted"], rel=1e-3)


def test_convolve_agrees_with_sums_done_here(client):
    image = np.random.default_rng(0).random((6, 5))
    kernel = np.random.default_rng(1).normal(size=(2, 2))
    result = client.predict(image.tolist(), kernel.tolist(), 0.5, 2, 1, api_name="/convolve")
    padded = np.pad(image, 1)
    expected = [
        [(padded[i : i + 2, j : j + 2] * kernel).sum() + 0.5 for j in range(0, 6, 2)] for i in range(0, 7, 2)
    ]
    assert np.allclose(result["output"], expected, atol=1e-5)
    assert result["shape"] == [4, 3]
    assert result["max_difference"] < 1e-5
    assert set(result) == {"output", "by_hand", "max_difference", "shape"}
    dilated = client.predict(image.tolist(), kernel.tolist(), 0.5, 1, 0, 3, api_name="/convolve")
    expected = [
        [(image[i : i + 4 : 3, j : j + 4 : 3] * kernel).sum() + 0.5 for j in range(2)] for i in range(3)
    ]
    assert np.allclose(dilated["by_hand"], expected, atol=1e-12)


def test_pool_takes_the_largest(client):
    image = np.arange(16.0).reshape(4, 4)
    result = client.predict(image.tolist(), "max", 2, 2, 0, api_name="/pool")
    assert set(result) == {"output", "by_hand", "max_difference", "shape"}
    assert result["output"] == result["by_hand"] == [[5, 7], [13, 15]]
    assert result["shape"] == [2, 2]
    result = client.predict(image.tolist(), "average", 2, 2, 0, api_name="/pool")
    assert result["output"] == [[2.5, 4.5], [10.5, 12.5]]
    assert result["max_difference"] == 0


LAYER_KEYS = {
    "name", "kind", "settings", "input_shape", "output_shape", "parameters", "parameter_sum", "multiply_adds",
    "multiply_add_sum", "bytes",
}  # fmt: skip
ARCHITECTURE_KEYS = {
    "network", "title", "input_shape", "layers", "parameters", "multiply_adds", "weight_bytes",
    "buffer_bytes", "activation_bytes", "convention",
}  # fmt: skip


@pytest.mark.parametrize(
    ("network", "parameters"),
    [
        ("logistic", 7_850),
        ("mlp", 109_386),
        ("convnet", 789_718),
        ("convnet2", 789_718),
        ("convnet3", 173_962),
        ("convnet4", 1_148_618),
        ("alexnet", 61_100_840),
    ],
)
def test_architecture_counts_as_the_notebook_does(client, network, parameters):
    result = client.predict(network, api_name="/architecture")
    assert set(result) == ARCHITECTURE_KEYS
    assert all(set(layer) == LAYER_KEYS for layer in result["layers"])
    assert (result["network"], result["parameters"]) == (network, parameters)
    for key in ("parameters", "multiply_adds"):
        assert sum(layer[key] for layer in result["layers"]) == result[key]
    assert result["weight_bytes"] == 4 * parameters
    shapes = [result["input_shape"], *(layer["output_shape"] for layer in result["layers"])]
    assert [layer["input_shape"] for layer in result["layers"]] == shapes[:-1]


def test_architecture_writes_the_arithmetic(client):
    first, *_, last = client.predict(network="convnet", api_name="/architecture")["layers"]
    assert (first["name"], first["kind"]) == ("features.0", "Conv2d")
    assert first["parameter_sum"] == "(5·5·1 + 1)·8 = 208"
    assert first["multiply_add_sum"] == "5·5·1 · 8·28·28 = 156,800"
    assert first["bytes"] == 4 * 8 * 28 * 28
    assert (last["parameter_sum"], last["multiply_adds"]) == ("(500 + 1)·10 = 5,010", 5000)


def test_layers_of_ones_own_are_read_before_they_are_trained(client):
    text = "nn.Sequential(nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),"
    text += "nn.Linear(1568, 500), nn.ReLU(), nn.Linear(500, 10))"
    own = client.predict(network="Mine", layers=text, api_name="/architecture")
    given = client.predict(network="convnet", api_name="/architecture")
    assert (own.pop("network"), own.pop("title")) == ("Mine", "Mine")
    assert own == {name: given[name] for name in own}


def test_architecture_says_in_its_documentation_what_it_returns():
    text = inspect.getdoc(endpoints.architecture).partition("Returns:")[2]
    assert set(re.findall(r"\w+", text)) >= ARCHITECTURE_KEYS | LAYER_KEYS


PREDICT_KEYS = {
    "digit", "answer", "classes", "probabilities", "picture", "stages", "doubt", "refusal", "digits",
}  # fmt: skip


@pytest.mark.parametrize("digit", range(10))
def test_predict_reads_strokes(client, digit):
    result = client.predict(build_example(digit), None, "convnet3", api_name="/predict")
    assert set(result) == PREDICT_KEYS
    assert (result["digit"], result["answer"], result["classes"]) == (digit, str(digit), list(DIGITS))
    assert len(result["probabilities"]) == 10
    assert sum(result["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert np.array(result["picture"]).shape == (28, 28)
    assert (result["refusal"], result["doubt"]) == ("", "")
    stages = digit_from_strokes(build_example(digit), 280).stages
    assert [(stage["name"], stage["title"]) for stage in result["stages"]] == [
        (stage.name, stage.title) for stage in stages
    ]
    for given, stage in zip(result["stages"], stages, strict=True):
        np.testing.assert_allclose(given["picture"], stage.image, atol=1e-4)
    np.testing.assert_allclose(result["stages"][-1]["picture"], result["picture"], atol=1e-4)


def test_predict_doubts_a_letter_whatever_network_reads_it():
    for checkpoint in ("sketchpad", "logistic"):
        result = endpoints.predict(strokes=draw_sign("A", "hasty"), checkpoint=checkpoint, with_stages=False)
        assert result["digit"] in range(10)
        assert (result["doubt"], result["refusal"]) == (REASON, "")


def test_predict_reads_images(client, mnist_test):
    images, labels = mnist_test
    large = np.kron(images[0], np.ones((4, 4))).tolist()
    result = client.predict(None, large, "convnet3", api_name="/predict")
    assert result["digit"] == labels[0]
    file = io.BytesIO()
    Image.fromarray(np.array(large, np.uint8)).save(file, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    assert client.predict(None, url, "convnet3", api_name="/predict") == result
    for image in (large, url):
        short = client.predict(None, image, "convnet3", with_stages=False, api_name="/predict")
        assert short == {**result, "stages": []}


def test_predict_reads_each_of_several_digits():
    image, rows = draw_row(4)
    result = endpoints.predict(image=image.tolist())
    assert set(result) == PREDICT_KEYS
    assert (result["digit"], result["picture"]) == (None, [])
    assert result["refusal"].startswith(f"There are {len(rows[0])} digits here")
    assert [found["digit"] for found in result["digits"]] == rows[0]
    assert all(max(found["probabilities"]) > 0.5 for found in result["digits"])
    boxes = np.array([found["box"] for found in result["digits"]])
    assert (np.diff(boxes[:, 0]) > 0).all()
    assert (boxes >= 0).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= 1).all()
    page = endpoints.predict(image=set_page(1).mean(2).tolist())
    assert (page["digits"], page["refusal"][:32]) == ([], "This looks like a page of text, ")


def test_predict_names_clothes_and_prepares_an_image_as_such():
    folder = make_clothes_run("c" * 32)
    image = np.zeros((28, 28))
    image[3:12, 2:20] = 0.5  # cropped and centred as a digit it would be another image
    result = endpoints.predict(image=image.tolist(), checkpoint=f"run:{folder.name}")
    expected = predict_digit(image, folder / "checkpoint.safetensors")
    assert (result["answer"], result["classes"]) == (CLOTHES[expected.digit], list(CLOTHES))
    assert result["probabilities"] == expected.probabilities.tolist()
    np.testing.assert_allclose(result["picture"], image)
    by_strokes = endpoints.predict(strokes=build_example(1), checkpoint=f"run:{folder.name}")
    assert by_strokes["answer"] in CLOTHES


def test_predict_refuses_a_blank_without_guessing(client):
    result = client.predict([], None, "convnet3", api_name="/predict")
    assert set(result) == PREDICT_KEYS
    assert result["digit"] is None
    assert "draw" in result["refusal"].lower()
    assert result["stages"] == []


def test_checkpoints_have_their_measured_figures(client):
    listed = client.predict(api_name="/checkpoints")
    assert [entry["name"] for entry in listed] == list_checkpoints()
    keys = {"name", "network", "dataset", "epochs", "seed", "test_accuracy", "test_loss"}
    assert all(set(entry) == keys for entry in listed)
    assert all(0.8 < entry["test_accuracy"] < 1 for entry in listed)


@pytest.mark.parametrize(
    ("arguments", "api_name", "message"),
    [
        (("least_squares", [1, 2], 1, [0, 0], -1, 10), "/descend", "-1: enter a number above 0"),
        (("least_squares", [1, 2], 1, [0, 0], "fast", 10), "/descend", "enter a number above 0"),
        (("least_squares", [1, 2], 1, [0, 0], 0.1, 10**9), "/descend", "1 to 100,000"),
        (("least_squares", [], 1, [], 0.1, 10), "/descend", "1 to 8"),
        (("least_squares", ["a"], 1, [0], 0.1, 10), "/descend", "enter a number from -1,000,000"),
        (("least_squares", [[1, 2], [3]], [1, 2]), "/descend", "every row the same length"),
        (("least_squares", [[1]] * 51, [1] * 51), "/descend", "1 to 50"),
        (("least_squares", [1, 2], 1, [0]), "/descend", "2 weights: give 2"),
        (("least_squares", [1, 2]), "/descend", "needs x and y"),
        (("ackley",), "/descend", "choose one of least_squares, valley, rosenbrock"),
        (("beale", None, None, [0, 5000]), "/descend", "-1,000 to 1,000"),
        (("valley", None, None, None, 0.1, 5, "adam", 0.9, "float32", 0), "/descend", "1 to 10,000"),
        (("beale", None, None, None, 0.1, 5, "lion"), "/descend", "choose one of gradient_descent"),
        (("beale", None, None, None, 0.1, 5, "momentum", 1.5), "/descend", "0 to 0.999"),
        (("beale", None, None, None, 0.1, 5, "adam", 0.9, "float16"), "/descend", "float32, float64"),
        (([[1, 2], [3]], [[1]], 0, 1, 0), "/convolve", "length"),
        (([[1, 2], [3, 4]], [[1] * 3] * 3, 0, 1, 0), "/convolve", "kernel"),
        (([[1, 2], [3, 4]], "max", 2, 2, 2), "/pool", "padding"),
        (([[1, 2], [3, 4]], "median", 2, 2, 0), "/pool", "choose one of max, average"),
        (([[1, 2], [3, 4]], [[1, 2], [3, 4]], 0, 1, 0, 5), "/convolve", "dilation is 5: enter"),
        (([[1, 2], [3, 4]], [[1, 2], [3, 4]], 0, 1, 0, 4), "/convolve", "a dilation from 1 to 1"),
        (([[1, None], [3, 4]], [[1]]), "/convolve", "not a number"),
        (([[[0, 0], [9, 9]]], None, "../secret"), "/predict", "no checkpoint called"),
        ((None, None, "mlp"), "/predict", "either strokes or an image"),
        ((None, "data:image/png;base64,AAAA", "mlp"), "/predict", "cannot be read as an image"),
        ((None, "/etc/passwd", "mlp"), "/predict", "not an image"),
        (([[["a", 1]]], None, "mlp"), "/predict", "number"),
        ((None, [[1, 2], [3]], "mlp"), "/predict", "one length"),
        (("resnet",), "/architecture", "no network called 'resnet'. Choose one of: logistic, .*, alexnet"),
        (([1],), "/architecture", "no network called"),
        (("mlp", "nn.Linear(784, 10)"), "/architecture", "mlp is a given network"),
        (("Mine", "nn.Sequential(nn.Linear(784, 10))"), "/architecture", "Layer 1: Linear takes features"),
        (("Mine", "nn.Sequential(open('x'))"), "/architecture", "cannot be read"),
        (("resnet",), "/train", "no network called 'resnet'"),
        (("mlp", "strokes", "notebook", 10_000), "/train", "1 to 20; .* up to 100"),
        (("mlp", "strokes", "notebook", 21), "/train", "1 to 20"),
        (("mlp", "strokes", "notebook", 1, 0, 1000, 10_000), "/train", "8 to 512"),
        (("mlp", "strokes", "notebook", 1, 0, 1000, 32, 0.1, "lion"), "/train", "no optimizer called"),
        ((None, [[0, 300] * 8] * 16, "mlp"), "/predict", "255"),
        (("0" * 32,), "/runs", "no run"),
        (("../../etc/passwd",), "/runs", "no run"),
    ],
)
def test_mistakes_are_answered_with_what_would_be_right(client, arguments, api_name, message):
    with pytest.raises((AppError, ValueError), match=message):
        client.predict(*arguments, api_name=api_name)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("descend", [], "0 values came for /descend, which takes 10: give problem, x, y, w0, lr"),
        ("architecture", ["mlp", "", 1], "3 values came for /architecture, which takes 2: give network"),
        ("checkpoints", [1], "1 value came for /checkpoints, which takes none"),
        ("runs", [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}], "was not uploaded here"),
        ("runs", [{"path": "http://outside.invalid", "meta": {"_type": "gradio.FileData"}}], "not uploaded"),
        ("pool", [[[1]], "max", "\ud800", 1, 0], "half a letter"),
        ("pool", [[[1]], "max", "\x85", 1, 0], "holds a line separator"),
        ("train", [["mlp"], *[None] * 18], "no network called ['mlp']. Choose one of"),
        ("train", ["mlp", "strokes", "fast", 10**400, *[None] * 15], f"epochs is 1{'0' * 39}; it must be"),
    ],
)
def test_call_that_gradio_would_give_up_is_answered_too(served_page, served_runs, name, data, message):
    log = served_runs.with_name("log.txt")
    num_before = len(log.read_text())
    text = call_raw(served_page, name, json.dumps({"data": data}).encode())
    assert text.startswith("event: error")
    error = json.loads(text.partition("data: ")[2])["error"]
    assert message in error
    assert len(error) < 400
    assert "Traceback" not in log.read_text()[num_before:]


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("call/nowhere", {"data": []}, 404, "no endpoint called '/nowhere'. Choose one of: /descend, /conv"),
        ("call/v2/nowhere", {}, 404, "no endpoint called '/nowhere'"),
        ("run/nowhere", {"data": []}, 404, "no endpoint called '/nowhere'"),
        ("call/v2/architecture", {}, 422, "required argument: network. /architecture takes network, layers"),
        (
            "call/v2/pool",
            {"image": [[1]], "x": 1},
            422,
            "`x` is not a valid key-word argument. /pool takes im",
        ),
        ("call/v2/pool", {"image": [[1]], "\ud800": 1}, 422, r"`\ud800` is not a valid"),
        (
            "queue/join",
            {"data": [], "fn_index": 9999, "session_hash": "s"},
            404,
            "no endpoint of this number",
        ),
    ],
)
def test_call_of_no_endpoint_or_with_unknown_arguments_is_refused(
    served_page, served_runs, path, body, status, message
):
    log = served_runs.with_name("log.txt")
    num_before = len(log.read_text())
    url = f"{served_page}/gradio_api/{path}"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=10)
    assert refusal.value.code == status
    assert message in refusal.value.read().decode()
    assert "Traceback" not in log.read_text()[num_before:]


def test_nan_in_raw_json_is_answered_too(served_page):
    """The client refuses to send NaN, so it is sent by hand."""
    body = b'{"data": ["least_squares", [1, 2], 1, [0, 0], NaN, 10, "adam", 0.9, "float32", 10]}'
    text = call_raw(served_page, "descend", body)
    assert "event: error" in text
    assert "nan" in text
    assert "Traceback" not in text


RUN_KEYS = {
    "status", "message", "place", "can_resume", "name", "config", "step", "num_steps", "seconds", "latest",
    "epochs", "test", "num_looks", "checkpoint", "imported", "recipe",
}  # fmt: skip


def test_runs_says_in_its_documentation_what_it_returns():
    text = inspect.getdoc(endpoints.runs).partition("Returns:")[2]
    assert set(re.findall(r"\w+", text)) >= RUN_KEYS


def test_example_run_can_be_asked_about(client):
    state = client.predict("example", api_name="/runs")
    assert set(state) == RUN_KEYS
    assert (state["status"], state["can_resume"], state["place"]) == ("done", False, 0)
    assert client.predict(build_example(1), None, state["checkpoint"], api_name="/predict")["digit"] == 1


@pytest.mark.gate
def test_train_gives_a_run_whose_checkpoint_predicts(client):
    run_id = client.predict("mlp", "strokes", "notebook", 1, 2, 1_000, weight_decay=0.001, optimizer="adam",
                            name="seed 2", api_name="/train")  # fmt: skip

    def find_ended():
        state = client.predict(run_id, api_name="/runs")
        return None if state["status"] in ("waiting", "starting", "running") else state

    state = wait_until(find_ended)
    assert state["status"] == "done", state["message"]
    assert (state["config"]["weight_decay"], state["config"]["optimizer"]) == (0.001, "adam")
    assert (state["name"], state["config"]["recipe"], state["num_looks"]) == ("seed 2", "free", 1)
    assert state["recipe"] == "notebook, but 1,000 of 60,000 images, Adam, 1 epoch, weight decay 0.001"
    assert state["latest"]["step"] == state["step"] == state["num_steps"] == 25
    assert state["epochs"][0]["epoch"] == 1
    assert len(state["test"]["confusion"]) == 10
    read = client.predict(build_example(1), None, state["checkpoint"], api_name="/predict")
    assert len(read["probabilities"]) == 10
