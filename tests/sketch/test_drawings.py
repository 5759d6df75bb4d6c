"""Kept drawings: checked, prepared as the sketchpad prepares its own, and read by checkpoints."""

import json
import math

import numpy as np
import pytest

from app.sketchpad.my_digits import list_networks, show_score
from app.sketchpad.tab import build_example
from app.ui.answers import answer
from models.checkpoints.file import list_checkpoints
from models.checkpoints.prediction import predict_digit
from models.data.strokes import sample_strokes
from models.sketch.drawing_scores import score_drawings
from models.sketch.drawings import MAX_DRAWINGS, MAX_TOTAL_POINTS, prepare_drawings
from models.sketch.preparation import digit_from_strokes

PAD_PX = 280
SPECK = {"label": 1, "size": PAD_PX, "strokes": [[[140, 140], [141, 141]]]}


def draw_digits(num, seed=0):
    """Drawings as the browser keeps them, of random digits written at random."""
    rng = np.random.default_rng(seed)
    kept = []
    for label in rng.integers(10, size=num).tolist():
        strokes = [(30 + 200 * stroke).clip(0, PAD_PX).round(1) for stroke in sample_strokes(label, rng)]
        kept.append({"label": label, "size": PAD_PX, "strokes": [stroke.tolist() for stroke in strokes]})
    return kept


def test_drawings_are_prepared_as_the_sketchpad_prepares_its_own():
    kept = draw_digits(20)
    prepared = prepare_drawings(kept)
    assert prepared.labels.tolist() == [digit["label"] for digit in kept]
    assert prepared.places == tuple(range(20))
    for image, digit in zip(prepared.images, kept, strict=True):
        assert np.array_equal(image, digit_from_strokes(digit["strokes"], PAD_PX, with_stages=False).image)


def test_the_side_of_the_pad_makes_no_difference():
    kept = draw_digits(5)
    small = [
        {**digit, "size": PAD_PX / 8, "strokes": [(np.array(s) / 8).tolist() for s in digit["strokes"]]}
        for digit in kept
    ]
    assert np.allclose(prepare_drawings(small).images, prepare_drawings(kept).images, atol=1e-4)


def test_what_cannot_be_read_is_set_aside_with_its_place():
    kept = draw_digits(3)
    prepared = prepare_drawings([kept[0], SPECK, *kept[1:]])
    assert prepared.places == (0, 2, 3)
    assert prepared.num == 4
    [(place, message)] = prepared.refused
    assert place == 1
    assert "too small" in message


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (None, "no drawing"),
        ([], "no drawing"),
        ({}, "label is None"),
        ({"label": 10, "size": 280, "strokes": []}, "label is 10"),
        ({"label": True, "size": 280, "strokes": []}, "label is True"),
        ({"label": 3.0, "size": 280, "strokes": []}, "label is 3.0"),
        ({"label": "3" * 10**6, "size": 280, "strokes": []}, "label is "),
        ({"label": 3, "size": 0, "strokes": []}, "size is 0"),
        ({"label": 3, "size": math.nan, "strokes": []}, "size is nan"),
        ({"label": 3, "size": 10**400, "strokes": []}, "size is 1000"),
        ({"label": 3, "size": 280, "strokes": "abc"}, "no list of strokes"),
        ({"label": 3, "size": 280, "strokes": []}, "no list of strokes"),
        ({"label": 3, "size": 280, "strokes": [[[1, 2, 3]]]}, "pair"),
        ({"label": 3, "size": 280, "strokes": [[[1, math.inf], [2, 2]]]}, "finite"),
        ({"label": 3, "size": 280, "strokes": [[[1, -9999], [2, 2]]]}, "outside"),
        ({"label": 3, "size": 280, "strokes": [[{"x": 1}]]}, "pair"),
        ({"label": 3, "size": 280, "strokes": [{}]}, "stroke"),
    ],
)
def test_a_wrong_drawing_is_named_by_its_number(entry, told):
    with pytest.raises(ValueError, match=r"Drawing 3: ") as refusal:
        prepare_drawings([*draw_digits(2), entry])
    assert told in str(refusal.value)
    assert len(str(refusal.value)) < 200


def test_too_much_is_refused_before_it_is_read():
    with pytest.raises(ValueError, match="at most 500"):
        prepare_drawings([None] * (MAX_DRAWINGS + 1))
    long = {"label": 1, "size": PAD_PX, "strokes": [[None] * (MAX_TOTAL_POINTS // 10)]}
    with pytest.raises(ValueError, match="points together"):
        prepare_drawings([long] * 11)


def test_a_score_is_what_the_pad_would_have_said_of_each():
    kept = draw_digits(60, seed=1)
    prepared = prepare_drawings(kept)
    for name in ("logistic", "convnet3"):
        score = score_drawings(prepared, name)
        alone = [predict_digit(image, name).digit for image in prepared.images]
        assert score.answers.tolist() == alone
        right = sum(digit["label"] == each for digit, each in zip(kept, alone, strict=True))
        assert (score.num_right, score.num) == (right, 60)
        # Wilson's interval ends where a true share would lie exactly z standard errors from the one seen.
        for end in score.interval:
            error = math.sqrt(end * (1 - end) / 60)
            assert abs(right / 60 - end) == pytest.approx(1.959964 * error, abs=1e-9)


def test_answers_come_in_the_order_of_the_drawings():
    kept = [SPECK, *draw_digits(12)]
    shown = show_score("mlp", kept)
    assert shown["answers"][0] is None
    wrong = sum(given != digit["label"] for given, digit in zip(shown["answers"][1:], kept[1:], strict=True))
    assert shown["score"] == f"{12 - wrong} of 12"
    assert (shown["count"], shown["right"]) == (12, 12 - wrong)
    assert [refused["place"] for refused in shown["refused"]] == [0]
    assert "With 12 drawings it is wide" in shown["meaning"]


def test_many_drawings_are_not_called_few():
    assert "wide" not in show_score("logistic", draw_digits(120))["meaning"]


def test_the_networks_are_those_that_may_be_chosen():
    keys = [network["key"] for network in list_networks(["no such run", None, 3])["networks"]]
    assert keys == list_checkpoints()
    assert list_networks("everything")["networks"] == list_networks([])["networks"]


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        {"key": None, "digits": []},
        {"key": "convnet3"},
        {"key": "convnet3", "digits": []},
        {"key": "convnet3", "digits": [SPECK]},
        {"key": "../../etc/passwd", "digits": draw_digits(1)},
        {"key": "run:" + "0" * 32, "digits": draw_digits(1)},
        {"key": "convnet3", "digits": {"0": draw_digits(1)[0]}},
    ],
)
def test_a_broken_request_is_answered_with_a_sentence(request_):
    told = json.loads(answer(show_score, "key", "digits")(request_))
    assert list(told) == ["error"]
    assert told["error"].endswith(".")


def test_the_pads_own_examples_are_read_rightly():
    kept = [{"label": digit, "size": PAD_PX, "strokes": build_example(digit)} for digit in range(10)]
    assert show_score("convnet3", kept)["score"] == "10 of 10"
