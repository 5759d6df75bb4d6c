"""No page of another site is given permission."""

from __future__ import annotations

from typing import Any

from gradio import routes
from starlette.types import ASGIApp

from app.server.gradio_patches.patch import Patch

PATCH = Patch(
    "no permission",
    "Gradio lets pages of every site read and send whatever they like (CORS), and on localhost those of "
    "every other program of the machine; it does so before anything of ours is asked.",
    "A foreign page reads the visitor's page, and starts trainings.",
    ("gradio.routes.CustomCORSMiddleware(app, strict_cors, parent_app)",),
)


def give_no_permission() -> None:
    """Make Gradio serve a page without its permission for pages of other sites."""
    routes.CustomCORSMiddleware = _give_no_permission  # type: ignore[assignment, attr-defined]


def _give_no_permission(app: ASGIApp, strict_cors: bool = True, parent_app: Any | None = None) -> ASGIApp:
    return app
