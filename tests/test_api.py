"""The public endpoints, used as another program uses them."""

import json
import time
import urllib.error
import urllib.request

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from app.tabs.sketchpad import build_example

PUBLIC = {"/descend", "/convolve", "/pool", "/train", "/runs", "/predict", "/checkpoints"}


@pytest.fixture(scope="module")
def client(served_page):
    return Client(served_page, verbose=False)


def test_public_endpoints_are_these_and_no_others(client):
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == PUBLIC


def test_descend_gives_the_notebooks_table(client):
    result = client.predict([1, 1, 1, 1, 1], 1, [0, 0, 0, 0, 0], 0.01, 150, api_name="/descend")
    assert result["losses"][9] == pytest.approx(0.150094673037529, rel=1e-4)
    assert result["losses"][19] == pytest.approx(0.018248017877340317, rel=1e-4)
    assert result["w"] == pytest.approx([0.2] * 5, abs=1e-4)
    assert (result["eigenvalue"], result["lr_max"], result["lr_best"]) == pytest.approx((10, 0.2, 0.1))


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


def test_pool_takes_the_largest(client):
    image = np.arange(16.0).reshape(4, 4)
    result = client.predict(image.tolist(), 2, 2, 0, api_name="/pool")
    assert result["output"] == [[5, 7], [13, 15]]


@pytest.mark.parametrize("digit", range(10))
def test_predict_reads_strokes(client, digit):
    result = client.predict(build_example(digit), None, "convnet3", api_name="/predict")
    assert result["digit"] == digit
    assert sum(result["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert np.array(result["picture"]).shape == (28, 28)
    assert result["refusal"] == ""


def test_predict_reads_pictures(client, mnist_test):
    images, labels = mnist_test
    large = np.kron(images[0], np.ones((4, 4))).tolist()
    assert client.predict(None, large, "convnet3", api_name="/predict")["digit"] == labels[0]


def test_predict_refuses_a_blank_without_guessing(client):
    result = client.predict([], None, "convnet3", api_name="/predict")
    assert result["digit"] is None
    assert "draw" in result["refusal"].lower()


def test_checkpoints_have_their_measured_figures(client):
    listed = client.predict(api_name="/checkpoints")
    assert [entry["name"] for entry in listed][:6] == [
        "logistic", "mlp", "convnet", "convnet2", "convnet3", "convnet4",
    ]  # fmt: skip
    assert all(0.8 < entry["test_accuracy"] < 1 for entry in listed)


@pytest.mark.parametrize(
    ("arguments", "api_name", "message"),
    [
        (([1, 2], 1, [0, 0], -1, 10), "/descend", "-1"),
        (([1, 2], 1, [0, 0], 0.1, 10**9), "/descend", "100,000"),
        (([], 1, [], 0.1, 10), "/descend", "1 to 8"),
        ((["a"], 1, [0], 0.1, 10), "/descend", "number"),
        (([[1, 2], [3]], [[1]], 0, 1, 0), "/convolve", "length"),
        (([[1, 2], [3, 4]], [[1] * 3] * 3, 0, 1, 0), "/convolve", "kernel"),
        (([[1, 2], [3, 4]], 2, 2, 2), "/pool", "padding"),
        (([[[0, 0], [9, 9]]], None, "../secret"), "/predict", "no checkpoint called"),
        ((None, None, "mlp"), "/predict", "either strokes or an image"),
        (([[["a", 1]]], None, "mlp"), "/predict", "number"),
        ((None, [[1, 2], [3]], "mlp"), "/predict", "one length"),
        (("resnet",), "/train", "no network called 'resnet'"),
        (("mlp", "strokes", "notebook", 10_000), "/train", "1 to 100"),
        (("mlp", "strokes", "notebook", 21), "/train", "1 to 20"),
        (("mlp", "strokes", "notebook", 1, 0, 1000, 10_000), "/train", "8 to 512"),
        ((None, [[0, 300] * 8] * 16, "mlp"), "/predict", "255"),
        (("0" * 32,), "/runs", "no run"),
        (("../../etc/passwd",), "/runs", "no run"),
    ],
)
def test_mistakes_are_answered_with_what_would_be_right(client, arguments, api_name, message):
    with pytest.raises((AppError, ValueError), match=message):
        client.predict(*arguments, api_name=api_name)


def test_nan_in_raw_json_is_answered_too(served_page):
    """The client refuses to send NaN, so it is sent by hand."""
    request = urllib.request.Request(
        f"{served_page}/gradio_api/call/descend",
        data=b'{"data": [[1, 2], 1, [0, 0], NaN, 10, "float32"]}',
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        event_id = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{served_page}/gradio_api/call/descend/{event_id}", timeout=10) as answer:
        text = answer.read().decode()
    assert "event: error" in text
    assert "nan" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("path", ["component_server/", "call/predict", "upload"])
def test_huge_body_is_refused_before_it_is_parsed(served_page, path):
    request = urllib.request.Request(f"{served_page}/gradio_api/{path}", data=b"[" * (5 * 2**20))
    with pytest.raises((urllib.error.HTTPError, urllib.error.URLError)) as error:
        urllib.request.urlopen(request, timeout=10)
    if isinstance(error.value, urllib.error.HTTPError):  # else the connection was closed while sending
        assert error.value.code == 413


@pytest.mark.slow
def test_train_gives_a_run_whose_checkpoint_predicts(client):
    run_id = client.predict("mlp", "strokes", "notebook", 1, 0, 1_000, api_name="/train")
    deadline = time.monotonic() + 120
    while (state := client.predict(run_id, api_name="/runs"))["status"] in ("starting", "running"):
        assert time.monotonic() < deadline, state
        time.sleep(0.3)
    assert state["status"] == "done", state["message"]
    assert state["epochs"][0]["epoch"] == 1
    assert len(state["test"]["confusion"]) == 10
    read = client.predict(build_example(1), None, state["checkpoint"], api_name="/predict")
    assert len(read["probabilities"]) == 10
