"""What a browser needs to install the page as an app: a manifest, icons, and the colours of its title bar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

ICONS_FOLDER = Path(__file__).with_name("icons")  # drawn by `python -m app.server.draw_icons`
ICON = ICONS_FOLDER / "icon-512.png"
FAVICON = ICONS_FOLDER / "favicon.ico"
_LIGHT, _DARK = "#f6f7f9", "#0e1420"  # the page's ground in either theme
_ICONS = ("icon-180.png", "icon-192.png", "icon-512.png", "icon-512-maskable.png")

# Addresses are relative to the manifest's own, so that it also holds behind a proxy's path.
MANIFEST: dict[str, Any] = {
    "name": "Glassbox",
    "short_name": "Glassbox",
    "description": "A glass-box lab for the basics of neural networks",
    "id": "./",
    "start_url": "./",
    "scope": "./",
    "display": "standalone",
    "theme_color": _LIGHT,  # the page's own tags say what it is in the dark theme
    "background_color": _LIGHT,
    "icons": [
        {"src": f"glassbox/{name}", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (
            ("icon-192.png", 192, "any"),
            ("icon-512.png", 512, "any"),
            ("icon-512-maskable.png", 512, "maskable"),
        )
    ],
}
HEAD_TAGS = (
    f'<meta name="theme-color" media="(prefers-color-scheme: light)" content="{_LIGHT}">'
    f'<meta name="theme-color" media="(prefers-color-scheme: dark)" content="{_DARK}">'
    '<link rel="manifest" href="manifest.json">'  # Gradio's own would lead beside a proxy's path
    '<link rel="icon" href="favicon.ico" sizes="16x16 32x32 48x48 64x64">'
    '<link rel="apple-touch-icon" href="glassbox/icon-180.png">'
)


def build_routes() -> list[Route]:
    """Return the routes of the manifest, which replaces Gradio's own scanty one, and of the icons."""
    return [
        Route("/manifest.json", _answer_manifest),
        *(Route(f"/glassbox/{name}", _answer_icon) for name in _ICONS),
    ]


def _answer_manifest(request: Request) -> Response:
    return JSONResponse(MANIFEST, media_type="application/manifest+json")


def _answer_icon(request: Request) -> Response:
    return FileResponse(ICONS_FOLDER / request.url.path.rpartition("/")[2], media_type="image/png")
