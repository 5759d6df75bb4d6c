"""What may be uploaded, how much of it, and where it is kept."""

import asyncio
import os
import time
from pathlib import Path

import httpx
import pytest

from app.server import refusals, uploads
from app.server.uploads import (
    MAX_CROWDED_SECONDS,
    MAX_FILES,
    MAX_READ_AT_ONCE,
    UPLOAD_PATH,
    Uploads,
    sweep_folder,
)
from tests.running import run
from tests.server.upload_forms import BLOCK, FORM, PART, list_files, write_form


async def answer_else(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"passed on"})


@pytest.fixture
def ask(tmp_path):
    """Send requests at once through a quota of ten blocks for a folder of a test's own."""
    return make_ask(tmp_path / "kept", 10 * BLOCK, 10 * BLOCK)


def make_ask(folder, *limits):
    folder.mkdir()
    guard = Uploads(answer_else, folder, set(), *limits)

    async def send_all(requests, address):
        transport = httpx.ASGITransport(guard, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            return await asyncio.gather(*(client.request(**request) for request in requests))

    def ask(*bodies, url=UPLOAD_PATH, method="POST", kind=FORM, address="192.0.2.1"):
        request = {"method": method, "url": url, "headers": {"content-type": kind}}
        sending = send_all([{**request, "content": body} for body in bodies], address)
        answers = run(sending)
        return answers if len(bodies) > 1 else answers[0]

    ask.folder = folder
    return ask


def test_files_are_kept_in_folders_that_nobody_can_guess(ask):
    answer = ask(write_form("one", "two"))
    first, second = map(Path, answer.json())
    assert [first.read_text(), second.read_text()] == ["one", "two"]
    assert first.name == second.name == "a.png"
    assert first.parent != second.parent
    again = Path(ask(write_form("one")).json()[0])
    assert {first.parent.parent, second.parent.parent, again.parent.parent} == {ask.folder}
    assert again.parent != first.parent
    assert first.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (write_form("x", end=""), "ended too early"),
        (write_form("x", end=PART.format(name="files")), "ended too early"),
        (write_form("x")[:-20], "ended too early"),
        (b"", "ended too early"),
        (write_form(*"x" * (MAX_FILES + 1)), f"files is {MAX_FILES}"),
        (write_form(*"x" * 1_000), f"files is {MAX_FILES}"),
        (write_form("x", name="other"), "under the name “files”"),
        (write_form(), "under the name “files”"),
        (b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n--b--\r\n', "under the name"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", "must be provided"),
        (b"no form", "Invalid"),
    ],
)  # fmt: skip
def test_what_is_no_whole_form_with_files_is_refused_and_leaves_nothing(ask, body, text):
    answer = ask(body)
    assert answer.status_code == 400
    assert text in answer.text
    assert not [*ask.folder.iterdir()]


@pytest.mark.parametrize("kind", ["application/json", "", "text/plain", "multipart/mixed; boundary=b",
                                  "multipart/form-data; boundary=b; charset=punycode"])  # fmt: skip
def test_upload_must_be_a_form(ask, kind):
    assert ask(write_form("x"), kind=kind).status_code == 415


