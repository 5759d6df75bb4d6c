"""What the page is given about an answer: bytes, texts and exact numbers against the models; bad requests."""

import base64
import json
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sketchpad.tab import build_example
from app.sketchpad.why import PATCHES_PX, describe_change, show_change, show_maps, show_nearest
from app.ui.answers import answer
from app.ui.drawing import read_drawing
from app.ui.numbers import write_percent
from models.checkpoints.prediction import load_cached, predict_digit
from models.runs.library import resolve_choice
from models.sketch.counterfactual import find_counterfactual
from models.sketch.explanation import map_gradient, map_occlusion
from models.sketch.neighbours import count_read, find_neighbours

TEMPERATURE = load_cached("mlp").info.temperature or 1.0
DRAWN = {"strokes": build_example(3), "size": 280}
EMPTY = {"strokes": [], "size": 280}
IMAGE = read_drawing(DRAWN).image
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2000) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def ask(show, *names, **request):
    """Ask as the page does: through JSON."""
    return json.loads(answer(show, *names)(request))


def ask_for_maps(**request):
    request = {"drawing": DRAWN, "checkpoint": "mlp", **request}
    return ask(show_maps, "drawing", "checkpoint", "digit", "patch", **request)


def ask_for_change(target, **request):
    request = {"drawing": DRAWN, "checkpoint": "mlp", "target": target, **request}
    return ask(show_change, "drawing", "checkpoint", "target", **request)


def read_bytes(text):
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(28, 28)


def read_floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(28, 28)


@pytest.mark.parametrize("digit", [None, 3, 8])
@pytest.mark.parametrize("patch_px", [None, 7])
def test_maps_are_the_models(digit, patch_px):
    shown = ask_for_maps(digit=digit, patch=patch_px)
    network = load_cached("mlp").network
    prediction = predict_digit(IMAGE, "mlp")
    explained = prediction.digit if digit is None else digit
    assert (shown["digit"], shown["answer"]) == (explained, prediction.digit)
    assert shown["patch"] == (patch_px or 5)
    expected = {
        "gradient": map_gradient(network, IMAGE, explained),
        "occlusion": map_occlusion(network, IMAGE, explained, patch_px or 5, TEMPERATURE),
    }
    for name, values in expected.items():
        assert read_floats(shown[name]["values"]) == pytest.approx(values, abs=1e-6)
        levels = (read_bytes(shown[name]["bytes"]).astype(float) - 128) / 127
        assert levels * float(shown[name]["scale_title"]) == pytest.approx(
            values, abs=float(shown[name]["scale_title"]) / 200
        )
    assert np.array_equal(read_bytes(shown["image"]), np.rint(255 * IMAGE))
    assert read_floats(shown["ink"]) == pytest.approx(IMAGE)
    assert [float(text) for text in shown["titles"]] == pytest.approx(prediction.probabilities, abs=1e-6)
    others = np.delete(prediction.probabilities, prediction.digit)
    assert prediction.probabilities[shown["second"]] == others.max()


def test_a_map_without_a_fall_is_not_blown_up():
    """A network that answers the same whatever it sees is given as grey, with a sentence."""
    speck = {"strokes": build_example(1), "size": 280}
    shown = ask_for_maps(drawing=speck, checkpoint="convnet3", patch=3)
    largest = np.abs(read_floats(shown["occlusion"]["values"])).max()
    assert float(shown["occlusion"]["scale_title"]) == pytest.approx(max(largest, 0.001))
    assert ("no single patch decides" in shown["occlusion"]["text"]) == (largest < 0.001)


def test_what_is_read_is_announced_with_its_number():
    num = count_read(resolve_choice("mlp"))
    assert f"the first {num:,} digits of the" in ask_for_maps()["reading"]
    assert ask_for_maps()["verdict"].startswith("Multi-layer perceptron reads it as ")


def test_nearest_are_the_models():
    shown = ask(show_nearest, "drawing", "checkpoint", drawing=DRAWN, checkpoint="mlp")
    found = find_neighbours(IMAGE, "mlp")
    assert [one["index"] for one in shown["digits"]] == [each.index for each in found]
    for one, each in zip(shown["digits"], found, strict=True):
        assert np.array_equal(read_bytes(one["pixels"]), each.image)
        assert str(each.distance) in one["title"]
        assert one["label"] == each.label
    read = predict_digit(IMAGE, "mlp").digit
    assert shown["sentence"].startswith(f"{sum(each.label == read for each in found)} of 8 are a")
    assert "64 numbers" in shown["compared"]
    pixels = ask(show_nearest, "drawing", "checkpoint", drawing=DRAWN, checkpoint="logistic")
    assert "784 pixels themselves" in pixels["compared"]


