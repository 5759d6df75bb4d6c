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
    # q() asks for the script of each component that is shown; Gradio does so when a tab or section opens.
    "unasked scripts": ScriptEdit(
        "core-*.js",
        "s=a.shared_props.visible===!1?null:G(i.type,i.component_class_id,this.#r.api_url||``)",
        "s=(G,null)",
    ),
    "asked scripts": ScriptEdit(
        "core-*.js",
        "postprocess(e){this.root=this.traverse(e,[e=>je(e,this.#r.api_url),e=>Me(e,this.components_to_register),"
        "e=>Pe(e,this.initial_tabs),e=>this.find_attached_events(e,this.#n),"
        "e=>Ne(e,this.components_to_register,this.#d)])}",
        "postprocess(e){let t=this.traverse(e,[e=>Me(e,this.components_to_register),"
        "e=>Pe(e,this.initial_tabs),e=>this.find_attached_events(e,this.#n),"
        "e=>Ne(e,this.components_to_register,this.#d)]);q(t,this.#r.api_url),this.root=t}",
    ),
    # Only once it is whole is the tree of all components watched, by being put at this.root.
    "growing tree": ScriptEdit(
        "core-*.js",
        "this.root.children=this.#t.children.map(e=>this.traverse(e,e=>this.create_node(e,c,!1,"
        "this.reactive_formatter))),this.component_ids=e.map(e=>e.id),this.initial_tabs={},"
        "X(this.root,this.initial_tabs),this.postprocess(this.root),this.root_untracked=this.root}",
        "let l=this.create_node({id:t.id,children:[]},new Map,!0);"
        "l.children=this.#t.children.map(e=>this.traverse(e,e=>this.create_node(e,c,!1,"
        "this.reactive_formatter))),this.component_ids=e.map(e=>e.id),this.initial_tabs={},"
        "X(l,this.initial_tabs),this.postprocess(l),this.root_untracked=this.root}",
    ),
    # The page's description, which is watched as a whole: nothing changes within it.
    "description": ScriptEdit(
        "Index-*.js", "R(M,S(G).get_url_config(),!0),oe(S(M))", "R(M,S(G).get_url_config()),oe(S(M))"
    ),
    # For each label anew.
    "language": ScriptEdit(
        "runtime-*.js",
        "e.resolveLocale=function(e){if(Intl.Locale!==void 0){",
        "e.resolveLocale=function(t){return(e.known??={})[t]??=e.findLocale(t)},"
        "e.findLocale=function(e){if(Intl.Locale!==void 0){",
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
        ("tree.name", "growing tree.name", "events.name", "search.name", "description.name", "language.name"),
        is_needed=False,
    ),
    Patch(
        "scripts when shown",
        "Gradio's page asks for the scripts of all its components, in hidden tabs and closed sections too.",
        "A first visit is a third heavier: an editor of code and a table for what nobody has opened.",
        ("unasked scripts.name", "asked scripts.name"),
        is_needed=False,
    ),
)


def find_script(edit: ScriptEdit) -> Path | None:
    """Return Gradio's script that an edit changes; None if it is not there, or not as the edit knows it."""
    old = edit.old.encode()
    counts = {script: script.read_bytes().count(old) for script in _SCRIPTS.glob(edit.file)}
    found = [script for script, count in counts.items() if count]
    return found[0] if len(found) == 1 and counts[found[0]] == 1 else None


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
