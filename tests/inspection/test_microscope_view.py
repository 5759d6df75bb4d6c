"""What the microscope shows, against the numbers that it is made from."""

import base64
import json
import re
from unittest.mock import patch

import gradio as gr
import numpy as np
import pytest

from app.inspection.microscope.components.norm import build_norm
from app.inspection.microscope.components.spread import build_spread
from app.inspection.microscope.handlers import (
    EVALUATION,
    TRAINING,
    Request,
    answer_controls,
    list_labels,
    on_focus,
    on_network,
    on_norm_layer,
)
from app.inspection.microscope.layers import list_mode_layers
from app.inspection.microscope.section import DEFAULT_CHECKPOINT
from app.inspection.microscope.view import (
    describe_norm,
    describe_spread,
    show_dropout,
    show_norm,
    write_norm,
)
from app.sketchpad.tab import build_example
from app.ui.digits import DRAWING, TEST, TRAIN
from app.ui.prose import load_prose
from models.checkpoints.prediction import copy_network, find_temperature, predict_digit
from models.data.datasets import load_gallery
from models.data.strokes import generate_digits
from models.inspection.microscope import (
    BatchNormLayer,
    BatchNormView,
    DropoutLayer,
    inspect_batch_norm,
    sample_masks,
)
from models.networks.architecture import read_architecture
from models.networks.registry import NETWORKS, list_layers
from models.runs.library import list_choices

IMAGE = generate_digits(1, seed=3)[0][0] / 255
OPENING = Request("convnet4", TEST, 3, None, TRAINING, "features.7", 0, "features.1", 0)


# ---- Dropout


def make_sample(seed=0, checkpoint="convnet4"):
    return sample_masks(copy_network(checkpoint), IMAGE, 1, seed, find_temperature(checkpoint))


def test_the_mask_is_shown_feature_by_feature():
    sample = make_sample(5)
    for layer in sample.layers:
        shown = show_dropout(IMAGE, "", sample, sample.probabilities, layer.name, True)["mask"]
        kept = np.array([each == "1" for each in shown["kept"]])
        np.testing.assert_array_equal(kept, layer.masks[0].ravel())
        assert shown["tiles"] * shown["rows"] * shown["columns"] == kept.size
        assert shown["tiles"] % shown["per_row"] == 0
        dropped = int((~kept).sum())
        assert shown["text"].startswith(f"{dropped:,} of {kept.size:,} dropped ({dropped / kept.size:.1%})")
        assert shown["text"].endswith({0.4: "× 1.667", 0.5: "× 2"}[layer.p])


def test_evaluation_mode_keeps_everything_and_has_one_answer():
    sample = make_sample()
    shown = show_dropout(IMAGE, "", sample, sample.probabilities, "features.15", False)
    assert set(shown["mask"]["kept"]) == {"1"}
    assert "keeps all 6,272" in shown["mask"]["text"]
    assert all(row["trained"] is None for row in shown["rows"])
    assert [row["evaluated"] for row in shown["rows"]] == pytest.approx(
        predict_digit(IMAGE, "convnet4").probabilities, abs=1e-4
    )


def test_rows_hold_every_mask_and_its_quantiles():
    many = sample_masks(copy_network("convnet2"), IMAGE, temperature=find_temperature("convnet2"))
    shown = show_dropout(IMAGE, "a 3", make_sample(7, "convnet2"), many.probabilities, "classifier.0", True)
    for digit, row in enumerate(shown["rows"]):
        assert row["digit"] == digit
        assert row["dots"] == pytest.approx(many.probabilities[:, digit], rel=1e-3)
        assert row["trained"] == pytest.approx(many.probabilities[7, digit], rel=1e-2, abs=1e-6)
        ordered = sorted(many.probabilities[:, digit])
        # Of 100 sorted values the quantile q lies between those at places 99·q rounded down and up.
        for key, place in (("low", 4), ("median", 49), ("high", 94)):
            assert ordered[place] * 0.999 <= row[key] <= ordered[place + 1] * 1.001
    pixels = np.frombuffer(base64.b64decode(shown["digit"]["pixels"]), np.uint8)
    np.testing.assert_array_equal(pixels.reshape(28, 28), np.round(255 * IMAGE))


def test_the_sentence_counts_the_votes():
    spread = np.full((100, 10), 0.01)
    spread[:70, 4] = 0.9
    spread[70:95, 9] = 0.8
    spread[95:98, 7] = 0.7
    spread[98:, 1] = 0.6
    evaluated = np.eye(10)[4] * 0.75
    text = describe_spread(spread, evaluated)
    assert "the answer is 4 with 70, 9 with 25, 7 with 3 and another digit with 2." in text
    assert "The probability of 4 has the median 90.0% and lies between 1.0% and 90.0%" in text
    assert text.endswith("gives 75.0%.")
    spread[:, 4] = 0.95
    assert describe_spread(spread, evaluated).startswith(
        "With each of the 100 masks of the seeds 0 to 99 it is 4."
    )