@pytest.mark.parametrize("target", [0, 5, 8])
def test_change_is_the_models(target):
    shown = ask_for_change(target)
    found = find_counterfactual(load_cached("mlp").network, IMAGE, target, temperature=TEMPERATURE)
    assert len(shown["frames"]) == len(found.edits) + 1
    for step, frame in enumerate(shown["frames"]):
        assert np.array_equal(read_bytes(frame["image"]), np.rint(255 * found.images[step]))
        probabilities = predict_digit(found.images[step], "mlp").probabilities
        assert frame["shares"][:2] == pytest.approx(probabilities[[shown["answer"], target]], abs=1e-5)
        assert sum(frame["shares"]) == pytest.approx(1)
        assert frame["read"] == probabilities.argmax()
        change = (read_bytes(frame["change"]).astype(float) - 128) / 127
        assert change == pytest.approx(found.images[step] - IMAGE, abs=0.005)
    assert shown["frames"][0]["edit"] is None
    assert shown["is_reached"]
    assert shown["sentence"] == describe_change(found, shown["answer"])
    for ink in (found.added_px, found.erased_px):
        assert ink < 0.05 or f"{ink:.0f} " in shown["sentence"] or f"{ink:.1f} " in shown["sentence"]
    rest = 1 - found.probabilities[-1][target]
    assert (f"The other {write_percent(rest)}: " in shown["sentence"]) == (rest >= 0.05)
    assert f"turns this {shown['answer']} into a{'n' if target == 8 else ''} {target}, " in shown["sentence"]


def test_every_outcome_has_its_sentence():
    network = load_cached("mlp").network
    read = predict_digit(IMAGE, "mlp").digit
    same = describe_change(find_counterfactual(network, IMAGE, read), read)
    assert same.startswith(f"The network reads a {read} as it is, ")
    short = describe_change(find_counterfactual(network, IMAGE, 0, max_edits=1), read)
    assert re.fullmatch(
        r"The search ends after 40 edits: after \w+ .* in 1 edit the network reads an? \d; 0 has .*", short
    )
    dry = describe_change(find_counterfactual(network, IMAGE, 0, max_ink_px=1), read)
    assert dry.startswith("The search ends where 80 pixels' worth of ink would be exceeded: ")


@pytest.mark.parametrize("drawing", [EMPTY, {"strokes": [[[140, 140], [141, 141]]], "size": 280}])
def test_what_cannot_be_read_is_explained(drawing):
    for shown in (
        ask_for_maps(drawing=drawing),
        ask(show_nearest, "drawing", "checkpoint", drawing=drawing, checkpoint="mlp"),
        ask_for_change(3, drawing=drawing),
    ):
        assert list(shown) == ["absent"]
        assert "draw" in shown["absent"].lower()


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"checkpoint": "../etc/passwd"}, "no checkpoint"),
        ({"checkpoint": 7}, "not a checkpoint"),
        ({"checkpoint": None}, "not a checkpoint"),
        ({"drawing": None}, "without a drawing"),
        ({"digit": 10}, "0 to 9"),
        ({"digit": True}, "0 to 9"),
        ({"patch": 4}, "choose one of 3, 5"),
        ({"patch": True}, "choose one of 3, 5"),
        ({"patch": [5]}, "choose one of 3, 5"),
    ],
)
def test_bad_requests_are_answered_with_a_reason(request_, message):
    shown = ask_for_maps(**request_)
    assert list(shown) == ["error"]
    assert message in shown["error"]


def test_a_target_is_a_digit():
    for target in (-1, 10, 2.5, None, "7", True):
        assert "0 to 9" in ask_for_change(target)["error"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json_values, json_values, json_values, json_values)
def test_whatever_a_browser_sends_is_answered(drawing, key, digit, patch):
    for request in (
        drawing,
        {"drawing": drawing, "checkpoint": key, "digit": digit, "patch": patch, "target": digit},
        {"drawing": DRAWN, "checkpoint": key, "digit": digit, "patch": patch, "target": digit},
    ):
        for show, names in (
            (show_maps, ("drawing", "checkpoint", "digit", "patch")),
            (show_nearest, ("drawing", "checkpoint")),
            (show_change, ("drawing", "checkpoint", "target")),
        ):
            shown = json.loads(answer(show, *names)(request))
            assert set(shown) & {"error", "absent"}


def test_every_patch_on_offer_is_taken():
    for patch_px in PATCHES_PX:
        assert ask_for_maps(patch=patch_px, checkpoint="logistic")["patch"] == patch_px
