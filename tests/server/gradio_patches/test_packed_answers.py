"""Packed answers are written as Gradio would write them."""

import json

import orjson
import pytest
from gradio import routes

from app.server.gradio_patches.packed_answers import pack_answers


def test_packed_answer_is_written_as_gradio_would_write_it(monkeypatch):
    monkeypatch.setattr(routes, "json", json)  # put back afterwards
    value = [{"a": [1.5, None, "é"], "b": True}]
    with pytest.raises(TypeError):
        routes.json.dumps([orjson.Fragment(b"1")])  # Gradio's own cannot
    pack_answers()
    assert json.loads(routes.json.dumps([orjson.Fragment(orjson.dumps(value[0]))])) == value
    assert json.loads(routes.json.dumps([2**70, "\ud800"])) == [2**70, "\ud800"]
    assert routes.json.loads("[1]") == [1]
