"""The window of the conv & pool tab: what it is given, shows, says, links to and hands out as a script."""

import json
import subprocess
import sys
import urllib.parse
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.inspection.window.answers import compare_results, explain_sizes, show_source
from app.inspection.window.handlers import (
    answer_controls,
    on_choice,
    on_example,
    on_rest,
)
from app.inspection.window.image import pack_upload, read_grid
from app.inspection.window.link import read_query, write_query
from app.inspection.window.script import print_result, write_script
from app.inspection.window.settings import EXAMPLES, SETTINGS, WindowSettings
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
