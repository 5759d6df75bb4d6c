"""A visitor's own digits: kept in their browser, and read by every network that they may choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_KEEP = """
<section class="gb-mine-keep" aria-label="Keep the drawing">
  <p class="gb-mine-now" role="status"></p>
  <div class="gb-mine-labels" role="group" aria-label="Keep this drawing as"></div>
  <label class="gb-mine-tick">
    <input type="checkbox" class="gb-mine-clears" checked> Clear the pad when a drawing is kept
  </label>
</section>
"""
_KEPT = """
<section class="gb-mine-kept" aria-label="Kept drawings">
  <div class="gb-mine-head">
    <h3></h3>
    <div role="group" aria-label="All drawings">
      <button type="button" data-do="export" title="Save them as a JSON file">Export</button>
      <button type="button" data-do="import" title="Add the drawings of such a file">Import</button>
      <button type="button" data-do="clear" title="Delete them all; that can be undone">Clear all</button>
      <input type="file" accept=".json,application/json" aria-label="A file of drawings" hidden>
    </div>
  </div>
  <p class="gb-mine-message" role="status"><span></span><button type="button" hidden>Undo</button></p>
  <p class="gb-mine-problem" role="alert"></p>
  <ol class="gb-mine-wrong"></ol>
  <ul class="gb-mine-grid" tabindex="-1" aria-label="Kept drawings, the latest first"></ul>
</section>
"""
_SCORES = f"""
<section class="gb-mine-scores" aria-label="How the networks read them">
  <h3>How do the networks read my digits?</h3>
  <div class="gb-mine-ask">
    <button type="button">Ask every network</button>
    <button type="button" hidden>Stop</button>
    <progress value="0" max="1" aria-label="Networks asked" hidden></progress>
    <span class="gb-mine-progress" role="status"></span>
  </div>
  <p class="gb-mine-error" role="alert"></p>
  <p class="gb-mine-old" hidden>Your digits have changed since. Ask again to have them counted.</p>
  <div class="gb-mine-results" hidden>
    <table>
      <thead><tr>
        <th scope="col">Network</th><th scope="col">Right</th>
        <th scope="col">Accuracy, 95% interval</th><th scope="col">Misread</th>
      </tr></thead>
      <tbody></tbody>
    </table>
    <p class="gb-mine-aside" data-card-text></p>
    <p class="gb-mine-meaning" data-card-text></p>
    {write_card_button("comparison", "How the networks read my digits")}
  </div>
</section>
"""
_TUNING = """
<section class="gb-mine-tune" aria-label="Train a network on them">
  <h3>Can a network learn my hand?</h3>
  <p class="gb-mine-about">
    A copy of the network is trained further, on your digits and on images that it knows, so that it does
    not forget how others write. The run keeps the digits on this server until you delete it under Training
    runs.
  </p>
  <div class="gb-mine-ask">
    <select aria-label="The network to begin with"></select>
    <button type="button"></button>
  </div>
  <p class="gb-mine-error" role="alert"></p>
  <p class="gb-mine-mixture"></p>
  <p class="gb-mine-run">
    <progress value="0" max="1" aria-label="Progress of the training" hidden></progress>
    <span class="gb-mine-progress" role="status"></span>
  </p>
</section>
"""
_TEMPLATE = f"""
<div class="gb-mine" data-count="0">
  <p class="gb-mine-privacy">
    The drawings stay in this browser; they are sent to this server only to be scored or trained on.
  </p>
  {_KEEP}
  {_KEPT}
  {_SCORES}
  {_TUNING}
</div>
"""


def build_my_digits(
    networks: Callable[[Any], str],
    score: Callable[[Any], str],
    tune: Callable[[Any], str],
    look: Callable[[Any], str],
    min_digits: int,
    **kwargs: Any,
) -> gr.HTML:
    """Build the section's component; one a page.

    It keeps the drawings in the browser's local storage, follows the pad by `window.glassboxDrawing` and the
    event `glassbox-drawing`, and puts a drawing back on it by the event `glassbox-show-drawing`, whose detail
    is `{"strokes", "size"}`. All functions are called outside Gradio's queue with whatever the browser sent,
    and return JSON text of what `app.sketchpad.my_digits` and `app.sketchpad.fine_tuning` lay out, or of
    `{"error": str}`.
    When a fine-tuning has started, its run's id is the value and `submit` is raised; when it is done,
    `select`.

    Args:
        networks: Called with `{"runs": ids of the visitor's runs}`.
        score: Called with `{"key", "digits"}` for one network after the other.
        tune: Called with `{"key", "digits", "runs"}` to start a fine-tuning.
        look: Called with `{"id"}` of its run, a few times a second while it is live.
        min_digits: How many digits a fine-tuning needs.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "my_digits", least=min_digits),
        apply_default_css=False,
        server_functions=name_functions(networks=networks, score=score, tune=tune, look=look),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "button", "my_digits"),
        least=min_digits,
        **kwargs,
    )
