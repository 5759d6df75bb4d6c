"""What the window's handlers answer: to a choice, an upload, a map, a damaged or a missing field."""

import base64
import io
import json
import urllib.parse
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.inspection.window.handlers import (
    NO_MISTAKE,
    answer_controls,
    on_choice,
    on_example,
    on_map,
    on_open,
    on_sent,
    on_upload,
)
from app.inspection.window.image import unpack_upload
from app.inspection.window.limits import adapt
from app.inspection.window.link import read_query, write_query
from app.inspection.window.settings import KERNELS, SETTINGS, WindowSettings
from app.inspection.window.sliding import slide_window
from app.ui.digits import DRAWING, TEST
from tests.inspection.test_window_view import INSIDE, ask, choose, read_mistake

ONE_CHANNEL = replace(INSIDE, layer="features.0", channel=0)  # it reads the digit


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kernel_size": 7, "dilation": 4, "picture": "grid"}, "= 25 px, does not fit in 6 px"),
        ({"operation": "max", "padding": 2}, "padding of 2 is more than half the kernel size 2"),
        ({"operation": "max", "padding": 2, "kernel_size": None}, "kernel size is None"),
        ({"kernel": "sobel_x"}, "Sobel x is 3 × 3, not 2 × 2"),
        ({"kernel": "identity"}, "has no middle"),
        ({"kernel": "typed", "typed": "1 2\n3"}, "1 numbers in row 2 and 2 in row 1"),
        ({"kernel": "typed", "typed": "1 2 3\n4 5 6"}, "kernel is 2 × 3: give a square one"),
        ({"kernel": "typed", "typed": "nan"}, "The kernel, row 1: 'nan' is not a number"),
        ({"kernel": "typed", "typed": " "}, "The kernel is empty"),
        ({"picture": "grid", "grid": "1 x"}, "Your image, row 1: 'x' is not a number"),
        ({"picture": "grid", "grid": "1 inf"}, "row 1: 'inf' is not a number"),
        ({"picture": "grid", "grid": "1\n0,5"}, "row 2: '0,5' can be read as '0; 5' or as '0.5'"),
        ({"index": "1,000"}, "The number in the data set: '1,000' can be read as 1 or as 1000"),
        ({"picture": "grid", "grid": "0 " * 17}, "Your image is 1 × 17"),
        ({"picture": "upload"}, "no upload yet"),
        ({"picture": "upload", "upload": "9 9 AAAA"}, "upload is damaged"),
        ({"picture": "upload", "upload": "a b"}, "upload is damaged"),
        ({"source": DRAWING}, "draw a digit on the sketchpad"),
        ({"index": 10**6}, "Image 1000000: enter a whole number from 0 to"),
        ({"bias_kind": "typed", "bias": None}, "The bias is None: enter a number"),
        ({"bias_kind": "typed", "bias": float("nan")}, "The bias is nan: enter a number"),
        ({"kernel": "learned", "checkpoint": "../x"}, "no checkpoint called"),
        ({"kernel": "learned", "checkpoint": "mlp"}, "it has none, choose a network that has"),
        ({"kernel": "learned", "filter": 99}, "The filter is 99: enter a whole number from 0 to"),
        ({"picture": "layer", "checkpoint": "mlp"}, "has no convolutions"),
        ({"picture": "layer", "layer": "features.2"}, "choose that as the operation"),
        ({"picture": "layer", "layer": ["features.0"]}, "has no layer"),
        ({"operation": "median"}, "choose one of convolution, max, average"),
        ({"picture": {"a": 1}}, "choose one of digit, upload"),
        ({"kernel": "mystery"}, "choose one of random, identity"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_explained_and_the_last_result_stays(changes, message):
    setup = replace(WindowSettings(), **changes)
    assert message in read_mistake(ask(setup))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kernel_size": 99}, "kernel_size"),
        ({"stride": 0}, "stride"),
        ({"operation": "max", "padding": 2}, "padding"),
        ({"kernel": "typed", "typed": "1 2\n3"}, "typed"),
        ({"picture": "grid", "grid": "a"}, "grid"),
        ({"seed": 1.5}, "seed"),
        ({"bias_kind": "typed", "bias": "a"}, "bias"),
        ({"kernel": "mystery"}, "kernel"),
    ],
)
def test_a_mistake_is_said_at_its_field(changes, field):
    assert list(ask(replace(WindowSettings(), **changes))["errors"]) == [field]


