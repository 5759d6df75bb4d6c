"""A network read from Python text: what a notebook has is taken, what would have to run is named, nothing runs."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.networks.layer_kinds import (
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
from models.networks.layer_list import build_layers, examine_layers
from models.networks.layer_reader import MAX_TEXT, read_program
from models.networks.layer_text import write_program

NOTEBOOK = Path(__file__).parents[2] / ".." / "shared" / "notebook.md"
CONVNET = (
    Conv2d(8, kernel_size=5, padding=2), ReLU(), MaxPool2d(2, stride=2), Flatten(), Linear(500), ReLU(), Linear(10),
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
    "assigned, with imports, comments and a number with a name": (
        "import torch\nfrom torch import nn\n\nwidth = 8  # channels\nnet = torch.nn.Sequential(\n"
        "    nn.Conv2d(1, width, kernel_size=(5, 5), stride=[1, 1], padding='same', bias=True),\n"
        "    nn.ReLU(inplace=True), nn.MaxPool2d(kernel_size=2, stride=2), nn.Flatten(1, -1),\n"
        "    nn.Linear(width * 14 * 14, 500), nn.ReLU(), nn.Linear(500, 10))\n"
        "print(net)\ncriterion = nn.CrossEntropyLoss()\n",
        CONVNET,
    ),
    "two Sequentials and a reshape": (
        write_class(
            "self.layer1 = nn.Sequential(nn.Conv2d(1, 8, kernel_size=5, padding=int((5 - 1) / 2)), nn.ReLU(),\n"
            "    nn.MaxPool2d(kernel_size=2, stride=2))\n"
            "self.classifier = nn.Sequential(nn.Linear(1568, 500), nn.ReLU(), nn.Linear(500, 10))",
            "out = self.layer1(x)\nout = out.reshape(out.size(0), -1)\nout = self.classifier(out)\nreturn out",
        ),
        CONVNET,
    ),
    "functions in forward": (
        write_class(
            "self.conv = nn.Conv2d(1, 8, 5, padding=2)\nself.a = nn.Linear(1568, 500)\nself.b = nn.Linear(500, 10)",
            "x = F.max_pool2d(F.relu(self.conv(x)), 2, stride=2)\nx = torch.flatten(x, 1)\n"
            "return self.b(torch.relu(self.a(x)))",
        ),
        CONVNET,
    ),
    "sizes as arguments": (
        write_class(
            "self.classifier = nn.Sequential(nn.Linear(input_size, hidden_sizes[0]), nn.ReLU(),\n"
            "    nn.Linear(hidden_sizes[0], hidden_sizes[1]), nn.ReLU(), nn.Linear(hidden_sizes[-1], output_size))",
            '"""Logits."""\nx = x.view(-1, input_size)\nreturn self.classifier(x)',
            "self, input_size=784, hidden_sizes=[128, 64], output_size=10",
        ),
        MLP,
    ),
    "every other layer": (
        write_class(
            "self.body = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4))\n"
            "self.first = nn.Conv2d(1, 4, 3, dilation=2, bias=False)\nself.out = nn.Linear(4, 10)",
            "x = F.leaky_relu(self.first(x), 0.2)\nx = x + F.gelu(self.body(x))\nx = F.adaptive_avg_pool2d(x, 1)\n"
            "n, c, h, w = x.shape\nx = x.view(x.size()[0], -1)\n"
            "return self.out(nn.functional.dropout(torch.tanh(x), 0.25, self.training, inplace=True))",
        ),
        (
            Conv2d(4, dilation=2, bias=False), LeakyReLU(0.2), Residual((Conv2d(4, padding=1), BatchNorm2d(), GELU())),
            AdaptiveAvgPool2d(), Flatten(), Tanh(), Dropout(0.25), Linear(10),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_text_is_read_as_the_layers_that_it_builds(form):
    text, layers = FORMS[form]
    found = read_program(text)
    assert found.layers == layers
    assert found.notes == ()
    build_layers(layers)
    assert read_program(write_program(layers)).layers == layers


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


def test_inputs_that_do_not_fit_are_corrected_and_said():
    found = read_program(
        "nn.Sequential(nn.Conv2d(1, 8, 5),\n nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10))"
    )
    assert found.notes == ("Line 2: Linear expects 1,568 inputs there, and 1,152 come; 1,152 was taken.",)
    assert examine_layers(found.layers).find_problem() == ""


def test_projection_other_than_its_shapes_want_is_said():
    begin = "nn.Sequential(Residual(nn.Conv2d(1, 8, 3, padding=1), projection=nn.Conv2d(1, 8, "
    end = ")), nn.Flatten(), nn.Linear(6272, 10))"
    assert read_program(f"{begin}1, bias=False{end}").notes == ()
    assert (
        "nn.Conv2d(1, 8, kernel_size=1, bias=False) was taken"
        in read_program(f"{begin}3, padding=1{end}").notes[0]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is no network in this text"),
        ("x = 3", "There is no network in this text"),
        ("nn.Sequential(", "Line 1: this is not Python that can be read"),
        ("net = nn.Sequential(nn.ReLU())\nnn.Sequential(nn.Tanh())", "Line 2: a second network begins here, after the one of line 1"),
        ("nn.Sequential(nn.Conv3d(1, 2, 3))", "nn.Conv3d is no layer that is known here"),
        ("nn.Sequential(nn.Linear(784, 10), nn.Softmax(dim=1))", "Leave softmax out"),
        ("nn.Sequential(nn.Conv2d(1, 8, 3, groups=8))", "groups is 1 here, not 8"),
        ("nn.Sequential(nn.Conv2d(1, 8, (3, 5)))", "one number for height and width"),
        ("nn.Sequential(nn.Conv2d(1, 8, 3, padding_mode='zeros'))", "padding_mode of nn.Conv2d is not known here"),
        ("nn.Sequential(nn.Conv2d(1, 8, 4, padding='same'))", "write the number"),
        ("nn.Sequential(nn.Conv2d(1, 8, 3, 1, 0, 1, 1, True, 'zeros'))", "takes at most 8 values"),
        ("nn.Sequential(nn.Conv2d(1, 99999, 3))", "Line 1: Conv2d's out_channels is a whole number from 1 to 1024"),
        ("nn.Sequential(nn.Linear(1, 1 // 0))", "divided by zero"),
        ("nn.Sequential(nn.Conv2d(1, width, 3))", "width has no value in this text. Write a number for Conv2d's out_channels"),
        ("nn.Sequential(*[nn.ReLU() for _ in range(3)])", "write its layers here"),
        ("nn.Sequential(*layers(3))", "Line 1: `layers(3)` cannot be read"),
        ("def f():\n    pass\nnn.Sequential(nn.Linear(1, f()))", "Line 3: Linear's out_features comes from `f()`, and nothing is executed here"),
        ("for i in range(3):\n    pass", "Only nn.Sequential(...), a class, and numbers with names are read"),
        ("class A(nn.Module):\n    def __init__(self):\n        pass", "class A has no forward"),
        (write_class("self.a = nn.ReLU()", "if x:\n    return x"), "A plain forward has one step a line"),
        (write_class("self.a = nn.ReLU()", "x = self.b(x)\nreturn x"), "self.b was not made in __init__"),
        (write_class("self.a = nn.ReLU()", "x = self.a(x)"), "forward returns nothing"),
        (write_class("self.a = nn.ReLU()", "return 3"), "forward returns the logits"),
        (write_class("self.a = nn.ReLU()", "return F.log_softmax(self.a(x), dim=1)"), "Leave softmax out"),
        (write_class("self.a = nn.ReLU()", "return x.permute(0, 2, 3, 1)"), "permute is no function that is known"),
        (write_class("self.a = nn.ReLU()", "return self.a(x) + F.tanh(x)"), "Two things can be added where"),
        (write_class("self.a = nn.ReLU()\nself.a.register_hook(print)", "return x"), "Write one self.name = nn.Layer"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line_and_what_to_write(text, message):
    with pytest.raises(ValueError) as refused:
        read_program(text)
    assert message in str(refused.value)
    assert str(refused.value).endswith(".")


def test_size_that_a_probe_would_find_is_named_with_the_number_to_write():
    text = write_class(
        "self.layer1 = nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2))\n"
        "probe = torch.zeros((1, 1, 28, 28))\nfound = self.layer1(probe).view(-1)\n"
        "self.last = nn.Linear(found.shape[0], 10)",
        "return self.last(self.layer1(x).flatten(1))",
    )
    with pytest.raises(ValueError) as refused:
        read_program(text)
    assert str(refused.value) == (
        "Line 7: Linear's in_features comes from `torch.zeros((1, 1, 28, 28))` (line 5), and nothing is executed "
        "here. Write 3136 in its place."
    )


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
        f"exec(\"open('{TOUCHED}', 'w')\")", f"(lambda: open('{TOUCHED}', 'w'))()", f"[open('{TOUCHED}', 'w')][0]",
        f"nn.__class__.__mro__[1].__subclasses__()[0]('{TOUCHED}')", f"f'{{open(\"{TOUCHED}\", \"w\")}}'",
        "9 ** 9 ** 9", "'a' * 10 ** 9", "[0] * 10 ** 9", "(" * 300 + ")" * 300, "1 << 10 ** 6", "-" * 3000 + "1",
        "[x for x in range(10 ** 9)]", "{**{}}", "nn." + "nn." * 2000 + "ReLU()", "await x", "yield 1", "*x", "x := 3",
        "self.training.__dict__", "torch.load('x.pt')", "nn.Module.__init__", "\x00", "1e400", "1j", "...", "b'x'",
        "9" * 5000, "int('9' * 9)", "int(1e400)", "super().__init__()", "x if x else x", "not x", "x @ x", "lambda: 0",
    ]
)  # fmt: skip
PLACES = st.sampled_from(
    [
        "{}", "net = {}", "nn.Sequential({})", "nn.Sequential(nn.Linear(784, {}))", "nn.Sequential(nn.Conv2d(1, 8, {}))",
        "nn.Sequential(*{})", "nn.Sequential(nn.Dropout(p={}))", "@{}\nclass A(nn.Module): pass", "def f(a={}): pass",
        "class A({}):\n  def __init__(self): pass\n  def forward(self, x): return x", "import {}", "del {}", "a[{}] = 1",
        "for i in {}: pass", "with {} as f: pass", "assert {}", "raise {}", "nn.Sequential(nn.ReLU(), {}=1)",
        *(write_class(*pair).replace("{", "{{").replace("}", "}}").replace("HOLE", "{}") for pair in [
            ("self.a = HOLE", "return self.a(x)"), ("HOLE", "return x"), ("self.a = nn.Linear(HOLE, 10)", "return self.a(x)"),
            ("self.a = nn.ReLU()", "return HOLE"), ("self.a = nn.ReLU()", "x = HOLE\nreturn self.a(x)"),
            ("self.a = nn.ReLU()", "return self.a(x, HOLE)"), ("self.a = nn.ReLU()", "return x.view(HOLE, -1)"),
        ]),
    ]
)  # fmt: skip


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PLACES, HARM, HARM)
def test_hostile_text_is_refused_and_nothing_runs(tmp_path, place, harm, other):
    text = place.format(harm.replace("x", f"({other})") if len(other) < 100 else harm)
    harmless = {"{}", "net = {}", "nn.Sequential(nn.Dropout(p={}))"}
    try:
        found = read_program(text)
    except ValueError as error:
        assert len(str(error)) < 600
        assert str(error).endswith(".")
    else:  # what stands where nothing is taken from it, such as a default that no layer has
        assert place not in harmless
        examine_layers(found.layers)
    assert not Path(TOUCHED).exists()


def test_long_text_is_refused():
    with pytest.raises(ValueError, match=f"at most {MAX_TEXT:,} characters, not 1,000,000"):
        read_program("x" * 10**6)
    with pytest.raises(ValueError, match="at most 40 layers"):
        read_program(f"nn.Sequential({'nn.ReLU(),' * 1000})")
