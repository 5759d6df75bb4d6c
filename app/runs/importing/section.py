"""Weights of one's own on the training runs tab: a file is uploaded, checked, and tested as a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from app.runs.listing import Listing, show_runs
from app.ui.components.prose import build_prose
from app.ui.prose import quote_text
from models.checkpoints.file import read_content
from models.data.names import TITLES
from models.networks.registry import NETWORKS
from models.runs.control import start_run
from models.runs.importing import read_import
from models.runs.owner import make_owner_key
from models.runs.status import keep_known_runs

_ABOUT = """A checkpoint from this page or another, or the weights of a network that you trained in a
notebook, as safetensors. They are tested as a run, and can be chosen wherever networks are, in this browser
alone.

A `.pt` file is a pickle, which can run any program when opened, so this page opens none. Save the weights in
the notebook by `save_file(net.state_dict(), "net.safetensors")` of `safetensors.torch`; or let
`glassbox import net.pt --network convnet --out net.safetensors` take them out of it on your own machine."""


class ImportControls(NamedTuple):
    """The controls of the place for weights of one's own, in the order in which `on_import` takes them."""

    file: gr.UploadButton
    network: gr.Dropdown
    dataset: gr.Dropdown
    error: gr.Markdown


def on_import(my_runs: Any, path: Any, network: Any, dataset: Any) -> Listing:
    """Start the test of uploaded weights; wires: the upload; their runs, file, network, data → listing."""
    known, key = keep_known_runs(my_runs), make_owner_key()
    try:
        if not isinstance(path, str):
            raise ValueError("Nothing has been uploaded: choose a .safetensors file.")
        file = Path(path)
        brought = read_import(read_content(file), file.name, str(network or ""), str(dataset))
        run_id = start_run(
            brought.config,
            own_runs=known,
            name=brought.name,
            files=brought.files,
            owner_key=key,
            imported=brought.imported,
        )
    except ValueError as mistake:
        return Listing(quote_text(str(mistake)), gr.skip(), gr.skip())
    return show_runs([*known, run_id], run_id, keys={run_id: key})


def build_import() -> ImportControls:
    """Build the place for weights of one's own inside the current column."""
    with gr.Accordion("Bring weights of your own", open=False, elem_id="run-import-place"):
        build_prose(_ABOUT, elem_id="run-import-about")
        network = gr.Dropdown(
            [("As the file's record says", ""), *((spec.title, name) for name, spec in NETWORKS.items())],
            value="",
            label="Network",
            info="Plain weights do not say it.",
            filterable=False,
            elem_id="run-import-network",
        )
        dataset = gr.Dropdown(
            [(title, name) for name, title in TITLES.items()],
            value="mnist",
            label="Data",
            info="What plain weights are tested on; a record says it itself.",
            filterable=False,
            elem_id="run-import-dataset",
        )
        file = gr.UploadButton("Choose a file", type="filepath", size="sm", elem_id="run-import")
        error = gr.Markdown("", elem_classes="gb-error", elem_id="run-import-error")
    return ImportControls(file, network, dataset, error)
