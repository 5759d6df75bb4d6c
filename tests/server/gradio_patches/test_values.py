"""Large values, and numbers as they were typed."""

import gradio as gr
import pytest
from gradio import processing_utils

from app.server.gradio_patches.large_values import lighten_large_values
from app.server.gradio_patches.typed_numbers import pass_numbers
from tests.running import run


@pytest.fixture
def lightened(monkeypatch):
    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", None)  # put back afterwards
    monkeypatch.setattr(processing_utils, "add_root_url", None)
    lighten_large_values()


@pytest.fixture
def passed(monkeypatch):
    for kind in (gr.Number, gr.Slider):
        monkeypatch.setattr(kind, "preprocess", kind.preprocess)  # put back afterwards
    pass_numbers()


@pytest.mark.parametrize("field", [gr.Number(minimum=0, maximum=9, precision=0), gr.Slider(0, 9)])
@pytest.mark.parametrize("typed", [5, 0.5, -1, 10**400, None, "0,0,5", "x" * 400])
def test_number_reaches_its_handler_as_it_was_typed(passed, field, typed):
    assert field.preprocess(typed) == typed


@pytest.mark.parametrize("sent", [[1], {"a": 1}, "x" * 401])
def test_what_no_field_can_hold_is_refused(passed, sent):
    with pytest.raises(gr.Error, match="could not be read|cannot be read"):
        gr.Number().preprocess(sent)


@pytest.mark.parametrize("data", [[[0.5] * 100] * 100, [{"a": [[]] * 3_000}], "text", {"path": "x"}, 10**400])
def test_value_without_a_file_is_handed_on_as_it_is(lightened, data):
    for postprocess in (False, True):
        moved = run(processing_utils.async_move_files_to_cache(data, gr.JSON(), postprocess=postprocess))
        assert moved == data
    assert processing_utils.add_root_url(data, "http://lab", None) == data


def test_file_is_still_looked_for_in_every_value(lightened, tmp_path):
    """Ours is moved; a stranger's is refused unread beside thousands of other values."""
    (tmp_path / "x.txt").write_text("x")
    file = {"path": str(tmp_path / "x.txt"), "meta": {"_type": "gradio.FileData"}}
    for many in ([], [0] * 5_000):
        moved = run(processing_utils.async_move_files_to_cache([many, file], gr.JSON(), postprocess=True))
        assert moved[1]["path"] != file["path"]
        own = {**moved[1], "url": "/x"}
        assert processing_utils.add_root_url([many, own], "http://lab", None)[1]["url"] == "http://lab/x"
    with pytest.raises(gr.Error, match="by itself"):
        run(processing_utils.async_move_files_to_cache([many, file], gr.JSON()))
