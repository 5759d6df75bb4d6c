"""Scripts of Gradio's that are served with small changes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import gradio as gr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.server.gradio_patches.patch import Patch

_SCRIPTS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"


class ScriptEdit(NamedTuple):
    """A change of one of Gradio's scripts, which is served with `new` where `old` stands, once.

    Attributes:
        file: The script's name, with * for what changes with its content.
        old: What stands there.
        new: What is served.
    """

    file: str
    old: str
    new: str


SCRIPT_EDITS = {
    # U is the clock's element, which Gradio forgets at its end.
    "clock": ScriptEdit("statustracker-*.js", "W&&ze()", "W&&U&&ze()"),
    # v() is how often the page was built again, which only a developer's server lets it be.
    "tree": ScriptEdit("Blocks-*.js", "le(()=>{v(),oe(()=>{O.reload(", "le(()=>{v()&&oe(()=>{O.reload("),
    # Of each component the first event of every function that it is a target of, in the functions' order.
    "events": ScriptEdit(
        "core-*.js",
        "find_attached_events(e,t){let n=t.filter(t=>t.targets.find(([t])=>t===e.id)).map("
        "t=>{let n=t.targets.find(([t])=>t===e.id);return n?n[1]:null}).filter(Boolean);"
        "return e.props.shared_props.attached_events=n,e}",
        "find_attached_events(e,t){if(this.indexed!==t){this.indexed=t;this.events=new Map;for(let n of t)"
        "for(let[e,t]of new Map([...n.targets].reverse()))t&&(this.events.has(e)||this.events.set(e,[]),"
        "this.events.get(e).push(t))}"
        "return e.props.shared_props.attached_events=this.events.get(e.id)??[],e}",
    ),
    # The tree below a root has always the same components: nothing of this page is rendered by a function.
    "search": ScriptEdit(
        "core-*.js",
        "function Z(e,t){if(e.id===t)return e;"
        "if(e.children)for(let n of e.children){let e=Z(n,t);if(e)return e}return null}",
        "function Z(e,t){let n=Z.known??=new WeakMap,r=n.get(e);if(!r){r=new Map;"
        "let t=e=>{r.has(e.id)||r.set(e.id,e),e.children?.forEach(t)};t(e),n.set(e,r)}return r.get(t)??null}",
    ),
}

PATCHES = (
    Patch(
        "loading screen's end",
        "The clock of Gradio's loading screen goes on when that is gone, and asks for every frame.",
        "A page that is looked at takes a twentieth of a core, and a laptop's battery, for nothing.",
        ("clock.name",),
        is_needed=False,
    ),
    Patch(
        "page built once",
        "Gradio's page is built twice at its opening; it looks through every function for each component, "
        "and through every component for each that it changes.",
        "A page of hundreds of components takes a third longer to answer for the first time.",
        ("tree.name", "events.name", "search.name"),
        is_needed=False,
    ),
)


def find_script(edit: ScriptEdit) -> Path | None:
    """Return Gradio's script that an edit changes; None if it is not there, or not as the edit knows it."""
    scripts = [*_SCRIPTS.glob(edit.file)]
    if len(scripts) != 1 or scripts[0].read_text(encoding="utf-8").count(edit.old) != 1:
        return None
    return scripts[0]


def build_edited_routes() -> list[Route]:
    """Return the routes of the scripts of Gradio's that are served with `SCRIPT_EDITS`."""
    edits: dict[Path, list[ScriptEdit]] = {}
    for edit in SCRIPT_EDITS.values():
        if (script := find_script(edit)) is not None:
            edits.setdefault(script, []).append(edit)

    def answer(request: Request) -> Response:
        script = _SCRIPTS / request.url.path.rpartition("/")[2]
        text = script.read_text(encoding="utf-8")
        for edit in edits[script]:
            text = text.replace(edit.old, edit.new)
        return Response(text, media_type="text/javascript", headers={"cache-control": "max-age=86400"})

    return [Route(f"/assets/{script.name}", answer) for script in edits]
