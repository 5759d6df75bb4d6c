"""Endpoints /predict and /checkpoints, used as another program uses them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from app.api import endpoints
from app.sketchpad.tab import build_example
from models.checkpoints.file import list_checkpoints
from models.checkpoints.prediction import predict_digit
from models.data.names import CLOTHES, DIGITS
from models.sketch.detector import REASON
from models.sketch.preparation import digit_from_strokes
from tests.api.contract import PREDICT_KEYS
from tests.runs.trained_runs import make_clothes_run
from tests.sketch.own_signs import draw_sign
from tests.sketch.sheets import draw_row, set_page


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
