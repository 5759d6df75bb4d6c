"""The perceptron's computation graph as SVG: the example's way to the loss below, the weights above it.

Each box shows a node's values, and in the band below them its gradient, entry by entry in the same place.
What of it is shown when is up to the component's script and style.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from app.descent.graph import measure_number
from app.ui.numbers import format_number
from models.descent.perceptron import ACTIVATIONS, BothPasses, Example
from models.values import Floats

_FONT_PX, _MIN_FONT_PX = 13, 12
_LINE_PX, _HEAD_PX, _SPACE_PX = 18, 48, 9
_PADDING_PX, _COLUMN_GAP_PX, _RADIUS_PX = 12, 12, 10
_ARROW_GAP_PX, _TWIN_GAP_PX, _GROUP_GAP_PX, _ROW_GAP_PX = 40, 14, 26, 58
_LETTER_PX, _ARROW_PX = 8.3, 8
_DIGITS = str.maketrans("01", "₀₁")

FLOW = ("x", "u", "a", "z", "p", "loss")
FEEDS = {"u": ("w1", "b1"), "z": ("w2", "b2")}  # the weights that enter a node from above
# The node that takes each one's value.
TAKERS = {"x": "u", "w1": "u", "b1": "u", "u": "a", "a": "z", "w2": "z", "b2": "z", "z": "p", "p": "loss"}
_KINDS = {
    "x": "inputs", "w1": "weights", "b1": "biases", "u": "sums", "a": "hidden units", "w2": "weights",
    "b2": "biases", "z": "logits", "p": "probabilities", "loss": "loss",
}  # fmt: skip


@dataclass
class _Box:
    """A node's place in px, and the texts in it; `gradient` is None for the loss."""

    name: str
    title: str
    values: list[list[str]]
    gradient: list[list[str]] | None
    left: float = 0.0
    top: float = 0.0

    @property
    def column_px(self) -> float:
        """The width of the widest number."""
        return max(measure_number(text) for row in [*self.values, *(self.gradient or [])] for text in row)

    @property
    def width(self) -> float:
        """A width that holds head and numbers in any system font."""
        columns = len(self.values[0])
        numbers = columns * self.column_px + (columns - 1) * _COLUMN_GAP_PX
        head = _LETTER_PX * max(len(self.title), len(_KINDS[self.name]))
        return max(numbers, head) + 2 * _PADDING_PX

    @property
    def band_top(self) -> float:
        """Where the gradient's band begins, below the box's upper edge."""
        return _HEAD_PX + len(self.values) * _LINE_PX + _SPACE_PX

    @property
    def height(self) -> float:
        """The height of values and band."""
        return self.band_top + (len(self.gradient) * _LINE_PX + 2 * _SPACE_PX if self.gradient else 0)

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return self.left + self.width / 2


def draw_figure(example: Example, passes: BothPasses) -> str:
    """Draw the graph.

    Returns:
        SVG whose groups bear the node's name: `data-node` a box, `data-part` its values or its gradient, and
        `data-edge` the edge that leads away from it.
    """
    boxes = {
        name: _make_box(name, example, passes) for name in (*FLOW, *(n for f in FEEDS.values() for n in f))
    }
    width, height = _place_boxes(boxes)
    edges = [_draw_edge(boxes[name], boxes[taker]) for name, taker in TAKERS.items()]
    drawn = [_draw_box(box) for box in boxes.values()]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="{escape(describe(example, passes))}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-size="{_FONT_PX}" style="width:100%;'
        f'min-width:{width * _MIN_FONT_PX / _FONT_PX:.0f}px;max-width:{width:.0f}px">'
        f"{''.join(edges + drawn)}</svg>"
    )


def describe(example: Example, passes: BothPasses) -> str:
    """Say what the graph shows, for those who do not see it."""
    return (
        "Computation graph. The four inputs x, the weights W₁ and the biases b₁ lead to three sums u, these "
        f"by {ACTIVATIONS[example.activation].title} to the hidden units a; a, W₂ and b₂ lead to two logits "
        f"z, these to the probabilities p and to the loss, {_write(float(passes.values['loss']))}. Each node "
        "shows its values and, once it is found, its gradient. The text of each step has the numbers."
    )


def _write(value: float) -> str:
    return format_number(value + 0.0)  # + 0.0 makes a −0 a 0


def _make_box(name: str, example: Example, passes: BothPasses) -> _Box:
    title = {
        "w1": "W₁",
        "b1": "b₁",
        "u": "u = W₁x + b₁",
        "a": f"a = {ACTIVATIONS[example.activation].title}(u)",
        "w2": "W₂",
        "b2": "b₂",
        "z": "z = W₂a + b₂",
        "p": "p = softmax(z)",
        "loss": f"L = −log p{str(example.label).translate(_DIGITS)}",
    }.get(name, name)
    gradient = passes.by_hand.get(name)
    return _Box(
        name, title, _list_rows(passes.values[name]), None if gradient is None else _list_rows(gradient)
    )


def _list_rows(values: Floats) -> list[list[str]]:
    """Write a matrix, or a vector as a column of one."""
    rows = values if values.ndim == 2 else values.reshape(-1, 1)
    return [[_write(value) for value in row] for row in rows.tolist()]


