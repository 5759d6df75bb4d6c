"""Pen drawings are put on the pad and scored through the sketchpad's own code."""

import re
import time

import numpy as np
import pytest

from app.cli import main
from app.ui.drawing import read_drawing
from models.checkpoints.file import load_checkpoint
from models.checkpoints.prediction import find_temperature
from models.data.strokes import render_strokes
from models.sketch.evaluation import evaluate_inputs
from models.sketch.pen_digits import (
    BRUSH_PX,
    DIGIT_SHARE,
    PAD_PX,
    PadDrawing,
    draw_all,
    paint_drawing,
    prepare_drawings,
)
from models.sketch.pen_files import load_pen_digits
from models.sketch.preparation import digit_from_image, digit_from_strokes
from tests.sketch.pen_writing import write_digits, write_json, write_unipen


@pytest.fixture(scope="module")
def pen_file(tmp_path_factory):
    return write_unipen(tmp_path_factory.mktemp("pen") / "pen.tra", write_digits())


# On the pad


def test_drawings_are_as_large_and_as_thick_as_said_and_on_the_pad(pen_file):
    drawings = draw_all(load_pen_digits(pen_file) * 5)
    shares, brushes, centers = [], [], []
    for drawing in drawings:
        points = np.concatenate(drawing.strokes)
        low, high = points.min(0) - drawing.brush_px / 2, points.max(0) + drawing.brush_px / 2
        assert low.min() > -0.01
        assert high.max() < PAD_PX + 0.01
        shares.append((high - low).max() / PAD_PX)
        brushes.append(drawing.brush_px)
        centers.append((low + high) / 2)
    for values, (least, most) in ((shares, DIGIT_SHARE), (brushes, BRUSH_PX)):
        tenth = (most - least) / 10
        assert least - 0.01 < min(values) < least + tenth
        assert most - tenth < max(values) < most + 0.01
    assert np.std(centers, axis=0).min() > 20  # off centre


def test_shape_of_a_drawing_stays(pen_file):
    digits = load_pen_digits(pen_file)
    for digit, drawing in zip(digits, draw_all(digits), strict=True):
        before, after = np.concatenate(digit.strokes), np.concatenate(drawing.strokes)
        scale = np.ptp(after, axis=0).max() / np.ptp(before, axis=0).max()
        np.testing.assert_allclose(after - after[0], (before - before[0]) * scale, atol=0.01)


def test_same_seed_draws_the_same_and_a_drawing_depends_on_its_place_alone(pen_file):
    digits = load_pen_digits(pen_file)
    for first, again in zip(draw_all(digits, 3)[:9], draw_all(digits[:9], 3), strict=True):
        assert first.brush_px == again.brush_px
        np.testing.assert_array_equal(np.concatenate(first.strokes), np.concatenate(again.strokes))
    assert draw_all(digits, 4)[0].brush_px != draw_all(digits, 3)[0].brush_px


def test_painting_is_the_pads_own_pen(pen_file):
    drawing = draw_all(load_pen_digits(pen_file))[0]
    ink = render_strokes(drawing.strokes, drawing.brush_px, PAD_PX)
    np.testing.assert_array_equal(paint_drawing(drawing), np.rint(ink * 255).astype(np.uint8))


def test_drawings_are_prepared_as_the_sketchpad_prepares_them(pen_file):
    drawings = draw_all(load_pen_digits(pen_file))[:20]
    seen = []
    images, is_read, _ = prepare_drawings(drawings, False, lambda done, total: seen.append((done, total)))
    assert seen == [(done, 20) for done in range(1, 21)]
    assert is_read.all()
    for image, drawing in zip(images, drawings, strict=True):
        sent = {"strokes": [stroke.tolist() for stroke in drawing.strokes]}
        np.testing.assert_array_equal(image, read_drawing(sent).image)
    images = prepare_drawings(drawings, True).images
    for image, drawing in zip(images, drawings, strict=True):
        np.testing.assert_array_equal(image, digit_from_image(paint_drawing(drawing)).image)


def test_dot_is_refused_and_has_no_image():
    dot = PadDrawing([np.array([[140, 140]], np.float32)], 12.0)
    images, is_read, _ = prepare_drawings([dot], False)
    assert not is_read.any()
    assert not images.any()


# The command


