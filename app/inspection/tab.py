"""The conv & pool tab: one window's arithmetic, a network layer by layer, and how networks are built."""

from collections.abc import Callable

import gradio as gr

from app.inspection.architecture.section import build_architecture_section
from app.inspection.microscope.section import build_microscope_section
from app.inspection.network.section import build_network_section
from app.inspection.window.section import build_window_section, open_maps_in_window


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
    window = build_window_section(page, pad, my_runs, build_way_to_pad)
    network = build_network_section(pad, my_runs, build_way_to_pad)
    chosen = [network.checkpoint, network.source, network.index]
    open_maps_in_window(window, network.maps, chosen, my_runs, pad)
    build_microscope_section(pad, my_runs)
    build_architecture_section(my_runs)