def test_as_many_files_as_a_request_may_hold_are_kept(ask):
    assert len(ask(write_form(*"x" * (10 // 2))).json()) == 5  # in ten blocks
    assert MAX_FILES >= 5


@pytest.mark.parametrize("path", ["/gradio_api/component_server", "/gradio_api/queue/join", "/login", "/"])
def test_form_is_taken_nowhere_else(ask, path):
    answer = ask(write_form("x"), url=path)
    assert answer.status_code == 415
    assert "send JSON here" in answer.text
    assert ask(b"{}", url=path, kind="application/json").text == "passed on"
    assert ask(b"", url=UPLOAD_PATH, method="GET", kind="").text == "passed on"


def test_uploads_are_taken_up_to_the_limit_and_no_further(ask):
    (ask.folder / "another_program.txt").write_bytes(b"x" * (3 * BLOCK + 1))
    answers = [ask(write_form("x" * (2 * BLOCK + 1))).status_code for _ in range(2)]  # three, and a folder
    assert answers == [200, 507]
    assert [ask(write_form("x")).status_code for _ in range(2)] == [200, 507]
    assert sweep_folder(ask.folder) == 10 * BLOCK


def test_one_address_leaves_room_to_others_and_has_it_again_once_its_files_are_gone(tmp_path, monkeypatch):
    ask = make_ask(tmp_path / "kept", 10 * BLOCK, 4 * BLOCK)
    first, second, refused = (ask(write_form("x")) for _ in range(3))
    assert (first.status_code, second.status_code, refused.status_code) == (200, 200, 507)
    assert "Your address" in refused.text
    assert ask(write_form("x"), address="192.0.2.2").status_code == 200
    monkeypatch.setattr(uploads, "_MEASURE_AGAIN_SECONDS", 0.0)
    for age, status in ((MAX_CROWDED_SECONDS / 2, 507), (MAX_CROWDED_SECONDS + 60, 200)):
        os.utime(first.json()[0], (time.time() - age,) * 2)
        assert ask(write_form("x")).status_code == status
    assert uploads.MAX_ADDRESS_BYTES >= 35 * refusals.MAX_BODY_BYTES * 3 // 4  # a class, an image each


def test_uploads_at_once_have_room_one_by_one(ask):
    statuses = [answer.status_code for answer in ask(*[write_form("x")] * 9)]
    assert sorted(statuses) == [200] * 5 + [507] * 4
    assert len(list_files(ask.folder)) == 5


def test_there_is_room_again_once_files_are_gone(ask, monkeypatch):
    monkeypatch.setattr(uploads, "_MEASURE_AGAIN_SECONDS", 0.0)
    (ask.folder / "x").write_bytes(b"x" * 10 * BLOCK)
    assert ask(write_form("x")).status_code == 507
    (ask.folder / "x").unlink()
    assert ask(write_form("x")).status_code == 200
    for path in list_files(ask.folder):
        os.utime(path, (0, 0))
    assert ask(write_form("x" * 8 * BLOCK)).status_code == 200  # what is too old goes first


def test_where_there_is_no_room_what_has_been_read_long_ago_goes_before_its_time(ask, monkeypatch):
    monkeypatch.setattr(uploads, "_MEASURE_AGAIN_SECONDS", 0.0)
    crowding = ask.folder / "x"
    for age, status in ((MAX_CROWDED_SECONDS / 2, 507), (MAX_CROWDED_SECONDS + 60, 200)):
        crowding.write_bytes(b"x" * 10 * BLOCK)
        os.utime(crowding, (time.time() - age,) * 2)
        sweep_folder(ask.folder)
        assert crowding.exists()
        assert ask(write_form("x")).status_code == status
    assert not crowding.exists()


@pytest.mark.parametrize("fail", ["mkdir", "write_bytes"])
def test_disk_that_cannot_be_written_is_a_sentence_and_nothing_is_left(ask, monkeypatch, capsys, fail):
    def refuse(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, fail, refuse)
    answer = ask(write_form("x"))
    assert answer.status_code == 507
    assert "cannot write to its disk" in answer.text
    assert "No space left" in capsys.readouterr().err  # for whoever runs it
    assert not [*ask.folder.iterdir()]


def test_folder_that_was_deleted_meanwhile_is_made_again(ask):
    ask.folder.rmdir()
    assert ask(write_form("x")).status_code == 200
    assert ask.folder.stat().st_mode & 0o077 == 0


def test_where_too_many_are_being_read_the_first_gives_way():
    guard = Uploads(answer_else, Path("nowhere"), set())
    statuses = []

    async def upload(address="192.0.2.1"):
        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        headers = [(b"content-type", FORM.encode())]
        await guard(
            {
                "type": "http",
                "method": "POST",
                "path": UPLOAD_PATH,
                "headers": headers,
                "client": (address, 1),
            },
            asyncio.Event().wait,  # nothing ever comes
            send,
        )

    async def upload_all():
        other = asyncio.create_task(upload("192.0.2.2"))  # the first, and nobody else's
        await asyncio.sleep(0)
        tasks = []
        for _ in range(MAX_READ_AT_ONCE + 1):
            tasks.append(asyncio.create_task(upload()))
            await asyncio.sleep(0)
        done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 2:
            done, waiting = await asyncio.wait(tasks, timeout=0.01)
        assert done == set(tasks[:2])
        assert not other.done()
        for task in (other, *waiting):
            task.cancel()

    run(upload_all())
    assert statuses == [408, 408]


def test_upload_that_does_not_end_is_given_up(ask, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_READ_SECONDS", 0.01)

    async def wait():
        yield b"--b\r\n"
        await asyncio.Event().wait()

    answer = ask(wait())
    assert answer.status_code == 408
