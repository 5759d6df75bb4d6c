"""What hosts the page elsewhere: a Space by the README's front matter, a container file, a CI workflow."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from urllib.parse import urlsplit

import pytest
import yaml

from app.cli import build_parser
from models.runs.limits import read_limits
from space import SETTINGS
from tests.conftest import find_free_port
from tests.test_readme import DOCS, README, ROOT


def list_files():
    """Every file that belongs to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return sorted(name for name in listed if (ROOT / name).exists())


DOCKERFILE = (ROOT / "Dockerfile").read_text()
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def run_checker(name, *arguments):
    """Run a program of the development environment that checks a file."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"needs {name}: uv sync")
    return subprocess.run([path, *map(str, arguments)], capture_output=True, text=True, check=False)


def read_instruction(name):
    """Return what stands behind an instruction of the Dockerfile, continued lines joined."""
    (text,) = re.findall(rf"^{name} (.*)$", DOCKERFILE.replace("\\\n", " "), flags=re.MULTILINE)
    return text


def test_front_matter_is_complete():
    front = yaml.safe_load(README.split("---\n")[1])
    assert set(front) >= {"title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "python_version",
                          "app_file", "license", "tags", "short_description", "thumbnail"}  # fmt: skip
    assert front["python_version"] == "3.11"  # a text: 3.10 as a number would be 3.1
    assert isinstance(front["sdk_version"], str)
    assert len(front["short_description"]) <= 60
    assert {"pytorch", "mnist", "education"} <= set(front["tags"])
    assert (ROOT / front["thumbnail"]).is_file()


def test_limits_of_the_space_are_settings_that_exist_and_are_narrower(monkeypatch):
    usual = read_limits()
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    narrow = read_limits()
    changed = [name for name in vars(narrow) if getattr(narrow, name) != getattr(usual, name)]
    limits = [name for name in SETTINGS if name.startswith("GLASSBOX_")]
    assert len(changed) >= len(limits) - 1  # one run at a time is usual on two cores
    assert all(getattr(narrow, name) <= getattr(usual, name) for name in changed)
    assert all(f"`{name}`" in DOCS["docs/hosting.md"] for name in limits)


def test_dockerfile_is_clean():
    checked = run_checker("hadolint", ROOT / "Dockerfile")
    assert checked.returncode == 0, checked.stdout


def test_linter_finds_what_is_wrong(tmp_path):
    (tmp_path / "Dockerfile").write_text(DOCKERFILE.replace("USER 1000", "USER root"))
    assert "DL3002" in run_checker("hadolint", tmp_path / "Dockerfile").stdout


def test_container_holds_all_that_the_page_needs_and_starts_it():
    assert read_instruction("USER") == "1000"
    assert read_instruction("VOLUME") == "/data"
    assert read_instruction("EXPOSE") == "7860"
    copied = " ".join(re.findall("^COPY (.*) [^ ]+$", DOCKERFILE, flags=re.MULTILINE)).split()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert sorted(f"!{name}" for name in copied) == sorted(line for line in ignored if line.startswith("!"))
    assert all((ROOT / name).exists() for name in copied)
    packages = {name.split("/")[0] for name in list_files() if re.match("(app|models|checkpoints)/", name)}
    assert packages <= set(copied)
    (command,) = re.findall(r"^CMD (.*)$", DOCKERFILE, flags=re.MULTILINE)
    python, option, module, *arguments = json.loads(command)
    assert (python, option, module) == ("python", "-m", "app.cli")
    options = build_parser().parse_args(arguments)
    assert (options.host, options.port, options.open) == ("0.0.0.0", 7860, False)


def test_health_check_tells_a_page_that_answers_from_one_that_does_not(served_page, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # as docker hands it on: the page is asked without
    (command,) = re.findall(r"CMD (\[.*\])", read_instruction("HEALTHCHECK"))
    (_, option, code) = json.loads(command)
    for address, status in ((urlsplit(served_page).netloc, 0), (f"127.0.0.1:{find_free_port()}", 1)):
        asked = subprocess.run(
            [sys.executable, option, code.replace("127.0.0.1:7860", address)],
            capture_output=True,
            check=False,
        )
        assert asked.returncode == status, asked.stderr


def test_gradio_is_one_version_everywhere():
    """Its private names are used: a newer one is taken knowingly."""
    version = yaml.safe_load(README.split("---\n")[1])["sdk_version"]
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert [text for text in asked if text.startswith("gradio")] == [f"gradio~={version}"]
    assert f"gradio=={version}\n" in (ROOT / "requirements.txt").read_text()


def test_workflow_is_one():
    checked = run_checker("check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW)
    assert checked.returncode == 0, checked.stdout


def test_workflow_runs_the_readmes_commands_on_every_system_and_python():
    job = yaml.safe_load(WORKFLOW.read_text())["jobs"]["commands"]
    matrix = job["strategy"]["matrix"]
    assert matrix == {
        "os": ["ubuntu-latest", "windows-latest", "macos-latest"],
        "python": ["3.11", "3.12", "3.13"],
    }
    assert job["runs-on"] == "${{ matrix.os }}"
    assert job["env"]["UV_PYTHON"] == "${{ matrix.python }}"
    page, tests = re.findall(r"```\n(pip install uv && uv run .*)\n```", README)
    commands = [step.get("run", "") for step in job["steps"] if "if" not in step]
    assert any(command.startswith(f"{page} > ") for command in commands)
    assert f"{tests}\n" in commands


def test_workflow_tries_the_newest_gradio_and_may_fail_there():
    job = yaml.safe_load(WORKFLOW.read_text())["jobs"]["newest-gradio"]
    assert job["continue-on-error"] is True
    assert "may fail" in job["name"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    (install,) = [command for command in commands if "uv pip install" in command]
    assert '"gradio[mcp]>=6.31,<7"' in install
    after = [command for command in commands[commands.index(install) + 1 :] if "uv run" in command]
    assert after  # the pin comes back with each `uv run` that synchronizes
    assert all("uv run --no-sync" in command for command in after)
