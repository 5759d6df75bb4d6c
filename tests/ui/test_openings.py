"""What the page's own JSON need not carry: taken out of it, and fetched when its component is shown."""

import json
import subprocess
from types import SimpleNamespace

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.ui.openings import MIN_LETTERS, postpone_value, serve_values, take_out_values
from tests.node import NODE

VALUE = json.dumps("é" * MIN_LETTERS, ensure_ascii=False)
SCRIPT = 'import("./x.js"); said.push(props.value); element.inert = false;'  # as every component's begins
RUN = """
const said = [];
globalThis.document = { baseURI: "https://lab.example/below/" };
const asked = [];
globalThis.fetch = async (address) => {
  asked.push(String(address));
  if (%(change)s) props.value = %(change)s;
  said.push(element.inert);
  return { ok: %(ok)s, status: 404, text: async () => "the value" };
};
console.error = () => {};
const element = { inert: null }, props = { value: %(address)s };
new Function("element", "props", "said", %(body)s.replace('import("./x.js");', ""))(element, props, said);
setTimeout(() => {
  const { inert } = element;
  console.log(JSON.stringify({ asked, said, text: element.textContent, inert, props }));
}, 20);
"""


def build_block(value=VALUE, script=SCRIPT):
    return SimpleNamespace(value=value, js_on_load=script)


def start(block, ok="true", change="null"):
    """Run what Gradio would run for a component; return what it asked, said and showed."""
    program = RUN % {
        "address": json.dumps(block.value), "body": json.dumps(block.js_on_load), "ok": ok, "change": change
    }  # fmt: skip
    return json.loads(subprocess.run([NODE, "-e", program], capture_output=True, check=True).stdout)


def test_large_values_of_our_components_stand_at_addresses_that_name_them():
    block, same, other = build_block(), build_block(), build_block(VALUE + " ")
    assert take_out_values([block, same, other]) == {block.value: VALUE, other.value: VALUE + " "}
    assert block.value == same.value != other.value
    assert take_out_values([]) == {}


@pytest.mark.parametrize(
    "block",
    [
        build_block(VALUE[: MIN_LETTERS - 1]),
        build_block(None),
        build_block(script="say()"),
        SimpleNamespace(),
    ],
)
def test_other_values_stay_where_they_are(block):
    before = dict(vars(block))
    assert take_out_values([block]) == {}
    assert vars(block) == before


def test_script_begins_once_the_value_is_there():
    block = build_block()
    take_out_values([block])
    assert start(block) == {
        "asked": [f"https://lab.example/below/{block.value}"],
        "said": [True, "the value"],  # nothing could be pressed before
        "inert": False,
        "props": {"value": block.value},  # as Gradio knows it, which may send it again
    }


def test_what_python_sends_meanwhile_stays():
    block = build_block()
    take_out_values([block])
    assert start(block, change='"newer"')["said"] == [True, "newer"]


def test_value_that_does_not_come_is_told():
    block = build_block()
    take_out_values([block])
    answer = start(block, ok="false")
    assert answer["said"] == [True]
    assert answer["text"] == "This part of the page did not arrive. Load the page again."
    assert answer["inert"] is False


def test_lasting_text_is_served_compressed_and_for_good():
    address = "glassbox/values/1.json"
    client = TestClient(Starlette(routes=serve_values({address: VALUE})))
    answer = client.get(f"/{address}", headers={"accept-encoding": "br"})
    assert answer.text == VALUE
    assert answer.headers["content-type"] == "application/json"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "br"
    assert int(answer.headers["content-length"]) == len(brotli.compress(VALUE.encode(), quality=9, mode=1))
    plain = client.get(f"/{address}", headers={"accept-encoding": "identity"})
    assert (plain.text, plain.headers.get("content-encoding")) == (VALUE, None)
    assert client.get("/glassbox/values/0000000000000000.json").status_code == 404


def test_postponed_value_is_worked_out_once_when_it_is_first_asked_for():
    computed = []
    block = SimpleNamespace(value="", js_on_load=SCRIPT, elem_id="spread")
    postpone_value(block, lambda: computed.append("now") or VALUE)
    values = take_out_values([block])
    assert (block.value, list(values), computed) == ("glassbox/values/spread.json", [block.value], [])
    client = TestClient(Starlette(routes=serve_values(values)))
    answers = [
        client.get(f"/{block.value}", headers={"accept-encoding": coding}) for coding in ("br", "identity")
    ]
    assert [answer.text for answer in answers] == [VALUE] * 2
    assert [answer.headers.get("content-encoding") for answer in answers] == ["br", None]
    assert computed == ["now"]
    # Its address does not name its content, so a browser asks whether it is still that.
    assert answers[0].headers["cache-control"] == "no-cache"
    known = client.get(f"/{block.value}", headers={"if-none-match": answers[0].headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert client.get(f"/{block.value}", headers={"if-none-match": '"other"'}).text == VALUE
