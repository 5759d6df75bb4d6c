"""Networks in words: each number from the list, nothing that a list could smuggle in."""

import re

import pytest
from hypothesis import given, settings

from models.networks.description import describe_in_words, summarise_layers, write_table
from models.networks.layers.examination import examine_layers
from models.networks.layers.kinds import Flatten, Linear, ReLU
from models.networks.registry import NETWORKS
from tests.networks.layer_lists import draw_layers


def test_convnet2_is_described_as_a_person_would():
    layers = NETWORKS["convnet2"].layers
    assert summarise_layers(layers) == "8 filters 5×5, ReLU, max pool 2×2, dropout 0.5, 500, ReLU, 10"
    assert describe_in_words(layers, "ConvNet2").splitlines() == [
        "ConvNet2 takes images of 28 × 28 pixels and gives ten logits, one a digit. It has 8 layers with "
        "789,718 learned numbers, and reading an image takes 945,800 multiply-adds.",
        "",
        "1. Conv2d: 8 kernels 5×5, padding 2, to 8 maps of 28 × 28; 208 learned numbers.",
        "2. ReLU: max(0, x).",
        "3. MaxPool2d: largest of 2×2, to 8 maps of 14 × 14.",
        "4. Flatten: 8·14·14 = 1,568 in a row, to 1,568 features.",
        "5. Dropout: drops 50%, in training only.",
        "6. Linear: 1,568 in, 500 out, to 500 features; 784,500 learned numbers.",
        "7. ReLU: max(0, x).",
        "8. Linear: 500 in, 10 out, to 10 features; 5,010 learned numbers.",
    ]


@settings(max_examples=40)
@given(draw_layers())
def test_every_list_has_a_line_and_a_table_with_its_sums(layers):
    examination = examine_layers(layers)
    if examination.find_problem():
        return
    assert 0 < len(summarise_layers(layers)) <= 200
    rows = write_table(layers, "Mine").splitlines()
    assert {row.count("|") for row in rows} == {7}
    cells = [row.split("|") for row in rows[2:]]
    counts = [int(re.sub(r"\D", "", row[5])) for row in cells]
    assert sum(counts[:-1]) == counts[-1] == examination.parameters
    assert describe_in_words(layers, "Mine").startswith("Mine takes images")


def test_long_lists_are_cut_and_what_is_no_network_is_refused():
    line = summarise_layers((*[ReLU()] * 38, Flatten(), Linear()))
    assert line.endswith("ReLU, …, 10")
    with pytest.raises(ValueError, match="ends in 784 features"):
        describe_in_words((Flatten(),), "Mine")
