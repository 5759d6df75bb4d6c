"""The page in a window of its own: `glassbox --desktop`, with pywebview from the extra `desktop`.

On Linux the window is Qt's; on macOS and Windows it is the system's own.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.desktop.server import DesktopServer
from app.desktop.state import (
    MIN_HEIGHT_PX,
    MIN_WIDTH_PX,
    WindowSize,
    ask_to_show,
    claim_window,
    find_free_port,
    find_state_folder,
    load_size,
    save_size,
    take_show_request,
)
from app.server.web_app import ICON

if TYPE_CHECKING:
    from webview import Window

_QUESTION = Path(__file__).with_name("question.js")
_IS_LINUX = sys.platform.startswith("linux")
_LOOK_SECONDS = 0.25  # between two looks for another start's request
_STARTING = """
<meta name="color-scheme" content="light dark"><title>Glassbox</title>
<body style="display: grid; place-items: center; height: 90vh; font: 18px system-ui; background: Canvas">
<p style="color: CanvasText; max-width: 60ch">%s</p>
"""


def find_obstacle() -> str | None:
    """Return what keeps the window from being opened here, with its remedy; None if nothing does."""
    if importlib.util.find_spec("webview") is None:
        return (
            "The desktop window needs pywebview: in a clone, `uv run --extra desktop glassbox --desktop`; "
            'otherwise `pip install "glassbox-lab[desktop]"`.'
        )
    if not _IS_LINUX:
        return None
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "The desktop window needs a display: neither DISPLAY nor WAYLAND_DISPLAY is set."
    return _find_missing_library()


def _find_missing_library() -> str | None:
    """Where the system lacks a library of its X11 plug-in, Qt ends the whole process: find out before."""
    package = importlib.util.find_spec("PySide6")
    if package is None or package.origin is None or os.environ.get("WAYLAND_DISPLAY"):
        return None  # another Qt, or Wayland's plug-in, which brings what it needs
    try:
        ctypes.CDLL(str(Path(package.origin).parent / "Qt/plugins/platforms/libqxcb.so"))
    except OSError as error:
        name = str(error).partition(":")[0]
        return f"The desktop window needs {name}, a library of the system: see docs/desktop.md."
    return None


def open_window() -> int:
    """Show the page in a window until that is closed, and return the exit status.

    Where another window is open already, it is brought to the front instead.
    """
    folder = find_state_folder()
    lock = claim_window(folder)
    if lock is None:
        is_shown = ask_to_show(folder)
        print("Glassbox is open already" + ("; its window is in front now." if is_shown else "."))
        return 0
    server = DesktopServer(find_free_port())
    try:
        Desktop(folder, server).show()
    finally:
        server.end()
        lock.release()
    return 0


class Desktop:
    """The window, and what happens when it is closed."""

    def __init__(self, folder: Path, server: DesktopServer) -> None:
        self._folder, self._server = folder, server
        self._size = load_size(folder)
        self._is_maximized = self._size.is_maximized
        self._is_asked = False  # whether it is being found out what becomes of the runs
        self._is_decided = False
        self._is_ready = False  # whether the page is served
        self._is_over = threading.Event()
        self._window: Window

    def show(self) -> None:
        """Show the window until it is closed."""
        if _IS_LINUX:
            os.environ["PYWEBVIEW_GUI"] = "qt"
            os.environ.setdefault("QT_API", "pyside6")
            if (
                os.geteuid() == 0
            ):  # Chromium's sandbox refuses to work for root; the page shows nothing foreign
                os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
        import webview

        screens = webview.screens
        size = self._size.fit(screens[0].width, screens[0].height) if screens else self._size
        webview.settings["ALLOW_DOWNLOADS"] = not _IS_LINUX  # Qt's are ours: pywebview 6.2 knows Qt 5's only
        window = webview.create_window(
            "Glassbox",
            html=_STARTING % "Glassbox is starting …",
            js_api=_Bridge(self),
            width=size.width_px,
            height=size.height_px,
            maximized=size.is_maximized,
            min_size=(MIN_WIDTH_PX, MIN_HEIGHT_PX),
            text_select=True,
            zoomable=True,
        )
        self._window = window
        window.events.maximized += lambda: self._note_maximized(True)
        window.events.restored += lambda: self._note_maximized(False)
        window.events.closing += self._on_closing
        if _IS_LINUX:
            window.events.before_show += lambda: _complete_qt(window)
        for work in (self._serve, self._watch_requests):
            threading.Thread(target=work, daemon=True).start()
        webview.start(private_mode=False, storage_path=str(self._folder / "browser"), icon=str(ICON))
        self._is_over.set()

    def close(self, choice: str) -> None:
        """Do what was chosen: close the window and "keep" the runs that train or "stop" them, or "stay"."""
        self._is_asked = False
        if choice == "stay":
            return
        if choice == "stop":
            self._server.stop_live_runs()
        self._is_decided = True
        self._window.destroy()

    def _serve(self) -> None:
        """Show the page as soon as it is served."""
        try:
            address = self._server.wait_for_address()
        except OSError as error:
            reason = str(error).replace("&", "&amp;").replace("<", "&lt;")
            self._window.load_html(_STARTING % f"Glassbox could not start: {reason}.")
            return
        self._is_ready = True
        self._window.load_url(address)

    def _watch_requests(self) -> None:
        """Bring the window to the front when another start asks for it."""
        self._window.events.shown.wait()
        while not self._is_over.wait(_LOOK_SECONDS):
            if take_show_request(self._folder):
                _bring_to_front(self._window)

    def _note_maximized(self, is_maximized: bool) -> None:
        self._is_maximized = is_maximized

    def _on_closing(self) -> bool:
        """Return whether the window may close now; it may not before it is known what becomes of its runs.

        The window's own thread calls this, which must not wait, so another one finds out. Closing a second
        time meanwhile closes the window and lets the runs go on: a page that hangs can be closed too.
        """
        if self._is_ready and not self._is_decided and not self._is_asked:
            self._is_asked = True
            threading.Thread(target=self._ask, daemon=True).start()
            return False
        width_px, height_px = self._window.width, self._window.height
        if self._is_maximized:
            width_px, height_px = self._size.width_px, self._size.height_px
        save_size(self._folder, WindowSize(width_px, height_px, self._is_maximized))
        return True

    def _ask(self) -> None:
        """Close the window where no run is left; otherwise ask what is to become of them."""
        num_live = self._server.count_live_runs()
        if num_live == 0:
            self.close("keep")
            return
        it = "it" if num_live == 1 else "them"
        text = {
            "title": "A run still trains" if num_live == 1 else f"{num_live} runs still train or wait",
            "explanation": "Runs have processes of their own and can go on without this window; you find "
            "them here again. A run that is stopped can be resumed from its last finished epoch.",
            "stop": f"Stop {it}",
            "keep": f"Let {it} go on",
        }
        script = _QUESTION.read_text(encoding="utf-8").strip().rstrip(";")
        self._window.evaluate_js(f"({script})({json.dumps(text)})")


class _Bridge:
    """What the page in the window may call: `pywebview.api.close(choice)`."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def close(self, choice: str) -> None:
        """See `Desktop.close`."""
        self._desktop.close(choice)


