"""Tables, plots and kept figures of the benchmarks belong together."""

import json
import re
from xml.etree import ElementTree

import pytest

from benchmarks import measurements
from benchmarks.measurements import list_measurements, load_measurement, save_measurement
from benchmarks.plots import FOLDER, PLOTS, draw_plot
from benchmarks.tables import READMES, ROOT, TABLES, find_tables, write_summary, write_table

README = READMES[0].read_text(encoding="utf-8")


def read_texts(svg):
    return sorted("".join(text.itertext()) for text in ElementTree.fromstring(svg).iter("{*}text"))


def test_every_measurement_has_a_table_and_every_table_of_the_benchmarks_its_plot():
    assert list_measurements() == sorted(TABLES)
    assert set(find_tables(README)) == set(PLOTS)
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == sorted(PLOTS)
    assert re.findall(r"!\[[^\]]+\]\(plots/(\w+)\.svg\)", README) == list(find_tables(README))
    assert README.count("\n|---") == len(PLOTS)  # no table without its mark


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.parent.name)
def test_every_marked_table_says_what_is_kept(path):
    tables = find_tables(path.read_text(encoding="utf-8"))
    assert tables
    for name, table in tables.items():
        assert table == write_table(name, load_measurement(name)["rows"])


@pytest.mark.gate
@pytest.mark.parametrize("name", PLOTS)
def test_plot_shows_what_is_kept(name):
    drawn = draw_plot(PLOTS[name](load_measurement(name)["rows"]))
    assert read_texts((FOLDER / f"{name}.svg").read_bytes()) == read_texts(drawn)


def test_readme_sums_up_what_is_kept():
    assert write_summary() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_figures_for_hosts_are_those_that_are_kept():
    text = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    ours, theirs = (row for row in load_measurement("sketch_load")["rows"] if row["visitors"] == 30)
    assert ours["answers"] == ours["wanted"]
    assert f"within {ours['slowest_ms']:.0f} ms each" in text
    assert f"{theirs['answers'] / theirs['wanted']:.0%} of their questions" in text
    _, *tabs = load_measurement("page_weight")["rows"]
    for name in ("kilobytes", "again_kilobytes"):
        sizes = [row[name] for row in tabs]
        assert f"{min(sizes):.0f} to {max(sizes):.0f} kB" in text


def test_ratios_follow_from_their_seconds():
    for row in load_measurement("time_to_accuracy")["rows"]:
        theirs, ours = row["notebook"]["seconds"], row["fast"]["seconds"]
        # Figures without a date are as printed: seconds to two digits, ratios to one.
        assert (theirs - 0.005) / (ours + 0.005) - 0.05 <= row["sooner"]
        assert row["sooner"] <= (theirs + 0.005) / (ours - 0.005) + 0.05
    empty, ours, _ = load_measurement("startup")["rows"]
    assert ours["ratio"] == pytest.approx(ours["seconds"] / empty["seconds"], abs=0.01)


def test_one_networks_row_is_measured_anew_and_the_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(measurements, "FOLDER", tmp_path)
    save_measurement("race", [{"network": "mlp", "seconds": 1}, {"network": "convnet", "seconds": 2}])
    (first,) = tmp_path.iterdir()
    before = json.loads(first.read_text()) | {"date": None}
    first.write_text(json.dumps(before))
    save_measurement("race", [{"network": "convnet", "seconds": 3}], key="network")
    after = load_measurement("race")
    assert after["date"] is None
    assert after["rows"][0] == before["rows"][0]
    assert after["rows"][1]["seconds"] == 3
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", after["rows"][1]["date"])