@pytest.mark.parametrize("changes", [{"picture": "upload"}, {"source": DRAWING}])
def test_what_has_not_been_given_yet_is_no_mistake(changes):
    answer = ask(replace(WindowSettings(), **changes))
    assert answer["missing"].startswith("There is no")
    assert (answer["errors"], answer["error"]) == ({}, "")


def test_decimal_commas_are_understood_and_stand_in_the_link_as_points():
    setup = replace(WindowSettings(), picture="grid", grid="0,5 1\n2; 3,25", bias_kind="typed", bias="0,5")
    view = slide_window(setup, None)
    np.testing.assert_array_equal(view.image[0], [[0.5, 1], [2, 3.25]])
    assert view.bias == 0.5
    link = read_query(dict(urllib.parse.parse_qsl(write_query(view.settings))))
    np.testing.assert_array_equal(slide_window(link, None).image[0], [[0.5, 1], [2, 3.25]])
    old = slide_window(read_query({"picture": "grid", "grid": "1,2\n3,4"}), None)  # where commas separate
    np.testing.assert_array_equal(old.image[0], [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    "request_",
    [None, 1, "a", [], {}, *({"values": values} for values in ([], [None], [None] * (1 + len(SETTINGS)), 7))],
)
def test_what_is_not_from_our_page_is_answered_without_a_traceback(request_):
    assert set(json.loads(answer_controls(request_))) <= {"errors", "error"}


@settings(max_examples=200)
@given(st.data())
def test_a_field_of_any_kind_is_answered(data):
    anything = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())
    )
    values = list(
        asdict(WindowSettings(picture=data.draw(st.sampled_from(["digit", "layer", "grid"])))).values()
    )
    values[data.draw(st.integers(0, len(values) - 1))] = data.draw(anything)
    answer = json.loads(answer_controls({"values": [data.draw(anything), *values]}))
    assert set(answer) <= {"view", "status", "missing", "errors", "error"}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("height", "width"), [(5000, 10), (10_000, 10_000)])
def test_a_huge_upload_is_refused_and_the_last_result_stays(tmp_path, height, width):
    path = tmp_path / "huge.png"
    Image.new("1", (width, height)).save(path)
    answer = on_upload(path.read_bytes(), [], *asdict(WindowSettings()).values())[0]
    assert "larger than 4096 × 4096 px" in json.loads(answer)["errors"]["upload"]


def test_no_image_and_a_damaged_one_are_refused():
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 40), np.uint8)).save(whole, "PNG")
    for content in (b"not a picture", whole.getvalue()[:200], None):
        answer = on_upload(content, [], *asdict(WindowSettings()).values())[0]
        assert "cannot be read as an image" in json.loads(answer)["errors"]["upload"]


def test_an_upload_survives_the_link():
    packed = f"2 3 {base64.b64encode(bytes(range(6))).decode()}"
    setup = WindowSettings(picture="upload", upload=packed)
    assert read_query(dict(urllib.parse.parse_qsl(write_query(setup)))) == setup
    np.testing.assert_allclose(unpack_upload(packed) * 255, np.arange(6).reshape(2, 3))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"picture": "moon"}, "choose one of digit"),
        ({"picture": "digit", "stride": "two"}, "stride is 'two': give a number"),
        ({"picture": "digit", "grid": "1" * 9000}, "at most 8,000 are read"),
    ],
)
def test_a_broken_link_is_explained(query, message):
    with pytest.raises(ValueError, match=message):
        read_query(query)


def test_another_tabs_link_is_none_of_ours():
    assert read_query({"tab": "descent", "problem": "valley"}) is None


