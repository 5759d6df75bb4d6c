"""What cannot be read of a network's text is named with its line and what to write instead."""

import re

import pytest

from models.networks.layers.reader.program import read_program
from tests.networks.network_texts import RELU, write_class


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
