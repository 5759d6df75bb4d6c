"""What is drawn and written of the two passes: each number in its place, whatever the example is."""

import html
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.descent.perceptron.figure import FLOW, TAKERS, draw_figure
from app.descent.perceptron.handlers import show_example
from app.descent.perceptron.steps import list_steps, write_verdict
from app.ui.numbers import format_number
from models.descent.perceptron import HIGHEST_INPUT, LOWEST_INPUT, Example, draw_weights, follow_example
from tests.descent.perceptron.random_examples import examples

SVG = "{http://www.w3.org/2000/svg}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
MIN_FONT_PX, STAGE_PX = 12, 934  # the inside of the stage at 1400 px
any_examples = examples(st.floats(LOWEST_INPUT, HIGHEST_INPUT))


def draw(example):
    passes = follow_example(example)
    return passes, ElementTree.fromstring(draw_figure(example, passes))


def read_frames(figure):
    """Return (left, top, right, bottom) of each node's box."""
    frames = {}
    for group in figure.iter(f"{SVG}g"):
        if name := group.get("data-node"):
            left, top = (float(part) for part in re.findall(r"[-\d.]+", group.get("transform")))
            frame = next(rect for rect in group.iter(f"{SVG}rect") if rect.get("class") == "frame")
            frames[name] = (left, top, left + float(frame.get("width")), top + float(frame.get("height")))
    return frames


@settings(max_examples=40)
@given(any_examples)
def test_every_value_and_gradient_stands_in_its_box(example):
    passes, figure = draw(example)
    parts = {
        group.get("data-part"): [text.text for text in group.iter(f"{SVG}text")]
        for group in figure.iter(f"{SVG}g")
        if group.get("data-part")
    }
    wanted = {f"{name}.value": value for name, value in passes.values.items()}
    wanted |= {f"{name}.gradient": value for name, value in passes.by_hand.items()}
    assert parts == {
        name: [format_number(value + 0.0) for value in values.ravel().tolist()]
        for name, values in wanted.items()
    }


@settings(max_examples=40)
@given(any_examples)
def test_no_box_covers_another_and_all_lie_within_the_drawing(example):
    _, figure = draw(example)
    frames = read_frames(figure)
    _, _, width, height = (float(part) for part in figure.get("viewBox").split())
    for name, (left, top, right, bottom) in frames.items():
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        for other, (left2, top2, right2, bottom2) in frames.items():
            apart = right < left2 or right2 < left or bottom < top2 or bottom2 < top
            assert name == other or apart, (name, other)


def test_the_opening_fits_into_its_stage_with_readable_letters():
    _, figure = draw(Example())
    width = float(figure.get("viewBox").split()[2])
    assert width <= STAGE_PX
    font, least = (float(re.search(pattern, text)[1]) for pattern, text in (
        (r"([\d.]+)", figure.get("font-size")), (r"min-width:([\d.]+)px", figure.get("style")),
    ))  # fmt: skip
    assert font * least / width >= MIN_FONT_PX - 0.02  # px are whole
    assert "computation graph" in figure.get("aria-label").lower()


def test_edges_lead_from_every_node_to_the_loss():
    _, figure = draw(Example())
    edges = [group.get("data-edge") for group in figure.iter(f"{SVG}g") if group.get("data-edge")]
    assert sorted(edges) == sorted(TAKERS)
    for name in TAKERS:
        passed = [name]
        while passed[-1] != "loss":
            passed.append(TAKERS[passed[-1]])
        assert set(passed[1:]) <= set(FLOW)


def read_result(step):
    """Return the numbers of the last matrix in a step's formula."""
    tables = ElementTree.fromstring(f"<div>{step['html']}</div>").iter(f"{MATH}mtable")
    *_, last = tables
    return np.array([[read_cell(cell) for cell in row.iter(f"{MATH}mtd")] for row in last.iter(f"{MATH}mtr")])


