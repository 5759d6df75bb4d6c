"""Gradio's scripts are served with our changes, which find what Gradio's own find."""

import json
import subprocess

import httpx
import pytest

from app.server.gradio_patches.edited_scripts import SCRIPT_EDITS, find_script
from tests.node import NODE

COMPARE = """
class Old { %s }
class New { %s }
const findOld = (() => { %s; return Z; })();
const findNew = (() => { %s; return Z; })();
let seed = 1;
const draw = (count) => (seed = (seed * 48271) %% 2147483647) %% count;
const many = (count, make) => Array.from({ length: count }, make);
const grow = (depth) => (depth ? many(draw(4), () => plant(depth - 1)) : undefined);
const plant = (depth) => ({ id: draw(30), children: grow(depth) });
const name = () => [null, "input", "change"][draw(3)];
let compared = 0, different = 0;
const compare = (one, other) => { compared += 1; different += one !== other; };
for (let turn = 0; turn < 100; turn += 1) {
  const root = plant(3);
  const functions = many(draw(9), () => ({ targets: many(draw(4), () => [draw(20), name()]) }));
  const one = new Old(), other = new New();
  for (let id = 0; id < 20; id += 1) {
    compare(findOld(root, id), findNew(root, id));
    const [from, to] = [one, other].map((each) => {
      return each.find_attached_events({ id, props: { shared_props: {} } }, functions);
    });
    compare(JSON.stringify(from), JSON.stringify(to));
  }
}
console.log(JSON.stringify({ compared, different }));
"""


@pytest.mark.parametrize("edit", SCRIPT_EDITS.values(), ids=SCRIPT_EDITS)
def test_script_is_served_with_its_edits(served_page, edit):
    script = find_script(edit)
    assert script is not None
    answer = httpx.get(f"{served_page}/assets/{script.name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "br"  # as Gradio compresses its scripts
    own, text = script.read_text(encoding="utf-8"), answer.text
    for each in SCRIPT_EDITS.values():
        if find_script(each) == script:
            text = text.replace(each.new, each.old)
    assert text == own != answer.text


def test_loading_screens_clock_ends_with_its_element():
    own = find_script(SCRIPT_EDITS["clock"]).read_text(encoding="utf-8")
    assert "performance.now()-w(de))/1e3),W&&ze()" in own  # which clock it is
    assert "e=>U=e,()=>U" in own  # Svelte sets it to null once the element is gone


def test_page_is_built_again_only_for_a_developer():
    own = find_script(SCRIPT_EDITS["tree"]).read_text(encoding="utf-8")
    assert "v=A(r,`reload_count`,11,0)" in own  # what v() is
    assert "let O=new Te(r.components,r.layout,r.dependencies," in own  # built when the page begins


def test_edited_scripts_find_what_gradios_find():
    """For random trees and functions, by Gradio's own text and by ours."""
    events, search = SCRIPT_EDITS["events"], SCRIPT_EDITS["search"]
    told = json.loads(
        subprocess.run(
            [NODE, "-e", COMPARE % (events.old, events.new, search.old, search.new)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    assert told == {"compared": 4_000, "different": 0}


def test_scripts_are_asked_for_where_something_is_shown():
    own = find_script(SCRIPT_EDITS["asked scripts"]).read_text(encoding="utf-8")
    assert "function q(e,t){if(e.props.shared_props.visible&&!e.component){let n=G(e.type," in own
    assert "q(t,this.#r.api_url),await C(),await x()" in own  # as Gradio itself asks when a tab is opened


def test_language_is_found_once_for_each_name():
    edit = SCRIPT_EDITS["language"]
    rest = "var t=Intl.NumberFormat.supportedLocalesOf(e);return t.length>0?new Intl.Locale(t[0]):"
    assert edit.old + rest in find_script(edit).read_text(encoding="utf-8")
    script = f"const e = {{}}; {edit.new}{rest}null}}}}; const one = e.resolveLocale('de-AT');"
    script += "console.log(one === e.resolveLocale('de-AT'), `${one}`, `${e.resolveLocale('fr')}`);"
    told = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["true", "de-AT", "fr"]