def run(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.gate
def test_command_prints_both_scores_with_tables(capsys, pen_file):
    status, printed, errors = run(capsys, "evaluate", "convnet3", "--pen", pen_file, "--seed", 1)
    assert status == 0
    assert "Preparing strokes" in errors
    digits = load_pen_digits(pen_file)
    labels = np.array([digit.label for digit in digits])
    network = load_checkpoint("convnet3").network
    for from_image, kind in ((False, "strokes"), (True, "images")):
        inputs = prepare_drawings(draw_all(digits, 1), from_image)
        result = evaluate_inputs(network, inputs, labels, find_temperature("convnet3"))
        line = f"convnet3 on 60 drawings of pen.tra, from their {kind} (seed 1): {result}"
        assert line in printed
        block = printed.split(line)[1].strip().splitlines()
        assert block[1].split()[1:] == [f"{share:.3f}" for share in result.class_accuracies]
        rows = [[int(count) for count in row.split()[1:]] for row in block[6:16]]
        np.testing.assert_array_equal(rows, result.confusion)
    assert "3 writers: the middle one is read at " in printed


def test_command_takes_both_forms_and_says_what_is_refused_and_doubted(capsys, tmp_path):
    written = write_digits(20)
    written[3] = (3, [np.array([[0, 0], [0, 300], [0, 150], [200, 150], [200, 0], [200, 300]], np.float32)])
    dot = np.array([[5, 5], [5, 5]], np.float32)
    written[4] = (4, [np.add(dot, (9 * i, 90 * (i % 3))) for i in range(9)])
    files = [write_unipen(tmp_path / "a.tra", written), write_json(tmp_path / "b.jsonl.gz", written)]
    status, printed, _ = run(capsys, "evaluate", "mlp", "--pen", files[0], "--pen", files[1])
    assert status == 0
    for file in files:
        report = printed.split(f"20 drawings of {file.name}, from their strokes")[1]
        assert "1 refused, 1 doubted" in report.splitlines()[0]
        assert "Refused: 1 of 20, 5.00% (0.89% to 23.61%)." in report
        assert "Doubted: 1 of 20, 5.00%" in report
        sure = r"with more than 95% confidence: \d+ of \d+; if every confidence were exact, \d+ of \d+\."
        assert re.search(sure, report)


def test_of_several_checkpoints_the_spread_is_told(capsys, tmp_path):
    file = write_unipen(tmp_path / "a.tra", write_digits(20))
    status, printed, _ = run(capsys, "evaluate", "mlp", "convnet", "--pen", file)
    assert status == 0
    for kind in ("strokes", "images"):
        told = re.findall(rf"from their {kind} \(seed 0\): accuracy (0\.\d+|1\.0+)", printed)
        assert len(told) == 2
        first, second = map(float, told)
        mean, spread = (first + second) / 2, abs(first - second) / np.sqrt(2)
        assert f"2 checkpoints on a.tra, from {kind}: accuracy {mean:.4f} ± {spread:.4f}" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pen", "gone.tra"], "gone.tra cannot be read"),
        (["--pen", __file__], "has no digits in UNIPEN's form"),
        (["--pen", "pen.tra", "--dataset", "mnist"], "Give one of --pen, --images and --dataset"),
        (["--seed", "1"], "give it with --pen"),
    ],
)
def test_mistakes_of_the_command_are_one_line(capsys, arguments, message):
    status, _, errors = run(capsys, "evaluate", "convnet3", *arguments)
    assert status == 2
    assert message in errors
    assert len(errors.splitlines()) == 1


# Real drawings


@pytest.mark.gate
def test_real_drawings_are_all_read_and_mostly_rightly(real_pen_file):
    digits = load_pen_digits(real_pen_file)
    assert len(digits) == 7494
    labels = np.array([digit.label for digit in digits])
    assert np.bincount(labels).tolist() == [780, 779, 780, 719, 780, 720, 720, 778, 719, 719]  # as UCI says
    chosen = slice(None, None, 15)  # 500 drawings
    started = time.thread_time()
    from_strokes = prepare_drawings(draw_all(digits[chosen]), False)
    between = time.thread_time()
    from_images = prepare_drawings(draw_all(digits[chosen]), True)
    ended = time.thread_time()
    assert between - started < 5  # quiet: 0.3 s
    assert ended - between < 15  # quiet: 1.4 s
    network = load_checkpoint("glassnet").network
    accuracies = []
    for inputs in (from_strokes, from_images):
        result = evaluate_inputs(network, inputs, labels[chosen])
        assert result.num_refused == 0
        accuracies.append(result.accuracy)
    assert accuracies[0] > 0.95
    assert accuracies[1] > accuracies[0] - 0.01  # an image alone is read nearly as well


def test_the_real_1_is_drawn_upright(real_pen_file):
    """A file's y points upwards: the digit 7's bar is above its foot on the pad."""
    sevens = [digit for digit in load_pen_digits(real_pen_file) if digit.label == 7][:50]
    starts = [digit.strokes[0][0] - np.concatenate(digit.strokes).mean(0) for digit in sevens]
    assert np.median(starts, axis=0)[1] < 0


def test_strokes_in_any_unit_are_read_alike(pen_file):
    """Where and how large a digit is drawn makes no difference to what the network sees."""
    digit = load_pen_digits(pen_file)[2]
    first, second = (draw_all([digit], seed)[0] for seed in (0, 1))
    images = [digit_from_strokes([s.tolist() for s in d.strokes], PAD_PX).image for d in (first, second)]
    np.testing.assert_allclose(*images, atol=2e-3)
