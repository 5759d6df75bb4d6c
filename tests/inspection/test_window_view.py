"""The window of the conv & pool tab: what it is given, shows, says, links to and hands out as a script."""

import base64
import io
import json
import subprocess
import sys
import urllib.parse
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.inspection.window.answers import compare_results, explain_sizes, show_source
from app.inspection.window.handlers import (
    NO_MISTAKE,
    answer_controls,
    on_choice,
    on_example,
    on_map,
    on_open,
    on_rest,
    on_sent,
    on_upload,
)
from app.inspection.window.image import pack_upload, read_grid, unpack_upload
from app.inspection.window.limits import adapt
from app.inspection.window.link import read_query, write_query
from app.inspection.window.script import print_result, write_script
from app.inspection.window.settings import EXAMPLES, KERNELS, SETTINGS, WindowSettings
from app.inspection.window.sliding import slide_window
from app.inspection.window.view import MAX_SUMS, answer_view, describe_view, show_view
from app.sketchpad.tab import build_example
from app.ui.digits import DRAWING, TEST, TRAIN
from models.checkpoints.prediction import load_cached
from tests.inspection.random_windows import draw_settings

SOBEL = WindowSettings(kernel="sobel_x", kernel_size=3, padding=1)
INSIDE = WindowSettings(
    picture="layer", checkpoint="convnet3", layer="features.3", filter=9, channel=4, kernel_size=5, padding=2
)
DRAWN = {"strokes": build_example(3)}

# Where most fit: what does not is another test's.
window_settings = draw_settings(
    picture=st.just("digit"),
    source=st.sampled_from([TEST, TRAIN]),
    index=st.integers(0, 999),
    kernel=st.sampled_from(["random", "blur", "typed", "learned"]),
    checkpoint=st.just("convnet"),
    filter=st.integers(0, 7),
    kernel_size=st.integers(2, 7),
    padding=st.integers(0, 1),
)


def ask(setup: WindowSettings, drawing=None) -> dict:
    return json.loads(answer_controls({"values": [drawing, *asdict(setup).values()]}))


def choose(name: str, setup: WindowSettings):
    """Return what follows from a choice that has just been changed to what stands in the settings."""
    return on_choice(replace(setup, **{name: "another"}), [], *asdict(setup).values())


def read_mistake(answer) -> str:
    """Return what an answer says is wrong or missing, at a field or without one."""
    assert set(answer) <= {"errors", "error", "missing", "status"}
    return " ".join([*answer["errors"].values(), answer["error"], answer.get("missing", "")])


def panels_of(view) -> dict:
    return {panel["id"]: panel for panel in show_view(view)["panels"]}


def test_opens_on_the_notebooks_kernel():
    answer = ask(WindowSettings())
    panels = {panel["id"]: panel for panel in answer["view"]["panels"]}
    assert list(panels) == ["input", "kernel", "output"]
    assert (answer["errors"], answer["error"]) == ({}, "")
    assert answer["status"].startswith("**27 × 27 pixels**")
    picture, kernel = np.array(panels["input"]["values"]), np.array(panels["kernel"]["values"])
    expected = F.conv2d(torch.tensor(picture)[None, None], torch.tensor(kernel)[None, None])[0, 0].numpy()
    shown = np.array(panels["output"]["values"])
    np.testing.assert_allclose(shown, expected + answer["view"]["link"]["bias"], atol=1e-8)


@settings(max_examples=60)
@given(window_settings)
def test_any_setting_gives_what_the_script_of_torch_gives(setup):
    try:
        view = slide_window(setup, None)
    except ValueError:
        assume(False)
    namespace: dict = {}
    exec(write_script(view).partition("for row in")[0], namespace)
    np.testing.assert_allclose(namespace["output"].numpy(), view.output, atol=1e-9)
    assert json.loads(answer_view(view))["view"]["panels"]
    assert read_query(dict(urllib.parse.parse_qsl(write_query(setup)))) == setup


def test_a_turned_kernel_is_a_convolution_in_mathematics():
    """NumPy's convolve turns the kernel, too; here for one row of numbers, in the middle of the picture."""
    setup = replace(
        WindowSettings(), picture="grid", grid="0 0 0 0 0\n1 2 4 8 16\n0 0 0 0 0", kernel="typed",
        typed="0 0 0\n1 2 5\n0 0 0", flipped=True, padding=1,
    )  # fmt: skip
    view = slide_window(setup, None)
    np.testing.assert_array_equal(view.output[1], np.convolve([1, 2, 4, 8, 16], [1, 2, 5], "same"))
    assert "turned by 180°" in describe_view(view)
    assert panels_of(view)["kernel"]["title"] == "Kernel, turned by 180°"
    assert panels_of(view)["kernel"]["values"][1] == [5, 2, 1]
    plain = slide_window(replace(setup, flipped=False), None)
    np.testing.assert_array_equal(plain.output[1], np.correlate([1, 2, 4, 8, 16], [1, 2, 5], "same"))


