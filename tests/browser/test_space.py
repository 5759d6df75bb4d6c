"""The Hugging Face Space: its entry point in an environment of its own, by a stranger, without a network."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

from app.sketchpad.tab import build_example
from space import SETTINGS
from tests.browser.conftest import FLAGS, WIDE
from tests.browser.pad import Pad, choose
from tests.browser.runs_tab import FOCUS, RunsTab
from tests.test_hosting import list_files
from tests.test_readme import ROOT
from tests.waiting import HANG_SECONDS, wait_until

NEEDED = ("uv", "unshare", "nsenter", "setpriv", "mount", "ip")
NOBODY = 65_534
# Loopback alone, a home of 64 MB, a checkout that cannot be written, root's Python readable for a stranger.
START = f"""
set -e
ip link set lo up
mount -t tmpfs -o size=64m,mode=1777 tmpfs home
mount --bind checkout checkout
mount -o remount,bind,ro checkout
case {sys.base_prefix} in /root/*)
  mount --bind {sys.base_prefix} python
  mount -t tmpfs -o mode=755 tmpfs /root
  mkdir -p {sys.base_prefix}
  mount --move python {sys.base_prefix}
esac
cd checkout
exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups --no-new-privs \\
  env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME="$1/home" TMPDIR="$1/home" PYTHONUNBUFFERED=1 \\
  SPACE_ID=someone/glassbox "$1/venv/bin/python" space.py
"""


@pytest.fixture(scope="module")
def place():
    """A folder that everybody may read, with a checkout and what requirements.txt and the README ask for."""
    if sys.platform != "linux" or os.geteuid() != 0 or not all(map(shutil.which, NEEDED)):
        pytest.skip(f"needs Linux, root and {', '.join(NEEDED)}")
    place = Path(tempfile.mkdtemp(prefix="glassbox-space-"))
    place.chmod(0o755)
    for name in ("home", "python", "checkout"):
        (place / name).mkdir()
    for name in list_files():
        (place / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, place / "checkout" / name)
    front = yaml.safe_load((ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    asked = ["-r", "requirements.txt", f"gradio=={front['sdk_version']}"]
    for command in (
        ["venv", "--python", sys.executable, "../venv"],
        ["pip", "install", "--python", "../venv/bin/python", *asked],
    ):
        done = subprocess.run(["uv", *command], cwd=place / "checkout", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    yield place
    shutil.rmtree(place)  # several gigabytes


@pytest.fixture(scope="module")
def server(place):
    log = place / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["unshare", "--net", "--mount", "sh", "-c", START, "sh", place],
            cwd=place, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def is_running():
        assert process.poll() is None, log.read_text()
        return "Running on" in log.read_text()

    wait_until(is_running, log.read_text)
    yield process
    process.terminate()
    process.wait(timeout=HANG_SECONDS)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture
def page(server, place, playwright, chromium_path):
    """The page in a browser that is as cut off as the server."""
    inside = place / "chromium"
    inside.write_text(f'#!/bin/sh\nexec nsenter --target {server.pid} --net {chromium_path} "$@"\n')
    inside.chmod(stat.S_IRWXU)
    browser = playwright.chromium.launch(executable_path=inside, args=FLAGS)
    page = browser.new_page(viewport=WIDE, reduced_motion="reduce")
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto("http://127.0.0.1:7860/?tab=sketchpad")
    page.locator("body[data-ready]").wait_for()
    yield page
    browser.close()
    assert not errors


@pytest.mark.release
def test_space_reads_a_digit_and_a_network_that_it_trained_within_its_limits(page):
    pad = Pad(page)
    page.locator("#pad .gb-pad[data-digit]").wait_for()  # the example has been read
    pad.clear()
    pad.draw(build_example(7))
    assert pad.read() == "7"

    page.get_by_role("tab", name="Training runs").click()
    runs_tab = RunsTab(page)
    runs_tab.choose("network", "Logistic regression")
    runs_tab.choose("dataset", "Built-in strokes")
    runs_tab.set_images(2_000)
    runs_tab.fill("epochs", SETTINGS["GLASSBOX_MAX_EPOCHS"])
    page.get_by_role("button", name="Start training").click()
    page.locator(f'{FOCUS}:not([data-run="example"])').wait_for()
    runs_tab.wait_for_status("done")

    page.get_by_role("tab", name="Sketchpad").click()
    choose(page, "Your run")
    page.locator(".gb-about").get_by_text("built-in strokes").wait_for()
    pad.clear()
    pad.draw(build_example(0))
    assert pad.read() == "0"
