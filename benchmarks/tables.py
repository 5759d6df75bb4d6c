"""What was measured, as Markdown.

uv run python benchmarks/tables.py  # puts the kept figures into both READMEs again
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measurements import load_measurement

ROOT = Path(__file__).parent.parent
READMES = (ROOT / "benchmarks" / "README.md", ROOT / "checkpoints" / "README.md")
_MARKED = re.compile(r"<!-- (\w+) -->\n\n((?:\|.*\n)+)")
_SUMMARY_START = "Measured side by side, "
Row = dict[str, Any]


class Column(NamedTuple):
    """A column: its heading, what stands in a row's cell, and whether that is a number."""

    heading: str
    write: Callable[[Row], str]
    is_number: bool = True


def _take(name: str) -> Callable[[Row], str]:
    return lambda row: str(row[name])


def _round(name: str, digits: int = 0) -> Callable[[Row], str]:
    return lambda row: "—" if row[name] is None else f"{row[name]:,.{digits}f}"


def _percent(name: str) -> Callable[[Row], str]:
    return lambda row: f"{row[name]:.0%}"


def _read_spread(side: str) -> Callable[[Row], str]:
    return lambda row: f"{row[side]['accuracy']:.4f} ± {row[side]['spread']:.4f}"


_READ = [
    Column("from strokes", _round("from_strokes", 4)),
    Column("from images", _round("from_pictures", 4)),
    Column("plain resize", _round("plain_resize", 4)),
]
_READ_AFTER_TRAINING = [Column("MNIST test images", _round("mnist", 4)), *_READ]

TABLES: dict[str, list[Column]] = {
    "startup": [
        Column("", _take("who"), is_number=False),
        Column("seconds", _round("seconds", 2)),
        Column("ratio", _round("ratio", 2)),
    ],
    "page_weight": [
        Column("", _take("page"), is_number=False),
        Column("requests", _round("requests")),
        Column("kB", _round("kilobytes")),
        Column("ratio", _round("weight_ratio", 2)),
        Column("first answer, s", lambda row: f"{row['first_answer_ms'] / 1000:.2f}"),
        Column("ratio", _round("time_ratio", 2)),
        Column("again: requests", _round("again_requests")),
        Column("kB", _round("again_kilobytes")),
        Column("first answer, s", lambda row: f"{row['again_first_answer_ms'] / 1000:.2f}"),
        Column("ratio", _round("again_time_ratio", 2)),
    ],
    "time_to_accuracy": [
        Column("network", lambda row: f"`{row['network']}`", is_number=False),
        Column("notebook: accuracy", _read_spread("notebook"), is_number=False),
        Column("seconds", lambda row: f"{row['notebook']['seconds']:.2f}"),
        Column(
            "`fast`: accuracy (lowest)",
            lambda row: f"{_read_spread('fast')(row)} ({row['fast']['lowest']:.4f})",
            is_number=False,
        ),
        Column("needed", _take("needed")),
        Column("seconds", lambda row: f"{row['fast']['seconds']:.2f}"),
        Column("sooner", lambda row: f"{row['sooner']:.1f}×"),
        Column("goal", lambda row: f"{row['goal']}×"),
        Column("share of the limit", _percent("share_of_limit")),
        Column("peak memory", lambda row: f"{row['peak_gib']:.2f} GiB"),
    ],
    "sketch_latency": [
        Column("", _take("who"), is_number=False),
        Column("strokes", _round("strokes")),
        Column("median ms", _round("median_ms", 1)),
        Column("95th percentile ms", _round("late_ms", 1)),
        Column("slowest ms", _round("slowest_ms", 1)),
    ],
    "drawn_digits": [
        Column("checkpoint", lambda row: f"`{row['checkpoint']}`", is_number=False),
        *_READ_AFTER_TRAINING,
    ],
    "drawn_digits_seeds": [Column("", _take("who"), is_number=False), *_READ_AFTER_TRAINING],
    "drawn_digits_ablation": [Column("", _take("who"), is_number=False), *_READ_AFTER_TRAINING],
    "sketch_load": [
        Column("visitors", _round("visitors")),
        Column("", _take("who"), is_number=False),
        Column("answers", _round("answers")),
        Column("of those wanted", lambda row: f"{row['answers'] / row['wanted']:.0%}"),
        Column("errors", _round("errors")),
        Column("median ms", _round("median_ms")),
        Column("95th percentile ms", _round("late_ms")),
        Column("slowest ms", _round("slowest_ms")),
    ],
    "noisy_visitor": [
        Column("one sends without pause", _take("noise"), is_number=False),
        Column("at once", _round("at_once")),
        Column("answered", _round("answered")),
        Column("refused", _round("refused")),
        Column("other's errors", _round("errors")),
        Column("pad: median ms", _round("pad_median_ms")),
        Column("95th percentile ms", _round("pad_late_ms")),
        Column("`/convolve`: median ms", _round("convolve_median_ms")),
        Column("slowest ms", _round("convolve_slowest_ms")),
    ],
    "boundary": [
        Column("", _take("who"), is_number=False),
        Column("first picture, s", _round("first_seconds", 3)),
        Column("400 epochs, s", _round("seconds", 2)),
        Column("ratio", _round("ratio", 2)),
        Column("steps a second", _round("steps_a_second")),
        Column("a move to any moment, ms", _round("move_ms", 1)),
    ],
    "edits": [
        Column("", _take("network"), is_number=False),
        Column("layers", _round("layers")),
        Column("median ms", _round("median_ms", 1)),
        Column("95th percentile ms", _round("late_ms", 1)),
    ],
    "forecasts": [
        Column("", _take("network"), is_number=False),
        Column("foretold, s", _round("foretold_seconds", 2)),
        Column("an epoch takes, s", _round("epoch_seconds", 2)),
        Column("ratio", _round("ratio", 2)),
        Column("lowest", lambda row: f"{min(row['each_ratio']):.2f}"),
        Column("highest", lambda row: f"{max(row['each_ratio']):.2f}"),
        Column("measured for, s", _round("measuring_seconds", 2)),
    ],
}


