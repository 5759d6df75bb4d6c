"""The button that hands out a notebook: what it saves, and what it says where there is none."""

from functools import partial

import gradio as gr
import nbformat
from playwright.sync_api import expect

from app.descent.script import write_race_notebook
from app.ui.components.notebook_button import build_notebook_button, on_notebook


def open_button(open_harness, link):
    with gr.Blocks():
        button = build_notebook_button("race", write_race_notebook, [gr.Textbox(link)])
    answer = partial(on_notebook, "race.ipynb", write_race_notebook)
    handlers = {("race-notebook", "click"): lambda value: {"race-notebook": {"value": answer(value, link)}}}
    return open_harness(button, handlers=handlers).page


def test_the_notebook_of_what_is_shown_is_saved_each_time(open_harness, tmp_path):
    page = open_button(open_harness, "?problem=toy&steps=7")
    for _ in range(2):
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as a notebook").click()
        assert download.value.suggested_filename == "race.ipynb"
        download.value.save_as(tmp_path / "race.ipynb")
        notebook = nbformat.read(tmp_path / "race.ipynb", as_version=4)
        assert "Iteration 7/7, Current loss" in notebook.cells[-1].outputs[0].text


def test_what_cannot_be_written_is_said(open_harness):
    page = open_button(open_harness, "?problem=toy&steps=many")
    page.get_by_role("button", name="Download as a notebook").click()
    expect(page.get_by_role("status")).to_contain_text("many")