def read_cell(cell):
    text = re.sub(r"\s", "", "".join(html.unescape(part) for part in cell.itertext())).replace("−", "-")
    mantissa, _, power = text.replace("⋅10", "·10").partition("·10")
    return float(mantissa.replace(",", "")) * 10.0 ** int(power or 0)


@settings(max_examples=15, deadline=None)
@given(any_examples)
def test_each_step_ends_in_the_gradient_that_it_finds(example):
    passes = follow_example(example)
    first, loss, *others = list_steps(example, passes)
    assert (first["found"], loss["found"]) == ([], ["p"])
    for step in others:
        (name,) = step["found"]
        wanted = passes.by_hand[name]
        np.testing.assert_allclose(
            read_result(step), wanted if wanted.ndim == 2 else wanted.reshape(-1, 1), rtol=1e-3, atol=1e-12
        )


@settings(max_examples=15, deadline=None)
@given(any_examples)
def test_the_way_back_finds_each_node_once_and_takes_what_is_there(example):
    steps = list_steps(example, follow_example(example))
    known = {f"{name}.value" for name in follow_example(example).values}
    for step in steps:
        assert set(step["used"]) <= known
        known |= {f"{name}.gradient" for name in step["found"]}
    found = [name for step in steps for name in step["found"]]
    assert sorted(found) == sorted(follow_example(example).by_hand)


@settings(max_examples=20, deadline=None)
@given(any_examples)
def test_all_texts_can_be_read(example):
    answer = show_example(example)
    for text in [answer["verdict"], *(step["html"] for step in answer["steps"])]:
        assert not re.search(r"merror|\$|\\|\b(nan|inf|None)\b", text)
        ElementTree.fromstring(f"<div>{text}</div>")


def tell_slope(example):
    step = next(step for step in list_steps(example, follow_example(example)) if step["found"] == ["u"])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", step["html"]))


def test_the_dead_unit_of_the_opening_is_named_with_its_sum():
    u = follow_example(Example()).values["u"]
    (dead,) = np.flatnonzero(u <= 0)
    assert f"Unit {dead + 1} is dead for this example: its sum is {format_number(u[dead])}," in tell_slope(
        Example()
    )


@settings(max_examples=20, deadline=None)
@given(examples())
def test_units_are_called_dead_where_they_are(example):
    u = follow_example(example).values["u"]
    dead = [str(place + 1) for place in np.flatnonzero(u <= 0)] if example.activation == "relu" else []
    told = re.search(r"Units? ([\d, and]+?) (?:is|are) dead", tell_slope(example))
    assert (re.findall(r"\d", told[1]) if told else []) == dead


def test_equal_weights_to_both_logits_are_named():
    seed = next(seed for seed in range(99) if np.equal(*draw_weights(seed)["w2"].numpy()).any())
    steps = list_steps(Example(seed=seed), follow_example(Example(seed=seed)))
    (place,) = np.flatnonzero(np.equal(*draw_weights(seed)["w2"].numpy()))
    told = next(step["html"] for step in steps if step["found"] == ["a"])
    assert f"Unit {place + 1} has the same weight to both logits." in told
    assert abs(follow_example(Example(seed=seed)).by_hand["a"][place]) < 1e-6


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_a_saturated_unit_is_named(activation):
    texts = [
        tell_slope(Example(x=(3.0, 3.0, -3.0, 3.0), activation=activation, seed=seed)) for seed in range(20)
    ]
    assert any("saturated" in text for text in texts)
    assert "saturated" not in tell_slope(Example(x=(0.0,) * 4, activation=activation, seed=2))


def test_the_verdict_says_the_largest_difference_and_where_it_is():
    passes = follow_example(Example())
    text = write_verdict(passes)
    assert f"is {format_number(passes.max_difference)}, in" in text
    assert f"in {sum(gradient.size for gradient in passes.by_hand.values())} numbers" in text
