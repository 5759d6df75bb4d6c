"""The architecture reader's list: given networks, the one that is being built, those that were trained."""

import gradio as gr
import pytest

from app.inspection.architecture.section import BUILT, list_networks, on_focus, on_network
from app.inspection.architecture.view import draw_architecture
from models.networks.architecture import describe_architecture
from models.networks.layers.exchange import write_link
from models.networks.layers.kinds import Conv2d, Flatten, Linear, ReLU, Residual

LAYERS = (Conv2d(4, padding=1), Residual((ReLU(), Conv2d(6, padding=1))), Flatten(), Linear(10))
LINK = write_link("Mine <b>", LAYERS)


@pytest.mark.parametrize("kept", [LINK, f"?tab=runs&layers={LINK}"])
def test_network_that_is_being_built_is_read_before_it_is_trained(kept):
    assert ("Mine <b>, as you build it", BUILT) in list_networks([], kept)
    view = on_network(BUILT, kept)
    assert view.error == ""
    assert view.layers == draw_architecture(describe_architecture(LAYERS, "Mine <b>", "Mine <b>"))
    assert "<b>," not in view.layers
    focused = on_focus(BUILT, [], kept)
    assert "value" not in focused.network  # the choice stays
    assert focused[1:] == view  # as it is now: it may have been edited meanwhile
    assert on_focus("convnet", [], kept)[1:] == (gr.skip(), gr.skip())


@pytest.mark.parametrize("kept", ["", "x", None, 3, LINK[:-4], "A" * 10_000])
def test_what_is_no_network_is_not_listed(kept):
    assert BUILT not in dict(map(reversed, list_networks([], kept)))
    focused = on_focus(BUILT, [], kept)
    assert focused.network["value"] == "convnet3"
    assert focused[1:] == on_network("convnet3")
    view = on_network(BUILT, kept)
    assert "Copy the link anew" in view.error or "000 are read" in view.error


def test_list_that_is_no_network_yet_says_what_it_lacks():
    kept = write_link("ConvNet", (Flatten(), Linear(7)))  # the name of another
    assert ("Your network, as you build it", BUILT) in list_networks([], kept)
    assert "ends in 10 logits" in on_network(BUILT, kept).error
