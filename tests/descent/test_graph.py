"""The drawn graph: every number of the graph stands in it, nothing overlaps, nothing is not a number."""

import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.descent.graph import draw_graph, format_values, tabulate_graph
from app.descent.race import OPENINGS, run_race
from models.descent.backprop import Graph, GraphNode, trace_graph
from models.descent.problems import SURFACES, make_least_squares, make_valley

SVG = "{http://www.w3.org/2000/svg}"
THEME = Path(__file__).parents[2] / "app" / "theme.css"
NARROW_PX = 336  # the inside of a stage at 390 px


ROWS = make_least_squares(np.arange(12.0).reshape(6, 2), np.ones(6))
PROBLEMS = {"least_squares": ROWS, "valley": make_valley(25), **SURFACES}
LOSSES = {name: problem.make_loss(torch.float64) for name, problem in PROBLEMS.items()}
all_losses = pytest.mark.parametrize("loss", list(LOSSES.values()), ids=list(LOSSES))


def make_graph(inputs, value=0.5, operation="power 2", name="PowBackward0"):
    nodes = [
        GraphNode(key, name, operation, sources, (0,) * len(sources), np.array(value), np.array(value))
        for key, sources in enumerate(inputs)
    ]
    return Graph(tuple(nodes), float(np.ravel(value)[0]))


@st.composite
def shapes(draw):
    """Inputs of random graphs: each node feeds an earlier one, and only the last is a leaf."""
    size = draw(st.integers(2, 14))
    inputs = [[] for _ in range(size)]
    for key in range(1, size):
        inputs[draw(st.integers(0, key - 1))].append(key)
    for key in range(size - 1):
        extra = draw(st.lists(st.integers(key + 1, size - 1), max_size=2))
        inputs[key] = (inputs[key] + extra)[:3] or [size - 1]
    used = {source for sources in inputs for source in sources}
    for key in set(range(1, size)) - used:
        inputs[0].append(key)
    return tuple(tuple(sources) for sources in inputs)


def read_boxes(markup):
    """Return (left, top, right, bottom, texts) of each box."""
    boxes = []
    for group in ElementTree.fromstring(markup).iter(f"{SVG}g"):
        left, top = (float(part) for part in re.findall(r"[-\d.]+", group.get("transform")))
        frame = group.find(f"{SVG}rect")
        texts = [text.text for text in group.iter(f"{SVG}text")]
        boxes.append((left, top, left + float(frame.get("width")), top + float(frame.get("height")), texts))
    return boxes


def read_edges(markup):
    """Return the corner points of each edge, from its tip upwards, the control points left out."""
    paths = [
        path.get("d") for path in ElementTree.fromstring(markup).iter(f"{SVG}path") if path.get("stroke")
    ]
    edges = []
    for path in paths:
        points = []
        for command, numbers in re.findall(r"([MCV])([^MCV]*)", path):
            values = [float(number) for number in numbers.split()]
            points.append((points[-1][0], values[0]) if command == "V" else tuple(values[-2:]))
        edges.append(points)
    return edges


def read_view_box(markup):
    return [float(part) for part in re.search(r'viewBox="([^"]*)"', markup)[1].split()]


@all_losses
def test_every_number_stands_in_its_box(loss):
    graph = trace_graph(loss, [0.3, -1.7])
    boxes = read_boxes(draw_graph(graph))
    assert len(boxes) == len(graph.nodes)
    for node, (*_, texts) in zip(graph.nodes, boxes, strict=True):
        assert texts[0].removesuffix(": the loss") == node.operation
        assert texts[1:] == [
            node.name,
            "value",
            format_values(node.value),
            "gradient",
            format_values(node.gradient),
        ]


def test_w_is_on_top_and_the_loss_at_the_bottom():
    boxes = read_boxes(draw_graph(trace_graph(LOSSES["beale"], [1.0, 1.5])))
    assert boxes[-1][4][0] == "w, the weights"
    assert boxes[-1][1] == min(box[1] for box in boxes)
    assert boxes[0][4][0].endswith(": the loss")
    assert boxes[0][1] == max(box[1] for box in boxes)


