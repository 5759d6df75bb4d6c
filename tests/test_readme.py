"""What README and docs say holds: commands, links, files, labels and figures. Sentences are not checked."""

import json
import re
import shlex
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from PIL import Image

from app.cli import build_parser
from app.descent import link as race_link
from app.descent.plane import link as plane_link
from app.inspection.window import link as window_link
from models.checkpoints.evaluation import compute_interval
from models.checkpoints.file import list_checkpoints, read_info
from models.data.names import NUM_IMAGES
from models.descent.problems import SURFACES
from models.networks.registry import NETWORKS, build_network, count_parameters, get_network_spec
from models.runs.limits import read_limits
from models.training.recipes import make_config

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (
        *sorted(ROOT.glob("docs/*.md")),
        *(
            ROOT / name
            for name in ("README.md", "SECURITY.md", "checkpoints/README.md", "benchmarks/README.md")
        ),
    )
}
CODE = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
# Labels of the browser's and of Gradio's.
NOT_OURS = {"Install Glassbox", "Add to home screen", "Use via API"}


def find_everywhere(pattern, blocks=False):
    """Return (path, match) for all docs: in their blocks of code alone, or outside them."""
    found = []
    for path, text in DOCS.items():
        part = "\n".join(code for _, code in CODE.findall(text)) if blocks else CODE.sub("", text)
        found += [(path, match) for match in re.findall(pattern, part, flags=re.MULTILINE)]
    return found


def test_readme_is_at_most_10_kb():
    assert len(README.encode()) <= 10_000


def test_both_commands_stand_in_the_readme():
    assert "pip install uv && uv run glassbox\n" in README
    assert "pip install uv && uv run pytest\n" in README


def test_sizes_with_and_without_cuda_stand_beside_their_commands():
    sizes = {}
    for line in README.splitlines():
        if "uv tool install" in line:
            (gigabytes,) = re.findall(r"([\d.]+) GB", line)
            sizes["--torch-backend cpu" in line] = float(gigabytes)
    assert sizes[True] < 2 < sizes[False]
    assert f"[{sizes[True]} GB are enough]" in README


def test_intel_macs_are_told_that_they_have_no_such_torch():
    (needed,) = re.findall(r'"torch>=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert f"PyTorch 2.2 was the last for those, and Glassbox needs {needed}" in README


def test_ci_installs_uv_as_the_readme_does_and_runs_pytest():
    script = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^pip install .*uv$", script, flags=re.MULTILINE)
    assert re.search(r"^uv run pytest\b", script, flags=re.MULTILINE)


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


def test_table_of_checkpoints_is_what_their_headers_record():
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
        assert row in DOCS["checkpoints/README.md"]


def test_table_of_fast_recipes_is_what_the_code_does():
    for network in NETWORKS:
        config = make_config(network, "fast")
        assert (config.optimizer, config.schedule) == ("adam", "one-cycle")
        row = (
            f"| {network} | {config.learning_rate} | {config.batch_size} | {config.epochs} | "
            f"{config.num_images or NUM_IMAGES['train']:,} | {config.precision} |"
        )
        assert row in DOCS["checkpoints/README.md"]
        assert config.augment == (network == "glassnet")


@pytest.mark.parametrize(
    ("phrase", "number"),
    [
        ("{} trained networks", len(list_checkpoints())),
        ("one of {} networks", len(NETWORKS)),
        ("one of {} surfaces", len(SURFACES) + 1),  # the valley is one too
    ],
)
def test_numbers_in_the_readme_are_those_of_the_code(phrase, number):
    words = {5: "five", 6: "six", 7: "seven", 8: "eight", 13: "thirteen", 14: "fourteen", 15: "fifteen"}
    assert phrase.format(words[number]) in README


LIMITS = re.findall(
    r"^\| `(GLASSBOX_\w+)` \| .* \| ([\d,]+) \|$", DOCS["docs/hosting.md"], flags=re.MULTILINE
)


@pytest.mark.parametrize(("variable", "default"), LIMITS)
def test_limits_for_hosts_are_the_defaults_of_their_variables(monkeypatch, variable, default):
    assert len(LIMITS) >= 6
    monkeypatch.setenv(variable, "no number")
    with pytest.raises(ValueError, match=rf"^{variable} .* for {int(default):,}\.$"):
        read_limits()


def test_variables_that_are_named_are_read_by_the_code():
    code = "\n".join(
        path.read_text() for layer in ("app", "models", "tests") for path in (ROOT / layer).rglob("*.py")
    )
    named = {name for _, name in find_everywhere(r"GLASSBOX_[A-Z_]+")}
    assert {name for name in named if name not in code} == set()


COMMANDS = find_everywhere(r"^(?:pip install uv && )?(uv run .*|glassbox\b.*)", blocks=True)


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_every_command_is_understood(path, command):
    """A `glassbox` by its own parser; of what else `uv run` starts, the files must be there."""
    words = shlex.split(command.split(" #")[0])
    if words[:2] == ["uv", "run"]:
        words = words[2:]
        while words[0] == "--extra":
            extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
            assert words[1] in extras
            words = words[2:]
    if words[0] == "glassbox":
        build_parser().parse_args([word for word in words[1:] if word != "…"])
        return
    tools = json.loads((ROOT / "package.json").read_text())
    if words[0] == "npm":
        assert words[1] == "ci" or (words[1] == "run" and words[-1] in tools["scripts"]), command
    elif words[0] == "npx":
        assert words[1] in tools["devDependencies"], command
    else:
        assert words[0] in {"python", "pytest", "ruff", "mypy", "coverage"}, command
    for word in words[1:]:
        if re.match(r"\w+/", word):
            assert (ROOT / word.split("::")[0]).exists(), f"{path}: {command}"


def test_commands_are_found():
    assert {path for path, _ in COMMANDS} >= {
        "README.md",
        "docs/api.md",
        "docs/desktop.md",
        "docs/hosting.md",
    }
    assert len(COMMANDS) > 20


def find_anchors(text):
    """Return what GitHub calls a page's headings in a link."""
    headings = re.findall(r"^#+ (.*)$", CODE.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("path", "target"), find_everywhere(r"\]\(([^)]+)\)"))
def test_every_link_leads_somewhere(path, target):
    if target.startswith(("http://127.0.0.1:7860/", "https://")):
        return
    file, _, anchor = target.partition("#")
    linked = (ROOT / path).parent / file if file else ROOT / path
    assert linked.exists()
    assert not anchor or anchor in find_anchors(linked.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("path", "file"),
    find_everywhere(r"`((?:app|models|tests|docs|benchmarks|checkpoints|\.ci|\.github)/[\w./-]*)`"),
)
def test_every_file_that_is_named_is_there(path, file):
    assert (ROOT / file).exists()


def test_every_page_is_linked_from_the_readme():
    for path in DOCS:
        assert path in ("README.md", "benchmarks/README.md") or f"]({path})" in README
    assert "](benchmarks/README.md)" in README


@cache
def read_page_texts():
    """Return all that the page may show, spaces and quotation marks made alike."""
    sources = [path for kind in ("py", "js", "md") for path in (ROOT / "app").rglob(f"*.{kind}")]
    # A text may go on in a literal on the next line.
    text = re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text(encoding="utf-8") for path in sources))
    return " ".join(text.replace("’", "'").replace("`", "").split())


