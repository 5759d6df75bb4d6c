"""A visitor's runs: a list, and the chosen one with its curves as they grow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.components.chart import CHART_TEMPLATE
from app.ui.components.layer_table import write_layer_table
from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_MANAGE = """
<div class="gb-runs-manage" role="group" aria-label="Manage this run">
  <button type="button" data-do="rename">Rename</button>
  <button type="button" data-do="link">Copy link</button>
  <button type="button" data-do="key" title="Whoever has it can stop, rename and delete this run">
    Copy owner's key
  </button>
  <button type="button" data-act="delete">Delete</button>
  <button type="button" data-do="leave" title="The run itself stays">Remove from the list</button>
</div>
"""
_STEER = """
<div class="gb-runs-steer" role="group" aria-label="Steer this run">
  <button type="button" data-act="stop" title="End it; the checkpoint of the last whole epoch is kept">
    Stop
  </button>
  <button type="button" data-act="keep" title="End it, and test and keep the weights as they are now">
    Stop and keep
  </button>
  <button type="button" data-act="resume" title="Go on from the last whole epoch, with the run's settings">
    Resume
  </button>
  <button type="button" data-do="train-on" title="As a new run, with other settings if you like">
    Train on
  </button>
  <button type="button" data-do="pause" aria-pressed="false"
    title="The curves stand still; the run goes on">Pause the view</button>
</div>
"""
_TRAIN_ON = """
<form class="gb-runs-on" hidden>
  <p>A new run begins with these weights. What you do not set here is as this run was trained, or as in the
  notebook where that is not known:</p>
  <label>Epochs <input type="text" inputmode="numeric" maxlength="20" autocomplete="off"></label>
  <label>Learning rate <input type="text" inputmode="decimal" maxlength="20" autocomplete="off"></label>
  <button type="submit">Start the new run</button><button type="button">Cancel</button>
  <p role="alert"></p>
</form>
"""
_DOWNLOADS = """
<div class="gb-runs-downloads" role="group" aria-label="Download">
  <span>Download</span>
  <a data-file="checkpoint" download>Checkpoint</a>
  <button type="button" data-file="svg" title="For a report: losses and accuracies">Figure as SVG</button>
  <button type="button" data-file="png" title="The same, 200 dots an inch">Figure as PNG</button>
  <button type="button" data-file="events" title="Commas between values, points in numbers">
    Events as CSV
  </button>
  <button type="button" data-file="events-comma"
    title="Semicolons between values, commas in numbers: as a German or French spreadsheet opens it">
    CSV with decimal commas
  </button>
  <button type="button" data-file="config">Settings as JSON</button>
  <button type="button" data-file="script">Script</button>
  <button type="button" data-file="notebook" title="The script as .ipynb, with what a finished run printed">
    Notebook
  </button>
  <p>A notebook opens in Jupyter from its folder, and in Colab by File, Upload notebook.</p>
</div>
"""
_LAYERS = f"""
<section class="gb-layers gb-runs-layers" aria-labelledby="gb-runs-layers-title" hidden>
  <h4 id="gb-runs-layers-title">How the layers learn</h4>
  <p class="gb-runs-layers-absent"></p>
  <div class="gb-runs-layers-parts" hidden>
    <label class="gb-runs-layers-step">Measured at <output></output>
      <input type="range" min="0" max="0" step="1" value="0" aria-label="Measured step"></label>
    <ul class="gb-layers-findings"></ul>
    {write_layer_table("Layers in the measured step")}
    <p class="gb-runs-layers-key"><span class="gb-runs-layers-examples"></span>Gradient, update and weights
    are root mean squares. Scales are logarithmic, but for dead or saturated units; a line goes through all
    measured steps, which lie closer at the beginning.</p>
  </div>
