"""What the pad is told: one checkpoint's answer, several side by side, agreement in words."""

import base64
import io
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from app.inspection.network.view import trace_image
from app.sketchpad.my_digits import show_score
from app.sketchpad.preparation import show_preparation
from app.sketchpad.tab import (
    build_example,
    describe_choice,
    on_choose,
    on_describe,
    on_open,
    on_open_link,
)
from app.sketchpad.view import MAX_CHECKPOINTS, answer_drawing, answer_request, compare_answers
from app.sketchpad.why import show_change, show_maps, show_nearest
from models.checkpoints.prediction import predict_digit
from models.data.names import CLOTHES
from models.runs.library import DEFAULT_CHOICE, list_choices
from models.runs.status import find_run_checkpoint
from models.sketch.clothing import clothing_from_strokes
from models.sketch.detector import REASON
from models.sketch.preparation import digit_from_strokes
from tests.runs.trained_runs import make_clothes_run
from tests.sketch.own_signs import draw_sign
from tests.sketch.sheets import draw_row, set_page

SIX = ["convnet3", "logistic", "mlp", "convnet", "glassnet", "convnet4"]


def answers(*read):
    """Return answers of networks, each a digit and its confidence; None for one that cannot be asked."""
    made = []
    for one in read:
        if one is None:
            made.append({"status": "error", "message": "gone"})
            continue
        digit, share = one
        probabilities = [(1 - share) / 9] * 10
        probabilities[digit] = share
        made.append({"status": "digit", "digit": digit, "probabilities": probabilities})
    return made


@pytest.mark.parametrize(
    ("read", "digit", "text"),
    [
        ([(7, 0.72), (7, 0.981)], 7, "Both read 7, with 72.0% to 98.1% confidence."),
        ([(7, 0.999), (7, 0.9999), (7, 0.993)], 7, "All three read 7, with 99.3% to >99.9% confidence."),
        ([(1, 0.5)] * 6, 1, "All six read 1, each with 50.0% confidence."),
        (
            [(1, 0.6), (7, 0.9), (7, 0.8)],
            None,
            "Two read 7, one reads 1: they disagree. The most confident reads 7, 90.0%.",
        ),
        (
            [(1, 0.997), (7, 0.5), (7, 0.4)],
            None,
            "Two read 7, one reads 1: they disagree. The most confident reads 1, 99.7%.",
        ),
        (
            [(1, 0.6), (2, 0.9)],
            None,
            "One reads 2, one reads 1: they disagree. The most confident reads 2, 90.0%.",
        ),
        ([(4, 0.8), None, (4, 0.8)], 4, "Both read 4, each with 80.0% confidence. One could not be asked."),
        ([(4, 0.8), None], 4, "One reads 4, with 80.0% confidence. One could not be asked."),
        ([None, None], None, "Two could not be asked."),
    ],
)
def test_agreement_in_plain_words(read, digit, text):
    assert compare_answers(answers(*read)) == {"digit": digit, "text": text}


def test_six_checkpoints_answer_as_each_would_alone():
    strokes = build_example(5)
    image = digit_from_strokes(strokes, 280).image
    answer = answer_drawing({"strokes": strokes}, SIX)
    assert [one["key"] for one in answer["answers"]] == SIX
    for one in answer["answers"]:
        alone = predict_digit(image, one["key"])
        assert one["digit"] == alone.digit
        np.testing.assert_allclose(one["probabilities"], alone.probabilities, atol=1e-5)
    assert answer["probabilities"] == answer["answers"][0]["probabilities"]
    np.testing.assert_array_equal(answer["image"], np.rint(255 * image).astype(int).ravel())
    assert len({one["name"] for one in answer["answers"]}) == len(SIX)


def name_clothes(read):
    """Return answers as of networks that have learned clothes."""
    return [one | {"classes": list(CLOTHES)} for one in answers(*read)]


def test_a_letter_is_read_and_doubted_beside_every_network():
    drawing = {"strokes": draw_sign("H", "hasty")}
    for keys in (["sketchpad"], SIX):
        answer = answer_drawing(drawing, keys)
        assert answer["status"] == "digit"
        assert answer["doubt"] == REASON
    preparation = show_preparation(drawing, "sketchpad", 18)
    assert (preparation["doubt"], preparation["is_refused"]) == (REASON, False)
    assert preparation["steps"][-1]["digit"] == answer_drawing(drawing, ["sketchpad"])["digit"]