def test_layers_say_what_they_are_given():
    names = [text for text, _ in list_mode_layers(list_layers("convnet3")).dropouts]
    assert names == ["classifier.0: 64 maps of 3 × 3, drops 50%", "classifier.3: 128 features, drops 50%"]


def test_numbers_that_are_none_are_refused():
    sample = make_sample()
    broken = np.full((100, 10), np.nan)
    with pytest.raises(ValueError, match="diverged: choose another"):
        show_dropout(IMAGE, "", sample, broken, "features.7", True)


def test_odd_numbers_of_maps_are_laid_out_too():
    for count in (1, 2, 7, 13, 500):
        layer = DropoutLayer("x", 0.5, np.ones((1, count), bool), None)
        sample = make_sample()
        sample = type(sample)(0, (layer,), sample.probabilities, sample.evaluated)
        shown = show_dropout(IMAGE, "", sample, sample.probabilities, "x", True)["mask"]
        assert 1 <= shown["per_row"] <= count
        assert len(shown["kept"]) == count


# ---- Batch norm


def make_norm(**changes):
    values = {
        "running_mean": 0.5,
        "running_variance": 3.99999,
        "image_mean": -1.0,
        "image_variance": 0.24999,
    }
    values |= {"gamma": 2.0, "beta": -0.25} | changes
    arrays = {name: np.array([0.0, value]) for name, value in values.items()}
    return BatchNormLayer(name="features.1", epsilon=1e-5, **arrays)


def test_batch_norms_arithmetic_is_written_out():
    layer = make_norm()
    assert write_norm(layer, 1, False) == "(x − 0.5) / √(4 + 1×10⁻⁵) · 2 − 0.25 = 1·x − 0.75"
    assert write_norm(layer, 1, True) == "(x + 1) / √(0.25 + 1×10⁻⁵) · 2 − 0.25 = 4·x + 3.75"
    assert "· (−2)" in write_norm(make_norm(gamma=-2.0), 1, False)


def test_batch_norms_arithmetic_is_that_of_the_layer():
    view = inspect_batch_norm(copy_network("convnet4"), IMAGE)
    layer = view.layers[2]
    text = write_norm(layer, 9, False).rpartition(" = ")[2].replace("−", "-").replace(" ", "")
    scale, shift = (float(part) for part in re.fullmatch(r"(.+)·x(.+)", text).groups())
    root = np.sqrt(layer.running_variance[9] + 1e-5)
    for x in (-2.0, 0.0, 3.0):
        expected = (x - layer.running_mean[9]) / root * layer.gamma[9] + layer.beta[9]
        assert scale * x + shift == pytest.approx(expected, rel=1e-2, abs=2e-3)


def test_statistics_are_drawn_channel_by_channel():
    view = inspect_batch_norm(copy_network("convnet4"), IMAGE)
    layer = view.layers[1]
    shown = show_norm(view, "features.4", 63, "ConvNet4")
    for key, running, own in (
        ("means", layer.running_mean, layer.image_mean),
        ("variances", layer.running_variance, layer.image_variance),
    ):
        for one, values in zip(shown[key]["series"], (running, own), strict=True):
            assert [x for x, _ in one["points"]] == list(range(64))
            assert [y for _, y in one["points"]] == pytest.approx(values, rel=1e-3)
    assert shown["channel"] == 63
    assert [row["trained"] for row in shown["rows"]] == pytest.approx(view.trained, abs=1e-4)
    assert f"{view.trained.argmax()} (" in shown["verdict"].rpartition("own: ")[2]


def test_the_norms_sentence_measures_in_running_deviations():
    text = describe_norm(make_norm(running_variance=4.0, image_mean=5.5))
    assert "in channel 1 2.5." in text  # (5.5 − 0.5) / 2
    assert "lies 1.25 running" in text  # and 0 in channel 0


def test_without_batch_norm_it_says_so():
    shown = show_norm(BatchNormView((), np.full(10, 0.1), np.full(10, 0.1)), "", 0, "ConvNet2")
    assert shown == {"absent": "ConvNet2 has no batch norm. Choose a ConvNet4 to see what it does."}


def test_a_channel_without_variance_is_named():
    layer = make_norm(image_variance=0.0)
    shown = show_norm(BatchNormView((layer,), np.full(10, 0.1), np.full(10, 0.1)), "", 0, "")
    assert shown["variances"]["note"].startswith("2 of this image's variances are 0")


