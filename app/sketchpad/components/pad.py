"""A sketchpad that asks Python what was drawn while it is still being drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.sketchpad.payloads import PadAnswer
from app.ui.card_button import write_card_button
from app.ui.loader import read_component_script
from app.ui.packing import pack
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_OPEN_PAD = """() => {
  document.dispatchEvent(new CustomEvent("glassbox-open", { detail: "sketchpad" }));
  const focus = (left) => {
    const canvas = document.querySelector("#pad .gb-pad-canvas");
    if (canvas && canvas.offsetParent) canvas.focus();
    else if (left) requestAnimationFrame(() => focus(left - 1));
  };
  focus(60);
}"""

# Paths of the tools' icons, drawn with a line of 2 on a field of 24. The overlays' are in overlays.js.
_ICONS = {
    "pen": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "eraser": "M4 15l9-9 6 6-7 7H8zM9 10l6 6M12 19h8",
    "undo": "M9 5L4 10l5 5M4 10h10a5 5 0 0 1 0 10h-3",
    "redo": "M15 5l5 5-5 5M20 10H10a5 5 0 0 0 0 10h3",
    "clear": "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
    "example": "M12 4l2.4 5 5.4.7-4 3.8 1 5.5-4.8-2.7-4.8 2.7 1-5.5-4-3.8 5.4-.7z",
    "replay": "M8 5l11 7-11 7z",
    "image": "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 4M15.5 9h.01",
}
_TOOLS = (  # name, what is written on it, what it says when pointed at, whether it stays pressed
    ("pen", "Pen", "Draw (P)", True),
    ("eraser", "Eraser", "Erase: strokes are cut where it passes (X)", True),
    ("undo", "Undo", "Undo the last step (Ctrl+Z or U)", False),
    ("redo", "Redo", "Do again what was undone (Ctrl+Shift+Z or Ctrl+Y)", False),
    ("clear", "Clear", "Clear the pad (Delete or C)", False),
    ("replay", "Replay", "Draw it again stroke by stroke, and see the answer follow (R)", False),
    (
        "image",
        "Image",
        "Open an image of a digit, or of several; it can be dropped or pasted here too",
        False,
    ),
    ("example", "Example", "Replay the example (E)", False),
)


def _build_tool(name: str, label: str, title: str, stays: bool) -> str:
    pressed = ' aria-pressed="false"' if stays else ""
    icon = f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_ICONS[name]}"/></svg>'
    start = f'<button type="button" data-tool="{name}" title="{title}"{pressed}>'
    return f"{start}{icon}<span>{label}</span></button>"


_WIDTH_NOTE = (
    "How broad your pen looks. The network sees the same: your strokes are drawn anew for it with a pen as "
    "broad as MNIST's. Keys: [ and ]"
)
_TEMPLATE = f"""
<div class="gb-pad" data-card data-version="0" data-shown="0" data-digit="">
  <div class="gb-pad-left">
    <div class="gb-pad-sheet">
      <canvas class="gb-pad-canvas" tabindex="0" role="application"></canvas>
      <div class="gb-pad-hint" aria-hidden="true">Draw a digit</div>
    </div>
    <div class="gb-pad-tools" role="toolbar" aria-label="Drawing tools">
      {"".join(_build_tool(*tool) for tool in _TOOLS)}
      <label class="gb-pad-width" title="{_WIDTH_NOTE}">
        <input type="range" min="10" max="24" value="18" aria-label="Pen width"><output>18 px</output>
      </label>
      <input class="gb-pad-file" type="file" accept="image/*" hidden>
    </div>
  </div>
  <div class="gb-pad-right">
    <p class="gb-pad-verdict" data-card-text role="status" aria-live="polite">Draw a digit</p>
    <p class="gb-pad-doubt" data-card-text role="note" hidden></p>
    <ol class="gb-pad-found" aria-label="Digits of the image, in reading order"></ol>
    <ol class="gb-pad-bars" aria-label="Probability of each answer"></ol>
    <div class="gb-pad-columns"></div>
    <figure class="gb-pad-seen">
      <canvas width="28" height="28" role="img" aria-label="What the network sees, 28 × 28 pixels"></canvas>
      <figcaption>
        <b>What the network sees</b>28 × 28 pixels<span class="gb-pad-time"></span>
        <button type="button" class="gb-pad-send">Open in Conv &amp; pool</button>
      </figcaption>
    </figure>
    {write_card_button("stage", "A drawing, and how it was read")}
  </div>
</div>
"""


def build_way_to_pad() -> gr.Button:
    """Build the button that leads from where a drawing is looked at to where it is drawn."""
    button = gr.Button("Draw on the sketchpad", size="sm", elem_classes="gb-to-pad")
    button.click(None, js=_OPEN_PAD, queue=False, show_progress="hidden", api_visibility="private")
    return button


def build_pad(
    answer: Callable[[Any], PadAnswer],
    checkpoints: list[str],
    example: list[list[list[float]]],
    *,
    autoplay: bool = True,
    **kwargs: Any,
) -> gr.HTML:
    """Build the sketchpad with its verdict, the ten probabilities and the image that the network sees.

    The component's value is the drawing, `{"strokes": [[[x, y], …], …], "size": 280}` with coordinates in
    pad pixels, or `{"picture": "data:image/…"}`. Python may send another drawing as the value, or other
    `checkpoints`: the pad asks again. Its `submit` asks for the drawing to be opened in Conv & pool.

    Args:
        answer: Called with `{"drawing", "checkpoints"}`, outside Gradio's queue and with whatever the browser
            sent, so it checks all of it itself and does not raise (see `app.sketchpad.view.answer_request`).
        checkpoints: Keys of the checkpoints to ask first.
        example: Strokes in pad pixels that the pad replays before anyone has drawn.
        autoplay: Whether to replay the example when the pad is first opened.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; a handler changes the network with `gr.HTML(checkpoints=…)`.
    """
    return gr.HTML(
        value=kwargs.pop("value", None),
        html_template=_TEMPLATE,
        js_on_load=read_component_script(
            _FOLDER,
            "pad",
            checkpoints=checkpoints,
            example=example,
            autoplay=autoplay,
        ),
        apply_default_css=False,
        # JSON as text: Gradio walks through a value number by number, which takes as long as the reading.
        server_functions=name_functions(predict=lambda request: pack(answer(request))),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "pad"),
        checkpoints=checkpoints,
        example=example,
        autoplay=autoplay,
        **kwargs,
    )
