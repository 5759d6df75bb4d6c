"""Networks as lists of layers: what fits, what each costs, and that PyTorch agrees."""

import json
import re

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models.networks.layers.examination import (
    MAX_ACTIVATIONS,
    MAX_LAYERS,
    MAX_MULTIPLY_ADDS,
    MAX_PARAMETERS,
    examine_layers,
)
from models.networks.layers.kinds import (
    KINDS,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Dropout2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
)  # fmt: skip
from models.networks.layers.network import LayerNetwork
from models.networks.layers.oddities import find_oddities
from models.networks.layers.plain_data import describe_layers, read_layers
from models.networks.layers.reader.program import read_program
from models.networks.layers.source import write_layers, write_program
from tests.networks.layer_lists import draw_layers

CONVNET = (
    Conv2d(8, kernel_size=5, padding=2), ReLU(), MaxPool2d(2), Flatten(), Linear(500), ReLU(), Linear(10),
)  # fmt: skip


class Branch(nn.Module):
    """A residual block by hand: torch itself says what shape the projection must have."""

    def __init__(self, body, projection):
        super().__init__()
        self.body, self.projection = body, projection

    def forward(self, inputs):
        return self.body(inputs) + (inputs if self.projection is None else self.projection(inputs))


def build_by_hand(entries, shape):
    """Build a list's plain form in plain PyTorch, the inputs' sizes found by running each layer."""
    modules = []
    for entry in entries:
        arguments = {key: value for key, value in entry.items() if key not in ("layer", "body")}
        name = entry["layer"]
        if name == "Residual":
            body = build_by_hand(entry["body"], shape)
            output = tuple(body.eval()(torch.zeros(2, *shape)).shape[1:])
            projection = None
            if output != shape and len(shape) == 1:
                projection = nn.Linear(shape[0], output[0], bias=False)
            elif output != shape:
                stride = next(
                    s
                    for s in range(1, 29)
                    if all((a - 1) // s + 1 == b for a, b in zip(shape[1:], output[1:], strict=True))
                )
                projection = nn.Conv2d(shape[0], output[0], 1, stride=stride, bias=False)
            module = Branch(body, projection)
        elif name.startswith("Adaptive"):
            module = getattr(nn, name)(1)
        elif name == "Conv2d":
            module = nn.Conv2d(
                shape[0], arguments.pop("out_channels", 8), arguments.pop("kernel_size", 3), **arguments
            )
        elif name == "Linear":
            module = nn.Linear(shape[0], arguments.pop("out_features", 10), **arguments)
        elif name.startswith("BatchNorm"):
            module = getattr(nn, name)(shape[0])
        elif name.endswith("Pool2d"):
            module = getattr(nn, name)(arguments.pop("kernel_size", 2), **arguments)
        else:
            module = getattr(nn, name)(**arguments)
        shape = tuple(module.eval()(torch.zeros(2, *shape)).shape[1:])
        modules.append(module)
    return nn.Sequential(*modules)


def check_list(layers):
    """Check that a list is refused with a sentence, or is in everything what plain PyTorch makes of it.

    Return the examination and the network in plain PyTorch, None where the list is refused.
    """
    plain = json.loads(json.dumps(describe_layers(layers)))
    assert read_layers(plain) == layers
    examination = examine_layers(layers)
    problem = examination.find_problem()
    if problem:
        assert problem.endswith(".")
        with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
            LayerNetwork(layers)
        return None
    torch.manual_seed(3)
    by_hand = build_by_hand(plain, (1, 28, 28)).eval()
    torch.manual_seed(3)
    network = LayerNetwork(layers).eval()
    names = {"torch": torch, "nn": nn}
    torch.manual_seed(3)
    exec(write_program(layers), names)  # our own text
    written = names["network"].eval()
    images = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = by_hand(images)
        assert torch.equal(network(images), expected)
        assert torch.equal(written(images), expected)
    assert examination.parameters == sum(parameter.numel() for parameter in by_hand.parameters())
    shape = (1, 28, 28)
    for module, row in zip(by_hand, examination.rows, strict=True):
        assert row.input_shape == shape
        shape = tuple(module(torch.zeros(2, *shape)).shape[1:])
        assert row.output_shape == shape
    assert read_program(write_program(layers)).layers == read_program(write_layers(layers)).layers == layers
    return examination, by_hand


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(draw_layers())
def test_list_is_refused_or_equals_plain_pytorch(layers):
    check_list(layers)


@pytest.mark.gate
@settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
@given(draw_layers())
def test_thousand_lists_are_refused_or_equal_plain_pytorch(layers):
    built = check_list(layers)
    if built is not None:
        examination, by_hand = built
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            by_hand(torch.zeros(1, 1, 28, 28))
        assert examination.multiply_adds == counter.get_total_flops() // 2


@settings(max_examples=60)
@given(draw_layers())
def test_each_repair_mends_its_row(layers):
    examination = examine_layers(layers)
    for number, row in enumerate(examination.rows):
        for repair in row.repairs:
            assert repair.layers != layers
            if not repair.label.startswith(("Move", "Remove")):
                assert not any(other.problem for other in examine_layers(repair.layers).rows[: number + 1])
    for repair in examination.repairs:
        assert examine_layers(repair.layers).find_problem() == ""


@pytest.mark.parametrize(
    ("layers", "problem", "labels"),
    [
        ((Linear(10),), "here come maps 1·28·28: Flatten makes 784 features", ["Put Flatten before Linear"]),
        ((Flatten(), Conv2d(), Linear(10)), "here come 784 features", ["Move Conv2d before Flatten"]),
        ((Conv2d(8, 28), Conv2d(8, 5), Flatten(), Linear(10)), "spans 5 pixels, and the maps are 1×1",
         ["Set padding=2"]),
        ((Conv2d(8, 27), Conv2d(8, 28, dilation=9), Flatten(), Linear(10)), "spans 244 pixels",
         ["Set kernel_size=2, dilation=1"]),
        ((MaxPool2d(3, padding=2), Flatten(), Linear(10)), "at most half its kernel", ["Set padding=1"]),
        ((AvgPool2d(14), MaxPool2d(4), Flatten(), Linear(10)), "the maps are 2×2",
         ["Set kernel_size=2, padding=0"]),
        ((BatchNorm1d(), Flatten(), Linear(10)), "there is BatchNorm2d", ["Make it BatchNorm2d"]),
        ((Flatten(), BatchNorm2d(), Linear(10)), "there is BatchNorm1d", ["Make it BatchNorm1d"]),
        ((Flatten(), Dropout2d(0.3), Linear(10)), "there is Dropout", ["Make it Dropout"]),
        ((Residual(()), Flatten(), Linear(10)), "at least one layer", []),
        ((Residual((Conv2d(4, 5),)), Flatten(), Linear(10)), "cannot be added", []),
    ],
)  # fmt: skip
def test_misfit_is_named_with_its_repair(layers, problem, labels):
    examination = examine_layers(layers)
    row = next(row for row in examination.rows if row.problem)
    assert problem in examination.find_problem()
    assert [repair.label for repair in row.repairs] == [*labels, f"Remove {row.layer.kind}"]
    for repair in row.repairs[:1] if labels else ():
        assert not examine_layers(repair.layers).find_problem()


def test_misfit_within_a_block_is_mended_within_it():
    layers = (Residual((Conv2d(8, padding=1), Linear(3))), Flatten(), Linear(10))
    examination = examine_layers(layers)
    assert examination.find_problem().startswith("Layer 1, its layer 2: Linear takes features")
    repairs = {repair.label: repair.layers for repair in examination.rows[0].body[1].repairs}
    assert repairs["Remove Linear"] == (Residual((Conv2d(8, padding=1),)), Flatten(), Linear(10))


@pytest.mark.parametrize(
    ("layers", "problem", "label"),
    [
        ((), "at least one layer", "Add Flatten and Linear with 10 outputs"),
        ((Conv2d(4),), "ends in maps 4·26·26", "Add Flatten and Linear with 10 outputs"),
        ((Flatten(), Linear(7)), "ends in 7 features", "Give the last Linear 10 outputs"),
    ],
)
def test_network_without_ten_logits_is_mended_with_one_press(layers, problem, label):
    examination = examine_layers(layers)
    assert problem in examination.problem
    assert examination.repairs[0].label == label
    assert not examine_layers(examination.repairs[0].layers).find_problem()


@pytest.mark.parametrize(
    ("layers", "problem"),
    [
        ((*[ReLU()] * 39, Flatten(), Linear(10)), f"at most {MAX_LAYERS} layers"),
        ((Residual(tuple([ReLU()] * 39)), Flatten(), Linear(10)), f"at most {MAX_LAYERS} layers"),
        ((Flatten(), Linear(4096), Linear(4096), Linear(10)), f"at most {MAX_PARAMETERS:,} learned numbers"),
        ((Conv2d(64, padding=1), Conv2d(900, 3, padding=1), MaxPool2d(28), Flatten(), Linear(10)),
         f"at most {MAX_MULTIPLY_ADDS:,} multiply-adds"),
        ((*[Conv2d(1024, 1, padding=14)] * 1, ReLU(), MaxPool2d(28), Flatten(), Linear(10)),
         f"at most {MAX_ACTIVATIONS:,} activations"),
    ],
)  # fmt: skip
def test_bounds_hold_before_anything_is_allocated(layers, problem, monkeypatch):
    for kind in ("Conv2d", "Linear"):
        monkeypatch.delattr(nn, kind)
    with pytest.raises(ValueError, match=problem):
        LayerNetwork(layers)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("Conv2d", "a list of layers, not str"),
        ([["Conv2d"]], 'Layer 1 must be an object such as {"layer": "ReLU"}'),
        ([{"layer": "ReLU"}, {"layer": "Conv3d"}], "Layer 2 is called 'Conv3d': choose one of Conv2d,"),
        ([{"layer": ["Conv2d"]}], "Layer 1 is called"),
        ([{"layer": "Conv2d", "groups": 2}], "Conv2d has no setting 'groups': leave it out."),
        ([{"layer": "ReLU", "inplace": True}], "Its settings are: none"),
        ([{"layer": "Conv2d", "out_channels": 0}], "out_channels is a whole number from 1 to 1024, not 0"),
        ([{"layer": "Conv2d", "out_channels": 8.0}], "a whole number"),
        ([{"layer": "Conv2d", "out_channels": True}], "a whole number"),
        ([{"layer": "Conv2d", "out_channels": None}], "a whole number"),
        ([{"layer": "Conv2d", "bias": 1}], "True or False, not 1"),
        ([{"layer": "Dropout", "p": float("nan")}], "a number from 0 to 0.99, not nan"),
        ([{"layer": "Linear", "out_features": 10**400}], "from 1 to 4096"),
        ([{"layer": "Residual", "body": [{"layer": "Residual"}]}], "hold layers, not another block"),
        ([{"layer": "ReLU"}] * 41, "at most 40 layers, not 41"),
    ],
)  # fmt: skip
def test_data_that_is_no_list_of_layers_is_refused_with_what_would_be_right(data, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(").replace("{", r"\{")):
        read_layers(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([*KINDS]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["layer", "body", "p", "out_channels", "bias"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=100)
@given(st.lists(JSON, max_size=4) | JSON)
def test_any_data_is_read_or_refused(data):
    try:
        layers = read_layers(data)
    except ValueError as error:
        problem = str(error)
    else:
        problem = "."
        assert read_layers(describe_layers(layers)) == layers
    assert problem.endswith(".")


def test_what_is_odd_is_said():
    assert find_oddities(CONVNET, 48_000, 32) == []
    assert (
        "Layers 2 and 3: with no activation"
        in find_oddities((Flatten(), Linear(99), Linear(10)), 48_000, 32)[0]
    )
    assert "sets logits to zero" in find_oddities((*CONVNET, Dropout(0.2)), 48_000, 32)[0]
    assert "by 80% of its last" in find_oddities((*CONVNET[:-1], Dropout(0.2), Linear(10)), 48_000, 32)[0]
    assert "bends the logits" in find_oddities((*CONVNET, ReLU()), 48_000, 32)[0]
    normed = (Conv2d(8), BatchNorm2d(), ReLU(), Flatten(), Linear(10))
    assert "a batch of 1" in find_oddities(normed, 48_000, 1)[0]
    assert find_oddities(normed, 48_000, 2) == []
    assert "for 50 images are 15,794 for each" in find_oddities(CONVNET, 50, 32)[0]
