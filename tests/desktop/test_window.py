"""The desktop window: what it remembers, that it is one, and a real one on a screen made for the test."""

import importlib.util
import io
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from gradio_client import Client
from PIL import ImageGrab

from app import cli
from app.desktop import server as desktop_server
from app.desktop import window as desktop
from app.desktop.server import DesktopServer
from app.desktop.state import (
    WindowSize,
    ask_to_show,
    claim_window,
    find_free_port,
    load_size,
    save_size,
    take_show_request,
)
from models.runs import queue as run_queue
from models.runs.control import start_run, stop_run
from models.runs.folder import find_runs_folder
from models.runs.status import read_news, read_run
from tests.runs.trained_runs import LONG, make_short_config, wait_for_end
from tests.waiting import HANG_SECONDS, wait_until

ROOT = Path(__file__).parents[2]
# Opens the window as the command does, and evaluates in its page what is written to the process.
DRIVER = """
import json, sys, threading, time

def drive():
    import webview
    while not webview.windows:
        time.sleep(0.05)
    window = webview.windows[0]
    for line in sys.stdin:
        if line == "close\\n":
            window.destroy()
        elif line == "written\\n":  # what stands in the field that has the focus
            from qtpy.QtWidgets import QApplication
            field = QApplication.focusWidget()
            print(json.dumps(field.text() if hasattr(field, "setText") else None), flush=True)
        else:
            print(json.dumps(window.evaluate_js(line)), flush=True)

threading.Thread(target=drive, daemon=True).start()
from app.cli import main
from tests.waiting import wait_until
sys.exit(main(["--desktop"]))
"""


def test_size_is_remembered(tmp_path):
    assert load_size(tmp_path) == WindowSize()
    save_size(tmp_path, WindowSize(900, 700, is_maximized=True))
    assert load_size(tmp_path) == WindowSize(900, 700, is_maximized=True)
    assert load_size(tmp_path).fit(800, 2000) == WindowSize(800, 700, is_maximized=True)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"width_px": 900}{', '{"height": 3}', '{"width_px": "900"}', '{"width_px": 1e9}',
     '{"width_px": -900}', '{"width_px": true}', '{"height_px": 99999}', '{"is_maximized": 1}',
     "[" * 100_000],
)  # fmt: skip
def test_damaged_size_is_the_usual_one(tmp_path, text):
    (tmp_path / "window.json").write_text(text)
    assert load_size(tmp_path) == WindowSize()


def test_size_that_cannot_be_written_is_forgotten(tmp_path):
    save_size(tmp_path / "no folder", WindowSize(900, 700))
    assert load_size(tmp_path) == WindowSize()


def test_there_is_one_window_and_another_start_shows_it(tmp_path):
    lock = claim_window(tmp_path)
    try:
        again = "from pathlib import Path; from app.desktop.state import *;"
        again += f"folder = Path({str(tmp_path)!r}); print(claim_window(folder), ask_to_show(folder, 20))"
        other = subprocess.Popen([sys.executable, "-c", again], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        wait_until(lambda: take_show_request(tmp_path))
        assert other.communicate()[0] == "None True\n"
        assert not take_show_request(tmp_path)
        assert not ask_to_show(tmp_path, 0.2)  # by now nobody looks
    finally:
        lock.release()
    lock = claim_window(tmp_path)
    assert not take_show_request(tmp_path)  # the last one was for a window that is gone
    lock.release()


def test_port_is_the_same_one_unless_it_is_taken():
    port = find_free_port()
    assert find_free_port() == port
    with socket.create_server(("127.0.0.1", port)):
        assert find_free_port() != port


def test_without_the_extra_the_browser_opens_instead(monkeypatch, capsys):
    launches = []
    launch = SimpleNamespace(launch_app=lambda **options: launches.append(options))
    monkeypatch.setitem(sys.modules, "app.main", launch)
    monkeypatch.setattr(desktop.importlib.util, "find_spec", lambda name: None)
    assert cli.main(["--desktop"]) == 0
    assert launches[0]["open_browser"] is True
    assert cli.main(["--desktop", "--no-open"]) == 0
    assert launches[1]["open_browser"] is False
    said = capsys.readouterr().err
    assert "uv run --extra desktop glassbox --desktop" in said
    assert 'pip install "glassbox-lab[desktop]"' in said


@pytest.mark.parametrize("option", [("--port", "8000"), ("--host", "0.0.0.0")])
def test_window_has_its_own_address(capsys, option):
    assert cli.main(["--desktop", *option]) == 2
    assert "leave out --host and --port" in capsys.readouterr().err


def needs_window():
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}: install it and run again")
    if importlib.util.find_spec("webview") is None:
        pytest.skip("needs the extra `desktop`: uv sync --extra desktop")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks for X11's variables")