@pytest.mark.parametrize(
    ("path", "label"),
    [
        (path, label)
        for path, label in find_everywhere(r'"([A-Z][^"\n]*)"')
        if path in ("README.md", "docs/teaching.md", "docs/api.md", "docs/desktop.md")
        and label not in NOT_OURS
    ],
)
def test_quoted_labels_stand_on_the_page(path, label):
    titles = [get_network_spec(name).title for name in NETWORKS]
    network = re.fullmatch(r"(.+) \((\w+)\)", label)  # as "ConvNet3 (fast)", of a checkpoint
    assert label in read_page_texts() or (network and network[1] in titles)


PICTURES = find_everywhere(r"!\[([^\]]*)\]\(([^)]+\.png)\)")


def test_pictures_of_all_four_tabs_are_shown_once():
    shown = [((ROOT / path).parent / target).resolve() for path, (_, target) in PICTURES]
    assert sorted(shown) == sorted(ROOT.glob("docs/*.png"))
    assert sorted(path.stem for path in shown) == ["descent", "inspection", "runs", "sketchpad"]
    assert ROOT / read_front_matter()["thumbnail"] in shown


@pytest.mark.parametrize(("path", "picture"), PICTURES)
def test_pictures_are_described_wide_small_and_not_empty(path, picture):
    text, target = picture
    assert len(text.split()) > 10
    file = (ROOT / path).parent / target
    assert file.stat().st_size < 250_000
    with Image.open(file) as image:
        assert (image.format, image.size) == ("PNG", (1400, 900))
        colours = image.convert("RGB").getcolors(1400 * 900)
    most, _ = max(colours)
    assert most < 0.9 * 1400 * 900, "an empty page"


# A lesson opens a tab of its own accord; its links are compared with the lessons.
SETTINGS = find_everywhere(r"\(http://127\.0\.0\.1:7860/\?(?!lesson=)([^)]+)\)")


@pytest.mark.parametrize("path", ["README.md", "docs/teaching.md"])
def test_links_to_the_page_name_every_tab(path):
    tabs = {dict(parse_qsl(query))["tab"] for where, query in SETTINGS if where == path}
    assert tabs == {"descent", "inspection", "runs", "sketchpad"}


@pytest.mark.parametrize("query", sorted({query for _, query in SETTINGS}))
def test_links_open_with_the_settings_that_they_name(query):
    given = dict(parse_qsl(query))
    read, write = {
        "descent": (race_link.read_query, race_link.write_query),
        "descent/network": (plane_link.read_query, lambda both: plane_link.write_query(*both)),
        "inspection": (window_link.read_query, window_link.write_query),
    }.get("/".join(given.pop(name) for name in ("tab", "bench") if name in given), (None, None))
    if read is None or not given:
        assert not given
        return
    written = dict(parse_qsl(write(read(given)), keep_blank_values=True))
    # A place that is left empty need not be named.
    assert {name: written[name].rstrip(",") for name in given} == given
