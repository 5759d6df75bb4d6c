"""The computation graph as inline SVG: values on their way down to the loss, gradients on their way back up.

The layout is the layered one of Sugiyama, Tagawa & Toda, IEEE Trans. Systems, Man and Cybernetics 11, 1981:
layers by the longest way to the loss, in each an order with few crossings, and then places. An edge that
passes a layer holds a slot in it, which it shares with the other edges from the same box.
"""

import random
from functools import lru_cache
from html import escape
from itertools import accumulate, combinations, pairwise
from math import ceil
from statistics import fmean

import numpy as np

from app.ui.numbers import format_number
from models.descent.backprop import Graph, GraphNode
from models.values import Floats

Slot = tuple[int, int]  # (key of a node, layer): its box, or its passing edges in a layer nearer to the loss
Link = tuple[Slot, Slot]  # from a slot to one in the next layer towards the loss

_FONT_PX, _MIN_FONT_PX = 13, 12
_SCREEN_PX = 336  # what a stage has inside on a screen 390 px wide
_NARROW_PX = _SCREEN_PX * _FONT_PX / _MIN_FONT_PX  # what fits in there

_BOX_HEIGHT_PX, _BAND_PX = 106, 34  # the band at the foot of a box holds the gradient
_MIN_BOX_WIDTH_PX, _PASSING_WIDTH_PX = 140.0, 8.0
_BOX_GAP_PX, _PORT_GAP_PX = 16, 28
_MIN_LAYER_GAP_PX, _MAX_LAYER_GAP_PX = 44, 84
_PADDING_PX, _RADIUS_PX, _ARROW_PX = 10, 10, 8
_LABEL_PX = 68.0  # "gradient" and the gap behind it
_SNAP_PX = 12  # an edge that leans less than this is drawn vertical
_STARTS, _SWEEPS = 24, 8
_SOFT = 'fill="var(--gb-text-soft)"'

# Stays in sight while a wide graph scrolls.
_LEGEND = (
    '<p style="position:sticky;left:0;margin:0 0 12px;text-align:center;font-size:14px;'
    'color:var(--gb-text-soft)">↓ values go forward \u2003 ↑ gradients come back</p>'
)


def draw_graph(graph: Graph) -> str:
    """Draw the graph, w on top and the loss at the bottom.

    Each box shows the operation, torch's name for it, its value and its gradient to four digits, and the full
    numbers in its tooltip. Where the graph is too wide for the screen it scrolls in a box of its own.

    Returns:
        A `<div class="gb-graph">` with a legend and the SVG in it, in the colours of the page's theme.
    """
    home, layers, links = _arrange(tuple(node.inputs for node in graph.nodes))
    widths = {slot: _PASSING_WIDTH_PX for slots in layers for slot in slots}
    widths |= {(node.key, home[node.key]): _measure_box(node) for node in graph.nodes}
    centres = _place_slots(layers, links, widths)
    tops = _stack_layers(len(layers), links, centres)

    edges, boxes = [], []
    for node in graph.nodes:
        layer = home[node.key]
        centre, box_width = centres[node.key, layer], widths[node.key, layer]
        boxes.append(_draw_box(node, centre, box_width, tops[layer]))
        ways = sorted(_find_way(source, layer, home[source], centres) for source in node.inputs)
        port_gap = min(_PORT_GAP_PX, (box_width - 4 * _RADIUS_PX) / max(len(ways) - 1, 1))
        for place, way in enumerate(ways):  # from left to right, as they arrive
            port = centre + (place - (len(ways) - 1) / 2) * port_gap
            edges.append(_draw_edge([_snap(port, way[0], port_gap / 2), *way], tops[layer:]))

    width = max(centres[slot] + widths[slot] / 2 for slot in centres) + 1
    height = tops[0] + _BOX_HEIGHT_PX + 1
    description = (
        f"Computation graph with {len(graph.nodes)} nodes, from the weights w down to the loss, "
        f"{format_values(np.array(graph.loss))}. The table below it lists every value and gradient."
    )
    scrolls = ' role="region" aria-label="Computation graph" tabindex="0"' if width > _NARROW_PX else ""
    return (
        f'<div class="gb-graph" style="overflow-x:auto"{scrolls}>{_LEGEND}'
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(description)}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-size="{_FONT_PX}" style="display:block;margin:0 auto;'
        f"width:100%;min-width:{width * _MIN_FONT_PX / _FONT_PX:.0f}px;max-width:{width:.0f}px;"
        f'font-variant-numeric:tabular-nums">{"".join(edges + boxes)}</svg></div>'
    )