def test_inside_a_network_the_sum_over_channels_is_the_networks_own_map():
    view = slide_window(INSIDE, None)
    network = load_cached("convnet3").network
    digit = slide_window(WindowSettings(), None).image
    with torch.inference_mode():
        batch = torch.tensor(digit, dtype=torch.float32)[None]
        expected = network.get_submodule("features")[:4](batch)[0, 9].numpy()
    np.testing.assert_allclose(view.output, expected, atol=1e-5)

    link = show_view(view)["link"]
    assert link["looked"] in [one["label"] for one in link["sums"]]
    assert len(link["sums"]) in (MAX_SUMS + 1, MAX_SUMS + 2)  # the largest, the one looked at, and the rest
    total = sum(np.array(one["values"]) for one in link["sums"]) + link["bias"]
    np.testing.assert_allclose(total, view.output, atol=1e-7)
    assert "the other" in link["sums"][-1]["label"]
    panels = panels_of(view)
    assert panels["input"]["title"] == "Input channel 4 of 16"
    alone = F.conv2d(
        torch.tensor(panels["input"]["values"])[None, None].double(),
        torch.tensor(panels["kernel"]["values"])[None, None].double(),
        padding=2,
    )[0, 0]
    np.testing.assert_allclose(panels["share"]["values"], alone.numpy(), atol=1e-7)


def test_a_pooling_layer_inside_a_network():
    view = slide_window(
        replace(INSIDE, operation="max", layer="features.5", kernel_size=2, stride=2, padding=0), None
    )
    assert view.output.shape == (7, 7)
    winners = np.array(show_view(view)["link"]["winners"])
    picture = view.image[view.channel]
    np.testing.assert_array_equal(picture[winners[..., 0], winners[..., 1]], view.output)


def test_a_drawing_an_upload_and_ones_own_numbers(tmp_path):
    drawn = slide_window(WindowSettings(source=DRAWING), DRAWN)
    assert drawn.note == "yours"
    assert drawn.image.shape == (1, 28, 28)
    page = Image.new("L", (640, 320), 255)
    page.paste(0, (0, 0, 320, 320))
    page.save(tmp_path / "half.png")
    uploaded = slide_window(
        WindowSettings(picture="upload", upload=pack_upload((tmp_path / "half.png").read_bytes())), None
    )
    np.testing.assert_array_equal(uploaded.image[0], np.repeat([[1.0] * 32 + [0.0] * 32], 32, axis=0))
    grid = slide_window(WindowSettings(picture="grid", grid="1, 2\n\n−3;4e1\n"), None)
    np.testing.assert_array_equal(grid.image[0], [[1, 2], [-3, 40]])
    assert not grid.is_ink


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


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_fit_and_are_compared(name):
    update = on_example(name, [], *asdict(WindowSettings()).values())
    assert len(update) == len(SETTINGS) + 3
    setup = EXAMPLES[name][1]
    assert update.listed == setup
    assert ask(setup)["view"]
    details = on_rest(None, *asdict(setup).values())
    assert "Largest difference" in details.comparison
    assert json.loads(details.grids)
    assert "<mo>&#x0003D;</mo>" in details.sizes


def test_the_notebooks_variants_are_what_they_say():
    zoom = slide_window(EXAMPLES["zoom"][1], None)
    assert zoom.output.shape == (28, 28)
    assert "in the last row and column they are off" in compare_results(zoom)[0]
    assert "convolve_cut_at_edge" in show_source(zoom)
    larger = replace(EXAMPLES["zoom"][1], kernel_size=3)
    assert "could not be broadcast" in compare_results(slide_window(larger, None))[0]
    exercise = slide_window(EXAMPLES["exercise"][1], None)
    assert (exercise.window.kernel_size, exercise.window.stride, exercise.output.shape) == (4, 4, (7, 7))


def test_the_cost_of_a_forgotten_bias_is_the_bias():
    view = slide_window(WindowSettings(bias_kind="typed", bias=0.25), None)
    assert "the largest difference of the result would be **0.25**" in compare_results(view)[0]


def test_sizes_name_what_the_floor_leaves_out():
    def explain(**changes) -> str:
        return explain_sizes(slide_window(replace(WindowSettings(), **changes), None))

    assert "= 27$$" in explain()
    assert "never read" not in explain(kernel_size=4, stride=4)
    assert "the last 1 px at the right and the bottom of the image" in explain(kernel_size=3, stride=2)
    assert "of the padded image" in explain(kernel_size=3, stride=2, padding=1)
    uneven = explain(picture="grid", grid="1 2 3\n4 5 6")
    assert uneven.count("$$") == 4
    assert "height" in uneven


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


ONE_CHANNEL = replace(INSIDE, layer="features.0", channel=0)  # it reads the digit


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


@pytest.mark.gate
@pytest.mark.parametrize(
    "setup",
    [
        replace(SOBEL, hangs_over=True, stride=2, dilation=3),
        WindowSettings(operation="max", kernel_size=4, stride=4),
        replace(INSIDE, flipped=True),
    ],
)
def test_scripts_print_the_result_shown(setup):
    view = slide_window(setup, None)
    printed = subprocess.run(
        [sys.executable, "-c", write_script(view)], capture_output=True, text=True, check=True
    ).stdout
    expected = [[float(f"{value:.4g}") for value in row] for row in view.output.tolist()]
    result = [[float(text) for text in line.split()] for line in printed.splitlines()]
    # 1e-12: rounding errors of sums that come out as 0 have digits of their own.
    np.testing.assert_allclose(result, expected, rtol=1e-9, atol=1e-12)
    told = [[float(text) for text in line.split()] for line in print_result(view).splitlines()]
    assert told == expected, "what a notebook of it says below its last cell"


@settings(max_examples=50)
@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=1, max_size=5))
def test_any_grid_is_read_back(rows):
    text = "\n".join(" ".join(repr(value) for value in row) for row in rows)
    np.testing.assert_array_equal(read_grid(text, "The picture", 16), rows)
