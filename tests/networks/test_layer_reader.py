"""A network read from Python: what a notebook has is taken, what would have to run is named, nothing runs."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
from models.networks.layers.reader.program import MAX_TEXT, read_program
from models.networks.layers.source import write_program

NOTEBOOK = Path(__file__).parents[2] / ".." / "shared" / "notebook.md"
CONVNET = (
    Conv2d(8, kernel_size=5, padding=2), ReLU(), MaxPool2d(2, stride=2), Flatten(),
    Linear(500), ReLU(), Linear(10),
)  # fmt: skip


def write_class(init, forward, arguments="self", before=""):
    """Write a class with these lines in its two methods."""

    def indent(lines):
        return "".join(f"        {line}\n" for line in lines.strip().splitlines())

    return (
        f"{before}class Net(nn.Module):\n    def __init__({arguments}):\n        super().__init__()\n"
        f"{indent(init)}\n    def forward(self, x):\n{indent(forward)}"
    )


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


RELU = "self.a = nn.ReLU()"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is no network in this text"),
        ("x = 3", "There is no network in this text"),
        ("nn.Sequential(", "Line 1: this is not Python that can be read"),
        ("net = nn.Sequential(nn.ReLU())\nnn.Sequential(nn.Tanh())",
         "Line 2: a second network begins here, after the one of line 1"),
        (f"{write_class(RELU, 'return self.a(x)')}\n" * 2, "a second network"),
        ("nn.Sequential(nn.Conv3d(1, 2, 3))", "nn.Conv3d is no layer that is known here"),
        ("nn.Sequential(nn.Linear(784, 10), nn.Softmax(dim=1))", "Leave softmax out"),
        ("nn.Sequential(nn.Conv2d(1, 8, 3, groups=8))", "groups is 1 here, not 8"),
        ("nn.Sequential(nn.Conv2d(1, 8, 3, groups=width))", "width has no value in this text. Write 1 for"),
        ("nn.Sequential(nn.MaxPool2d(2, dilation=2))", "MaxPool2d's dilation is 1 here, not 2"),
        ("nn.Sequential(nn.AdaptiveAvgPool2d((2, 1)))", "output_size is 1 here, not a list"),
        ("nn.Sequential(nn.Flatten(0))", "start_dim is 1 here, not 0"),
        ("nn.Sequential(nn.Conv2d(1, 8, (3, 5)))", "one number for height and width"),
        ("nn.Sequential(nn.Conv2d(1, 8, 3, padding_mode='reflect'))", "padding_mode is zeros here, not"),
        ("nn.Sequential(nn.Conv2d(1, 8, 3, device='cpu'))", "device of nn.Conv2d is not known here"),
        ("nn.Sequential(nn.Conv2d(1, 8, 3, kernel_size=5))", "kernel_size of nn.Conv2d is given twice"),
        ("nn.Sequential(nn.Conv2d(1, 8, 4, padding='same'))", "write the number"),
        ("nn.Sequential(nn.ReLU(True, 1))", "nn.ReLU takes at most 1 values here"),
        ("nn.Sequential(nn.Linear(784))", "nn.Linear needs its out_features"),
        ("nn.Sequential(nn.MaxPool2d())", "nn.MaxPool2d needs its kernel_size"),
        ("nn.Sequential(nn.Linear('a', 10))", "Linear's in_features is no number. Write 784 = 1·28·28"),
        ("nn.Sequential(nn.Conv2d(1, 99999, 3))", "Line 1: Conv2d's out_channels is a whole number from"),
        ("nn.Sequential(nn.Linear(1, 1 // 0))", "divided by zero"),
        ("nn.Sequential(nn.MaxPool2d(2, 2 ** -1))", "MaxPool2d's stride comes from `2 ** -1`"),
        ("nn.Sequential(nn.Conv2d(1, width, 3))",
         "width has no value in this text. Write a number for Conv2d's out_channels"),
        ("nn.Sequential(nn.Linear(784, nn.ReLU()))", "out_features is no number"),
        ("nn.Sequential(*[nn.ReLU() for _ in range(3)])", "write its layers here"),
        ("nn.Sequential(*layers(3))", "Line 1: `layers(3)` cannot be read"),
        ("def f():\n    pass\nnn.Sequential(nn.Linear(1, f()))",
         "Line 3: Linear's out_features comes from `f()`, and nothing is executed here"),
        ("for i in range(3):\n    pass", "Only nn.Sequential(...), a class, and numbers with names are read"),
        ("class A(nn.Module):\n    def __init__(self):\n        pass", "class A has no forward"),
        ("class Residual(nn.Module):\n    def forward(self, x):\n        return x", "A Residual of your own"),
        ("nn.Sequential(Residual(Residual(nn.ReLU())))", "holds layers, not another block"),
        (write_class(RELU, "if x:\n    return x"), "A plain forward has one step a line"),
        (write_class(RELU, "x = self.b(x)\nreturn x"), "self.b was not made in __init__"),
        (write_class("self.a = make(3)", "return self.a(x)"), "comes from `make(3)` (line 4). It has to be"),
        (write_class(RELU, "x = self.a(x)"), "forward returns nothing"),
        (write_class(RELU, "return 3"), "forward returns the logits"),
        (write_class(RELU, "return x, self.a(x)"), "Line 7: `return x, self.a(x)` cannot be read. forward "),
        (write_class(RELU, "return self.a(x, 3)"), "A layer is called with the images alone"),
        (write_class(RELU, "return F.log_softmax(self.a(x), dim=1)"), "Leave softmax out"),
        (write_class(RELU, "return F.max_pool2d(x, 2, ceil_mode=True)"), "ceil_mode is False here, not True"),
        (write_class(RELU, "return F.relu(x, foo=1)"), "foo of relu is not known here"),
        (write_class(RELU, "return F.relu(x, **y)"), "** of relu is not known here"),
        (write_class(RELU, "return x.permute(0, 2, 3, 1)"), "permute is no function that is known"),
        (write_class(RELU, "return x / 255"), "Images are passed from layer to layer"),
        (write_class(RELU, "return self.a(x) + F.tanh(x)"), "Read is x + layers(x)"),
        (write_class(RELU, "return x + self.a(x + F.tanh(x))"), "Read is x + layers(x)"),
        (write_class("self.a = nn.Linear(784, 784)", "x = self.a(x.flatten(1))\nx = self.a(x)\nreturn x"),
         "Line 8: the Linear of line 4 is used a second time, with the same weights"),
        ("net = nn.Sequential(nn.Flatten())\nnet.append(nn.Linear(784, 10))",
         "Line 2: `net.append(nn.Linear(784, 10))` cannot be read. Layers are read where they are made"),
        ("net = nn.Sequential()\nnet.add_module('a', nn.ReLU())", "Layers are read where they are made"),
        ("net = nn.Sequential(nn.ReLU())\nnet._modules.update(a=nn.Tanh())", "where they are made"),
        ("net = nn.Sequential(nn.ReLU())\nsetattr(net, '0', nn.Tanh())", "where they are made"),
        ("net = nn.Sequential(nn.ReLU())\nnet[0] = nn.Tanh()", "Give the value a plain name"),
        ("layers = [nn.ReLU()]\nlayers.append(nn.Tanh())\nnn.Sequential(*layers)",
         "Line 2: `layers.append(nn.Tanh())` cannot be read. Layers are read where they are made"),
        (f"@wrap\n{write_class(RELU, 'return self.a(x)')}", "Line 1: `wrap` cannot be read. A decorator"),
        (write_class(f"{RELU}\nself.a.register_hook(print)", "return x"), "Write one self.name = nn."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line_and_what_to_write(text, message):
    with pytest.raises(ValueError, match=rf"{re.escape(message)}[\s\S]*\.$"):
        read_program(text)


@pytest.mark.parametrize(
    "line",
    [
        "net += nn.Sequential(nn.ReLU())", "net = net + nn.Sequential(nn.ReLU())", "net *= 2",
        "[net.append(nn.ReLU()) for _ in range(1)]", 'print(f"{net.append(nn.ReLU())}")',
        "print(sep=net.append(nn.ReLU()))", "len(*[net.append(nn.ReLU())])",
        "list(map(net.append, [nn.ReLU()]))", "net if net.append(nn.ReLU()) else 3",
        "print(3, [net := nn.ReLU()])", "[setattr(net, '0', 3) for _ in 'a']",
    ],
)  # fmt: skip
def test_line_that_would_change_a_network_is_refused_wherever_it_does_so(line):
    with pytest.raises(ValueError, match=r"^Line 2: .* Layers are read where they are made"):
        read_program(f"net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n{line}")


def test_line_that_changes_no_network_is_passed_over():
    line = 'print(f"{sum(p.numel() for p in net.parameters()):,} numbers", net, len(net))'
    read = read_program(f"net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n{line}")
    assert len(read.layers) == 2


def test_size_that_a_probe_would_find_is_named_with_the_number_to_write():
    text = write_class(
        "self.layer1 = nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2))\n"
        "probe = torch.zeros((1, 1, 28, 28))\nfound = self.layer1(probe).view(-1)\n"
        "self.last = nn.Linear(found.shape[0], 10)",
        "return self.last(self.layer1(x).flatten(1))",
    )
    message = (
        "Line 7: Linear's in_features comes from `torch.zeros((1, 1, 28, 28))` (line 5), and nothing is "
        "executed here. Write 3136 in its place."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_program(text)


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


TOUCHED = "touched-by-the-text"
HARM = st.sampled_from(
    [
        f"open('{TOUCHED}', 'w')", f"__import__('pathlib').Path('{TOUCHED}').touch()",
        f"exec(\"open('{TOUCHED}', 'w')\")", f"(lambda: open('{TOUCHED}', 'w'))()",
        f"[open('{TOUCHED}', 'w')][0]", f"nn.__class__.__mro__[1].__subclasses__()[0]('{TOUCHED}')",
        f"f'{{open(\"{TOUCHED}\", \"w\")}}'", "9 ** 9 ** 9", "'a' * 10 ** 9", "[0] * 10 ** 9",
        "(" * 300 + ")" * 300, "1 << 10 ** 6", "-" * 3000 + "1", "[x for x in range(10 ** 9)]", "{**{}}",
        "nn." + "nn." * 2000 + "ReLU()", "await x", "yield 1", "*x", "x := 3", "self.training.__dict__",
        "torch.load('x.pt')", "nn.Module.__init__", "\x00", "1e400", "1j", "...", "b'x'", "9" * 5000,
        "int('9' * 9)", "int(1e400)", "super().__init__()", "x if x else x", "not x", "x @ x", "lambda: 0",
    ]
)  # fmt: skip
PLACES = st.sampled_from(
    [
        "{}", "net = {}", "nn.Sequential({})", "nn.Sequential(nn.Linear(784, {}))",
        "nn.Sequential(nn.Conv2d(1, 8, {}))", "nn.Sequential(*{})", "nn.Sequential(nn.Dropout(p={}))",
        "@{}\nclass A(nn.Module): pass", "def f(a={}): pass",
        "class A({}):\n  def __init__(self): pass\n  def forward(self, x): return x", "import {}", "del {}",
        "a[{}] = 1", "for i in {}: pass", "with {} as f: pass", "assert {}", "raise {}",
        "nn.Sequential(nn.ReLU(), {}=1)",
        *(write_class(*pair).replace("{", "{{").replace("}", "}}").replace("HOLE", "{}") for pair in [
            ("self.a = HOLE", "return self.a(x)"), ("HOLE", "return x"),
            ("self.a = nn.Linear(HOLE, 10)", "return self.a(x)"), (RELU, "return HOLE"),
            (RELU, "x = HOLE\nreturn self.a(x)"), (RELU, "return self.a(x, HOLE)"),
            (RELU, "return x.view(HOLE, -1)"),
        ]),
    ]
)  # fmt: skip


def check_hostile_text(place, harm, other):
    text = place.format(harm.replace("x", f"({other})") if len(other) < 100 else harm)
    harmless = {"{}", "net = {}", "nn.Sequential(nn.Dropout(p={}))"}
    problem = "."
    try:
        found = read_program(text)
    except ValueError as error:
        problem = str(error)
    else:  # what stands where nothing is taken from it, such as a default that no layer has
        assert place not in harmless
        examine_layers(found.layers)
    assert problem.endswith(".")
    assert len(problem) < 600
    assert not Path(TOUCHED).exists()


@settings(max_examples=50)
@given(PLACES, HARM, HARM)
def test_hostile_text_is_refused_and_nothing_runs(place, harm, other):
    check_hostile_text(place, harm, other)


@pytest.mark.gate
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(PLACES, HARM, HARM)
def test_five_hundred_hostile_texts_are_refused_and_nothing_runs(place, harm, other):
    check_hostile_text(place, harm, other)


def repeat_lines(line, last, count=400):
    """Write lines that each take the one before: `count` of them, or as many as the text's length allows."""
    lines, length = [], len(last)
    for number in range(1, count + 1):
        lines.append(line.format(here=number, before=number - 1))
        length += len(lines[-1]) + 30
        if length > MAX_TEXT:
            break
    return "\n".join(lines), len(lines)


