"""The conv & pool tab: four labs, one at a time, from one window's arithmetic to how networks are built."""

from collections.abc import Callable

import gradio as gr

from app.inspection.architecture.section import build_architecture_section
from app.inspection.microscope.section import build_microscope_section
from app.inspection.network.section import build_network_section
from app.inspection.window.section import build_window_section, open_maps_in_window

# By the names that addresses have.
LABS = {
    "window": "Window",
    "network": "Layer by layer",
    "microscope": "Dropout & batch norm",
    "architecture": "Architecture",
}


def build_inspection_tab(
    page: gr.Blocks, pad: gr.HTML, my_runs: gr.BrowserState, build_way_to_pad: Callable[[], gr.Button]
) -> None:
    """Build the tab inside the current `gr.Tab`.

    Args:
        page: The page being built; its load restores the settings that an address names.
        pad: The sketchpad, whose drawing can be looked at.
        my_runs: Ids of this visitor's runs, whose networks can be looked into.
        build_way_to_pad: Builds the button that leads to where a drawing is drawn.
    """
    # The first two answer to what other parts of the page send them, and so are there at all times.
    with gr.Tabs(elem_id="gb-labs", overflow_behavior="wrap"):
        with gr.Tab(LABS["window"], id="window", render_children=True):
            window = build_window_section(page, pad, my_runs, build_way_to_pad)
        with gr.Tab(LABS["network"], id="network", render_children=True):
            network = build_network_section(page, pad, my_runs, build_way_to_pad)
        with gr.Tab(LABS["microscope"], id="microscope"):
            build_microscope_section(page, pad, my_runs)
        with gr.Tab(LABS["architecture"], id="architecture"):
            build_architecture_section(page, my_runs)
    chosen = [network.checkpoint, network.source, network.index]
    open_maps_in_window(window, network.maps, chosen, my_runs, pad)
