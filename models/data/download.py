"""Downloading a data set: with an end when the network hangs, and when somebody no longer wants it."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from models.data.files import (
    DOWNLOADED,
    FILE_NAMES,
    MD5_RECORD,
    describe_missing,
    find_data_folder,
    find_raw_folder,
    hash_content,
)
from models.data.names import TITLES

TIMEOUT_SECONDS = 30.0  # without a byte
_POLL_SECONDS = 0.1
_PREFIX = ".download-"

# Called with what is done, how much of it, and of how much; what it raises ends what it is told of.
Progress = Callable[[str, int, int], None]


def download(name: str, progress: Progress | None = None) -> None:
    """Download a data set with torchvision, which shows its progress and checks each file's MD5.

    The files are fetched into a temporary folder and moved into place when complete, so that a download
    that is cut off leaves nothing that looks like a data set.

    Args:
        name: One of `DOWNLOADED`.
        progress: Called many times a second with the files that have come; what it raises ends the download.

    Raises:
        ValueError: If the files cannot be had. The message says what to do.
    """
    from torchvision import datasets  # takes seconds to import, so only where it is needed

    hint = f" {describe_missing(name)}".rstrip()
    folder = find_data_folder()
    raw_folder = find_raw_folder(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix=_PREFIX, ignore_cleanup_errors=True) as temporary:
            downloaded = Path(temporary) / DOWNLOADED[name] / "raw"

            def tell_progress() -> None:
                if progress:
                    num = sum((downloaded / file_name).is_file() for file_name in FILE_NAMES)
                    progress(f"Downloading {TITLES[name]}, files", num, len(FILE_NAMES))

            dataset_class = getattr(datasets, DOWNLOADED[name])
            with _time_limit():
                _wait_for(lambda: dataset_class(temporary, download=True), tell_progress)
            raw_folder.mkdir(parents=True, exist_ok=True)
            recorded = {
                file_name: hash_content((downloaded / file_name).read_bytes()) for file_name in FILE_NAMES
            }
            (downloaded / MD5_RECORD).write_text(json.dumps(recorded))
            for file_name in (*recorded, MD5_RECORD):
                shutil.move(downloaded / file_name, raw_folder / file_name)
    except (OSError, RuntimeError, EOFError) as error:  # no network, no space, no permission, a wrong MD5
        reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
        raise ValueError(
            f"{TITLES[name]} is not in {folder} and could not be downloaded ({reason}).{hint} "
            f"Connect to the internet and try again, put its four files into {raw_folder}, set GLASSBOX_DATA "
            f"to a folder that has them, or choose the data set 'strokes', which needs no download."
        ) from error


def _sweep(folder: Path) -> None:
    """Delete what downloads left that were killed a day ago or earlier."""
    for left in folder.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > 86_400:
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _time_limit() -> Iterator[None]:
    """Give every connection that is opened meanwhile a time limit: torchvision sets none.

    It is the whole process's, so only programs that have nothing else to do download: a training, or one's
    own on the command line.
    """
    earlier = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(earlier)


def _wait_for(work: Callable[[], object], tell_progress: Callable[[], None]) -> None:
    """Do what takes long beside this thread, which goes on telling, and can be told to stop.

    Raises:
        Exception: What either of them raised. If the telling did, the work is left to its own end.
    """
    failures: list[BaseException] = []

    def do_work() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=do_work, daemon=True)
    thread.start()
    while thread.is_alive():
        tell_progress()
        thread.join(_POLL_SECONDS)
    if failures:
        raise failures[0]
