"""A sketchpad that asks Python what was drawn while it is still being drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from app.components import component_classes, read_component_script, read_component_style

PAD_SIZE_PX = 280

_TEMPLATE = """
<div class="gb-pad" data-version="0" data-shown="0" data-digit="">
  <div class="gb-pad-left">
    <div class="gb-pad-sheet">
      <canvas class="gb-pad-canvas" tabindex="0" role="application"></canvas>
      <div class="gb-pad-hint" aria-hidden="true">Draw a digit</div>
    </div>
    <div class="gb-pad-tools" role="group" aria-label="Drawing tools">
      <button type="button" data-tool="undo" title="Undo the last step (Ctrl+Z or U)">Undo</button>
      <button type="button" data-tool="clear" title="Clear the pad (Delete or C)">Clear</button>
      <button type="button" data-tool="example" title="Replay the example (E)">Example</button>
    </div>
  </div>
  <div class="gb-pad-right">
    <p class="gb-pad-verdict" role="status" aria-live="polite">Draw a digit</p>
    <ol class="gb-pad-bars" aria-label="Probability of each digit"></ol>
    <figure class="gb-pad-seen">
      <canvas width="28" height="28" role="img" aria-label="What the network sees, 28 × 28 pixels"></canvas>
      <figcaption><b>What the network sees</b>28 × 28 pixels<span class="gb-pad-time"></span></figcaption>
    </figure>
  </div>
</div>
"""


def build_pad(
    predict: Callable[[dict[str, Any], str], dict[str, Any]],
    checkpoint: str,
    example: list[list[list[float]]],
    *,
    autoplay: bool = True,
    **kwargs: Any,
) -> gr.HTML:
    """Build the sketchpad with its verdict, the ten probabilities and the picture that the network sees.

    The component's value is the drawing, `{"strokes": [[[x, y], …], …], "size": 280}` with coordinates in
    pad pixels. Python may send another drawing as the value, or another `checkpoint`: the pad asks again.

    Args:
        predict: Called with a drawing and the checkpoint's name, outside Gradio's queue and with whatever
            the browser sent, so it checks sizes itself. It returns `{"status": "digit", "digit": int,
            "probabilities": [10 floats], "picture": [784 integers 0..255], "milliseconds": float}`, or
            `{"status": "refused" | "error", "message": str}`.
        checkpoint: Name of the checkpoint to ask first.
        example: Strokes in pad pixels that the pad replays before anyone has drawn.
        autoplay: Whether to replay the example when the pad is first opened.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; a handler changes the network with `gr.HTML(checkpoint=…)`.
    """

    # The browser's call arrives as one JSON value; what raises here would reach the browser as `undefined`.
    def predict_drawing(request: Any) -> dict[str, Any]:
        if not isinstance(request, dict):
            return {"status": "error", "message": "The pad sent a request without a drawing."}
        drawing, name = request.get("drawing"), request.get("checkpoint")
        if not isinstance(drawing, dict) or not isinstance(name, str):
            return {"status": "error", "message": "The pad sent a request without a drawing."}
        try:
            return predict(drawing, name)
        except ValueError as error:
            return {"status": "error", "message": str(error)}

    predict_drawing.__name__ = "predict"  # the name under which the script finds it
    return gr.HTML(
        value=kwargs.pop("value", None),
        html_template=_TEMPLATE,
        css_template=read_component_style("pad"),
        js_on_load=read_component_script(
            "verdict", "pad", checkpoint=checkpoint, example=example, autoplay=autoplay
        ),
        apply_default_css=False,
        server_functions=[predict_drawing],
        elem_classes=component_classes(kwargs.pop("elem_classes", None)),
        checkpoint=checkpoint,
        example=example,
        autoplay=autoplay,
        **kwargs,
    )
