"""Calls of endpoints with bodies that no client would send."""

import json
import urllib.request

from tests.waiting import HANG_SECONDS


def call_raw(address, name, body):
    """Call an endpoint with a body that the client would refuse to send; return the text of the answer."""
    request = urllib.request.Request(
        f"{address}/gradio_api/call/{name}", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
        event_id = json.load(answer)["event_id"]
    with urllib.request.urlopen(
        f"{address}/gradio_api/call/{name}/{event_id}", timeout=HANG_SECONDS
    ) as answer:
        return answer.read().decode()
