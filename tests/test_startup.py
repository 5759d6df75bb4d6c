"""The first page comes about as soon as Gradio and torch themselves allow."""

import gc
import importlib
import subprocess
import sys
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio import blocks

from app import cli, main
from app.server.gradio_patches.checked_calls import Page
from benchmarks.startup import measure_startup

# What takes seconds to import, and is imported once the first page has been answered.
LATE = (
    "torchvision",
    "torch._dynamo",
    "sympy",
    "matplotlib.pyplot",
    "onnx",
    "webview",
    "app.server.draw_icons",
)
PROGRAM = "import sys; from app.main import build_app; build_app(); print(*sys.modules, sep='\\n')"


@pytest.mark.gate
def test_page_is_built_without_what_takes_long_to_import():
    loaded = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    ).stdout
    assert "torch" in loaded.splitlines()
    assert set(LATE) & set(loaded.splitlines()) == set()


def test_garbage_is_looked_for_once_the_page_is_there(monkeypatch):
    seen = []
    monkeypatch.setattr(main, "launch_app", lambda **_: seen.append(gc.isenabled()))
    assert cli.main(["--no-open"]) == 0
    assert (seen, gc.isenabled()) == ([False], True)


@pytest.mark.parametrize(("arguments", "failing"), [([], {"IPython", "mcp"}), (["--mcp"], {"IPython"})])
def test_what_serving_has_no_use_for_is_not_imported(monkeypatch, arguments, failing):
    for package in ("IPython", "mcp"):
        monkeypatch.delitem(sys.modules, package, raising=False)
    seen = []
    monkeypatch.setattr(
        main, "launch_app", lambda **_: seen.append({name for name, it in sys.modules.items() if it is None})
    )
    before = {name for name, module in sys.modules.items() if module is None}
    assert cli.main(["--no-open", *arguments]) == 0
    assert [packages - before for packages in seen] == [failing]
    assert {name for name, module in sys.modules.items() if module is None} == before


def test_what_is_left_out_cannot_be_imported_and_what_was_there_stays():
    with cli.leave_out("this", "pytest"):
        with pytest.raises(ImportError):
            importlib.import_module("this")
        assert importlib.import_module("pytest") is pytest
    assert "this" not in sys.modules


def test_a_page_makes_one_app_until_it_is_served(monkeypatch):
    made = []
    monkeypatch.setattr(blocks.App, "create_app", lambda page, **_: made.append(page))
    with Page() as page:
        gr.Textbox()
    assert made == [page]


def test_page_that_is_there_collects_garbage(monkeypatch):
    monkeypatch.setattr(main, "build_app", lambda: SimpleNamespace(blocks={}))
    monkeypatch.setattr(main, "launch_page", lambda *_, **__: "http://page")
    monkeypatch.setattr(main, "warm_up", lambda *_: None)
    monkeypatch.setattr(gc, "freeze", lambda: None)  # the tests' own objects go on being looked at
    gc.disable()
    try:
        assert main.launch_app(wait=False)[1] == "http://page"
        assert gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.release
def test_first_page_takes_at_most_a_fifth_longer_than_an_empty_app(undisturbed):
    """In the best of three pairs, started in turn."""
    with undisturbed():
        pairs = [measure_startup(num_rounds=1) for _ in range(3)]
    assert min(ours / empty for empty, ours in pairs) <= 1.2, pairs
