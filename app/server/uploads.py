"""What visitors upload: a folder of our own, how much goes into it, and when it is deleted again."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import anyio
import anyio.to_thread
import platformdirs
from gradio_client.utils import strip_invalid_filename_characters
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from app.server.plain_refusals import make_refusal
from app.server.refusals import MAX_UPLOAD_BYTES, UPLOAD_PATH
from app.server.turns import find_visitor

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MAX_UPLOADS_BYTES = 256 * 2**20  # on the disk, of every process that shares the folder
MAX_ADDRESS_BYTES = MAX_UPLOADS_BYTES // 2  # of them, those of one address; a class may share it
MAX_FILES = 10  # of one request; the page sends one
MAX_READ_AT_ONCE = 16  # requests whose files are in memory
MAX_READ_SECONDS = 60.0
# A handler reads an upload at once, and nobody needs it afterwards.
MAX_KEPT_SECONDS = 3_600.0
MAX_CROWDED_SECONDS = 600.0  # where there is no room otherwise
SWEEP_SECONDS = 3_600.0
_MEASURE_AGAIN_SECONDS = 10.0
_BLOCK_BYTES = 4_096

_NO_FILES = "Files are taken at /gradio_api/upload alone; send JSON here, as application/json."
_NO_FORM = "Send files as multipart/form-data, under the name “files”."
_CUT_OFF = f"This upload ended too early, or is larger than {MAX_UPLOAD_BYTES // 2**20} MB; it was not kept."
_TOO_SLOW = f"This upload was given up: it took {MAX_READ_SECONDS:.0f} s, or others needed its place."
_NO_ROOM = "There is no room for more uploads here. Try again in ten minutes."
_NO_SHARE = "Your address has uploaded as much as one may keep here. Try again in ten minutes."
_NO_DISK = "This server cannot write to its disk. Tell whoever runs it."


class SentFile(NamedTuple):
    """A file as it was sent: its name, which may be anything, and its bytes."""

    name: str
    content: bytes


def prepare_upload_folder() -> Path:
    """Make the folder for uploads, which only its user may read, and return it.

    It lies in the folder that `GLASSBOX_UPLOADS` names, otherwise in the user's cache folder, or where that
    cannot be written, among the system's temporary files. Everything in it is deleted in time, so it has a
    name of its own.

    Raises:
        OSError: If it cannot be made, belongs to somebody else or cannot be written.
    """
    chosen = os.environ.get("GLASSBOX_UPLOADS")
    if chosen:
        folder = Path(chosen).expanduser().absolute() / "glassbox-uploads"
    else:
        folder = platformdirs.user_cache_path("glassbox", appauthor=False).absolute() / "uploads"
    try:
        _make_private(folder)
    except OSError as error:
        if not chosen:
            user = os.geteuid() if hasattr(os, "geteuid") else "own"
            folder = Path(tempfile.gettempdir(), f"glassbox-uploads-{user}").absolute()
            with suppress(OSError):
                _make_private(folder)
                return folder
        raise OSError(
            f"The folder for uploads, {folder}, cannot be used: {error.strerror or error}. "
            "Set GLASSBOX_UPLOADS to a folder that you can write."
        ) from error
    return folder


def _make_private(folder: Path) -> None:
    if folder.is_symlink():  # where everybody may write, anybody's; what it leads to would be emptied
        raise OSError("it is a link")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        raise OSError("it is another user's")
    if status.st_mode & 0o077:
        folder.chmod(0o700)
    with tempfile.TemporaryFile(dir=folder):
        pass


def sweep_folder(folder: Path, max_seconds: float = MAX_KEPT_SECONDS) -> int:
    """Delete what has lain in a folder for too long, whoever wrote it.

    What seems to come from the future, because the clock was set back, counts as old.

    Returns:
        The bytes that the rest takes on the disk.
    """
    found = {}
    for root, folders, files in os.walk(folder, topdown=False):  # what a folder holds before the folder
        for path in (Path(root, name) for name in (*files, *folders)):
            with suppress(OSError):  # deleted meanwhile
                found[path] = path.lstat()
    num_bytes, now = 0, time.time()
    for path, status in found.items():
        if abs(now - status.st_mtime) > max_seconds:
            with suppress(OSError):  # a folder that is not empty; on Windows, a file that is read
                path.rmdir() if stat.S_ISDIR(status.st_mode) else path.unlink()
                continue
        num_bytes += max(count_blocks(status.st_size), 512 * getattr(status, "st_blocks", 0))
    return num_bytes


def count_blocks(num_bytes: int) -> int:
    """Return the bytes that a file takes on the disk, at least a block."""
    return max(1, -(-num_bytes // _BLOCK_BYTES)) * _BLOCK_BYTES


def store_files(folder: Path, files: Sequence[SentFile]) -> list[str]:
    """Write files, each into a folder of its own that nobody can guess, and return their paths.

    Raises:
        OSError: If one cannot be written; then none is left.
    """
    paths: list[Path] = []
    _make_private(folder)  # it may have been deleted
    try:
        for file in files:
            name = strip_invalid_filename_characters(PurePosixPath(file.name).name).lstrip(".") or "file"
            paths.append(folder / secrets.token_hex(16) / name)
            paths[-1].parent.mkdir(mode=0o700)
            paths[-1].write_bytes(file.content)
    except BaseException:
        for path in paths:
            shutil.rmtree(path.parent, ignore_errors=True)
        raise
    return [str(path) for path in paths]


class _NoRoomError(Exception):
    """There is no room for an upload; says for whom."""


class Uploads:
    """ASGI middleware that takes uploads in Gradio's place, and deletes them in time.

    A request's files are held in memory until all of it has come, so one that ends early leaves nothing,
    not even where the process is killed. Where too many are being read, the one that began first of the
    address with most of them gives way.

    Args:
        app: What answers everything else.
        folder: Where uploads are kept; other processes may share it.
        stored: Where the paths are noted of what is to be deleted when the server ends.
        max_bytes: How much the folder may hold.
        max_address_bytes: How much of it one address may have sent to this process.
    """

    def __init__(
        self,
        app: ASGIApp,
        folder: Path,
        stored: set[str],
        max_bytes: int = MAX_UPLOADS_BYTES,
        max_address_bytes: int = MAX_ADDRESS_BYTES,
    ) -> None:
        self._app = app
        self._folder = folder
        self._stored = stored
        self._max_bytes = max_bytes
        self._max_address_bytes = max_address_bytes
        self._sent: dict[str, tuple[str, int]] = {}  # a path -> whose it is, and the bytes that it takes
        self._num_bytes = 0
        self._measured_at = -_MEASURE_AGAIN_SECONDS
        self._writing = anyio.Lock()
        self._reading: list[tuple[str, anyio.CancelScope]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take an upload; refuse files elsewhere; pass everything else on."""
        if scope["type"] == "lifespan":
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._sweep_hourly)
                await self._app(scope, receive, send)
                tasks.cancel_scope.cancel()
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        kind = request.headers.get("content-type", "").lower()
        is_upload = request.method == "POST" and scope["path"].rstrip("/") == UPLOAD_PATH
        if is_upload:
            is_form = kind.startswith("multipart/form-data") and "charset" not in kind
            response = await self._take(request) if is_form else make_refusal(415, _NO_FORM)
            await response(scope, receive, send)
        elif kind.startswith("multipart/"):
            await make_refusal(415, _NO_FILES)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _take(self, request: Request) -> Response:
        """Read an upload to its end and keep its files; return the answer."""
        address = find_visitor(request.scope).address
        if len(self._reading) >= MAX_READ_AT_ONCE:
            self._give_way()
        with anyio.move_on_after(MAX_READ_SECONDS) as place:
            self._reading.append((address, place))
            try:
                files = await _read_files(request)
                return JSONResponse(await self._keep(files, address))
            except _NoRoomError as error:
                return make_refusal(507, str(error))
            except ClientDisconnect:
                return make_refusal(400, _CUT_OFF)
            except (MultiPartException, UnicodeError) as error:
                return make_refusal(400, getattr(error, "message", _NO_FORM))
            except OSError as error:
                print(f"glassbox: an upload cannot be kept: {error}", file=sys.stderr)
                return make_refusal(507, _NO_DISK)
            finally:
                with suppress(ValueError):  # it gave way
                    self._reading.remove((address, place))
        return make_refusal(408, _TOO_SLOW)

    def _give_way(self) -> None:
        """End what is being read longest for the address of which most is being read."""
        ((busiest, _),) = Counter(address for address, _ in self._reading).most_common(1)
        oldest = next(reading for reading in self._reading if reading[0] == busiest)
        self._reading.remove(oldest)
        oldest[1].cancel()

    async def _keep(self, files: Sequence[SentFile], address: str) -> list[str]:
        """Write files where there is room for them, and return their paths.

        Raises:
            _NoRoomError: If there is none.
        """
        sizes = [count_blocks(len(file.content)) + _BLOCK_BYTES for file in files]
        async with self._writing:  # so that what is written counts for whoever comes next
            if time.monotonic() - self._measured_at >= _MEASURE_AGAIN_SECONDS:
                self._measured_at = time.monotonic()
                await self._measure(sum(sizes), address)
            if self._num_bytes + sum(sizes) > self._max_bytes:
                raise _NoRoomError(_NO_ROOM)
            if self._count_sent(address) + sum(sizes) > self._max_address_bytes:
                raise _NoRoomError(_NO_SHARE)
            self._num_bytes += sum(sizes)
            paths = await anyio.to_thread.run_sync(store_files, self._folder, files)
        self._stored.update(paths)
        self._sent.update(zip(paths, ((address, size) for size in sizes), strict=True))
        return paths

    async def _measure(self, num_bytes: int, address: str) -> None:
        """Find out what is there, and delete what is old, the sooner where so many bytes have no room."""
        for max_seconds in (MAX_KEPT_SECONDS, MAX_CROWDED_SECONDS):
            self._num_bytes = await anyio.to_thread.run_sync(sweep_folder, self._folder, max_seconds)
            self._stored.difference_update(await anyio.to_thread.run_sync(_find_gone, [*self._stored]))
            self._sent = {path: sent for path, sent in self._sent.items() if path in self._stored}
            is_room = self._num_bytes + num_bytes <= self._max_bytes
            if is_room and self._count_sent(address) + num_bytes <= self._max_address_bytes:
                break

    def _count_sent(self, address: str) -> int:
        return sum(size for sender, size in self._sent.values() if sender == address)

    async def _sweep_hourly(self) -> None:
        while True:
            await anyio.to_thread.run_sync(sweep_folder, self._folder)
            await anyio.sleep(SWEEP_SECONDS)


def _find_gone(paths: Sequence[str]) -> list[str]:
    return [path for path in paths if not Path(path).exists()]


class _Parser(MultiPartParser):
    """A reader of forms that keeps files in memory, and notes whether the form's end came."""

    spool_max_size = MAX_UPLOAD_BYTES
    has_ended = False

    def on_end(self) -> None:
        self.has_ended = True


async def _read_files(request: Request) -> list[SentFile]:
    """Return the files that a request holds under the name that Gradio's clients give them.

    Raises:
        ClientDisconnect: If the request ends before its end.
        MultiPartException: If it is no form, or holds no files, or too many files or fields.
    """
    parser = _Parser(request.headers, request.stream(), max_files=MAX_FILES, max_fields=MAX_FILES)
    form = await parser.parse()
    if not parser.has_ended:
        raise ClientDisconnect
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    if not files:
        raise MultiPartException(_NO_FORM)
    return [SentFile(file.filename or "", await file.read()) for file in files]
