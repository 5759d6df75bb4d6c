"""The public endpoints as tools of an MCP server, used by an MCP client over HTTP."""

import ast
import json
import os
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from unittest.mock import patch

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from app.cli import main
from app.sketchpad.tab import build_example
from tests.api.contract import DESCEND_KEYS, PUBLIC
from tests.conftest import serve_page
from tests.running import run
from tests.waiting import HANG_SECONDS


@pytest.fixture(scope="module")
def mcp_page(tmp_path_factory):
    """The address of a page with an MCP server, which asks the page itself, whatever proxy there is."""
    folder = tmp_path_factory.mktemp("mcp")
    with ExitStack() as served:
        with patch.dict(os.environ, {"all_proxy": "socks5://127.0.0.1:9"}):
            address = served.enter_context(serve_page(folder / "runs", folder / "log.txt", "--mcp"))
        yield address


def ask(address, question):
    """Connect a client, put a question to it, and return the answer."""

    async def connect():
        async with (
            streamable_http_client(f"{address}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await question(session)

    return run(connect())


def call(address, tool, **arguments):
    return ask(address, lambda session: session.call_tool(tool, arguments))


@pytest.mark.gate
def test_tools_are_the_public_endpoints_and_no_others(mcp_page):
    tools = ask(mcp_page, lambda session: session.list_tools()).tools
    assert {f"/{tool.name}" for tool in tools} == PUBLIC
    for tool in tools:
        assert " Returns: " in tool.description
        for name, parameter in tool.inputSchema["properties"].items():
            assert parameter["description"].endswith("."), (tool.name, name)


@pytest.mark.gate
def test_tool_reads_a_digit(mcp_page):
    answer = call(mcp_page, "predict", strokes=build_example(3), with_stages=False)
    assert not answer.isError
    (content,) = answer.content
    assert ast.literal_eval(content.text)["digit"] == 3


@pytest.mark.gate
def test_tool_descends_without_arguments(mcp_page):
    (content,) = call(mcp_page, "descend").content
    result = ast.literal_eval(content.text)
    assert set(result) == DESCEND_KEYS
    assert result["losses"][9] == pytest.approx(0.150094673037529, rel=1e-4)


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("predict", {"strokes": [], "checkpoint": "../secret"}, "There is no checkpoint called"),
        ("on_open", {}, "Unknown tool"),
    ],
)
@pytest.mark.gate
def test_mistake_is_answered_with_what_is_wrong(mcp_page, tool, arguments, message):
    answer = call(mcp_page, tool, **arguments)
    assert answer.isError
    assert message in answer.content[0].text
    assert "Traceback" not in answer.content[0].text


def read_config(address):
    with urllib.request.urlopen(f"{address}/config", timeout=HANG_SECONDS) as answer:
        return json.load(answer)


@pytest.mark.gate
def test_page_is_the_same_with_it(mcp_page, served_page):
    ours, theirs = read_config(mcp_page), read_config(served_page)
    assert (ours["mcp_server"], theirs["mcp_server"]) == (True, False)
    assert [block["type"] for block in ours["components"]] == [
        block["type"] for block in theirs["components"]
    ]
    assert ours["layout"] == theirs["layout"]
    assert ours["dependencies"] == theirs["dependencies"]


def test_page_offers_no_tools_unasked(served_page):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{served_page}/gradio_api/mcp/", timeout=HANG_SECONDS)


@pytest.mark.parametrize(
    ("arguments", "expected"), [(["--mcp"], True), (["serve", "--mcp"], True), ([], False)]
)
def test_option_reaches_the_page(arguments, expected):
    with patch("app.main.launch_app") as launch:
        assert main([*arguments, "--no-open"]) == 0
    assert launch.call_args.kwargs["mcp"] is expected


@pytest.mark.parametrize("arguments", [["--mcp"], ["serve", "--mcp"]])
def test_without_the_extra_the_message_says_what_to_install(monkeypatch, capsys, arguments):
    monkeypatch.setitem(sys.modules, "mcp", None)  # as if it were not installed
    assert main(arguments) == 2
    errors = capsys.readouterr().err
    assert '`pip install "gradio[mcp]"`' in errors
    assert "`uv sync --extra mcp`" in errors
    assert len(errors.splitlines()) == 1


def test_window_of_ones_own_offers_no_tools(capsys):
    assert main(["--desktop", "--mcp"]) == 2
    assert "leave out one" in capsys.readouterr().err
