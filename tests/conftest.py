"""What several tests need: the data at hand, folders that are a test's own, and a served page."""

import itertools
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import httpx
import numpy as np
import pytest
from filelock import FileLock
from hypothesis import settings

from tests.waiting import HANG_SECONDS, wait_until

# Where this is set, as in many containers, each of the tests' many processes would compile what it imports.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    sys.dont_write_bytecode = False

# Several processes share the cores: a thread of torch that waits must not spin. Read once, when torch comes.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# How long one example takes says nothing on a busy machine; a test that is about time measures it itself.
settings.register_profile("glassbox", deadline=None)
settings.load_profile("glassbox")


def pytest_terminal_summary(terminalreporter):
    """Where nothing may be skipped, say so; `pytest_sessionfinish` then fails the run."""
    if os.environ.get("GLASSBOX_REQUIRE_ALL") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("GLASSBOX_REQUIRE_ALL is set, and tests were skipped.", red=True)


def pytest_sessionfinish(session):
    """Fail a run that skipped a test where GLASSBOX_REQUIRE_ALL says that none may be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")  # None in a worker of several
    if os.environ.get("GLASSBOX_REQUIRE_ALL") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@cache
def find_turns():
    """Return the locks by which several processes take turns: the turnstile, this one's own, the others'.

    A process holds its own while a test of its runs; whoever holds the turnstile lets no test begin.
    """
    run, worker = os.environ["PYTEST_XDIST_TESTRUNUID"], os.environ["PYTEST_XDIST_WORKER"]
    folder = Path(tempfile.gettempdir()) / f"glassbox-turns-{run}"
    folder.mkdir(exist_ok=True)
    workers = {f"gw{number}" for number in range(int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))}
    others = [FileLock(folder / name) for name in sorted(workers - {worker})]
    return FileLock(folder / "turnstile"), FileLock(folder / worker), others


@contextmanager
def take_turn(is_alone):
    """Hold what lets other processes know that a test runs here; alone, when all others have ended."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    turnstile, own, others = find_turns()
    with ExitStack() as held:
        with turnstile:
            for lock in (own, *(others if is_alone else ())):
                held.enter_context(lock)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Begin no test while another measures time closely; one of the release tier has the machine alone."""
    with take_turn(is_alone=item.get_closest_marker("release") is not None):
        return (yield)


@pytest.fixture
def undisturbed():
    """Measure time closely in a `with undisturbed():`, when all other tests have ended and none begins."""

    @contextmanager
    def undisturbed():
        if "PYTEST_XDIST_WORKER" not in os.environ:
            yield
            return
        turnstile, own, others = find_turns()
        if all(lock.is_locked for lock in others):  # a test of the release tier
            yield
            return
        own.release()  # for another test that wants to measure too
        with turnstile, ExitStack() as held:
            own.acquire()
            for other in others:
                held.enter_context(other)
            yield

    return undisturbed


@pytest.fixture(autouse=True, scope="session")
def read_certificates_once():
    """Read the machine's list of certificates once: httpx reads it for every request, which takes 30 ms."""
    with patch("ssl.create_default_context", cache(ssl.create_default_context)):
        yield


@pytest.fixture(autouse=True, scope="session")
def be_patient():
    """Wait for a server's answer as long as a busy machine may take; httpx gives up after 5 s by itself."""
    given = httpx._config.DEFAULT_TIMEOUT_CONFIG
    with patch.multiple(given, connect=60.0, read=60.0, write=60.0, pool=60.0):
        yield


@pytest.fixture(scope="session")
def own_folders(tmp_path_factory):
    """A folder for each test. Pytest's own way to a new one looks at all that there are: thousands."""
    base = tmp_path_factory.mktemp("own")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_environment(own_folders):
    """Keep runs and uploads out of the user's folders, and a test's environment out of other tests."""
    folder = next(own_folders)
    own = {"GLASSBOX_RUNS": f"{folder / 'runs'}", "GLASSBOX_UPLOADS": f"{folder / 'uploads'}"}
    for path in own.values():
        Path(path).mkdir(parents=True)
    own["GLASSBOX_DEVICE"] = "cpu"  # where the same seed gives the same weights
    with patch.dict(os.environ, own):
        yield


@pytest.fixture(scope="session")
def mnist_folder():
    """The folder that GLASSBOX_DATA names; without it a test that needs real MNIST is skipped, aloud."""
    folder = os.environ.get("GLASSBOX_DATA")
    if not folder:
        pytest.skip("needs real MNIST: set GLASSBOX_DATA to a folder that holds MNIST/raw")
    return folder


@pytest.fixture(scope="session")
def real_pen_file():
    """UCI's pen digits, beside the project or where GLASSBOX_PEN says; without, a test is skipped, aloud."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "pen" / "pendigits-orig.tra"
    path = Path(os.environ.get("GLASSBOX_PEN", beside))
    if not path.exists():
        pytest.skip("needs real pen digits: set GLASSBOX_PEN to UCI's pendigits-orig.tra")
    return path


@pytest.fixture(scope="session")
def mnist_test(mnist_folder) -> tuple[np.ndarray, np.ndarray]:
    """The MNIST test set: (10000, 28, 28) uint8 and (10000,) labels."""
    from models.data.datasets import load_dataset  # torch, which the process that hands out tests needs not

    dataset = load_dataset("mnist", "test")
    return dataset.images[:, 0].numpy(), dataset.labels.numpy()


@pytest.fixture(scope="session")
def built_page():
    """The page; for looking only."""
    from app.main import build_app  # Gradio, which the process that hands out tests needs not

    return build_app()


@pytest.fixture(scope="session")
def page_blocks(built_page):
    """All that the page is built of; for looking only."""
    return list(built_page.blocks.values())


@pytest.fixture(scope="session")
def served_runs(tmp_path_factory):
    """The folder in which the served page keeps its runs."""
    folder = tmp_path_factory.mktemp("served") / "runs"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def served_page(served_runs):
    """The address of a page that is served as `glassbox` serves it, but for what `hasty_page` says."""
    log_path = served_runs.with_name("log.txt")
    with serve_page(served_runs, log_path, module="tests.hasty_page") as address:
        yield address


@contextmanager
def serve_page(runs, log_path, *options, module="app.cli"):
    """Serve the page by a process of its own, and give its address to the `with` block."""
    port = find_free_port()
    fixed = ["-m", module, "--port", f"{port}", "--no-open", "--runs-dir", f"{runs}"]
    command = [sys.executable, *fixed, *options]
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=watch_hosts(log_path))
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_served(address, process, log_path)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=HANG_SECONDS)


def watch_hosts(log_path):
    """Return an environment in which a server writes down every other host that it asks for."""
    watched = Path(__file__).with_name("watched")
    asked_hosts = log_path.with_name("asked_hosts.txt")
    asked_hosts.touch()
    return {
        **os.environ,
        "GLASSBOX_MAX_RUNS": "2",
        "GLASSBOX_UPLOADS": f"{log_path.with_name('uploads')}",
        "PYTHONPATH": f"{watched}",
        "GLASSBOX_ASKED_HOSTS": f"{asked_hosts}",
    }


@pytest.fixture(scope="session")
def asked_hosts(served_runs):
    """The file in which the served page's other hosts are written down, one a line."""
    return served_runs.with_name("asked_hosts.txt")


def find_free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_served(address, process, log):
    """Wait for the first answer of a server that is starting."""

    def answers():
        assert process.poll() is None, f"the server ended: {log.read_text()}"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    wait_until(answers, log.read_text)
