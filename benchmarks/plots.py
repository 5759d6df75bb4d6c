"""What was measured, drawn: one SVG a table, from the kept figures.

uv run python benchmarks/plots.py [NAME …]
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from benchmarks.measurements import load_measurement
from benchmarks.tables import find_latencies

FOLDER = Path(__file__).with_name("plots")
OURS, THEIRS, OTHER = "#b84a00", "#0068a8", "#5b6675"  # Okabe-Ito's vermilion and blue, darkened; grey
_STYLE = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "glassbox",  # the same figures give the same file
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "font.size": 10,
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One bar: whose it is, its length, what is written at its end, and a goal that it must not pass."""

    group: str
    side: str
    color: str
    value: float
    label: str
    goal: float | None = None


@dataclass(frozen=True)
class Panel:
    """Bars on one axis."""

    axis: str
    bars: list[Bar]
    is_log: bool = False


@dataclass(frozen=True)
class Plot:
    """What a plot says, and its panels side by side."""

    title: str
    panels: list[Panel]


def plot_startup(rows: list[Row]) -> Plot:
    """Bars of the seconds of each start."""
    _, ours, _ = rows
    bars = [
        Bar(name, "", OURS if row is ours else THEIRS, row["seconds"], f"{row['seconds']:.2f} s")
        for name, row in zip(
            ("empty Gradio app and torch", "glassbox", "empty Gradio app"), rows, strict=True
        )
    ]
    title = f"The first page takes {ours['ratio']:.2f} times as long as an empty Gradio app's with torch"
    return Plot(title, [Panel("seconds from start to first page", bars)])


def plot_page_weight(rows: list[Row]) -> Plot:
    """Bars of what crosses the wire, and of the time to the first answer, at both visits."""
    weights, times = [], []
    for row in rows:
        name = (
            row["page"].replace("`", "").replace("an empty Gradio page", "empty page").replace("/?tab=", "")
        )
        name = name.removeprefix("/: ")
        for side, color, start in (("first visit", OURS, ""), ("again", THEIRS, "again_")):
            kilobytes, milliseconds = row[f"{start}kilobytes"], row[f"{start}first_answer_ms"]
            weights.append(Bar(name, side, color, kilobytes, f"{kilobytes:,.0f} kB"))
            times.append(Bar(name, side, color, milliseconds / 1000, f"{milliseconds / 1000:.2f} s"))
    heaviest = max(row["weight_ratio"] for row in rows)
    slowest = max(row["time_ratio"] for row in rows)
    title = (
        f"A tab weighs up to {heaviest:.1f} times an empty page, and first answers after up to "
        f"{slowest:.1f} times as long"
    )
    return Plot(title, [Panel("kB over the wire", weights), Panel("seconds to the first answer", times)])


def plot_time_to_accuracy(rows: list[Row]) -> Plot:
    """Bars of both sides' seconds."""
    bars = []
    for row in rows:
        theirs, ours = row["notebook"]["seconds"], row["fast"]["seconds"]
        bars.append(Bar(row["network"], "the notebook's loop", THEIRS, theirs, f"{theirs:.2f} s"))
        label = f"{ours:.2f} s: {row['sooner']:.1f}× sooner"
        bars.append(Bar(row["network"], "our recipe fast", OURS, ours, label))
    sooner = [row["sooner"] for row in rows]
    title = f"The notebook's accuracy, {min(sooner):.1f} to {max(sooner):.1f} times sooner"
    return Plot(title, [Panel("seconds of training and validation", bars, is_log=True)])


def plot_sketch_latency(rows: list[Row]) -> Plot:
    """Bars of median and 95th percentile."""
    ours, theirs = find_latencies(rows)
    title = f"Our pad answers a stroke {theirs / ours:.0f} times sooner than Gradio's Sketchpad"
    return Plot(title, [_draw_delays(rows)])


def _draw_delays(rows: list[Row]) -> Panel:
    bars = []
    for row in rows:
        name = row["who"].replace("`", "").replace(", six networks side by side", ",\nsix networks")
        bars.append(Bar(name, "median", OURS, row["median_ms"], f"{row['median_ms']:.1f} ms"))
        bars.append(Bar(name, "95th percentile", OTHER, row["late_ms"], f"{row['late_ms']:.1f} ms"))
    is_log = max(bar.value for bar in bars) > 20 * min(bar.value for bar in bars)
    return Panel("milliseconds from pointer-up to answer", bars, is_log)