def test_what_follows_from_a_choice():
    sobel = adapt(replace(WindowSettings(), kernel="sobel_y"), "kernel")
    assert sobel.kernel_size == 3
    inside = adapt(replace(WindowSettings(stride=3), picture="layer", layer="features.2"), "picture")
    assert (inside.operation, inside.kernel_size, inside.stride) == ("max", 2, 2)
    back = adapt(replace(inside, operation="convolution"), "operation")
    assert (back.layer, back.kernel_size, back.padding) == ("features.0", 5, 2)
    learned = adapt(replace(WindowSettings(stride=3, filter=7), kernel="learned"), "kernel")
    assert (learned.stride, learned.filter) == (3, 7)  # a learned kernel on one's own settings
    smaller = adapt(replace(INSIDE, checkpoint="convnet", filter=30), "checkpoint")
    assert (smaller.layer, smaller.filter, smaller.channel) == ("features.0", 7, 0)
    with pytest.raises(ValueError, match="no convolutions"):
        adapt(replace(INSIDE, checkpoint="mlp"), "checkpoint")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("source", {"source": TEST, "index": 59_999}),
        ("checkpoint", {"picture": "layer", "checkpoint": "convnet", "filter": 60, "channel": 31}),
        ("layer", {"picture": "layer", "layer": "features.2", "filter": 15, "channel": 31}),
        ("kernel", {"kernel": "learned", "channel": 5}),
    ],
)
def test_no_slider_is_given_a_value_beyond_its_bounds(name, changes):
    """Also where it is hidden: it may come back in sight."""
    sent = replace(WindowSettings(), **changes)
    update = choose(name, sent)
    for each, setting in SETTINGS.items():
        if setting.kind == "whole":
            field = getattr(update, each)
            value = field.get("value", getattr(sent, each))
            assert setting.low <= value <= field.get("maximum", setting.high)


@pytest.mark.parametrize(
    "settings", [ONE_CHANNEL, WindowSettings(kernel="learned", checkpoint="convnet3", layer="features.0")]
)
def test_a_layer_of_one_input_channel_has_no_other(settings):
    assert slide_window(settings, None).channel == 0
    with pytest.raises(ValueError, match=r"The input channel is 1: features\.0 has one alone, channel 0"):
        slide_window(replace(settings, channel=1), None)
    with pytest.raises(ValueError, match="The input channel is None"):
        slide_window(replace(settings, channel=None), None)


def test_where_there_is_one_input_channel_alone_there_is_nothing_to_choose():
    """Gradio cannot draw a slider without any way to go, so the hidden one keeps a way, and the value 0."""
    update = choose("layer", replace(INSIDE, layer="features.0"))  # from a layer of 16 channels
    assert not update.channel["visible"]
    assert (update.channel["maximum"], update.channel["value"]) == (1, 0)
    assert ask(update.listed)["error"] == ""
    query = dict(urllib.parse.parse_qsl(write_query(ONE_CHANNEL))) | {"channel": "1"}
    linked = on_open([], SimpleNamespace(query_params=query))
    assert "features.0 has one alone" in json.loads(linked.window)["errors"]["channel"]
    assert linked.channel.get("value", 0) == 0  # so that the next event is right
    assert choose("layer", INSIDE).channel["visible"]


@pytest.mark.parametrize(
    ("name", "setup", "message"),
    [
        ("layer", replace(INSIDE, filter=None), "The filter is None: enter a whole number from 0 to 31."),
        ("layer", replace(INSIDE, channel=None), "The input channel is None: enter a whole number"),
        (
            "checkpoint",
            replace(INSIDE, filter=None),
            "The filter is None: enter a whole number from 0 to 31.",
        ),
        ("source", replace(INSIDE, index=None), "Image None: enter a whole number from 0 to"),
    ],
)
def test_a_choice_that_meets_a_cleared_field_is_kept_and_the_field_is_named(name, setup, message):
    """The page answers with the field's own check, and all other settings stay."""
    update = choose(name, setup)
    assert message in read_mistake(ask(update.listed))
    assert not {each for each in SETTINGS if "value" in getattr(update, each)}


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_can_be_chosen(kernel):
    update = choose("kernel", replace(WindowSettings(), kernel=kernel, kernel_size=3))
    assert ask(update.listed)["view"]
    shown = {name for name in SETTINGS if getattr(update, name).get("visible")}
    assert ("seed" in shown) == (kernel == "random")
    assert ("typed" in shown) == (kernel == "typed")
    assert ("layer" in shown) == (kernel == "learned")
    assert ("kernel_size" in shown) == (kernel in ("random", "identity", "blur"))


