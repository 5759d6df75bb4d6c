"""The same network behind Gradio's own Sketchpad: what our pad is measured against.

    python benchmarks/sketchpad_app.py PORT

A canvas as large as our pad; the image is prepared and read by the code that reads images on our pad.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

import gradio as gr

from app.ui.drawing import PAD_SIZE_PX
from models.checkpoints.prediction import predict_digit
from models.sketch.digit import SketchRefused
from models.sketch.preparation import digit_from_image

CHECKPOINT = "convnet3"


def build_sketchpad_app() -> gr.Blocks:
    """Build a page of a Sketchpad, its answer, and the answer's number, which tells one from the next."""
    count = itertools.count(1)

    def read(drawing: dict[str, Any]) -> tuple[dict[str, float] | None, str]:
        try:
            image = digit_from_image(drawing["composite"], with_stages=False).image
        except SketchRefused:
            return None, f"{next(count)}"
        shares = predict_digit(image, CHECKPOINT).probabilities.tolist()
        return {str(digit): share for digit, share in enumerate(shares)}, f"{next(count)}"

    page: gr.Blocks
    with gr.Blocks(analytics_enabled=False) as page:
        pad = gr.Sketchpad(canvas_size=(PAD_SIZE_PX, PAD_SIZE_PX), layers=False, elem_id="pad")
        outputs = [gr.Label(elem_id="answer"), gr.HTML("0", elem_id="count")]
        pad.change(read, pad, outputs, concurrency_limit=None)
    return page


if __name__ == "__main__":
    build_sketchpad_app().launch(
        server_port=int(sys.argv[1]), ssr_mode=False, quiet=True, enable_monitoring=False
    )
