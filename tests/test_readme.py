"""The README holds: its commands, its table."""

import re
import tomllib
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from PIL import Image

from app.cli import build_parser
from app.descent import link as race_link
from app.inspection.window import link as window_link
from models.checkpoints.evaluation import compute_interval
from models.checkpoints.file import list_checkpoints, read_info
from models.data.names import NUM_IMAGES
from models.networks.registry import NETWORKS, build_network, count_parameters, get_network_spec
from models.training.recipes import make_config

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_both_commands_stand_in_the_readme():
    assert "pip install uv && uv run glassbox\n" in README
    assert "pip install uv && uv run pytest\n" in README


def test_ci_runs_the_readmes_test_command():
    script = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^pip install .*uv$", script, flags=re.MULTILINE)
    assert re.search(r"^uv run pytest$", script, flags=re.MULTILINE)


def read_front_matter():
    return dict(line.split(": ", 1) for line in README.split("---\n")[1].strip().splitlines())


def test_front_matter_is_what_a_space_needs():
    front = read_front_matter()
    assert front["sdk"] == "gradio"
    assert front["app_file"] == "space.py"
    assert (ROOT / front["app_file"]).is_file()
    assert front["license"] == "mit"
    pins = dict(line.split("==") for line in (ROOT / "requirements.txt").read_text().splitlines())
    assert front["sdk_version"].strip("'\"") == pins["gradio"]


def test_requirements_pin_every_dependency_within_its_range():
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = dict(line.split("==") for line in (ROOT / "requirements.txt").read_text().splitlines())
    ranges = [Requirement(text) for text in project["dependencies"]]
    assert sorted(pins) == sorted(requirement.name for requirement in ranges)
    for requirement in ranges:
        assert requirement.specifier.contains(pins[requirement.name]), requirement
    assert "http" not in (ROOT / "requirements.txt").read_text()


@pytest.mark.parametrize("path", ["README.md", "checkpoints/README.md"])
def test_table_of_checkpoints_is_what_their_headers_record(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    for name in list_checkpoints():
        info = read_info(name)
        low, high = compute_interval(round(info.test_accuracy * info.num_test), info.num_test)
        parameters = count_parameters(build_network(info.network, info.config))
        seconds = f"{info.seconds:.1f}" if info.seconds < 10 else f"{info.seconds:.0f}"
        row = (
            f"| `{name}` | {get_network_spec(info.network).title} | {parameters:,} | "
            f"{info.recipe['recipe']} | {info.seed} | {info.test_accuracy:.4f} ({low:.4f}–{high:.4f}) | "
            f"{info.test_loss:.4f} | {seconds} |"
        )
        assert row in text


def test_table_of_fast_recipes_is_what_the_code_does():
    text = (ROOT / "checkpoints/README.md").read_text(encoding="utf-8")
    for network in NETWORKS:
        config = make_config(network, "fast")
        assert (config.optimizer, config.schedule) == ("adam", "one-cycle")
        row = (
            f"| {network} | {config.learning_rate} | {config.batch_size} | {config.epochs} | "
            f"{config.num_images or NUM_IMAGES['train']:,} | {config.precision} |"
        )
        assert row in text
        assert config.augment == (network == "glassnet")


@pytest.mark.parametrize("line", re.findall(r"^glassbox .*$", README, flags=re.MULTILINE))
def test_every_command_in_the_readme_is_understood(line):
    build_parser().parse_args(line.split("#")[0].split()[1:])


def test_pictures_in_the_readme_are_of_all_four_tabs_wide_small_and_described():
    pictures = dict(re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", README))
    assert sorted(pictures.values()) == [
        f"docs/{name}.png" for name in ("descent", "inspection", "runs", "sketchpad")
    ]
    for text, path in pictures.items():
        assert len(text.split()) > 10
        assert (ROOT / path).stat().st_size < 250_000
        with Image.open(ROOT / path) as picture:
            assert (picture.format, picture.size) == ("PNG", (1400, 900))
            colours = picture.convert("RGB").getcolors(1400 * 900)
        most, _ = max(colours)
        assert most < 0.9 * 1400 * 900, "an empty page"
    assert read_front_matter()["thumbnail"] in pictures.values()


LINKS = re.findall(r"\(http://127\.0\.0\.1:7860/\?([^)]+)\)", README)


def test_links_name_every_tab():
    assert {dict(parse_qsl(query))["tab"] for query in LINKS} == {
        "descent",
        "inspection",
        "runs",
        "sketchpad",
    }


@pytest.mark.parametrize("query", LINKS)
def test_links_open_with_the_settings_that_they_name(query):
    given = dict(parse_qsl(query))
    read, write = {
        "descent": (race_link.read_query, race_link.write_query),
        "inspection": (window_link.read_query, window_link.write_query),
    }.get(given.pop("tab"), (None, None))
    if read is None:
        assert not given
        return
    written = dict(parse_qsl(write(read(given)), keep_blank_values=True))
    assert {name: written[name] for name in given} == given


def test_in_page_links_lead_to_headings():
    headings = {
        heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.*)$", README, flags=re.MULTILINE)
    }
    targets = re.findall(r"\]\(#([^)]+)\)", README)
    assert len(targets) >= 3
    assert set(targets) <= headings