def test_what_the_system_lacks_is_named(monkeypatch):
    needs_window()
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert "needs a display" in desktop.find_obstacle()
    monkeypatch.setenv("DISPLAY", ":1")
    assert desktop.find_obstacle() is None

    def load(path):
        assert Path(path).is_file()
        raise OSError("libxcb-icccm.so.4: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(desktop.ctypes, "CDLL", load)
    assert "needs libxcb-icccm.so.4, a library" in desktop.find_obstacle()


@pytest.fixture
def screen():
    """An X11 screen in memory, as its name."""
    needs_window()
    reader, writer = os.pipe()
    size = ("-screen", "0", "1400x1000x24")
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), *size], pass_fds=[writer], stderr=subprocess.DEVNULL
    )
    os.close(writer)
    with os.fdopen(reader) as pipe:
        yield f":{pipe.readline().strip()}"
    process.terminate()
    process.wait(timeout=HANG_SECONDS)


VERDICT = "document.querySelector('#pad .gb-pad-verdict')?.textContent"


class Window:
    """A window that `glassbox --desktop` opened, used as a person would."""

    def __init__(self, environment, log):
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip

    def write(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, script):
        self.write(script)
        return json.loads(self.process.stdout.readline())

    def press(self, *arguments):
        result = subprocess.run(
            ["xdotool", *map(str, arguments)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout.split()

    def find(self, title):
        return self.press("search", "--sync", "--name", f"^{title}$")[0]

    def click(self, selector):
        self.ask(f"document.querySelector({selector!r}).click()")

    def wait_until(self, script):
        wait_until(
            lambda: self.ask(script),
            lambda: f"{script} is not so; the pad says {self.ask(VERDICT)!r}",
        )


def list_processes(marker):
    """Return the command lines of all processes that have this text in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it has ended
            continue
    return found


@pytest.mark.release
@pytest.mark.gate
def test_window_from_start_to_end(screen, tmp_path):
    state = tmp_path / "state" / "glassbox"
    state.mkdir(parents=True)
    save_size(state, WindowSize(1200, 800))
    environment = {**os.environ, "DISPLAY": screen, "XDG_STATE_HOME": str(state.parent)}
    environment.pop("WAYLAND_DISPLAY", None)
    log = (tmp_path / "log.txt").open("w+")
    window = Window(environment, log)
    try:
        window.wait_until("'ready' in document.body.dataset")
        assert window.ask("[innerWidth, innerHeight]") == [1200, 800]
        assert window.ask("location.hostname") == "127.0.0.1"

        again = subprocess.run(
            [sys.executable, "-m", "app.cli", "--desktop"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (again.returncode, again.stdout) == (
            0,
            "Glassbox is open already; its window is in front now.\n",
        )

        draw_a_one(window)
        window.wait_until("document.querySelector('#pad .gb-pad-verdict').textContent.startsWith('1')")
        picture = ImageGrab.grab(xdisplay=screen)
        picture.save(tmp_path / "window.png")
        assert picture.getpixel((110, 110)) == (0xF6, 0xF7, 0xF9)  # the page's ground, in the window's corner

        save_a_file(window, tmp_path / "saved.txt")
        wait_until(
            lambda: (tmp_path / "saved.txt").exists() and (tmp_path / "saved.txt").read_text() == "abc"
        )

        window.press("windowsize", "--sync", window.find("Glassbox"), 1000, 700)
        page = Client(window.ask("location.origin"), verbose=False)
        run_id = page.predict("mlp", **LONG, recipe="fast", api_name="/train")
        close_and_wait_for_the_question(window)
        assert window.ask("document.querySelector('#gb-closing h2').textContent") == "A run still trains"
        ImageGrab.grab(xdisplay=screen).save(tmp_path / "question.png")
        window.click("#gb-closing .stay")
        wait_until(lambda: window.ask("!document.querySelector('#gb-closing')"))
        close_and_wait_for_the_question(window)
        window.write("document.querySelector('#gb-closing .keep').click()")
        assert window.process.wait(timeout=HANG_SECONDS) == 0
        num_steps = read_run(run_id).step
        wait_until(lambda: read_run(run_id).step > num_steps)
        stop_run(run_id)
        assert wait_for_end(run_id).status == "stopped"
        assert load_size(state) == WindowSize(1000, 700)
        wait_until(lambda: not list_processes(str(state.parent).encode()))
        assert "Traceback" not in (tmp_path / "log.txt").read_text()
    finally:
        window.process.kill()
        window.process.wait()
        log.close()


def draw_a_one(window):
    """Draw one stroke downwards on the sketchpad with the mouse."""
    window.click("#gb-tabs [data-tab-id=sketchpad]")
    window.wait_until(
        "document.querySelector('#pad .gb-pad-verdict')?.textContent.startsWith('3')"
    )  # the example
    window.ask("document.querySelector('#pad .gb-pad-canvas').focus()")
    left, top = window.ask("[screenX, screenY]")
    box = window.ask("document.querySelector('#pad .gb-pad-canvas').getBoundingClientRect().toJSON()")
    x, y = round(left + box["x"] + box["width"] / 2), round(top + box["y"])
    window.press("windowfocus", "--sync", window.find("Glassbox"), "key", "c")
    moves = [("mousemove", x, y + share * box["height"] // 10) for share in range(2, 9)]
    window.press(*moves[0], "mousedown", 1, *sum(moves[1:], ()), "mouseup", 1)


def save_a_file(window, path):
    """Save a download of the page through the system's dialog."""
    window.ask(
        "Object.assign(document.createElement('a'),"
        " {href: URL.createObjectURL(new Blob(['abc'])), download: 'x.txt'}).click()"
    )
    window.press("windowfocus", "--sync", window.find("Save"))
    # The dialog puts the name in when it has read the folder, over what was typed before.
    wait_until(lambda: window.ask("written") == "x.txt")
    window.press("key", "ctrl+a", "type", "--delay", 1, path)
    wait_until(lambda: window.ask("written") == str(path))
    window.press("key", "Return")


def close_and_wait_for_the_question(window):
    window.write("close")
    window.wait_until("!!document.querySelector('#gb-closing[open]')")


def test_server_answers_its_window(monkeypatch, capsys):
    monkeypatch.setitem(
        sys.modules, "app.main", SimpleNamespace(launch_app=lambda **_: (None, "http://page"))
    )
    monkeypatch.setattr(run_queue, "launch_process", lambda folder, on_end: None)
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "1")
    training, waiting = start_run(make_short_config()), start_run(make_short_config())
    assert [read_news(run_id).status for run_id in (training, waiting)] == ["starting", "waiting"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("runs\nstop\n"))
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # which the server puts out of the way of others
    desktop_server.serve(find_free_port())
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    # The one that has a process ends when that sees the wish.
    assert answers == [{"address": "http://page"}, {"num_live": 2}, {"num_live": 1}]
    assert (find_runs_folder() / training / "stop").read_text() == "stop"
    assert read_news(waiting).status == "stopped"


@pytest.mark.parametrize(
    ("choice", "happens"), [("keep", ["closed"]), ("stop", ["stopped", "closed"]), ("stay", [])]
)
def test_runs_are_kept_or_stopped_as_chosen(tmp_path, choice, happens):
    seen = []
    server = SimpleNamespace(stop_live_runs=lambda: seen.append("stopped"))
    window = desktop.Desktop(tmp_path, server)
    window._window = SimpleNamespace(destroy=lambda: seen.append("closed"))
    window.close(choice)
    assert seen == happens


def test_server_that_cannot_start_says_why():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = DesktopServer(taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            server.wait_for_address()
        server.end()
