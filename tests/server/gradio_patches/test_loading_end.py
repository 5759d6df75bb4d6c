"""The loading screen's clock ends."""

import httpx

from app.server.gradio_patches.loading_end import find_clock_script


def test_loading_screens_clock_is_served_with_an_end(served_page):
    script = find_clock_script()
    assert script is not None
    answer = httpx.get(f"{served_page}/assets/{script.name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "br"  # as Gradio compresses its scripts
    own = script.read_text(encoding="utf-8")
    assert answer.text.replace("W&&U&&ze()", "W&&ze()") == own != answer.text
    assert "performance.now()-w(de))/1e3),W&&ze()" in own  # which clock it is
    assert "e=>U=e,()=>U" in own  # Svelte sets it to null once the element is gone
