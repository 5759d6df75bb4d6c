"""Signatures are read once."""

import inspect

import gradio as gr
from gradio import blocks, component_meta

from app.server.gradio_patches.signatures import remember_signatures


def test_signatures_are_read_once(monkeypatch):
    monkeypatch.setattr(component_meta, "inspect", inspect)  # put back afterwards
    monkeypatch.setattr(blocks, "inspect", inspect)
    remember_signatures()
    for _ in range(3):
        assert gr.Number(3, label="n").get_config()["label"] == "n"
    asked = component_meta.inspect.getfullargspec.cache_info()
    read = blocks.inspect.signature.cache_info()
    assert asked.hits >= 2 * asked.misses > 0
    assert read.hits >= 2 * read.misses > 0
    assert blocks.inspect.isgeneratorfunction is inspect.isgeneratorfunction