def check_layout(markup, inputs):
    boxes, edges = read_boxes(markup), read_edges(markup)
    _, _, width, height = read_view_box(markup)
    for left, top, right, bottom, _ in boxes:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
    for a, b in combinations(boxes, 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1], "two boxes overlap"
    ends = []
    for points in edges:
        for (x0, y0), (x1, y1) in pairwise(points):
            assert y1 < y0, "an edge leads down only"
            for left, top, right, bottom, _ in boxes:
                if x0 == x1 and y0 - y1 > 100:  # it passes a layer
                    assert not (left - 3 < x0 < right + 3 and max(top, y1) < min(bottom, y0)), "through a box"
        (x_tip, y_tip), (x_tail, y_tail) = points[0], points[-1]
        target = [key for key, box in enumerate(boxes) if box[0] < x_tip < box[2] and 0 < box[1] - y_tip < 12]
        source = [
            key for key, box in enumerate(boxes) if box[0] < x_tail < box[2] and abs(box[3] - y_tail) < 1
        ]
        ends.append((*target, *source))
    assert sorted(ends) == sorted((key, source) for key, sources in enumerate(inputs) for source in sources)


@all_losses
def test_edges_join_the_right_boxes_and_nothing_overlaps(loss):
    graph = trace_graph(loss, [0.3, -1.7])
    check_layout(draw_graph(graph), [node.inputs for node in graph.nodes])


@settings(max_examples=60)
@given(shapes())
def test_any_graph_is_laid_out_so(inputs):
    check_layout(draw_graph(make_graph(inputs)), inputs)


@pytest.mark.parametrize("name", ["least_squares", "valley", "rosenbrock", "himmelblau", "saddle"])
@pytest.mark.parametrize("w", [[-1.2, 1.0], [0.0, 0.0], [5.5, -5.5], [50.0, 0.001]])
def test_two_columns_fit_a_narrow_screen(name, w):
    check_fits(draw_graph(trace_graph(LOSSES[name], w)))


@pytest.mark.parametrize("name", ["valley", "rosenbrock", "saddle"])
def test_every_step_of_an_opening_fits_a_narrow_screen(name):
    """Down to the last one, where the powers of ten make the numbers long."""
    race = run_race(OPENINGS[name])
    for optimizer in race.optimizers:
        for w in optimizer.descent.path[::-20]:
            check_fits(draw_graph(trace_graph(race.problem.make_loss(torch.float32), w, "float32")))


def check_fits(markup):
    assert int(re.search(r"min-width:(\d+)px", markup)[1]) <= NARROW_PX
    assert "tabindex" not in markup


@all_losses
def test_text_is_never_below_twelve_pixels(loss):
    markup = draw_graph(trace_graph(loss, [0.3, -1.7]))
    scale = int(re.search(r"min-width:(\d+)px", markup)[1]) / read_view_box(markup)[2]
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', markup)]
    assert min(sizes) * scale >= 11.95


def test_a_wide_graph_scrolls_and_can_be_reached_by_keyboard():
    root = ElementTree.fromstring(draw_graph(trace_graph(LOSSES["beale"], [1.0, 1.5])))
    assert (root.get("class"), root.get("tabindex"), root.get("role")) == ("gb-graph", "0", "region")
    assert root.get("aria-label")
    assert "overflow-x:auto" in root.get("style")


def test_the_graph_has_a_name_and_tooltips_with_all_digits():
    graph = trace_graph(LOSSES["least_squares"], [1 / 3, -0.1])
    svg = ElementTree.fromstring(draw_graph(graph)).find(f"{SVG}svg")
    assert svg.get("role") == "img"
    assert format_values(np.array(graph.loss)) in svg.get("aria-label")
    titles = [title.text for title in svg.iter(f"{SVG}title")]
    assert titles[-1].splitlines()[1] == "value: 0.3333333333333333, -0.1"
    for digits in graph.nodes[1].value.tolist():
        assert str(digits) in titles[1]