def test_a_map_comes_into_the_window():
    message = {"layer": "features.3", "channel": 9}
    sent = asdict(WindowSettings())
    answer, *fields = on_map(message, "convnet3", TEST, 0, [], None, *sent.values())
    values = {name: field.get("value", sent[name]) for name, field in zip(SETTINGS, fields, strict=False)}
    assert (values["layer"], values["filter"], values["padding"]) == ("features.3", 9, 2)
    view = slide_window(WindowSettings(**values), None)
    assert values["channel"] == np.abs(view.shares).mean(axis=(1, 2)).argmax()
    assert json.loads(answer) == {}
    assert ask(WindowSettings(**values))["view"]["link"]["sums"]
    answer, *fields, listed = on_map(
        {"layer": "features.8", "channel": 40},
        "convnet3",
        TEST,
        0,
        [],
        None,
        *asdict(WindowSettings()).values(),
    )
    assert ask(listed)["view"]["link"]["winners"]
    pooled = dict(zip(SETTINGS, fields, strict=False))
    assert pooled["channel"]["value"] == 40
    layer = {"layer": "features.3"}
    for wrong in (None, {}, layer, {"layer": 3, "channel": 0}, layer | {"channel": "a"}):
        result = on_map(wrong, "convnet3", TEST, 0, [], None, *asdict(WindowSettings()).values())
        assert len(result) == len(SETTINGS) + 3
        assert not isinstance(result[0], str) or "error" in json.loads(result[0])


@pytest.mark.parametrize(
    ("act", "changed"),
    [
        *[
            (lambda sent, name=name: choose(name, sent), set())
            for name in ("operation", "picture", "bias_kind")
        ],
        (lambda sent: choose("kernel", sent), {"kernel_size"}),
        (lambda sent: on_sent([], *asdict(sent).values()), {"source"}),
        (
            lambda sent: on_example("edges", [], *asdict(sent).values()),
            {"padding", "kernel_size", "index", "stride", "bias", "bias_kind", "typed", "grid"},
        ),
    ],
)
def test_a_late_answer_sets_only_what_follows(act, changed):
    """Whoever types in another field meanwhile keeps what they type."""
    sent = WindowSettings(kernel="sobel_x", stride=2, grid="1 2", typed="3", bias_kind="typed", bias=1e3)
    update = act(sent)
    assert {name for name in SETTINGS if "value" in getattr(update, name)} == changed


def test_of_two_choices_within_one_answers_time_both_are_followed():
    """As when the answer to the first is under way: the second event finds both changed."""
    setup = WindowSettings(operation="max", kernel="sobel_x", kernel_size=5)
    update = on_choice(WindowSettings(kernel_size=5), [], *asdict(setup).values())
    assert update.kernel_size["value"] == 3  # what follows from the kernel
    assert not update.kernel["visible"]  # and from the operation
    again = on_choice(update.listed, [], *asdict(update.listed).values())  # a list tells a click twice
    assert not {name for name in SETTINGS if "value" in getattr(again, name)}


def test_what_changes_the_controls_brings_no_picture_of_its_own():
    """The window asks once they are changed: an answer that comes late is none that knows less."""
    sent = asdict(WindowSettings()).values()
    updates = [
        choose("kernel", WindowSettings(kernel="blur")),
        on_example("edges", [], *sent),
        on_sent([], *sent),
        on_map({"layer": "features.3", "channel": 9}, "convnet3", TEST, 0, [], None, *sent),
    ]
    assert {update.window for update in updates} == {NO_MISTAKE}
