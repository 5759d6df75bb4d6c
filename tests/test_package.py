"""The wheel: built, installed where nothing else is, and used from there."""

import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from gradio_client import Client
from PIL import Image

from app.sketchpad.tab import build_example
from models.checkpoints.file import list_checkpoints
from models.data.strokes import generate_digits
from tests.conftest import wait_until_served

ROOT = Path(__file__).parent.parent


def run_uv(*arguments):
    result = subprocess.run(
        ["uv", *map(str, arguments)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
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


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment that holds the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    run_uv("venv", "--python", sys.executable, folder / "venv")
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run_uv("pip", "install", "--python", scripts / "python", wheel)
    yield scripts
    shutil.rmtree(folder)  # several gigabytes


@pytest.mark.gate
def test_wheel_holds_code_scripts_styles_prose_and_weights(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    listing = ["git", "ls-files", "app", "models", "checkpoints"]
    tracked = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert set(tracked) <= names
    assert not [name for name in names if name.startswith(("tests", "runs", "data"))]


@pytest.mark.gate
def test_installed_commands_work_far_from_the_checkout(installed, tmp_path):
    images, labels = generate_digits(1, seed=3)
    Image.fromarray(images[0]).resize((280, 280)).save(tmp_path / "digit.png")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def run(*arguments):
        result = subprocess.run(
            [installed / "glassbox", *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert [line.split()[0] for line in run("checkpoints").splitlines()] == list_checkpoints()
    assert run("predict", "digit.png").startswith(f"digit.png: {labels[0]}")
    where = subprocess.run(
        [installed / "python", "-c", "import app, models; print(app.__file__, models.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert str(ROOT) not in where


@pytest.mark.gate
def test_installed_page_starts_and_predicts(installed, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [installed / "glassbox", "--port", f"{port}", "--no-open"],
            cwd=tmp_path, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_served(address, process, log)
        client = Client(address, verbose=False)
        result = client.predict(build_example(7), None, "convnet", api_name="/predict")
        assert result["digit"] == 7, json.dumps(result["probabilities"])
    finally:
        process.terminate()
        process.wait(timeout=20)
