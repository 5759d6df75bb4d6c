"""What the architecture reader shows, against the numbers that it is made from."""

import re
from html.parser import HTMLParser

import pytest

from app.inspection.architecture.section import on_network as on_architecture
from app.inspection.architecture.view import (
    describe_architecture,
    draw_architecture,
    write_bytes,
)
from app.ui.prose import load_prose
from models.networks.architecture import KNOWN_NETWORKS, read_architecture


class Reader(HTMLParser):
    """The text of every cell of the table, row by row, and the widths and growths that draw shares."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.widths, self.growths, self.depth = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        style = dict(attrs).get("style", "")
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
        if match := re.search(r"width:([\d.]+)%", style):
            self.widths.append((len(self.rows) - 1, float(match[1])))
        if match := re.search(r"flex-grow:(\d+)", style):
            self.growths.append(int(match[1]))
        if tag not in ("br", "img"):
            self.depth.append(tag)

    def handle_endtag(self, tag):
        assert self.depth.pop() == tag, "tags do not nest"

    def handle_data(self, data):
        if self.rows and "table" in self.depth:
            self.rows[-1][-1] += data


@pytest.mark.parametrize("name", KNOWN_NETWORKS)
def test_the_table_has_every_layer_with_its_numbers(name):
    architecture = read_architecture(name)
    reader = Reader(draw_architecture(architecture))
    assert not reader.depth
    head, *rows, foot = reader.rows
    assert len(rows) == len(architecture.layers)
    assert {len(row) for row in (head, *rows, foot)} == {5}
    for cells, layer in zip(rows, architecture.layers, strict=True):
        assert cells[0].startswith(layer.name)
        assert layer.settings in cells[0]
        assert " × ".join(f"{side:,}" for side in layer.output_shape) in cells[1]
        for cell, number, arithmetic in (
            (cells[2], layer.parameters, layer.parameter_sum),
            (cells[3], layer.multiply_adds, layer.multiply_add_sum),
        ):
            if number:
                assert cell.startswith(f"{number:,} ")
                assert cell.endswith(arithmetic.partition(" = ")[0])
            else:
                assert cell == "–"
    assert foot[2:4] == [f"{architecture.parameters:,}", f"{architecture.multiply_adds:,}"]


@pytest.mark.parametrize("name", KNOWN_NETWORKS)
def test_bars_are_as_long_as_the_shares(name):
    architecture = read_architecture(name)
    reader = Reader(draw_architecture(architecture))
    expected = []
    for row, layer in enumerate(architecture.layers, start=1):
        for part, whole in (
            (layer.parameters, architecture.parameters),
            (layer.multiply_adds, architecture.multiply_adds),
        ):
            if part:
                expected.append((row, pytest.approx(100 * part / whole, abs=0.001)))
    assert reader.widths == expected
    assert sum(reader.growths) == (
        architecture.parameters + architecture.multiply_adds + architecture.activation_bytes
    )


def test_sentences_say_what_the_layers_add_up_to():
    """AlexNet's by the numbers of its layers, added up here."""
    first, second, third = describe_architecture(read_architecture("alexnet"))
    convolutions, linear = 2_469_696, 58_631_144
    assert convolutions + linear == 61_100_840
    assert f"5 convolutions hold {100 * convolutions / 61_100_840:.1f}% of the parameters" in first
    assert f"3 linear layers hold {100 * linear / 61_100_840:.1f}% of the parameters" in first
    linear_work = 9216 * 4096 + 4096 * 4096 + 4096 * 1000
    assert f"make {100 * linear_work / 714_188_480:.1f}% of the multiply-adds" in first
    assert "features.0 uses each of its 23,232 weights at 55·55 = 3,025 places" in second
    assert third.endswith("classifier.1, holds 61.8% of them: (9,216 + 1)·4,096 = 37,752,832.")


def test_sentences_fit_a_network_of_one_layer():
    sentences = describe_architecture(read_architecture("logistic"))
    assert (
        sentences[0]
        == "The linear layer holds 100.0% of the parameters and makes 100.0% of the multiply-adds."
    )
    assert "as many multiply-adds as weights" in sentences[1]
    assert len(sentences) == 2


def test_batch_norm_has_its_share():
    (sentence, *_) = describe_architecture(read_architecture("convnet4"))
    assert (
        f"the 6 batch norms hold {100 * 2 * 2 * (64 + 128 + 256) / 1_148_618:.1f}% of the parameters"
        in sentence
    )


@pytest.mark.parametrize(
    ("size", "text"), [(40, "40 B"), (1576, "1.576 kB"), (244_403_360, "244.4 MB"), (999, "999 B")]
)
def test_sizes_are_written_with_four_digits(size, text):
    assert write_bytes(size) == text


@pytest.mark.parametrize("name", ["resnet", None, ["mlp"], {"a": 1}, 7])
def test_an_unknown_network_is_explained_and_the_table_stays(name):
    view = on_architecture(name)
    assert "Choose one of" in view.error
    assert not isinstance(view.layers, str)


def test_the_lessons_examples_are_the_layers_own():
    text = load_prose("app.inspection.architecture").replace("{,}", ",")
    convnet = {layer.name: layer for layer in read_architecture("convnet").layers}
    convnet4 = {layer.name: layer for layer in read_architecture("convnet4").layers}
    for arithmetic in (
        convnet["features.0"].parameter_sum,
        convnet["features.0"].multiply_add_sum,
        convnet["classifier.0"].parameter_sum,
        convnet4["classifier.1"].parameter_sum,
    ):
        assert arithmetic.replace("·", r" \cdot ").replace("  ", " ") in text.replace("  ", " ")
    assert convnet4["features.1"].parameters == 128
    assert "128 for the 64 channels of ConvNet4's first one" in text
    first = read_architecture("alexnet").layers[0]
    assert first.output_shape[1] == (224 + 2 * 2 - 11) // 4 + 1 == 55
    dense = (224 + 2 * 2 - 11 + 1) ** 2
    assert dense / 55**2 == pytest.approx(16, abs=0.5)
