"""A network read from Python: what a notebook has is taken, and what is taken otherwise is said."""

import re
from pathlib import Path

import pytest

from models.networks.layers.examination import examine_layers
from models.networks.layers.kinds import (
    GELU,
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    LeakyReLU,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    Tanh,
)  # fmt: skip
from models.networks.layers.network import LayerNetwork
from models.networks.layers.reader.program import read_program
from models.networks.layers.source import write_program
from tests.networks.network_texts import CONVNET, write_class

NOTEBOOK = Path(__file__).parents[2] / ".." / "shared" / "notebook.md"
MLP = (Flatten(), Linear(128), ReLU(), Linear(64), ReLU(), Linear(10))
FORMS = {
    "expression": (
        "nn.Sequential(nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten(),"
        "nn.Linear(14 * 14 * 8, 500), nn.ReLU(), nn.Linear(500, 10))",
        CONVNET,
    ),
    "indented, assigned, with imports, comments and a number with a name": (
        "    import torch\n    from torch import nn\n\n    width: int = 8  # channels\n    width *= 1\n"
        "    net = torch.nn.Sequential(\n"
        "        nn.Conv2d(1, width, kernel_size=(5, 5), stride=[1, 1], padding='same', bias=True),\n"
        "        nn.ReLU(inplace=True), nn.MaxPool2d(kernel_size=2, stride=2), nn.Flatten(1, -1),\n"
        "        nn.Linear(width * 14 * 14, 500), nn.ReLU(), nn.Linear(500, out_features=10))\n"
        "    print(net)\n    criterion = nn.CrossEntropyLoss()\n",
        CONVNET,
    ),
    "plain arithmetic, moved to a device and set to evaluation": (
        "net = nn.Sequential(nn.Conv2d(1, 2 ** 3, +5, padding=7 % 5), nn.ReLU(), nn.MaxPool2d(2, 2),"
        "nn.Flatten(), nn.Linear(2 ** 3 * 196, 500), nn.ReLU(), nn.Linear(500, 10)).to(device).eval()\n"
        "optimizer = torch.optim.SGD(net.parameters(), lr=0.1)\nnet = net.cpu()\nprint(net.state_dict())\n",
        CONVNET,
    ),
    "parts with names, from a list, PyTorch under other names": (
        "import torch.nn as tn\nfrom torch.nn import functional as fn\nfrom torch.nn import Linear, ReLU\n"
        "block = tn.Sequential(tn.Conv2d(1, 8, 5, 1, 2, padding_mode='zeros'), ReLU(), tn.MaxPool2d(2, 2))\n"
        "layers = [block, tn.Flatten(), Linear(1568, 500, bias=True), ReLU(), Linear(500, 10)]\n"
        "net = tn.Sequential(*layers)\n",
        CONVNET,
    ),
    "two Sequentials and a reshape": (
        write_class(
            "self.layer1 = nn.Sequential(nn.Conv2d(1, 8, kernel_size=5, padding=int((5 - 1) / 2)),\n"
            "    nn.ReLU(), nn.MaxPool2d(kernel_size=2, stride=2))\n"
            "self.classifier = nn.Sequential(nn.Linear(1568, 500), nn.ReLU(), nn.Linear(500, 10))",
            "out = self.layer1(x)\nout = out.reshape(out.size(0), -1)\nreturn self.classifier(out)",
        ),
        CONVNET,
    ),
    "functions in forward": (
        write_class(
            "self.conv = nn.Conv2d(1, 8, 5, padding=2)\nself.a = nn.Linear(1568, 500)\n"
            "self.b = nn.Linear(500, 10)",
            "x = F.max_pool2d(F.relu(self.conv(x), inplace=True), 2, stride=2)\nx = torch.flatten(x, 1)\n"
            "return self.b(torch.relu(self.a(x)))",
        ),
        CONVNET,
    ),
    "annotations, a docstring, an older super, layers with names first": (
        "class Net(nn.Module):\n    '''A network.'''\n\n"
        "    def __init__(self, *, hidden: int = 500) -> None:\n"
        "        '''Layers.'''\n        super(Net, self).__init__()\n        self.hidden = hidden\n"
        "        features = nn.Sequential(nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2, 2))\n"
        "        self.features = features\n        self.a: nn.Linear = nn.Linear(8 * 14 * 14, self.hidden)\n"
        "        self.relu, self.b = nn.ReLU(), nn.Linear(self.hidden, out_features=10)\n\n"
        "    def forward(self, x: Tensor) -> Tensor:\n        n, c, h, w = x.shape\n"
        "        x = x.view(-1, 1, 28, 28)\n        x: Tensor = self.features(x).flatten(start_dim=1)\n"
        "        last = self.b\n        return last(self.relu(self.a(x)))\n",
        CONVNET,
    ),
    "sizes as arguments": (
        write_class(
            "self.classifier = nn.Sequential(nn.Linear(input_size, hidden_sizes[0]), nn.ReLU(),\n"
            "    nn.Linear(hidden_sizes[0], hidden_sizes[1]), nn.ReLU(),\n"
            "    nn.Linear(hidden_sizes[-1], output_size))",
            '"""Logits."""\nx = x.view(-1, input_size)\nreturn self.classifier(x)',
            "self, input_size=784, hidden_sizes=[128, 64], output_size=10",
        ),
        MLP,
    ),
    "every other layer": (
        write_class(
            "self.body = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4, eps=1e-5))\n"
            "self.first = nn.Conv2d(1, 4, 3, dilation=2, bias=False)\nself.out = nn.Linear(4, 10)\n"
            "self.pool = nn.AdaptiveAvgPool2d((1, 1))\nself.drop = nn.Dropout()",
            "x = F.leaky_relu(self.first(x), 0.2)\nidentity = x\nx = F.gelu(self.body(x))\nx += identity\n"
            "x = self.drop(self.pool(x))\nx = x.view(x.size()[0], -1)\n"
            "return self.out(nn.functional.dropout(torch.tanh(x), 0.25, self.training, inplace=True))",
        ),
        (
            Conv2d(4, dilation=2, bias=False), LeakyReLU(0.2),
            Residual((Conv2d(4, padding=1), BatchNorm2d(), GELU())),
            AdaptiveAvgPool2d(), Dropout(0.5), Flatten(), Tanh(), Dropout(0.25), Linear(10),
        ),
    ),
    "a sum with its projection": (
        write_class(
            "self.a = nn.Conv2d(1, 4, 3, padding=1)\nself.short = nn.Conv2d(1, 4, 1, bias=False)\n"
            "self.out = nn.Linear(3136, 10)",
            "x = self.short(x) + self.a(x)\nreturn self.out(x.reshape((x.shape[0], -1)))",
        ),
        (Residual((Conv2d(4, padding=1),)), Flatten(), Linear(10)),
    ),
    "a sum, its projection behind": (
        write_class(
            "self.a = nn.Conv2d(1, 4, 3, padding=1)\nself.short = nn.Conv2d(1, 4, 1, bias=False)\n"
            "self.out = nn.Linear(3136, 10)",
            "return self.out((self.a(x) + self.short(x)).flatten(1))",
        ),
        (Residual((Conv2d(4, padding=1),)), Flatten(), Linear(10)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_text_is_read_as_the_layers_that_it_builds(form):
    text, layers = FORMS[form]
    found = read_program(text)
    assert found.layers == layers
    assert found.notes == ()
    LayerNetwork(layers)
    assert read_program(write_program(layers)).layers == layers


@pytest.mark.parametrize(
    "forward",
    [
        "x.view(x.shape[0], -1)", "x.view(x.size(0), 784)", "x.reshape(-1, 28 * 28)", "x.flatten(1)",
        "x.flatten(start_dim=1)", "torch.flatten(x, start_dim=1)", "torch.flatten(x, 1, -1)",
        "x.view(-1, x.size(1) * x.size(2) * x.size(3))", "torch.reshape(x, (-1, 784))",
        "nn.Flatten()(x)", "x.view(batch_size, -1)",
    ],
)  # fmt: skip
def test_images_are_put_into_rows_in_many_ways(forward):
    text = write_class("self.a = nn.Linear(784, 10)", f"return self.a({forward})")
    found = read_program(text)
    assert (found.layers, found.notes) == ((Flatten(), Linear(10)), ())


@pytest.mark.parametrize(
    "forward", ["x.flatten()", "x.view(1, -1)", "x.view(-1, -1)", "x.view(-1)", "x.view()"]
)
def test_what_mixes_the_images_is_refused(forward):
    text = write_class("self.a = nn.Linear(784, 10)", f"return self.a({forward})")
    with pytest.raises(ValueError, match=r"put into rows by x\.flatten\(1\)"):
        read_program(text)


def test_what_the_text_leaves_open_is_taken_and_said():
    text = write_class(
        "self.classifier = torch.nn.Linear(input_size, output_size)",
        "x = x.reshape(-1, input_size)\nreturn self.classifier(x)",
        "self, input_size, output_size",
    )
    found = read_program(text)
    assert found.layers == (Flatten(), Linear(10))
    assert found.notes == (
        "Line 4: output_size has no value in this text; 10 was taken, one output a digit.",
    )
    assert read_program(f"output_size = 12\n{text}").layers == (Flatten(), Linear(12))


@pytest.mark.parametrize(
    ("text", "layers", "notes"),
    [
        ("nn.Sequential(nn.Conv2d(1, 8, 5),\n nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10))",
         (Conv2d(8, 5), MaxPool2d(2), Flatten(), Linear(10)),
         ["Line 2: Linear expects 1,568 inputs there, and 1,152 come; 1,152 was taken."]),
        (write_class("self.a = nn.Linear(784, 10)", "return self.a(x.view(-1, 28))"), (Flatten(), Linear(10)),
         ["Line 7: view makes rows of 28 there, and 784 numbers an image come; 784 was taken."]),
        (write_class("self.a = nn.Linear(784, 10)",
                     "y = F.dropout(x)\nreturn self.a(F.dropout(x.flatten(1)))"),
         (Flatten(), Dropout(0.5), Linear(10)),
         ["Line 8: dropout drops in evaluation too; Dropout, in training only, was taken."]),
        ("nn.Sequential(Residual(nn.Conv2d(1, 8, 3, padding=1), projection=nn.Conv2d(1, 8, 1, bias=False)),"
         "nn.Flatten(), nn.Linear(6272, 10))",
         (Residual((Conv2d(8, padding=1),)), Flatten(), Linear(10)), []),
        ("nn.Sequential(Residual(nn.Conv2d(1, 8, 3, padding=1), projection=nn.Conv2d(1, 8, 3, padding=1)),"
         "nn.Flatten(), nn.Linear(6272, 10))", (Residual((Conv2d(8, padding=1),)), Flatten(), Linear(10)),
         ["Line 1: a block's projection follows from its shapes; nn.Conv2d(1, 8, kernel_size=1, bias=False) "
          "was taken."]),
    ],
)  # fmt: skip
def test_what_is_taken_otherwise_is_said(text, layers, notes):
    found = read_program(text)
    assert found.layers == layers
    assert list(found.notes) == notes
    assert examine_layers(found.layers).find_problem() == ""


@pytest.mark.skipif(not NOTEBOOK.exists(), reason="the notebook is not beside the project")
def test_notebook_itself_is_read_or_told_what_to_write():
    cells = re.findall(r"```python\n(.*?)```", NOTEBOOK.read_text(encoding="utf-8"), re.DOTALL)
    cells = [cell for cell in cells if "(nn.Module):" in cell]
    read = [read_program(cell).layers for cell in cells[:4]]
    convnet2 = (*CONVNET[:4], Dropout(0.5), *CONVNET[4:])
    assert read == [MLP, (Flatten(), Linear(10)), CONVNET, convnet2]
    for cell, named in zip(cells[4:], ("Write 576 in its place", "`batch_relu"), strict=True):
        with pytest.raises(ValueError, match=named):
            read_program(cell)
