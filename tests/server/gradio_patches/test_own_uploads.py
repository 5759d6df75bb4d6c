"""Gradio keeps its files where it is told, and writes nowhere else."""

from pathlib import Path

import gradio as gr
import pytest
from gradio import route_utils, routes
from gradio.data_classes import FileData

from app.server.gradio_patches.own_uploads import find_upload_folder, keep_files_in
from tests.server.gradio_patches.gradio_source import find_calls

# What serves requests or is part of our page, and every function of these that makes a file or folder.
WRITING = ("routes.py", "route_utils.py", "processing_utils.py", "blocks.py", "queueing.py", "history.py",
           "mcp.py", "state_holder.py", "components/html.py", "components/upload_button.py")  # fmt: skip
WRITERS = {
    "App.create_app",  # a folder for the editor of the page's code: where `keep_files_in` says
    *("App.create_app.deep_link", "App.create_app.process_recording"),  # refused before
    *("GradioMultiPartParser.on_headers_finished", "upload_fn"),  # `Uploads` takes files, and refuses others
    # Copies of what a handler returns, or of an address: where `keep_files_in` says
    *("save_pil_to_cache", "save_audio_to_cache", "save_bytes_to_cache", "save_file_to_cache"),
    *("save_base64_to_cache", "convert_audio_to_playable", "convert_video_to_playable_mp4"),
    *("async_ssrf_protected_download", "unsafe_download"),
    *("_download_many", "_download_bytes"),  # the history of runs, which is not served
    "UploadButton._process_single_file",  # ours reads bytes
}
MAKING = {"mkdir", "makedirs", "mkdtemp", "mkstemp", "NamedTemporaryFile", "TemporaryFile",
          "TemporaryDirectory", "SpooledTemporaryFile"}  # fmt: skip


def test_app_and_parts_keep_their_files_where_they_are_told(tmp_path, monkeypatch):
    (tmp_path / "gradio").touch()  # in place of the folder that all users share
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio" / "below"))
    for module in (routes, route_utils):
        monkeypatch.setattr(module, "DEFAULT_TEMP_DIR", str(tmp_path / "gradio" / "below"))
    with pytest.raises(OSError, match="below"):
        routes.App.create_app(gr.Blocks())
    ours = tmp_path / "ours"
    keep_files_in(ours)
    with gr.Blocks() as page:
        button = gr.UploadButton(type="binary")
    assert Path(routes.App.create_app(page).uploaded_file_dir) == find_upload_folder() == ours
    assert button.GRADIO_CACHE == routes.DEFAULT_TEMP_DIR == route_utils.DEFAULT_TEMP_DIR == str(ours)


def test_upload_that_is_read_as_bytes_leaves_no_file(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x")
    file = FileData(path=str(tmp_path / "a.txt"))
    for kind, num_files in (("binary", 1), ("filepath", 2)):  # one of no use, which is never deleted
        button = gr.UploadButton(type=kind)
        button.GRADIO_CACHE = str(tmp_path)
        button.preprocess(file)
        assert len([*tmp_path.iterdir()]) == num_files


def test_gradio_writes_nowhere_else():
    assert find_calls(WRITING, lambda owner, name: name in MAKING) == WRITERS