def write_table(name: str, rows: list[Row]) -> str:
    """Return a benchmark's rows as a table in Markdown, without a last line break."""
    columns = TABLES[name]
    lines = [_write_line([column.heading for column in columns])]
    lines.append("|" + "|".join("---:" if column.is_number else "---" for column in columns) + "|")
    lines += [_write_line([column.write(row) for column in columns]) for row in rows]
    if name == "drawn_digits_seeds":
        lines.append(_write_line(["mean ± standard deviation", *_write_spreads(rows)]))
    return "\n".join(lines)


def _write_line(cells: list[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _write_spreads(rows: list[Row]) -> list[str]:
    columns = (
        [row[name] for row in rows] for name in ("mnist", "from_strokes", "from_pictures", "plain_resize")
    )
    return [f"{statistics.mean(column):.4f} ± {statistics.stdev(column):.4f}" for column in columns]


def write_summary() -> str:
    """Return the sentence of the project's README that holds the main ratios."""
    sooner = [row["sooner"] for row in load_measurement("time_to_accuracy")["rows"]]
    ours, theirs = find_latencies(load_measurement("sketch_latency")["rows"])
    (pad,) = (row for row in load_measurement("drawn_digits")["rows"] if row["checkpoint"] == "sketchpad")
    _, startup, _ = load_measurement("startup")["rows"]
    ratios = [
        f"the notebook's accuracies {min(sooner):.1f} to {max(sooner):.1f} times sooner than by its own loop",
        f"a stroke answered {theirs / ours:.0f} times sooner than by Gradio's own Sketchpad",
        f"{pad['from_strokes']:.1%} of drawn digits read rightly, and {pad['plain_resize']:.1%} behind a "
        "plain resize",
        f"a start that takes {startup['ratio']:.2f} times as long as an empty Gradio app's",
    ]
    return (
        f"{_SUMMARY_START}with a command, a table and a plot each: {'; '.join(ratios)}. "
        "[benchmarks/README.md](benchmarks/README.md) has them all, and says what was compared."
    )


def find_latencies(rows: list[Row]) -> tuple[float, float]:
    """Return the median milliseconds of our pad and of Gradio's Sketchpad, with one network each."""
    ours, theirs = (row["median_ms"] for row in rows if row["networks"] == 1)
    return ours, theirs


def find_tables(text: str) -> dict[str, str]:
    """Return a README's tables by name, each below its `<!-- name -->`."""
    return {name: table.rstrip() for name, table in _MARKED.findall(text)}


def replace_tables(text: str) -> str:
    """Return a README with all its marked tables written again."""
    return _MARKED.sub(
        lambda found: f"<!-- {found[1]} -->\n\n{write_table(found[1], load_measurement(found[1])['rows'])}\n",
        text,
    )


def main() -> None:
    """Put what is kept into the READMEs."""
    for path in READMES:
        path.write_text(replace_tables(path.read_text(encoding="utf-8")), encoding="utf-8")
    path = ROOT / "README.md"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [write_summary() + "\n" if line.startswith(_SUMMARY_START) else line for line in lines]
    path.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
