"""Networks as files and links: there and back, and what is none is refused."""

import base64
import json
import zlib

import pytest
from hypothesis import given, settings

from models.networks.layers.examination import MAX_LAYERS
from models.networks.layers.exchange import (
    MAX_LINK_LETTERS,
    read_link,
    read_network_text,
    write_json,
    write_link,
)
from models.networks.layers.kinds import Conv2d, Flatten, Linear, Residual
from models.networks.layers.source import write_program
from models.networks.registry import NETWORKS
from tests.networks.layer_lists import draw_layers

LARGEST = tuple(
    Conv2d(10 + place, 1 + place % 28, 2 + place % 7, place % 14, 2 + place % 8, bias=False)
    for place in range(MAX_LAYERS)
)


@settings(max_examples=60)
@given(draw_layers())
def test_list_comes_back_from_a_file_and_from_a_link(layers):
    for text in (write_json("Mine: “ä”", layers), write_json("", layers)):
        shared = read_network_text(text)
        assert shared.layers == layers
    assert read_network_text(write_json("Mine: “ä”", layers)).name == "Mine: “ä”"
    link = write_link("Mine & more", layers)
    assert (read_link(link).name, read_link(link).layers) == ("Mine & more", layers)
    assert set(link) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_links_are_short():
    assert len(write_link("My LeNet", NETWORKS["convnet3"].layers)) < 250
    assert len(write_link("x" * 40, LARGEST)) < MAX_LINK_LETTERS


def test_python_is_read_too_and_has_no_name():
    layers = NETWORKS["convnet"].layers
    shared = read_network_text(write_program(layers))
    assert (shared.name, shared.layers, shared.notes) == ("", layers, ())


@pytest.mark.parametrize("write", [write_program, lambda layers: write_json("", layers)])
def test_mark_that_some_editors_begin_a_file_with_is_no_letter(write):
    layers = NETWORKS["convnet"].layers
    assert read_network_text(f"\ufeff{write(layers)}").layers == layers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{]", "no JSON that can be read .line 1"),
        ("[" * 15_000, "no JSON that can be read"),
        ("[" + "9" * 5_000 + "]", "no JSON that can be read"),
        ('[{"layer": "Linear", "layer": "Flatten"}]', "'layer' stands twice in one object"),
        ("{}", "this has no layers"),
        ('{"layers": [], "run": 1}', "this has 'run'"),
        ('{"layers": [], "schema": "other"}', "is 'other': it must be glassbox-network-1"),
        ('{"layers": [], "name": 3}', "name is a text, not 3"),
        ('[{"layer": "Exec"}]', "Layer 1 is called 'Exec'"),
        ('{"layers": "' + "x" * 30_000 + '"}', "at most 20,000 characters"),
    ],
)
def test_text_that_is_no_network_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_network_text(text)


def pack(value):
    return base64.urlsafe_b64encode(zlib.compress(value)).decode().rstrip("=")


@pytest.mark.parametrize(
    "link",
    [
        "", "x", "%%%", "é", write_link("a", (Flatten(), Linear()))[:-4], pack(b"[]"), pack(b"{}"),
        pack(b"3"), pack(b'["a", [], 3]'), pack(b"\xff"), pack(b"[" * 10_000), pack(b" " * 10**6),
        "A" * (MAX_LINK_LETTERS + 1),
    ],
)  # fmt: skip
def test_link_that_is_no_network_is_refused(link):
    with pytest.raises(ValueError, match="cut off or altered|2,000 are read"):
        read_link(link)
    with pytest.raises(ValueError, match="Layer 1 is called"):
        read_link(pack(json.dumps(["a", [{"layer": "Exec"}]]).encode()))
    with pytest.raises(ValueError, match="name is a text"):
        read_link(pack(b"[3, []]"))


def test_a_list_that_is_no_network_yet_is_kept_as_it_is():
    layers = (Residual(()), Linear(7))
    assert read_network_text(write_json("Half", layers)).layers == layers
