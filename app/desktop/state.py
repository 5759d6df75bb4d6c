"""What the desktop window remembers until the next start, and that there is one such window at most."""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

MIN_WIDTH_PX, MIN_HEIGHT_PX = 400, 480
_MAX_PX = 16_384
_SIZE, _LOCK, _REQUEST = "window.json", "window.lock", "window.show"
# What the page keeps in its browser belongs to its address, port included: a window that had another port
# each time would forget a visitor's runs and digits.
_PORTS = range(27_860, 27_880)
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class WindowSize:
    """How large the window is.

    Attributes:
        width_px: Its width while it is not maximized.
        height_px: Its height while it is not maximized.
        is_maximized: Whether it fills the screen.
    """

    width_px: int = 1280
    height_px: int = 860
    is_maximized: bool = False

    def fit(self, width_px: int, height_px: int) -> WindowSize:
        """Return this size, or what of it fits on a screen of that size."""
        return WindowSize(min(self.width_px, width_px), min(self.height_px, height_px), self.is_maximized)


def find_state_folder() -> Path:
    """Return the folder in which the user's system keeps what programs remember; it exists then.

    Raises:
        OSError: If it cannot be made or written; the message says what to do.
    """
    folder = platformdirs.user_state_path("glassbox", appauthor=False)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise OSError(
            f"The desktop window needs {folder}, which cannot be made or written. Free it, or leave out "
            "--desktop and use the browser."
        )
    return folder


def load_size(folder: Path) -> WindowSize:
    """Return the size that was saved last, or the usual one where there is none or the file is damaged."""
    try:
        size = WindowSize(**json.loads((folder / _SIZE).read_text(encoding="utf-8")))
        width_px, height_px = size.width_px, size.height_px
        is_sound = (
            type(width_px) is type(height_px) is int
            and MIN_WIDTH_PX <= width_px <= _MAX_PX
            and MIN_HEIGHT_PX <= height_px <= _MAX_PX
            and isinstance(size.is_maximized, bool)
        )
    except (OSError, ValueError, TypeError, RecursionError):
        return WindowSize()
    return size if is_sound else WindowSize()


def save_size(folder: Path, size: WindowSize) -> None:
    """Save the window's size; where that fails, a full disk say, the next window has the size before."""
    written = folder / f"{_SIZE}.new"
    with suppress(OSError):
        written.write_text(json.dumps(asdict(size)), encoding="utf-8")
        written.replace(folder / _SIZE)


def claim_window(folder: Path) -> FileLock | None:
    """Return the one window's lock, held, or None where another process has it; it ends with its holder."""
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    (folder / _REQUEST).unlink(missing_ok=True)  # for a window that is gone
    return lock


def ask_to_show(folder: Path, timeout_seconds: float = 5) -> bool:
    """Ask the process that has the window to bring it to the front, and return whether it took note."""
    request = folder / _REQUEST
    request.touch()
    deadline = time.monotonic() + timeout_seconds
    while request.exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def take_show_request(folder: Path) -> bool:
    """Return whether another start has asked for the window since this was last asked."""
    try:
        (folder / _REQUEST).unlink()
    except FileNotFoundError:
        return False
    return True


def find_free_port() -> int:
    """Return the same port of this machine each time, or another where that one is taken."""
    for port in (*_PORTS, 0):
        with suppress(OSError), socket.socket() as probe:
            if os.name != "nt":  # where it would let two programs listen on one port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("No port of this machine is free.")
