"""A run's curves as a figure: what stands in it, and that it is drawn the same each time."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import matplotlib.figure
import numpy as np
import pytest
from PIL import Image

from app.runs.figure import draw_run
from models.runs.status import EXAMPLE_RUN, read_run

pytestmark = pytest.mark.gate  # some seconds


@pytest.fixture
def example():
    return read_run(EXAMPLE_RUN)


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are drawn from now on."""
    figures = []
    save = matplotlib.figure.Figure.savefig

    def keep(figure, *args, **kwargs):
        figures.append(figure)
        save(figure, *args, **kwargs)

    monkeypatch.setattr(matplotlib.figure.Figure, "savefig", keep)
    return figures


def test_curves_are_the_runs_own(example, drawn):
    draw_run(example, "svg")
    losses, accuracies = drawn[0].axes
    curves = {line.get_label(): line for axes in (losses, accuracies) for line in axes.get_lines()}
    assert list(curves["Training, while it learned"].get_ydata()) == [
        epoch["train_accuracy"] for epoch in example.epochs
    ]
    smoothed = curves["Training, smoothed"]
    assert smoothed.get_xdata()[-1] == example.steps[-1]["step"]
    assert smoothed.get_ydata()[-1] == pytest.approx(example.steps[-1]["smoothed_loss"], rel=1e-4)
    assert set(curves["Test, at the end"].get_ydata()) == {example.test["accuracy"]}
    validation = [line for axes in (losses, accuracies) for line in axes.get_lines()
                  if line.get_label() == "Validation"]  # fmt: skip
    assert list(validation[0].get_ydata()) == [epoch["validation_loss"] for epoch in example.epochs]
    assert list(validation[1].get_ydata()) == [epoch["validation_accuracy"] for epoch in example.epochs]


def test_svg_says_what_was_trained_and_is_the_same_each_time(example):
    text = draw_run(example, "svg").decode()
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", text))
    assert f"Example GlassNet on MNIST, test accuracy {example.test['accuracy']:.2%} Recipe fast" in words
    assert "Cross-entropy (nats)" in words
    assert text == draw_run(example, "svg").decode()


def test_png_has_ink_and_the_promised_size(example):
    with Image.open(io.BytesIO(draw_run(example, "png"))) as image:
        assert image.size == (1800, 720)
        assert np.asarray(image.convert("L")).min() < 50


@pytest.mark.parametrize("format_", ["svg", "png"])
def test_a_names_dollars_are_no_formula(example, format_):
    assert draw_run(replace(example, run_id="a" * 32, name="$\\frac{broken"), format_)


def test_without_a_step_there_is_nothing_to_draw(example):
    with pytest.raises(ValueError, match="has taken no step"):
        draw_run(replace(example, steps=[]), "svg")


def test_other_formats_are_refused(example):
    with pytest.raises(ValueError, match="no format 'exe'"):
        draw_run(example, "exe")


def test_the_longest_heading_stays_within_the_figure(example, drawn):
    settings = {
        "network": "mlp", "dataset": "strokes", "recipe": "free", "optimizer": "rmsprop", "momentum": 0.9999,
        "learning_rate": 0.00123, "weight_decay": 0.00012, "label_smoothing": 0.12, "seed": 2**31 - 1,
    }  # fmt: skip
    draw_run(replace(example, run_id="a" * 32, name="W" * 60, config=example.config | settings), "png")
    (figure,) = drawn
    heading = figure._suptitle.get_window_extent()
    assert heading.x0 > 0
    assert heading.x1 < figure.bbox.width
    assert heading.y1 <= figure.bbox.height
    assert heading.y0 > max(axes.get_tightbbox().y1 for axes in figure.axes)


def test_diverged_run_without_an_epoch_is_drawn(example, drawn):
    steps = [*example.steps[:20], example.steps[20] | {"loss": None, "smoothed_loss": None}]
    draw_run(replace(example, steps=steps, epochs=[], test=None), "png")
    raw = drawn[0].axes[0].get_lines()[0]
    assert len(raw.get_xdata()) == 21
    assert np.isnan(np.asarray(raw.get_ydata(), float)[-1])


def test_two_visitors_figures_leave_each_others_settings_alone(example):
    other = replace(example, run_id="b" * 32)
    alone = draw_run(example, "svg"), draw_run(other, "svg")
    before = dict(matplotlib.rcParams)
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda run: draw_run(run, "svg"), [example, other] * 4))
    assert drawn == [*alone] * 4
    assert dict(matplotlib.rcParams) == before