# ---- The handlers


def test_the_list_has_the_networks_that_differ_in_training():
    keys = [
        "convnet2", "convnet2-notebook", "convnet3", "convnet3-notebook",
        "convnet4", "convnet4-notebook", "glassnet", "sketchpad",
    ]  # fmt: skip
    assert [key for _, key in list_labels([])] == keys
    assert DEFAULT_CHECKPOINT in dict(map(reversed, list_labels([])))
    assert list_labels("nonsense") == list_labels(None) == list_labels([])
    assert [key for _, key in on_focus([{}]).choices] == keys


def test_a_damaged_run_leaves_the_shipped_networks():
    def refuse(run_ids):
        if run_ids:
            raise ValueError("damaged")
        return list_choices([])

    with patch("app.inspection.microscope.handlers.list_choices", refuse):
        assert list_labels(["0" * 32]) == list_labels([])


def ask(request):
    return json.loads(answer_controls({"values": list(request)}))


def ask_for_spread(**changes):
    return ask(OPENING._replace(**changes))["spread"]


def test_another_network_brings_its_layers():
    view = on_network("convnet3", "nothing")
    assert [name for _, name in view.layer.choices] == ["classifier.0", "classifier.3"]
    assert view.layer.value == "classifier.0"
    assert view.norm_controls.visible is False
    assert not hasattr(view.norm_layer, "choices")  # left as it is, so that what it sends stays valid
    back = on_network(OPENING.checkpoint, "convnet3")
    assert back.norm_controls.visible is True
    assert (back.norm_layer.value, back.channel.maximum) == ("features.20", 255)
    assert back.layer.value == "features.7"


def test_layers_are_listed_without_drawing_many_masks(monkeypatch):
    """They are the same for every image and mask: neither the visitor's image nor the spread is needed."""
    monkeypatch.setattr("app.inspection.microscope.handlers._sample_many", None)
    assert on_network("convnet3", "convnet4").layer.value == "classifier.0"


def test_a_network_shows_what_it_has_while_the_lists_are_those_of_another():
    shown = ask(OPENING._replace(checkpoint="convnet3"))
    assert shown["spread"]["mask"]["title"].startswith("classifier.0")
    assert "ConvNet3 has no batch norm" in shown["norm"]["absent"]


def test_each_seed_has_a_mask_of_its_own_that_stays():
    first = ask_for_spread()
    assert ask_for_spread(seed=1) != first
    assert ask_for_spread() == first


def test_a_mask_changes_neither_the_spread_nor_the_evaluation():
    first, second = (ask_for_spread(seed=seed) for seed in (0, 1))
    assert first["text"] == second["text"]
    for one, other in zip(first["rows"], second["rows"], strict=True):
        assert (one["dots"], one["evaluated"]) == (other["dots"], other["evaluated"])
    assert [row["trained"] for row in first["rows"]] != [row["trained"] for row in second["rows"]]


def test_a_seed_beyond_the_hundred_is_a_mask_of_its_own():
    drawn = {json.dumps(ask_for_spread(seed=seed)) for seed in (99, 100, 101, 999)}
    assert len(drawn) == 4
    temperature = find_temperature("convnet4")
    alone = sample_masks(copy_network("convnet4"), generate_image(), 1, 100, temperature)
    assert [row["trained"] for row in ask_for_spread(seed=100)["rows"]] == pytest.approx(
        alone.probabilities[0], rel=1e-3, abs=1e-6
    )


def generate_image():
    """The image that the opening shows."""
    return load_gallery(TEST).images[OPENING.index] / 255


def test_evaluation_mode_does_not_hang_on_the_seed():
    assert len({json.dumps(ask_for_spread(mode=EVALUATION, seed=seed)) for seed in range(3)}) == 1


def test_another_batch_norm_starts_at_its_first_channel():
    channel, counted = on_norm_layer(OPENING.checkpoint, "features.9", ["convnet4", "features.1"])
    assert (channel.maximum, channel.value, counted) == (127, 0, ["convnet4", "features.9"])
    line = ask(OPENING._replace(channel=12))["norm"]["lines"][0]
    assert line == "Channel 12 of features.1, for each number x of its map:"


def test_a_click_that_comes_twice_sets_nothing_the_second_time():
    """What was changed by hand after the first answer stays."""
    assert on_network(OPENING.checkpoint, "convnet4") == tuple([gr.skip()] * 5)
    assert on_norm_layer(OPENING.checkpoint, "features.9", ["convnet4", "features.9"]) == tuple(
        [gr.skip()] * 2
    )
    # A choice that failed is not answered, and neither is the layer of the network before.
    assert on_network("moon", "convnet4") == tuple([gr.skip()] * 5)
    assert on_norm_layer("moon", "features.9", ["convnet4", "features.1"])[1] == gr.skip()
    assert on_norm_layer(OPENING.checkpoint, "features.1", ["glassnet", "features.1"]).channel.maximum == 63


