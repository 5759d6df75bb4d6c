"""The notebook's table beside ours: the headers' figures, and why they differ."""

import re
from dataclasses import replace

from app.runs import notebook_table
from app.runs.notebook_table import read_notebook_table, write_notebook_table
from models.checkpoints.file import read_info
from models.networks.registry import NETWORKS


def test_rows_are_the_six_networks_with_the_headers_figures():
    rows = read_notebook_table()
    names = [name for name, spec in NETWORKS.items() if spec.title in {row.title for row in rows}]
    assert names == ["logistic", "mlp", "convnet", "convnet2", "convnet3", "convnet4"]
    for name, row in zip(names, rows, strict=True):
        for result, info in ((row.ours, read_info(f"{name}-notebook")), (row.fast, read_info(name))):
            assert (result.accuracy, result.loss, result.seconds) == (
                info.test_accuracy, info.test_loss, info.seconds,
            )  # fmt: skip
            low, high = result.interval
            assert low < result.accuracy < high
    assert [row.notebook.accuracy for row in rows] == ["0.83", "0.9826", "0.9826", "0.983", "0.989", "0.9912"]


def test_reasons_are_computed_from_the_figures():
    reasons = {row.title: row.reason for row in read_notebook_table()}
    assert "not its own" in reasons["Multi-layer perceptron"]
    # Two shares of 10,000 images: 1.96·√(0.83·0.17 + 0.8232·0.1768)/100 = 0.0105.
    logistic = re.fullmatch(r"(\S+) apart, within chance \(±(\S+)\)\.", reasons["Logistic regression"])
    assert logistic.groups() == ("0.0068", "0.0105")
    far = notebook_table._explain_difference(
        notebook_table._NOTEBOOK["convnet4"],
        replace(read_notebook_table()[5].ours, accuracy=0.95),
    )
    assert far.startswith("0.0412 apart, more than chance")


def test_table_has_a_column_for_every_cell():
    table, reasons = write_notebook_table(read_notebook_table()).split("\n\n")
    widths = {line.count("|") for line in table.splitlines()}
    assert len(widths) == 1
    assert len(table.splitlines()) == 8
    assert len(reasons.splitlines()) == 6


def test_checkpoints_that_are_not_shipped_leave_gaps(monkeypatch):
    monkeypatch.setattr(
        notebook_table, "list_checkpoints", lambda: ["mlp-notebook", "convnet-notebook", "convnet2"]
    )
    rows = read_notebook_table()
    assert [row.ours is None for row in rows] == [True, False, False, True, True, True]
    assert [row.fast is None for row in rows] == [True, True, True, False, True, True]
    assert "| ConvNet4 | 0.9912 | 0.0273 | 40 min | – | – | – | – | – | – |" in write_notebook_table(rows)


def test_fast_recipe_has_columns_of_its_own_where_it_is_shipped():
    rows = read_notebook_table()
    header, _, logistic = write_notebook_table(rows).splitlines()[:3]
    assert "Fast recipe: accuracy" in header
    assert "| 0.8232 | 0.9825 | 1.2 s | 0.9131 | 0.3168 | 0.2 s |" in logistic
    without = write_notebook_table([replace(row, fast=None) for row in rows]).splitlines()
    assert "Fast recipe" not in without[0]
    assert "0.9131" not in without[2]