def tabulate_graph(graph: Graph) -> str:
    """List the nodes from w to the loss, as a Markdown table.

    "Takes" says which rows a node is fed from; of a row with several outputs also which: 2[0] is the first.
    """
    rows = list(reversed(graph.nodes))
    has_several = {source for node in rows for source, output in _list_sources(node) if output}
    numbers = {node.key: number for number, node in enumerate(rows, start=1)}
    lines = [
        "| Row | Operation | Takes | torch's node | Value | Gradient |",
        "|--:|:--|:--|:--|:--|:--|",
    ]
    for node in rows:
        cells = [
            str(numbers[node.key]),
            _name(node),
            ", ".join(
                f"{numbers[source]}[{output}]" if source in has_several else str(numbers[source])
                for source, output in _list_sources(node)
            )
            or "–",
            node.name,
            format_values(node.value),
            format_values(node.gradient),
        ]
        lines.append(f"| {' | '.join(escape(cell).replace('|', '&#124;') for cell in cells)} |")
    return "\n".join(lines)


def _list_sources(node: GraphNode) -> list[tuple[int, int]]:
    """Return each node that this one takes, with the output that it takes of it."""
    return list(zip(node.inputs, node.taken, strict=True))


def format_values(values: Floats) -> str:
    """Write an array with four digits on one line: up to three entries in full, more in short.

    What is not finite reads "overflow".
    """
    texts = [_format_one(value) for value in values.ravel().tolist()]
    if len(texts) == 1:
        return texts[0]
    if len(texts) <= 3:
        return f"({', '.join(texts)})"
    if len(set(_list_digits(values))) == 1:
        return f"{texts[0]} in all {len(texts)} entries"
    return f"({texts[0]}, {texts[1]}, … {len(texts)} entries)"


def _format_one(value: float) -> str:
    return format_number(value + 0.0) if np.isfinite(value) else "overflow"  # + 0.0 makes a −0 a 0


def _list_digits(values: Floats) -> list[str]:
    return [str(value + 0.0) if np.isfinite(value) else "overflow" for value in values.ravel().tolist()]


def _name(node: GraphNode) -> str:
    return f"{node.operation}: the loss" if node.key == 0 else node.operation


@lru_cache(maxsize=64)
def _arrange(
    inputs: tuple[tuple[int, ...], ...],
) -> tuple[tuple[int, ...], tuple[tuple[Slot, ...], ...], tuple[Link, ...]]:
    """Return the layer of each node, the slots of each layer from left to right, and the links between them.

    Args:
        inputs: the inputs of each node. A descent draws the same graph at every step: it is arranged once.
    """
    home = [0] * len(inputs)
    for key, sources in enumerate(inputs):  # backward visits a node after all that take its output
        for source in sources:
            home[source] = max(home[source], home[key] + 1)
    # Met in forward order, which dict.fromkeys keeps, the first entry of w starts on the left.
    slots = [(key, home[key]) for key in reversed(range(len(inputs)))]
    links: list[Link] = []
    for key in reversed(range(len(inputs))):
        for source in inputs[key]:
            way = [*((source, layer) for layer in range(home[source], home[key], -1)), (key, home[key])]
            slots += way[1:-1]
            links += pairwise(way)
    layers = [[slot for slot in dict.fromkeys(slots) if slot[1] == layer] for layer in range(max(home) + 1)]
    links = list(dict.fromkeys(links))
    return tuple(home), tuple(map(tuple, _order_slots(layers, links))), tuple(links)


def _order_slots(layers: list[list[Slot]], links: list[Link]) -> list[list[Slot]]:
    """Sort each layer by where its neighbours stand, from several starts; keep what crosses least."""
    between = [[link for link in links if link[1][1] == layer] for layer in range(len(layers) - 1)]
    shuffle = random.Random(0).shuffle
    best, fewest = layers, len(links) ** 2
    for start in range(_STARTS):
        order = [list(slots) for slots in layers]
        if start:
            for slots in order:
                shuffle(slots)
        for sweep in range(_SWEEPS):
            upwards = sweep % 2 == 0
            for layer in range(1, len(order)) if upwards else range(len(order) - 2, -1, -1):
                _sort_layer(order, layer, layer - 1 if upwards else layer + 1, between)
            crossings = sum(
                _count_crossings(order[at + 1], order[at], between[at]) for at in range(len(between))
            )
            if crossings < fewest:
                best, fewest = [list(slots) for slots in order], crossings
            if not fewest:
                return best
    return best