@all_losses
@pytest.mark.parametrize("w", [[1e200, -1e200], [float("nan"), 1.0], [float("inf"), 0.0], [-1e160, 1e170]])
def test_what_is_not_finite_reads_overflow(loss, w):
    graph = trace_graph(loss, w)
    for text in (draw_graph(graph), tabulate_graph(graph)):
        assert "overflow" in re.sub(r"overflow-x", "", text)
        assert not re.search(r"\b(nan|inf|infinity)\b|∞", text, re.IGNORECASE)


def test_text_is_escaped():
    graph = make_graph([(1,), ()], operation='<script>alert("1")</script> | a & b', name="<b>Backward0")
    markup, table = draw_graph(graph), tabulate_graph(graph)
    assert read_boxes(markup)[1][4][0] == graph.nodes[1].operation
    for text in (markup, table):
        assert "<script" not in text
        assert "<b>" not in text
    assert all(line.count("|") == 7 for line in table.splitlines())


def test_colours_are_the_themes_alone():
    markup = draw_graph(trace_graph(LOSSES["beale"], [1.0, 1.5]))
    paints = set(re.findall(r'(?:fill|stroke)="([^"]*)"', markup)) | set(
        re.findall(r"[^-]color:([^;\"]*)", markup)
    )
    known = set(re.findall(r"--gb-[\w-]+", THEME.read_text()))
    assert paints - {"none"} <= {f"var({name})" for name in known}


def compute_contrast(a, b):
    """WCAG 2.2, relative luminance."""

    def luminance(colour):
        parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [":root", ".dark"])
def test_text_has_contrast_on_both_grounds(theme):
    block = re.search(re.escape(theme) + r" \{(.*?)\}", THEME.read_text(), re.DOTALL)[1]
    colours = dict(re.findall(r"--gb-([\w-]+): (#[0-9a-f]{6})", block))
    for text in ("text", "text-soft"):
        for ground in ("surface", "surface-sunk"):
            assert compute_contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (0.15009467, "0.1501"),
        (-0.0, "0"),
        ([0.2], "0.2"),
        ([0.2, 0.2, 0.2], "(0.2, 0.2, 0.2)"),
        ([0.2] * 5, "0.2 in all 5 entries"),
        ([0.2, -0.25, 0.2, 0.2, 0.2], "(0.2, −0.25, … 5 entries)"),
        ([0.2, 0.2 + 1e-15, 0.2, 0.2], "(0.2, 0.2, … 4 entries)"),
        ([[1.0, 2.0], [3.0, 4.0]], "(1, 2, … 4 entries)"),
        ([np.inf, -np.inf, np.nan, np.nan], "overflow in all 4 entries"),
        ([np.nan, 1.0], "(overflow, 1)"),
    ],
)
def test_values_are_written_as_a_person_would(values, text):
    assert format_values(np.array(values)) == text


def test_the_table_says_what_the_graph_says():
    graph = trace_graph(LOSSES["rosenbrock"], [-1.2, 1.0])
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in tabulate_graph(graph).split("\n")
    ]
    assert head == ["Row", "Operation", "Takes", "torch's node", "Value", "Gradient"]
    assert rows[0] == ["1", "w, the weights", "–", "AccumulateGrad", "(−1.2, 1)", "(−215.6, −88)"]
    assert rows[-1][1] == "addition: the loss"
    assert rows[-1][4:] == ["24.2", "1"]
    for row, node in zip(rows, reversed(graph.nodes), strict=True):
        taken = [(int(number), place) for number, place in re.findall(r"(\d+)(?:\[(\d)\])?", row[2])]
        assert [rows[number - 1][3] for number, _ in taken] == [
            graph.nodes[source].name for source in node.inputs
        ]
        assert all(number < int(row[0]) for number, _ in taken)
        assert all((place != "") == (number == 2) for number, place in taken)  # w.unbind() alone has several
    minus = next(row for row in rows if row[1] == "subtraction")
    assert minus[2].startswith("2[1], ")  # b − a²: b is the second entry