def test_clothes_are_named_where_networks_are_compared():
    both = compare_answers(name_clothes([(9, 0.8), (9, 0.8)]))
    assert both == {"digit": 9, "text": "Both read Ankle boot, each with 80.0% confidence."}
    others = compare_answers(name_clothes([(9, 0.8), (7, 0.9)]))["text"]
    assert others.startswith("One reads Sneaker, one reads Ankle boot: they disagree.")
    mixed = compare_answers(answers((9, 0.8)) + name_clothes([(9, 0.7)]))
    assert mixed["digit"] is None
    assert mixed["text"] == "One reads 9, one reads Ankle boot. Some have learned digits and some clothes."


@pytest.fixture
def clothes_run():
    """The key of a run on Fashion-MNIST."""
    folder = make_clothes_run("c" * 32)
    return f"run:{folder.name}"


def test_a_network_of_clothes_is_listed_answers_with_clothes_and_is_given_them_uncropped(clothes_run):
    choices = [key for _, key in on_open("mlp", [], ["c" * 32]).checkpoint.constructor_args["choices"]]
    assert clothes_run in choices
    assert clothes_run not in [choice.key for choice in list_choices(["c" * 32])]
    assert "It has learned clothes" in describe_choice(clothes_run)
    assert "piece of clothing" in on_describe(clothes_run).question
    assert "Which digit" in on_describe("mlp").question
    drawing = {"strokes": build_example(1)}
    answer = answer_drawing(drawing, [clothes_run])
    image = clothing_from_strokes(drawing["strokes"], 280).image
    expected = predict_digit(image, find_run_checkpoint("c" * 32))
    assert (answer["digit"], answer["classes"]) == (expected.digit, list(CLOTHES))
    assert answer["probabilities"] == pytest.approx(expected.probabilities)
    np.testing.assert_array_equal(answer["image"], np.rint(255 * image).astype(int).ravel())
    beside = answer_drawing(drawing, ["mlp", clothes_run])
    assert "classes" not in beside["answers"][0]
    assert beside["answers"][1]["probabilities"] == answer["probabilities"]
    digit = digit_from_strokes(drawing["strokes"], 280).image
    np.testing.assert_array_equal(beside["image"], np.rint(255 * digit).astype(int).ravel())


def test_what_is_no_digit_may_be_clothes(clothes_run):
    two = build_example(1) + [[[x + 90, y] for x, y in stroke] for stroke in build_example(1)]
    answer = answer_drawing({"strokes": two}, ["mlp", clothes_run])
    assert [one["status"] for one in answer["answers"]] == ["error", "digit"]
    assert "two digits" in answer["answers"][0]["message"]
    assert answer_drawing({"strokes": two}, ["mlp"])["status"] == "refused"


def test_what_is_about_digits_asks_no_network_of_clothes(clothes_run):
    drawing = {"strokes": build_example(1)}
    refusal = "This network has learned clothes"
    for show in (show_preparation, show_maps, show_nearest):
        assert show(drawing, clothes_run)["absent"].startswith(refusal)
    assert show_change(drawing, clothes_run, 3)["absent"].startswith(refusal)
    with pytest.raises(ValueError, match=refusal):
        show_score(clothes_run, [])
    with pytest.raises(ValueError, match=refusal):
        trace_image(clothes_run, np.zeros((28, 28)))


def test_one_checkpoint_has_nothing_to_agree_with():
    answer = answer_drawing({"strokes": build_example(3)}, ["mlp"])
    assert (answer["status"], answer["agreement"], len(answer["answers"])) == ("digit", None, 1)
    assert answer["answers"][0]["name"] == "Multi-layer perceptron (fast)"


def test_a_checkpoint_that_is_gone_stops_no_other():
    answer = answer_drawing({"strokes": build_example(3)}, ["mlp", "run:" + "0" * 32, "../secret"])
    assert [one["status"] for one in answer["answers"]] == ["digit", "error", "error"]
    assert "no checkpoint called" in answer["answers"][2]["message"]
    assert answer["agreement"]["text"].endswith("Two could not be asked.")