def _sort_layer(order: list[list[Slot]], layer: int, fixed: int, between: list[list[Link]]) -> None:
    """Sort a layer by the mean place of the neighbours in a fixed layer; swap what this leaves crossed."""
    links = between[min(layer, fixed)]
    places = {slot: place for place, slot in enumerate(order[fixed])}
    near: dict[Slot, list[int]] = {slot: [] for slot in order[layer]}
    for upper, lower in links:
        slot, other = (upper, lower) if layer > fixed else (lower, upper)
        near[slot].append(places[other])
    slots = sorted(order[layer], key=lambda slot: fmean(near[slot]))
    for at in range(len(slots) - 1):
        left, right = near[slots[at]], near[slots[at + 1]]
        if sum(a > b for a in left for b in right) > sum(a < b for a in left for b in right):
            slots[at], slots[at + 1] = slots[at + 1], slots[at]
    order[layer] = slots


def _count_crossings(upper: list[Slot], lower: list[Slot], links: list[Link]) -> int:
    above = {slot: place for place, slot in enumerate(upper)}
    below = {slot: place for place, slot in enumerate(lower)}
    ends = [(above[a], below[b]) for a, b in links]
    return sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in combinations(ends, 2))


def _place_slots(
    layers: tuple[tuple[Slot, ...], ...], links: tuple[Link, ...], widths: dict[Slot, float]
) -> dict[Slot, float]:
    """Return the centre of each slot in px: near the middle of its neighbours, and none on another."""
    neighbours: dict[Slot, list[Slot]] = {slot: [] for slots in layers for slot in slots}
    for upper, lower in links:
        neighbours[upper].append(lower)
        neighbours[lower].append(upper)
    width = max(sum(widths[slot] for slot in slots) + _BOX_GAP_PX * (len(slots) - 1) for slots in layers)
    width = max(width, _NARROW_PX - 2)
    centres = dict.fromkeys(neighbours, width / 2)
    for _ in range(_SWEEPS):
        for slots in [*layers, *reversed(layers)]:
            wanted = [fmean(centres[near] for near in neighbours[slot]) for slot in slots]
            centres |= zip(slots, _spread(wanted, [widths[slot] for slot in slots], width), strict=True)
    left = min(centres[slot] - widths[slot] / 2 for slot in centres)
    return {slot: centre - left + 1 for slot, centre in centres.items()}