</section>
"""

_TEMPLATE = f"""
<div class="gb-runs">
  <section class="gb-runs-listing" aria-label="Runs">
    <div class="gb-runs-head" aria-hidden="true">
      <span>Compare</span><span>Run</span><span>State</span><span>Validation</span><span>Test</span><span>Time</span>
    </div>
    <ul class="gb-runs-list"></ul>
    <p class="gb-runs-undo" role="status" hidden><span></span><button type="button">Undo</button></p>
  </section>
  <section class="gb-runs-focus" data-card="alone" aria-label="The chosen run">
    <div class="gb-runs-title">
      <h3></h3>
      <form hidden>
        <input type="text" maxlength="60" aria-label="Name of this run" autocomplete="off">
        <button type="submit">Save</button><button type="button">Cancel</button>
      </form>
      {_MANAGE}
    </div>
    <p class="gb-runs-link" hidden>
      <label><span></span> <input type="text" readonly></label><span role="status"></span>
    </p>
    <p class="gb-runs-whose" hidden>
      Opened by a link: you can look, compare and download. If it is yours, enter its owner's key under “Open
      a run by its id”.
    </p>
    <p class="gb-runs-settings" data-card-text></p>
    <progress max="1" value="0" aria-label="Progress of the training"></progress>
    <div class="gb-runs-now">
      <p class="gb-runs-details" data-card-text></p>
      {_STEER}
    </div>
    {_TRAIN_ON}
    <p class="gb-runs-error" role="alert"></p>
    <div class="gb-runs-charts">
      <div class="is-loss">{CHART_TEMPLATE}</div>
      <div class="is-accuracy">{CHART_TEMPLATE}</div>
      <div class="is-rate">{CHART_TEMPLATE}</div>
      <div class="is-norms">{CHART_TEMPLATE}</div>
      <div class="is-speed">{CHART_TEMPLATE}</div>
    </div>
    {_LAYERS}
    {_DOWNLOADS}
    {write_card_button("run")}
    <span class="gb-runs-spoken" aria-live="polite"></span>
  </section>
</div>
"""


def build_runs(
    look: Callable[[Any], str],
    act: Callable[[Any], str],
    hand_out: Callable[[Any], str],
    train_on: Callable[[Any], str],
    **kwargs: Any,
) -> gr.HTML:
    """Build the list of runs and the heading and curves of the chosen one; one a page.

    The value is JSON text of `{"serial", "ids", "focus", "ticked", "keys"}`: whose runs are listed, oldest
    first, and which of them is chosen; `ticked`, where it is there, are the runs to compare, and `keys` the
    owner's keys that the browser is to keep. A value counts where its
    `serial` is another than the last one's. Everything else comes by questions, a few a second while one of
    the runs is live and somebody can see them.

    It tells the page with the events `glassbox-run`, whose detail is `{"id", "status", "known"}`, whenever
    another run is chosen or its status changes, `known` being the ids of all runs in the list, and
    `glassbox-runs-compared`, `{"ids"}`, whenever others are ticked; the last details stand in
    `window.glassboxRuns` as `run` and `compared`. A run that is taken off the list and stays raises `delete`.

    Args:
        look: Called with `{"runs": {id: null or [offset, mark]}, "focus": id, "view": bool}`, outside
            Gradio's queue and with whatever the browser sent. Returns JSON text of `{"cards": [card, …],
            "updates": {id: update}, "gone": [id, …], "view" or "news": curves, "layers": layers}`,
            as `app.runs.view` lays out.
        act: Called in the same way with `{"action", "id", "name", "key"}`. Returns JSON text of
            `{"error": str}`, empty where it was done.
        hand_out: Called in the same way with `{"id", "file"}`. Returns JSON text of `{"name", "type",
            "content"}`, the last in base64, or `{"error": str}`.
        train_on: Called in the same way with `{"id", "epochs", "learning_rate", "known"}`. Returns JSON text
            of `{"id", "owner_key"}` of a new run, or `{"error": str}`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "runs"),
        apply_default_css=False,
        server_functions=name_functions(look=look, act=act, handOut=hand_out, trainOn=train_on),
        elem_classes=component_classes(
            kwargs.pop("elem_classes", None), "button", "chart", "layer_table", "runs", "run_layers"
        ),
        **kwargs,
    )
