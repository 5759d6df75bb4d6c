"""Results that there are not are known."""

import time

import httpx

from app.server.gradio_patches.known_results import is_awaited_event
from tests.waiting import HANG_SECONDS


def test_result_is_known_until_it_is_fetched_and_gradio_itself_knows_no_difference(page):
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    try:
        call = f"{address}gradio_api/call/ask"
        number = httpx.post(call, json={"data": []}).json()["event_id"]
        assert is_awaited_event(page, number)
        assert "event: complete" in httpx.get(f"{call}/{number}", timeout=HANG_SECONDS).text
        deadline = time.monotonic() + 30
        while is_awaited_event(page, number):  # the queue forgets it a moment after it was fetched
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with httpx.stream("GET", f"{call}/nothing") as answer:
            assert answer.status_code == 200
    finally:
        page.close()
