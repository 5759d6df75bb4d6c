"""Gradio asks no other host for a visitor."""

import gradio as gr
import pytest
from gradio import processing_utils

from app.server.gradio_patches.no_downloads import shut_downloads
from tests.running import run
from tests.server.gradio_patches.gradio_source import find_calls

# What serves requests, and what it calls with a visitor's data.
SERVING = ("routes.py", "route_utils.py", "processing_utils.py", "image_utils.py", "blocks.py", "queueing.py",
           "history.py", "state_holder.py", "components/*.py")  # fmt: skip
# Every function of these that asks another host, and why no visitor can make it do so.
FETCHERS = {
    "Blocks.launch",  # asks the page itself whether it answers
    "HTML.push_to_hub",  # called by programs alone
    "async_ssrf_protected_get",  # replaced
    "unsafe_download",  # for what a handler returns: ours return no addresses
    "secure_url_stream_response",  # /file=http://…: refused before
    "App.create_app",  # the editor of the page's code: refused before
    "App.create_app.reverse_proxy",  # /proxy=: refused before
    "load_system_prompt",  # the same editor's
}
CLIENTS = {"httpx", "safehttpx", "sh", "sync_client", "client", "requests", "urllib"}
ASKING = {"get", "post", "put", "head", "send", "stream", "request", "urlopen", "AsyncClient",
          "InferenceClient", "hf_hub_download", "snapshot_download", "async_validate_url"}  # fmt: skip


def find_fetchers():
    """Return the functions that ask another host, in the part of Gradio that serves requests."""
    return find_calls(
        SERVING,
        lambda owner, name: (
            name in ASKING and (owner.split(".")[0] in CLIENTS or name[0].isupper() or "_" in name)
        ),
    )


def test_gradio_asks_other_hosts_nowhere_else():
    assert find_fetchers() == FETCHERS


def test_every_download_for_a_visitor_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(processing_utils, "async_ssrf_protected_get", None)  # put back afterwards
    shut_downloads()
    address = "http://outside.invalid/x.png"
    file = {"path": address, "meta": {"_type": "gradio.FileData"}}
    for download in (
        processing_utils.async_ssrf_protected_download(address, str(tmp_path)),
        processing_utils.async_move_files_to_cache(file, gr.File(), check_in_upload_folder=True),
        processing_utils.async_move_files_to_cache({"path": [file]}, gr.JSON(), check_in_upload_folder=True),
    ):
        with pytest.raises(ValueError, match="fetches nothing"):
            run(download)
    with pytest.raises(ValueError, match="fetches nothing"):
        processing_utils.ssrf_protected_download(address, str(tmp_path))
