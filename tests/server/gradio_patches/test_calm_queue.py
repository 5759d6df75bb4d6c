"""The queue looks for events less often."""

from gradio import queueing

from app.server.gradio_patches.calm_queue import QUEUE_SECONDS, calm_queue
from tests.running import run


def test_queue_waits_as_long_as_it_is_set_to(page, monkeypatch):
    assert 0 < page._queue.sleep_when_free < QUEUE_SECONDS  # by itself
    calm_queue(page)
    waits = []

    async def sleep(seconds):
        waits.append(seconds)
        page._queue.stopped = True

    monkeypatch.setattr(queueing.asyncio, "sleep", sleep)
    run(page._queue.start_processing())
    assert waits == [QUEUE_SECONDS]
