"""The public endpoints as a whole: their list, their parameters, and what they refuse."""

import json
import urllib.error
import urllib.request

import pytest
from gradio_client.exceptions import AppError

from tests.api.contract import PARAMETERS, PUBLIC
from tests.api.raw_calls import call_raw
from tests.waiting import HANG_SECONDS


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
        urllib.request.urlopen(request, timeout=HANG_SECONDS)
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
