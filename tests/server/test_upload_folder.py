"""The folder of uploads: where it lies, and that nothing stays there without end."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app import cli
from app.server.uploads import (
    MAX_KEPT_SECONDS,
    MAX_UPLOAD_BYTES,
    MAX_UPLOADS_BYTES,
    UPLOAD_PATH,
    prepare_upload_folder,
    sweep_folder,
)
from tests.conftest import find_free_port, wait_until_served
from tests.server.upload_forms import BLOCK, FORM, list_files, write_form
from tests.waiting import HANG_SECONDS


def test_what_has_lain_too_long_goes_whoever_wrote_it(tmp_path):
    now = time.time()
    for name, age in (
        ("fresh", 60),
        ("old", MAX_KEPT_SECONDS + 60),
        ("from the future", -2 * MAX_KEPT_SECONDS),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"x")
        (tmp_path / f"{name}, alone").write_bytes(b"x" * (BLOCK + 1))
        for path in (tmp_path / name / "file", tmp_path / name, tmp_path / f"{name}, alone"):
            os.utime(path, (now - age, now - age))
    assert sweep_folder(tmp_path) == 4 * BLOCK
    assert {path.name for path in tmp_path.rglob("*")} == {"fresh", "file", "fresh, alone"}
    assert sweep_folder(tmp_path / "nowhere") == 0


def test_folder_lies_in_the_users_cache_or_where_it_is_said_and_is_the_users_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBOX_UPLOADS", str(tmp_path / "chosen"))
    folder = prepare_upload_folder()
    assert folder == tmp_path / "chosen" / "glassbox-uploads"
    folder.chmod(0o755)
    assert prepare_upload_folder().stat().st_mode & 0o777 == 0o700
    if sys.platform.startswith("linux"):
        monkeypatch.delenv("GLASSBOX_UPLOADS")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        assert prepare_upload_folder() == tmp_path / "cache" / "glassbox" / "uploads"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the cache's variable is Linux's")
def test_folder_is_a_temporary_one_of_the_users_own_where_the_cache_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.delenv("GLASSBOX_UPLOADS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = prepare_upload_folder()
    assert folder == tmp_path / f"glassbox-uploads-{os.geteuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with pytest.raises(OSError, match="Set GLASSBOX_UPLOADS"):
        prepare_upload_folder()


def test_folder_that_cannot_be_used_is_a_sentence_with_the_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_UPLOADS", str(tmp_path))
    folder = tmp_path / "glassbox-uploads"
    for make in (folder.touch, lambda: folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)):
        make()
        assert cli.main(["--no-open", "--port", str(find_free_port())]) == 2
        told = capsys.readouterr().err
        assert str(folder) in told
        assert "Set GLASSBOX_UPLOADS to a folder that you can write" in told
        folder.unlink()


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can become another user")
@pytest.mark.parametrize("mode", [0o555, 0o755, 0o700])
def test_folder_of_another_user_is_not_used(monkeypatch, mode):
    nobody = 65_534
    with tempfile.TemporaryDirectory() as shared:  # pytest's own are closed to others
        monkeypatch.setenv("GLASSBOX_UPLOADS", shared)
        prepare_upload_folder().chmod(mode)
        Path(shared).chmod(0o777)
        process = os.fork()
        if process == 0:
            os.setuid(nobody)
            try:
                prepare_upload_folder()
            except OSError as error:
                os._exit(7 if "Set GLASSBOX_UPLOADS" in str(error) else 1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 7


@contextmanager
def start_server(folder):
    """Serve the page with `folder` for its user's cache and for temporary files."""
    port = find_free_port()
    environment = {**os.environ, "XDG_CACHE_HOME": f"{folder}", "TMPDIR": f"{folder / 'temporary'}"}
    del environment["GLASSBOX_UPLOADS"]
    options = ["--port", f"{port}", "--no-open", "--runs-dir", f"{folder / 'runs'}"]
    command = [sys.executable, "-m", "tests.server.cold_page", *options]
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    try:
        wait_until_served(f"http://127.0.0.1:{port}", process, folder / "log.txt")
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def send_half(address, path):
    """Send the beginning of a form that holds a file, and return the socket, still open."""
    to = urlsplit(address)
    connection = socket.create_connection((to.hostname, to.port), timeout=HANG_SECONDS)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {to.netloc}\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: 1000000\r\n\r\n"
    )
    connection.sendall(head.encode() + write_form("x" * 300_000, end=""))
    return connection


def wait_for(is_reached, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.gate
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folders' variables are Linux's")
def test_nothing_that_a_request_leaves_stays_or_has_no_end(tmp_path):
    """The attacks in turn on one server, which has the folder from another one and is killed in the end."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "temporary" / "gradio").touch()  # a folder of another user's, which the page cannot use
    folder = tmp_path / "glassbox" / "uploads"
    killed, running = folder / "killed_long_ago" / "a.png", folder / "another_process.bin"
    killed.parent.mkdir(parents=True)
    killed.touch()
    long_ago = time.time() - MAX_KEPT_SECONDS - 60
    for path in (killed, killed.parent):
        os.utime(path, (long_ago, long_ago))
    with running.open("wb") as file:
        file.truncate(MAX_UPLOADS_BYTES - 2 * MAX_UPLOAD_BYTES)

    def list_all():
        return list_files(folder) | list_files(tmp_path / "temporary")

    with start_server(tmp_path) as (address, process):
        wait_for(lambda: not killed.parent.exists())
        before = list_all()
        for path in (UPLOAD_PATH, "/gradio_api/component_server"):
            for _ in range(20):
                send_half(address, path).close()
        tiny = [("files", (f"{number}.txt", b"x")) for number in range(1_000)]
        assert httpx.post(address + UPLOAD_PATH, files=tiny).status_code == 400
        assert httpx.post(f"{address}/gradio_api/component_server", files=tiny[:1]).status_code == 415

        def upload(content):
            return httpx.post(
                address + UPLOAD_PATH, files={"files": ("a.png", content)}, timeout=HANG_SECONDS
            )

        kept = {Path(upload(b"mine").json()[0])}
        assert list_all() - before == kept
        assert folder.stat().st_mode & 0o777 == 0o700
        large = b"x" * (MAX_UPLOAD_BYTES - 1_000)
        answers = [upload(large) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 507, 507]  # for the second, and its folder
        kept.add(Path(answers[0].json()[0]))
        with send_half(address, UPLOAD_PATH):
            assert upload(large).status_code == 507  # the half one has been read by then
            process.kill()
            process.wait()
        assert list_all() - before == kept
    assert sweep_folder(folder) <= MAX_UPLOADS_BYTES
    assert running.exists()
    assert "Traceback" not in (tmp_path / "log.txt").read_text()