@pytest.mark.parametrize(
    ("drawing", "keys", "status", "message"),
    [
        ({"strokes": []}, ["mlp"], "refused", "empty"),
        ({"strokes": "x"}, ["mlp"], "error", "list of strokes"),
        ({"strokes": build_example(1)}, [], "error", "choose 1 to 6"),
        ({"strokes": build_example(1)}, ["mlp"] * 7, "error", "choose 1 to 6"),
    ],
)
def test_what_cannot_be_read_is_said_once(drawing, keys, status, message):
    answer = answer_drawing(drawing, keys)
    assert answer["status"] == status
    assert message in answer["message"]


@pytest.mark.parametrize(
    "request_",
    [None, 7, {}, {"drawing": {}}, {"drawing": [], "checkpoints": ["mlp"]},
     {"drawing": {}, "checkpoints": "mlp"}, {"drawing": {}, "checkpoints": [1]}],
)  # fmt: skip
def test_whatever_a_browser_sends_is_answered(request_):
    assert answer_request(request_)["status"] == "error"


def test_chosen_networks_are_distinguished_and_counted():
    chosen = on_choose("mlp", ["convnet", "mlp", *SIX]).props["checkpoints"]
    assert chosen[:2] == ["mlp", "convnet"]
    assert len(chosen) == len(set(chosen)) == MAX_CHECKPOINTS
    assert on_choose("mlp", None).props["checkpoints"] == ["mlp"]


def test_opening_the_tab_takes_back_only_what_is_gone():
    """A network that is chosen while the tab still opens stays chosen: the answer names no choice."""
    for update in on_open("sketchpad", ["logistic", "convnet4"], []):
        assert "sketchpad" in [key for _, key in update.constructor_args["choices"]]
        assert "value" not in update.constructor_args
    chosen, beside = on_open("gone", ["logistic", "gone"], [])
    assert chosen.constructor_args["value"] == DEFAULT_CHOICE
    assert beside.constructor_args["value"] == ["logistic"]


def test_a_link_chooses_the_networks_that_read(monkeypatch):
    told = []
    monkeypatch.setattr("app.sketchpad.tab.warn_about_link", told.append)

    def follow(**named):
        return on_open_link([], SimpleNamespace(query_params={"tab": "sketchpad"} | named))

    lists = follow(checkpoint="mlp", beside="convnet,logistic")
    assert [each.value for each in lists] == ["mlp", ["convnet", "logistic"]]
    assert [each.value for each in follow(beside="mlp")] == [DEFAULT_CHOICE, ["mlp"]]
    assert told == []
    assert follow() == follow(tab="runs", checkpoint="mlp") == (gr.skip(), gr.skip())
    for wrong in ({"checkpoint": "lenet"}, {"beside": "mlp,run:1"}):
        assert follow(**wrong) == (gr.skip(), gr.skip())
    assert [text.split(" for ")[0] for text in told] == [
        "There is no network “lenet”",
        "There is no network “run:1”",
    ]
    keys = [choice.key for choice in list_choices([])][: MAX_CHECKPOINTS + 1]
    assert follow(beside=",".join(keys)).beside.value == keys[: MAX_CHECKPOINTS - 1]
    assert told[2] == f"Of the networks beside it the first {MAX_CHECKPOINTS - 1} are shown."


def test_each_of_several_digits_can_be_looked_at_alone():
    image, rows = draw_row(4)
    answer = answer_drawing({"picture": encode_image(image)}, [DEFAULT_CHOICE, *SIX[:2]])
    assert answer["status"] == "refused"
    assert answer["message"] == (f"{len(rows[0])} digits, read one by one. Choose one to look at it alone.")
    assert [found["name"] for found in answer["found"]] == list(map(str, rows[0]))
    for found in answer["found"]:
        pixels = np.frombuffer(base64.b64decode(found["image"]), np.uint8).reshape(28, 28)
        alone = answer_drawing(
            {"picture": encode_image(np.kron(pixels, np.ones((10, 10), np.uint8)))}, [DEFAULT_CHOICE]
        )
        assert str(alone["digit"]) == found["name"]
        assert max(alone["probabilities"]) == pytest.approx(found["probability"], abs=0.05)


def test_page_of_text_is_named():
    answer = answer_drawing({"picture": encode_image(set_page(1))}, SIX[:1])
    assert answer["status"] == "refused"
    assert answer["message"].startswith("This looks like a page of text")
    assert "found" not in answer


def encode_image(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