def plot_drawn_digits(rows: list[Row]) -> Plot:
    """Bars of the share of drawings that is misread."""
    bars = []
    for row in rows:
        for side, color, name in (
            ("behind a plain resize", THEIRS, "plain_resize"),
            ("prepared as MNIST's digits are", OURS, "from_strokes"),
        ):
            misread = 100 * (1 - row[name])
            bars.append(Bar(row["checkpoint"], side, color, misread, f"{misread:.1f} %"))
    (pad,) = (row for row in rows if row["checkpoint"] == "sketchpad")
    title = (
        f"The sketchpad misreads {1 - pad['from_strokes']:.1%} of drawn digits, "
        f"{1 - pad['plain_resize']:.1%} behind a plain resize"
    )
    return Plot(title, [Panel("% of 7,494 drawn digits that are misread", bars)])


def plot_sketch_load(rows: list[Row]) -> Plot:
    """Bars of the share that is answered, and of the 95th percentile."""
    answered, late = [], []
    for row in rows:
        group = f"{row['visitors']} visitor" + ("s" if row["visitors"] > 1 else "")
        side = row["who"].replace("`", "")
        color, goal = (OURS, 250.0) if side == "our pad" else (THEIRS, None)
        share = row["answers"] / row["wanted"]
        answered.append(Bar(group, side, color, 100 * share, f"{share:.0%}"))
        late.append(Bar(group, side, color, row["late_ms"], f"{row['late_ms']:,.0f} ms", goal))
    most = max(row["visitors"] for row in rows)
    ours, theirs = (row["answers"] / row["wanted"] for row in rows if row["visitors"] == most)
    title = f"{most} visitors drawing: our pad gives {ours:.0%} of their answers, gr.Sketchpad {theirs:.0%}"
    panels = [
        Panel("% of five answers a second each", answered),
        Panel("95th percentile, milliseconds; line: goal", late, is_log=True),
    ]
    return Plot(title, panels)


def plot_noisy_visitor(rows: list[Row]) -> Plot:
    """Bars of what a visitor waits for beside each kind of call without pause."""
    pad, convolve = [], []
    for row in rows:
        name = row["noise"].replace("`", "")
        pad.append(Bar(name, "", OURS, row["pad_late_ms"], f"{row['pad_late_ms']:,.0f} ms", 250.0))
        slowest = row["convolve_slowest_ms"]
        convolve.append(Bar(name, "", OURS, slowest, f"{slowest:,.0f} ms", 2_000.0))
    latest = max(row["pad_late_ms"] for row in rows)
    title = f"Beside one visitor who sends without pause, another's pad answers within {latest:,.0f} ms"
    panels = [
        Panel("pad: 95th percentile, milliseconds; line: goal", pad, is_log=True),
        Panel("/convolve: slowest, milliseconds; line: goal", convolve, is_log=True),
    ]
    return Plot(title, panels)


def plot_boundary(rows: list[Row]) -> Plot:
    """Bars of what a training over the plane takes, until it is whole."""
    bars = []
    for row in rows:
        color = OURS if row["move_ms"] else THEIRS
        label = f"{row['seconds']:.1f} s, {row['steps_a_second']:,} steps a second"
        bars.append(Bar(row["who"], "", color, row["seconds"], label))
    times = max(row["ratio"] for row in rows) / min(row["ratio"] for row in rows)
    title = f"400 epochs of 8-8 over the plane, {times:.1f} times sooner than in TensorFlow Playground"
    return Plot(title, [Panel("seconds", bars)])


def plot_edits(rows: list[Row]) -> Plot:
    """Bars of the time in which Python answers an edit of a network."""
    bars = []
    for row in rows:
        name = f"{row['network']}" if "layers" in row["network"] else f"{row['network']} ({row['layers']})"
        bars.append(Bar(name, "median", OURS, row["median_ms"], f"{row['median_ms']:.1f} ms"))
        bars.append(Bar(name, "95th percentile", OTHER, row["late_ms"], f"{row['late_ms']:.1f} ms", 50.0))
    latest = max(row["late_ms"] for row in rows)
    title = f"95 of 100 edits of a network are worked out within {latest:.0f} ms"
    return Plot(title, [Panel("milliseconds of Python; line: goal of the whole answer", bars)])


