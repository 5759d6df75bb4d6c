"""The wheel: built, installed by `uv tool install`, and used from there beside a student's own modules."""

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from gradio_client import Client
from PIL import Image

from app.sketchpad.tab import build_example
from models.checkpoints.file import list_checkpoints
from models.data.strokes import generate_digits
from tests.conftest import wait_until_served
from tests.waiting import HANG_SECONDS

ROOT = Path(__file__).parent.parent


def run_uv(*arguments, **options):
    result = subprocess.run(
        ["uv", *map(str, arguments)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        **options,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if shutil.which("uv") is None:
        pytest.skip("needs uv: pip install uv")
    folder = tmp_path_factory.mktemp("wheel")
    run_uv("build", "--wheel", "--out-dir", folder, ROOT)
    (path,) = folder.glob("*.whl")
    return path


class Installed(NamedTuple):
    """What `uv tool install` has made: the command, and the Python of its environment."""

    glassbox: Path
    python: Path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment of the application's own, with what it asks for and nothing else."""
    folder = tmp_path_factory.mktemp("tools")
    places = {"UV_TOOL_DIR": str(folder / "environments"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
    run_uv("tool", "install", "--python", sys.executable, wheel, env=os.environ | places)
    scripts = "Scripts" if os.name == "nt" else "bin"
    yield Installed(
        folder / "bin" / "glassbox", folder / "environments" / "glassbox-lab" / scripts / "python"
    )
    shutil.rmtree(folder)  # several gigabytes


@pytest.fixture
def own_work(tmp_path):
    """A student's folder, whose modules and folders are called as ours."""
    for name in ("app", "models"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('one of the student')")
    (tmp_path / "checkpoints").mkdir()
    return tmp_path


@pytest.mark.gate
def test_wheel_holds_code_scripts_styles_prose_and_weights_in_one_package(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    listing = ["git", "ls-files", "app", "models", "checkpoints"]
    tracked = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {f"glassbox/{name}" for name in tracked} <= names
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"glassbox"}


@pytest.mark.gate
def test_installed_commands_work_beside_modules_of_the_same_names(installed, own_work):
    images, labels = generate_digits(1, seed=3)
    Image.fromarray(images[0]).resize((280, 280)).save(own_work / "digit.png")

    def run(*call):
        result = subprocess.run(
            call, cwd=own_work, env={**os.environ, "PYTHONPATH": str(own_work)}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert [line.split()[0] for line in run(installed.glassbox, "checkpoints").splitlines()] == (
        list_checkpoints()
    )
    assert run(installed.python, "-m", "glassbox", "predict", "digit.png").startswith(
        f"digit.png: {labels[0]}"
    )
    (own_work / "app.py").write_text("mine = True")
    (own_work / "models.py").write_text("mine = True")
    # One's own modules stay one's own, with Glassbox in the same environment …
    print_own = "import app, models, glassbox; print(app.mine, models.mine, glassbox.__file__)"
    mine, theirs, package = run(installed.python, "-c", print_own).split()
    assert (mine, theirs) == ("True", "True")
    assert str(ROOT) not in package
    # … and what Glassbox starts finds ours.
    code = Path(package).parent / "models" / "processes.py"
    assert code.is_file()
    start = (
        "import sys, subprocess; sys.path.insert(0, sys.argv[1]); "
        "from models.processes import build_call, build_environment; "
        "subprocess.run(build_call('models.training', '--help'), env=build_environment(), check=True)"
    )
    assert "--learning-rate" in run(installed.python, "-c", start, code.parents[1])


@pytest.mark.gate
def test_installed_page_starts_and_predicts(installed, own_work, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [installed.glassbox, "--port", f"{port}", "--no-open"],
            cwd=own_work, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_served(address, process, log)
        client = Client(address, verbose=False)
        result = client.predict(build_example(7), None, "convnet", api_name="/predict")
        assert result["digit"] == 7, json.dumps(result["probabilities"])
    finally:
        process.terminate()
        process.wait(timeout=HANG_SECONDS)