def _complete_qt(window: Window) -> None:
    """Give Qt's window what pywebview leaves out: saving downloads, and copying to the clipboard."""
    from qtpy.QtCore import QStandardPaths
    from qtpy.QtWebEngineCore import QWebEnginePermission, QWebEngineSettings
    from qtpy.QtWidgets import QFileDialog

    view = window.native

    def save(download: Any) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        suggested = str(Path(folder, download.suggestedFileName()))
        chosen, _ = QFileDialog.getSaveFileName(view, "Save", suggested)
        if not chosen:
            download.cancel()
            return
        download.setDownloadDirectory(str(Path(chosen).parent))
        download.setDownloadFileName(Path(chosen).name)
        download.accept()

    def decide(permission: QWebEnginePermission) -> None:
        if permission.permissionType() == QWebEnginePermission.PermissionType.ClipboardReadWrite:
            permission.grant()
        else:
            permission.deny()

    page = view.webview.page()
    page.featurePermissionRequested.disconnect(page.onFeaturePermissionRequested)  # fails in Qt 6
    page.permissionRequested.connect(decide)
    view.profile.downloadRequested.connect(save)
    view.profile.settings().setAttribute(QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard, True)


def _bring_to_front(window: Window) -> None:
    """Show a window that is minimized or behind others."""
    if not _IS_LINUX:
        window.restore()
        window.show()
        return
    from qtpy.QtCore import Qt, QTimer

    view = window.native

    def show() -> None:  # pywebview's restore() would undo a maximized window
        view.setWindowState(view.windowState() & ~Qt.WindowState.WindowMinimized)
        view.show()
        view.raise_()
        view.activateWindow()

    QTimer.singleShot(0, view, show)  # in the window's own thread