def _place_boxes(boxes: dict[str, _Box]) -> tuple[float, float]:
    """Place the boxes; return width and height of the whole."""
    left = 1.0
    for name in FLOW:
        boxes[name].left = left
        left += boxes[name].width + _ARROW_GAP_PX
    right = left - _ARROW_GAP_PX
    end = 1.0  # of the weights so far
    for name, feeds in FEEDS.items():
        widths = [boxes[feed].width for feed in feeds]
        group = sum(widths) + _TWIN_GAP_PX * (len(feeds) - 1)
        place = max(end, boxes[name].middle - group / 2)
        for feed, feed_width in zip(feeds, widths, strict=True):
            boxes[feed].left = place
            place += feed_width + _TWIN_GAP_PX
        end = place - _TWIN_GAP_PX + _GROUP_GAP_PX
    feeds_all = [feed for feeds in FEEDS.values() for feed in feeds]
    foot = 1 + max(boxes[feed].height for feed in feeds_all)
    for feed in feeds_all:
        boxes[feed].top = foot - boxes[feed].height
    flow_height = max(boxes[name].height for name in FLOW)
    for name in FLOW:
        boxes[name].top = foot + _ROW_GAP_PX + (flow_height - boxes[name].height) / 2
    return max(right, end - _GROUP_GAP_PX) + 1, foot + _ROW_GAP_PX + flow_height + 1


def _draw_box(box: _Box) -> str:
    width, height, radius = box.width, box.height, _RADIUS_PX
    columns = len(box.values[0])
    numbers = columns * box.column_px + (columns - 1) * _COLUMN_GAP_PX
    first = (width + numbers) / 2 - (columns - 1) * (box.column_px + _COLUMN_GAP_PX)  # where column 1 ends
    ends = [first + place * (box.column_px + _COLUMN_GAP_PX) for place in range(columns)]
    frame = f'width="{width:.1f}" height="{height:.1f}" rx="{radius}"'
    parts = [
        f'<rect class="ground" {frame}/>',
        f'<text class="title" x="{_PADDING_PX}" y="21">{escape(box.title)}</text>',
        f'<text class="kind" x="{_PADDING_PX}" y="38">{_KINDS[box.name]}</text>',
        _draw_part(
            box.name, "value", box.values, ends, (0, _HEAD_PX - 6, width, box.band_top - _HEAD_PX + 6)
        ),
    ]
    if box.gradient:
        band, foot = box.band_top, height
        parts.append(
            f'<path class="band" d="M0 {band:.1f}h{width:.1f}V{foot - radius:.1f}'
            f"a{radius} {radius} 0 0 1 -{radius} {radius}"
            f'H{radius}a{radius} {radius} 0 0 1 -{radius} -{radius}Z"/>'
        )
        parts.append(_draw_part(box.name, "gradient", box.gradient, ends, (0, band, width, foot - band)))
    parts.append(f'<rect class="frame" {frame}/>')
    return (
        f'<g data-node="{box.name}" transform="translate({box.left:.1f} {box.top:.1f})">{"".join(parts)}</g>'
    )


def _draw_part(
    name: str, part: str, rows: list[list[str]], ends: list[float], area: tuple[float, float, float, float]
) -> str:
    """Draw the numbers of a box, or of its band, each column ending at its place, and what marks the area."""
    left, top, width, height = area
    first = top + (6 if part == "value" else _SPACE_PX) + 13
    texts = [
        f'<text x="{end:.1f}" y="{first + line * _LINE_PX:.1f}" text-anchor="end">{text}</text>'
        for line, row in enumerate(rows)
        for end, text in zip(ends, row, strict=True)
    ]
    mark = (
        f'<rect class="mark" x="{left + 4:.1f}" y="{top + 3:.1f}" width="{width - 8:.1f}" '
        f'height="{height - 6:.1f}" rx="6"/>'
    )
    return f'<g data-part="{name}.{part}">{mark}{"".join(texts)}</g>'


def _draw_edge(source: _Box, taker: _Box) -> str:
    """Draw the way of the value, with an arrow head at either end: one for it, one for the gradient."""
    half = _ARROW_PX / 2
    if source.name in FLOW:
        x0, x1 = source.left + source.width, taker.left
        y = source.top + source.height / 2
        way = f"M{x0 + 2:.1f} {y:.1f}H{x1 - 2:.1f}"
        there = f"M{x1 - 1 - _ARROW_PX:.1f} {y - half:.1f}v{_ARROW_PX}l{_ARROW_PX} -{half}Z"
        back = f"M{x0 + 1 + _ARROW_PX:.1f} {y - half:.1f}v{_ARROW_PX}l-{_ARROW_PX} -{half}Z"
    else:
        feeds = FEEDS[taker.name]
        x0, y0 = source.middle, source.top + source.height
        # The two enter side by side, from the left and from the right.
        x1, y1 = taker.middle + (feeds.index(source.name) - 0.5) * taker.width / 2, taker.top
        bend = (y1 - y0) * 0.55
        way = (
            f"M{x0:.1f} {y0 + 2:.1f}C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1 - 2:.1f}"
        )
        there = f"M{x1 - half:.1f} {y1 - 1 - _ARROW_PX:.1f}h{_ARROW_PX}l-{half} {_ARROW_PX}Z"
        back = f"M{x0 - half:.1f} {y0 + 1 + _ARROW_PX:.1f}h{_ARROW_PX}l-{half} -{_ARROW_PX}Z"
    return (
        f'<g data-edge="{source.name}"><path class="way" d="{way}"/><path class="there" d="{there}"/>'
        f'<path class="back" d="{back}"/></g>'
    )
