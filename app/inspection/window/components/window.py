"""The window that slides over an image: linked pixel grids, with the sum behind every pixel of the result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.components.transport import write_transport
from app.ui.loader import read_component_script
from app.ui.server_functions import ask_component, name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

CHANNEL = "glassboxWindow"  # whose answers the notices beside it follow

# For the `js` of a control's event without a Python function: its inputs go to the window's `answer`.
ASK_FOR_WINDOW = ask_component(CHANNEL)

_TEMPLATE = f"""
<div class="gb-window">{write_transport("Slide over the result", "pixel")}
  <div class="gb-grids-panels"></div>
  <div class="gb-window-sum">
    <p class="gb-window-place"></p>
    <p class="gb-window-terms"></p>
    <p class="gb-window-terms" hidden></p>
  </div>
  <div class="gb-grids-legend"></div>
  <p class="gb-window-missing" role="status"></p>
  {write_card_button("stage", "A window over an image")}
</div>
"""


def build_window(value: str, answer: Callable[[Any], str], **kwargs: Any) -> gr.HTML:
    """Build the window.

    It shows a `View` (see `app.inspection.window.payload`) of finite numbers:

    - `panels`: with the ids `input`, `kernel` (none for pooling), `output`, and `share` for what the channel
      that is looked at adds to the output, where the input has several.
    - `link`: `kind` is `convolution`, `max` or `average`, `size` the kernel's side, `padding` the rings at
      the left and upper edge, and `outputs` the ids of all panels of the output's size, the output first.
      `winners`, for `max`: for each output pixel the row and column of the input pixel that won. `sums`,
      where the input has several channels: what each, or all the rest, adds to the output; and `looked`,
      the label of the channel that is looked at.

    Args:
        value: JSON text of an `Answer` with a view, to show at first.
        answer: Called with `{"values": […]}`, whatever the browser sent, when a control changes; returns
            JSON text of an `Answer`, whose other texts the notices beside it show.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component. Its event `release` says that nothing has changed for a while.
    """
    return gr.HTML(
        value=value,
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "window", channel=CHANNEL),
        apply_default_css=False,
        server_functions=name_functions(answer=answer),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "grids", "transport", "window"),
        **kwargs,
    )
