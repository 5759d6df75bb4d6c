"""The disk that uploads may take: at its edge, beyond it, and once there is room again."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.server import upload_quota
from app.server.body_limit import MAX_BODY_BYTES
from app.server.upload_quota import UploadQuota


@pytest.fixture
def ask(tmp_path):
    """Send requests through a quota of 10,000 bytes for a folder of a test's own, and return the status."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})

    quota = UploadQuota(app, tmp_path, 10_000)

    def ask(num_bytes, path="/gradio_api/upload", method="POST"):
        headers = [] if num_bytes is None else [(b"content-length", str(num_bytes).encode())]
        sent = []

        async def send(message):
            sent.append(message)

        request = quota({"type": "http", "method": method, "path": path, "headers": headers}, None, send)
        with ThreadPoolExecutor() as pool:  # the browser tests leave this thread with a loop of their own
            pool.submit(asyncio.run, request).result()
        return sent[0]["status"]

    return ask


def test_uploads_are_taken_up_to_the_limit_and_no_further(ask, tmp_path):
    folder = tmp_path / "hash"
    folder.mkdir()
    (folder / "picture.png").write_bytes(b"x" * 6_000)
    assert ask(4_001) == 507  # and takes no room from who comes after it
    assert ask(4_000) == 200
    assert ask(1) == 507
    assert ask(1, "/gradio_api/queue/join") == ask(1, method="GET") == 200


def test_there_is_room_again_once_files_are_gone(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(upload_quota, "_MEASURE_AGAIN_SECONDS", 0.0)
    (tmp_path / "picture.png").write_bytes(b"x" * 10_000)
    assert ask(1) == 507
    (tmp_path / "picture.png").unlink()
    assert ask(10_000) == 200


def test_upload_of_undeclared_length_counts_as_the_largest(ask):
    assert MAX_BODY_BYTES > 10_000
    assert ask(None) == 507
