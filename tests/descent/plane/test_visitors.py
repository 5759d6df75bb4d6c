"""Thirty visitors who each ask for another small network at once: when each sees the first picture."""

import asyncio
import json
import statistics
import time

import httpx
import pytest

from app.descent.plane.form import fill_form
from app.descent.plane.settings import PlaneSettings
from tests.conftest import serve_page
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.release
NUM_VISITORS = 30
FIRST_SECONDS = 1.0
LATE_SECONDS = 2.0  # then all have their first picture, and wait for more
NUM_TRIES = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server's address, and the bench's number on its page."""
    folder = tmp_path_factory.mktemp("networks")
    runs = folder / "runs"
    runs.mkdir()
    with serve_page(runs, folder / "log.txt") as address:
        config = httpx.get(f"{address}/config", timeout=HANG_SECONDS).json()
        (bench,) = (part for part in config["components"] if part["props"].get("elem_id") == "plane")
        yield address, bench["id"]


class Visitor:
    """One visitor's page, whose bench asks for a training part by part."""

    def __init__(self, client, bench, seed):
        self.client, self.bench, self.seed = client, bench, seed
        self.values = list(fill_form(PlaneSettings(seed=seed)).values())  # 8-8 on 500 points

    async def train(self, is_over):
        """Go on with the training until it is over; return the seconds until its first moment is there."""
        began, first_seconds, known, is_done = time.perf_counter(), None, 0, False
        while first_seconds is None or not (is_done or is_over()):
            answer = await self.ask(known)
            known += len(answer["moments"][0])
            if known and first_seconds is None:
                first_seconds = time.perf_counter() - began
            is_done = answer["is_done"]
        return first_seconds

    async def ask(self, first):
        request = {"values": self.values, "beside": "", "first": first, "asked": 1, "moved": {}}
        session = {"component_id": self.bench, "fn_name": "answer", "session_hash": f"visitor{self.seed}"}
        answer = await self.client.post("/gradio_api/component_server", json={"data": request, **session})
        answer.raise_for_status()
        return json.loads(answer.json())


async def train_at_once(address, bench, seeds, late_seed):
    """Let all begin at once, and one more while they train; return the seconds of all, and of that one."""
    is_over = asyncio.Event()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=HANG_SECONDS, limits=limits) as client:
        await asyncio.gather(*(client.get("/theme.css") for _ in seeds))  # each page has its connection

        async def come_late():
            await asyncio.sleep(LATE_SECONDS)
            late = await Visitor(client, bench, late_seed).train(lambda: True)
            is_over.set()
            return late

        visitors = [Visitor(client, bench, seed) for seed in seeds]
        asked = [visitor.train(is_over.is_set) for visitor in visitors]
        *together, late = await asyncio.gather(*asked, come_late())
    return together, late


def test_thirty_visitors_at_once_each_see_their_first_picture_within_a_second(server, undisturbed):
    """Behind one address, as in a class. On a machine that has other work it is given more tries."""
    address, bench = server
    asyncio.run(train_at_once(address, bench, [9000], 9001))  # what is loaded once is loaded now
    worst = []
    with undisturbed():
        for begin in range(0, NUM_TRIES * 100, 100):
            together, late = asyncio.run(
                train_at_once(address, bench, range(begin, begin + NUM_VISITORS), begin + 99)
            )
            print(
                f"first picture of {NUM_VISITORS}: median {statistics.median(together):.2f} s, worst "
                f"{max(together):.2f} s; of one who comes while they train: {late:.2f} s"
            )
            worst.append(max(*together, late))
            if worst[-1] <= FIRST_SECONDS:
                break
    assert min(worst) <= FIRST_SECONDS