def write_growing(first, line, last):
    lines, count = repeat_lines(line, first + last)
    return f"{first}\n{lines}\n{last.format(last=count)}"


SLOW = {
    "a Sequential of itself twice, empty": write_growing(
        "m0 = nn.Sequential()", "m{here} = nn.Sequential(m{before}, m{before})", "nn.Sequential(m{last}, 1)"
    ),
    "a list of itself twice, in a sentence": write_growing(
        "m0 = [1]", "m{here} = [m{before}, m{before}]", "nn.Sequential(nn.Conv2d(1, 8, m{last}))"
    ),
    "two equal lists of themselves, compared": write_growing(
        "m0 = [1]\nn0 = [1]", "m{here} = [m{before}, m{before}]\nn{here} = [n{before}, n{before}]",
        "nn.Sequential(nn.Conv2d(1, 8, [m{last}, n{last}]))",
    ),
    "blocks of blocks": write_growing(
        "m0 = nn.ReLU()", "m{here} = nn.Sequential(Residual(m{before}), Residual(m{before}))",
        "nn.Sequential(m{last})",
    ),
    "a chain of calls": f"x = nn.x{'.a()' * 200}",
    "many calls, one within the other": write_class(RELU, f"return {'self.a(' * 150}x{')' * 150}"),
    "sums of sums": write_class(RELU, "x += self.a(x)\n" * 800),
    "many long branches": write_class(
        f"self.a = nn.Sequential({'Residual(nn.ReLU()),' * 20})", "y = self.a(x)\n" * 800 + "return y"
    ),
    "many short lines": "a=-1\n" * 3_900,
    "much to quote": f"nn.Sequential({'b,' * 9_900})",
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_text_that_would_take_for_ever_does_not(name):
    """Without a bound each takes minutes to years, or fills the memory."""
    assert len(SLOW[name]) <= MAX_TEXT
    with pytest.raises(ValueError, match=r"\.$"):
        read_program(SLOW[name])


def test_long_text_is_refused():
    with pytest.raises(ValueError, match=f"at most {MAX_TEXT:,} characters, not 1,000,000"):
        read_program("x" * 10**6)
    with pytest.raises(ValueError, match="at most 40 layers"):
        read_program(f"nn.Sequential({'nn.ReLU(),' * 1000})")
