"""What several tests need: the data at hand, folders that are a test's own, and a served page."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from unittest.mock import patch

import numpy as np
import pytest

from models.data import load_dataset


def pytest_terminal_summary(terminalreporter):
    """Where nothing may be skipped, say so; `pytest_sessionfinish` then fails the run."""
    if os.environ.get("GLASSBOX_REQUIRE_ALL") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("GLASSBOX_REQUIRE_ALL is set, and tests were skipped.", red=True)


def pytest_sessionfinish(session):
    """Fail a run that skipped a test where GLASSBOX_REQUIRE_ALL says that none may be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GLASSBOX_REQUIRE_ALL") and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def own_environment(tmp_path_factory):
    """Keep runs out of the user's folders, and what a test does to the environment out of other tests."""
    runs = str(tmp_path_factory.mktemp("runs"))
    # On the CPU, where the same seed gives the same weights.
    with patch.dict(os.environ, {"GLASSBOX_RUNS": runs, "GLASSBOX_DEVICE": "cpu"}):
        yield


@pytest.fixture(scope="session")
def mnist_folder():
    """The folder that GLASSBOX_DATA names; without it a test that needs real MNIST is skipped, aloud."""
    folder = os.environ.get("GLASSBOX_DATA")
    if not folder:
        pytest.skip("needs real MNIST: set GLASSBOX_DATA to a folder that holds MNIST/raw")
    return folder


@pytest.fixture(scope="session")
def mnist_test(mnist_folder) -> tuple[np.ndarray, np.ndarray]:
    """The MNIST test set: (10000, 28, 28) uint8 and (10000,) labels."""
    dataset = load_dataset("mnist", "test")
    return dataset.images[:, 0].numpy(), dataset.labels.numpy()


@pytest.fixture(scope="session")
def served_page(tmp_path_factory):
    """The address of a page that is served as `glassbox` serves it, by a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("served")
    log = (folder / "log.txt").open("wb")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "app.cli",
            "--port",
            str(port),
            "--no-open",
            "--runs-dir",
            str(folder / "runs"),
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "GLASSBOX_MAX_RUNS": "2"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_served(address, process, folder / "log.txt")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def wait_until_served(address, process, log, seconds=120):
    """Wait for the first answer of a server that is starting."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended: {log.read_text()}"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"no answer in {seconds} s: {log.read_text()}")