def plot_forecasts(rows: list[Row]) -> Plot:
    """Bars of what was foretold of an epoch, and of what it took."""
    bars = []
    for row in rows:
        name = row["network"].replace(", ", ",\n", 1)
        bars.append(Bar(name, "foretold", OURS, row["foretold_seconds"], f"{row['foretold_seconds']:.2f} s"))
        bars.append(Bar(name, "took", OTHER, row["epoch_seconds"], f"{row['epoch_seconds']:.2f} s"))
    furthest = max(abs(row["ratio"] - 1) for row in rows)
    title = f"An epoch is foretold within {furthest:.0%}, after half a second of measuring"
    return Plot(title, [Panel("seconds an epoch", bars, is_log=True)])


PLOTS: dict[str, Callable[[list[Row]], Plot]] = {
    "startup": plot_startup,
    "page_weight": plot_page_weight,
    "time_to_accuracy": plot_time_to_accuracy,
    "sketch_latency": plot_sketch_latency,
    "drawn_digits": plot_drawn_digits,
    "sketch_load": plot_sketch_load,
    "noisy_visitor": plot_noisy_visitor,
    "boundary": plot_boundary,
    "edits": plot_edits,
    "forecasts": plot_forecasts,
}


def draw_plot(plot: Plot) -> bytes:
    """Return a plot as an SVG file: dark on opaque white, so that it can be read on any page."""
    num_groups = max(len({bar.group for bar in panel.bars}) for panel in plot.panels)
    num_sides = max(len({bar.side for bar in panel.bars}) for panel in plot.panels)
    height = 1.5 + num_groups * (0.3 + 0.22 * num_sides)
    with plt.rc_context(_STYLE):
        figure, all_axes = plt.subplots(
            1,
            len(plot.panels),
            figsize=(9, height),
            squeeze=False,
            layout="constrained",
            facecolor="white",
        )
        figure.suptitle(plot.title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        for axes, panel in zip(all_axes[0], plot.panels, strict=True):
            draw_panel(axes, panel, has_groups=axes is all_axes[0][0])
        _add_legend(figure, plot.panels[0])
        file = io.BytesIO()
        metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(file, format="svg", metadata=metadata)
        plt.close(figure)
    return file.getvalue()


def draw_panel(axes: Axes, panel: Panel, has_groups: bool) -> None:
    """Draw bars downwards, group by group, each with its figure at its end."""
    groups = list(dict.fromkeys(bar.group for bar in panel.bars))
    sides = list(dict.fromkeys(bar.side for bar in panel.bars))
    thickness = 0.8 / len(sides)
    low = 0.5 * min(bar.value for bar in panel.bars) if panel.is_log else 0.0
    high = max(max(bar.value, bar.goal or 0) for bar in panel.bars)
    for bar in panel.bars:
        y = groups.index(bar.group) - 0.4 + thickness * (sides.index(bar.side) + 0.5)
        axes.barh(y, bar.value - low, left=low, height=0.9 * thickness, color=bar.color)
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        axes.annotate(
            bar.label, (bar.value, y), (4, 0), textcoords="offset points", va="center", fontsize=9, bbox=paper
        )
        if bar.goal is not None:
            top = groups.index(bar.group) - 0.45
            axes.plot([bar.goal, bar.goal], [top, top + 0.9], color="#1c2430", linewidth=1.2, linestyle="--")
    if panel.is_log:
        axes.set_xscale("log")
        axes.set_xlim(low, high * (high / low) ** 0.45)
    else:
        axes.set_xlim(0, high * 1.3)
    axes.set_ylim(len(groups) - 0.45, -0.55)
    axes.set_yticks(range(len(groups)), groups if has_groups else [])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(panel.axis + (", logarithmic" if panel.is_log else ""))
    axes.spines[["top", "right", "left"]].set_visible(False)


def _add_legend(figure: Figure, panel: Panel) -> None:
    colors = {bar.side: bar.color for bar in panel.bars if bar.side}
    if len(colors) > 1:
        patches = [Patch(color=color, label=side) for side, color in colors.items()]
        figure.legend(handles=patches, loc="outside lower left", ncols=len(colors), frameon=False)


def main() -> None:
    """Draw the plots that are named, or all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PLOTS:
        plot = PLOTS[name](load_measurement(name)["rows"])
        (FOLDER / f"{name}.svg").write_bytes(draw_plot(plot))


if __name__ == "__main__":
    main()
