"""The clock of Gradio's loading screen ends with it."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.server.gradio_patches.patch import Patch

_SCRIPTS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
_CLOCK_SCRIPT = "statustracker-*.js"
_CLOCK, _ENDING_CLOCK = "W&&ze()", "W&&U&&ze()"  # U is the clock's element, which Gradio forgets at its end

PATCH = Patch(
    "loading screen's end",
    "The clock of Gradio's loading screen goes on when that is gone, and asks for every frame.",
    "A page that is looked at takes a twentieth of a core, and a laptop's battery, for nothing.",
    ("clock.name",),
    is_needed=False,
)


def find_clock_script() -> Path | None:
    """Return Gradio's script with the clock that does not end; None if there is no such script."""
    scripts = [*_SCRIPTS.glob(_CLOCK_SCRIPT)]
    if len(scripts) != 1 or scripts[0].read_text(encoding="utf-8").count(_CLOCK) != 1:
        return None
    return scripts[0]


def build_clock_routes() -> list[Route]:
    """Return the route of that script, in which the clock ends with its element."""
    script = find_clock_script()
    return [] if script is None else [Route(f"/assets/{script.name}", _answer_clock_script)]


def _answer_clock_script(request: Request) -> Response:
    script = _SCRIPTS / request.url.path.rpartition("/")[2]
    text = script.read_text(encoding="utf-8").replace(_CLOCK, _ENDING_CLOCK)
    return Response(text, media_type="text/javascript", headers={"cache-control": "max-age=86400"})
