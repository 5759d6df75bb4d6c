"""Beside one visitor who sends without pause: how soon another is answered, and what memory is left."""

import time

import httpx
import pytest

from benchmarks.noisy_visitor import CONVOLVE_LIMIT_MS, NOISES, PAD_LIMIT_MS, SETTLE_SECONDS, measure_kind
from tests.conftest import serve_page
from tests.running import run_apart
from tests.served_memory import find_server, read_memory
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.release
NUM_TRIES = 3
SECONDS = 4
MAX_GROWTH_MB = 300
REST_SECONDS = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Address, configuration and number of a server that has settled."""
    folder = tmp_path_factory.mktemp("noisy")
    runs = folder / "runs"
    runs.mkdir()
    with serve_page(runs, folder / "log.txt") as address:
        time.sleep(SETTLE_SECONDS)
        config = httpx.get(f"{address}/config", timeout=HANG_SECONDS).json()
        run_apart(measure_kind, address, config, NOISES["nothing"], 1)
        yield address, config, find_server(address)


@pytest.mark.parametrize("kind", [kind for kind in NOISES if kind != "nothing"])
def test_another_visitor_is_answered_soon_and_the_memory_comes_back(server, kind):
    address, config, number = server
    before, rows = read_memory(number), []
    for _ in range(NUM_TRIES):
        rows.append(run_apart(measure_kind, address, config, NOISES[kind], SECONDS))
        assert not rows[-1]["errors"]
        if rows[-1]["pad_late_ms"] <= PAD_LIMIT_MS and rows[-1]["convolve_slowest_ms"] <= CONVOLVE_LIMIT_MS:
            break
    else:
        pytest.fail(f"{rows}")
    deadline = time.monotonic() + REST_SECONDS
    while read_memory(number) > before + MAX_GROWTH_MB:
        assert time.monotonic() < deadline, f"{before:.0f} → {read_memory(number):.0f} MB"
        time.sleep(0.5)
