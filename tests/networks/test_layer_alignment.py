"""Lists side by side, and dropout put into one."""

import pytest
from hypothesis import given, settings

from models.networks.layers.alignment import align_layers
from models.networks.layers.dropout_places import list_dropout_places, place_dropout
from models.networks.layers.examination import examine_layers
from models.networks.layers.kinds import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU
from models.networks.registry import NETWORKS
from tests.networks.layer_lists import draw_layers

CONVNET, CONVNET2 = NETWORKS["convnet"].layers, NETWORKS["convnet2"].layers


def show(pairs):
    return [
        (pair.first and pair.first.layer, pair.second and pair.second.layer) for pair in pairs if pair.differs
    ]


def test_what_one_list_alone_has_stands_alone():
    assert show(align_layers(CONVNET, CONVNET2)) == [(None, Dropout(0.5))]
    assert show(align_layers(CONVNET2, CONVNET)) == [(Dropout(0.5), None)]
    assert show(align_layers(CONVNET, CONVNET)) == []


def test_layers_of_one_kind_with_other_settings_answer_to_each_other():
    other = (Conv2d(16, 3), ReLU(), MaxPool2d(4), Flatten(), Linear(100), ReLU(), Linear(10))
    assert show(align_layers(CONVNET, other)) == [
        (Conv2d(8, 5, padding=2), Conv2d(16, 3)),
        (MaxPool2d(2), MaxPool2d(4)),
        (Linear(500), Linear(100)),
    ]


@settings(max_examples=40)
@given(draw_layers(), draw_layers())
def test_no_layer_is_lost(first, second):
    if examine_layers(first).find_problem() or examine_layers(second).find_problem():
        return
    pairs = align_layers(first, second)
    assert tuple(pair.first.layer for pair in pairs if pair.first) == first
    assert tuple(pair.second.layer for pair in pairs if pair.second) == second


def test_dropout_goes_before_any_layer():
    places = list_dropout_places(CONVNET)
    assert places[0] == ("before layer 1, Conv2d: the image", 0)
    assert places[4] == ("before layer 5, Linear: 1,568 features", 4)
    assert place_dropout(CONVNET, 4, 0.5) == CONVNET2
    for _, index in places:
        assert not examine_layers(place_dropout(CONVNET, index, 0.3)).find_problem()


@pytest.mark.parametrize(
    ("layers", "index", "p", "message"),
    [
        (CONVNET, 7, 0.5, "no layer 7: choose one from 0 to 6"),
        (CONVNET, True, 0.5, "no layer True"),
        (CONVNET, 1.0, 0.5, "no layer 1.0"),
        (CONVNET, 0, 1, "Dropout's p is a number from 0 to 0.99"),
        ((*[ReLU()] * 38, Flatten(), Linear()), 0, 0.5, "at most 40 layers"),
    ],
)
def test_dropout_that_goes_nowhere_is_refused(layers, index, p, message):
    with pytest.raises(ValueError, match=message):
        place_dropout(layers, index, p)