def _spread(wanted: list[float], widths: list[float], width: float) -> list[float]:
    """Move centres as little as possible (least squares) until the boxes stand side by side from 0 to width.

    With the least distances taken off, this is isotonic regression between bounds: pool adjacent violators,
    then clip (Barlow et al., Statistical Inference under Order Restrictions, 1972).
    """
    distances = [0.0, *((a + b) / 2 + _BOX_GAP_PX for a, b in pairwise(widths))]
    offsets = list(accumulate(distances))
    pools: list[list[float]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        pools.append([want - offset])
        while len(pools) > 1 and fmean(pools[-2]) > fmean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    low, high = widths[0] / 2, width - widths[-1] / 2 - offsets[-1]
    pooled = [min(max(fmean(pool), low), high) for pool in pools for _ in pool]
    return [place + offset for place, offset in zip(pooled, offsets, strict=True)]


def _stack_layers(num_layers: int, links: tuple[Link, ...], centres: dict[Slot, float]) -> list[float]:
    """Return the upper edge of each layer in px; the farther edges lead sideways, the wider the gap."""
    tops = [1.0]
    for layer in range(num_layers - 2, -1, -1):
        reach = max(abs(centres[a] - centres[b]) for a, b in links if b[1] == layer)
        gap = min(max(0.25 * reach, _MIN_LAYER_GAP_PX), _MAX_LAYER_GAP_PX)
        tops.insert(0, tops[0] + _BOX_HEIGHT_PX + gap)
    return tops


def _find_way(source: int, below: int, home: int, centres: dict[Slot, float]) -> list[float]:
    """Return where an edge stands in each layer from the one above its target up to its source."""
    way = [centres[source, home]]
    for layer in range(home - 1, below, -1):
        way.insert(0, _snap(centres[source, layer], way[0], _SNAP_PX))
    return way


def _snap(place: float, target: float, limit: float) -> float:
    return target if abs(place - target) < min(limit, _SNAP_PX) else place


def _measure_box(node: GraphNode) -> float:
    """Return a width in px that holds every line of the box in any system font."""
    lines = [
        8.0 * len(_name(node)),
        7.9 * len(node.name),
        *(_LABEL_PX + measure_number(format_values(values)) for values in (node.value, node.gradient)),
    ]
    return max(_MIN_BOX_WIDTH_PX, ceil(max(lines)) + 2 * _PADDING_PX)


def measure_number(text: str) -> float:
    """Return a width in px for a number, or for several: DejaVu Sans's, the widest of the system fonts."""
    kinds = (("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", 5.5), (".,() ", 4.6), ("×−", 10.9))
    return sum(next((width for letters, width in kinds if letter in letters), 8.3) for letter in text)


def _draw_box(node: GraphNode, centre: float, width: float, top: float) -> str:
    left, right, radius = _PADDING_PX, width - _PADDING_PX, _RADIUS_PX
    band = _BOX_HEIGHT_PX - _BAND_PX
    tooltip = "\n".join(
        [
            f"{_name(node)} ({node.name})",
            f"value: {', '.join(_list_digits(node.value))}",
            f"gradient: {', '.join(_list_digits(node.gradient))}",
        ]
    )
    frame = f'width="{width:.1f}" height="{_BOX_HEIGHT_PX}" rx="{radius}"'
    parts = [
        f"<title>{escape(tooltip)}</title>",
        f'<rect {frame} fill="var(--gb-surface)"/>',
        f'<path d="M0 {band}h{width:.1f}V{_BOX_HEIGHT_PX - radius}a{radius} {radius} 0 0 1 -{radius} {radius}'
        f'H{radius}a{radius} {radius} 0 0 1 -{radius} -{radius}Z" fill="var(--gb-surface-sunk)"/>',
        f'<rect {frame} fill="none" stroke="var(--gb-line-strong)"/>',
        _draw_text(left, 22, _name(node), 'font-size="14" font-weight="650"'),
        _draw_text(left, 40, node.name, f'font-family="var(--font-mono, monospace)" {_SOFT}'),
        _draw_text(left, band - 12, "value", _SOFT),
        _draw_text(right, band - 12, format_values(node.value), 'text-anchor="end"'),
        _draw_text(left, band + 22, "gradient", _SOFT),
        _draw_text(right, band + 22, format_values(node.gradient), 'text-anchor="end"'),
    ]
    place = f"translate({centre - width / 2:.1f} {top:.1f})"
    return f'<g transform="{place}" fill="var(--gb-text)">{"".join(parts)}</g>'


def _draw_text(x: float, y: float, text: str, attributes: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" {attributes}>{escape(text)}</text>'


def _draw_edge(way: list[float], tops: list[float]) -> str:
    """Draw an edge with its arrow head, upwards from its tip.

    Args:
        way: its place in px in each layer, from the box that it enters up to the box that it leaves.
        tops: the upper edge in px of each of these layers.
    """
    neck = tops[0] - 1 - _ARROW_PX
    path = f"M{way[0]:.1f} {neck:.1f}"
    starts = [neck, *tops[1:]]
    for layer, (below, above) in enumerate(pairwise(way), start=1):
        end = tops[layer] + _BOX_HEIGHT_PX
        middle = (starts[layer - 1] + end) / 2
        path += f"C{below:.1f} {middle:.1f} {above:.1f} {middle:.1f} {above:.1f} {end:.1f}"
        if layer < len(way) - 1:  # it passes this layer
            path += f"V{tops[layer]:.1f}"
    half = _ARROW_PX / 2
    head = f"M{way[0] - half:.1f} {neck:.1f}h{_ARROW_PX}l-{half} {_ARROW_PX}Z"
    return (
        f'<path d="{path}" fill="none" stroke="var(--gb-text-soft)" stroke-width="1.5"/>'
        f'<path d="{head}" {_SOFT}/>'
    )