def test_a_drawing_is_looked_at():
    shown = ask_for_spread(drawing={"strokes": build_example(4)}, source=DRAWING)
    assert shown["digit"]["caption"] == "yours"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"source": DRAWING, "drawing": {"strokes": "x"}}, None, "stroke"),
        ({"source": "moon"}, "source", "choose one of"),
        ({"index": 10**9}, "index", "from 0 to"),
        ({"index": 2.5}, "index", "whole number"),
        ({"index": None}, "index", "whole number"),
        ({"source": TRAIN, "index": -1}, "index", "from 0 to"),
        ({"checkpoint": "../../etc/passwd"}, "checkpoint", "no checkpoint called"),
        ({"checkpoint": None}, "checkpoint", "no checkpoint called"),
        ({"checkpoint": "run:" + "0" * 32}, "checkpoint", "no run"),
        ({"checkpoint": ["convnet4"]}, "checkpoint", "no checkpoint called"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_both_pictures_are_old(changes, field, message):
    shown = ask(OPENING._replace(**changes))
    assert (shown["spread"], shown["norm"], shown["is_missing"]) == (None, None, False)
    said, unsaid = (shown["errors"], shown["error"]) if field else ({None: shown["error"]}, "")
    assert list(said) == [field]
    assert message in said[field]
    assert unsaid == ""


@pytest.mark.parametrize(
    ("changes", "field", "message", "old"),
    [
        ({"seed": -1}, "seed", "seed is -1", "spread"),
        ({"seed": 1000}, "seed", "from 0 to 999", "spread"),
        ({"seed": 0.5}, "seed", "whole number", "spread"),
        ({"seed": "a"}, "seed", "whole number", "spread"),
        ({"seed": None}, "seed", "whole number", "spread"),
        ({"channel": 64}, "channel", "from 0 to 63", "norm"),
        ({"channel": "x"}, "channel", "from 0 to 63", "norm"),
        ({"channel": None}, "channel", "from 0 to 63", "norm"),
    ],
)
def test_a_mistake_of_one_picture_leaves_the_other_as_new_as_it_is(changes, field, message, old):
    shown = ask(OPENING._replace(**changes))
    assert [name for name in ("spread", "norm") if shown[name] is None] == [old]
    assert list(shown["errors"]) == [field]
    assert message in shown["errors"][field]


def test_a_drawing_that_is_not_there_yet_is_no_mistake():
    shown = ask(OPENING._replace(source=DRAWING))
    assert (shown["is_missing"], shown["errors"]) == (True, {})
    assert "draw a digit on the sketchpad" in shown["error"]


@pytest.mark.parametrize("request_", [None, 1, "a", [], {}, {"values": None}, {"values": [1]}])
def test_what_is_not_from_our_page_is_answered_without_a_traceback(request_):
    assert json.loads(answer_controls(request_)) == {}


@pytest.mark.parametrize(
    "changes", [{"layer": "gone"}, {"layer": ["a"]}, {"norm_layer": {}}, {"norm_layer": 3}]
)
def test_an_odd_layer_becomes_one_that_is_there(changes):
    """As while the lists are still those of the network before."""
    shown = ask(OPENING._replace(**changes))
    assert (shown["errors"], shown["error"]) == ({}, "")
    assert shown["spread"]["mask"]["title"].startswith("features.7")
    assert "lines" in shown["norm"]


def test_everything_sent_is_plain_json():
    for checkpoint in ("convnet2", "convnet3", "convnet4"):
        text = answer_controls({"values": list(OPENING._replace(checkpoint=checkpoint))})
        json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        assert len(text) < 90_000


def test_components_name_what_they_are_given():
    assert build_spread("{}", answer_controls, render=False).value == "{}"
    assert build_norm("{}", render=False).value == "{}"


def test_the_lesson_tells_the_networks_rightly():
    text = load_prose("app.inspection.microscope")
    told = set(re.findall(r"\*\*((?:Conv|Glass)Net\d?)\*\* (?:is|has)", text))
    have = {
        NETWORKS[name].title
        for name in NETWORKS
        if {"Dropout", "BatchNorm2d"} & {layer.kind for layer in read_architecture(name).layers}
    }
    assert told == have
    drops = [layer.settings[:9] for layer in read_architecture("convnet4").layers if layer.kind == "Dropout"]
    assert drops == ["drops 40%", "drops 40%", "drops 50%"]
    assert {choice.info.network for choice in list_choices([])} >= {"convnet2", "convnet3", "convnet4"}
