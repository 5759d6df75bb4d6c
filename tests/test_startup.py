"""The first page comes about as soon as Gradio and torch themselves allow."""

import subprocess
import sys

import pytest

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


def test_page_is_built_without_what_takes_long_to_import():
    loaded = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    ).stdout
    assert "torch" in loaded.splitlines()
    assert set(LATE) & set(loaded.splitlines()) == set()


@pytest.mark.release
def test_first_page_takes_at_most_half_as_long_again_as_an_empty_app(undisturbed):
    """In the best of three pairs, started in turn."""
    with undisturbed():
        pairs = [measure_startup(num_pairs=1) for _ in range(3)]
    assert min(ours / empty for empty, ours in pairs) <= 1.5, pairs
