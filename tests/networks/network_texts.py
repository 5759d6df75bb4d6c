"""Texts of networks for the reader's tests."""

from models.networks.layers.kinds import Conv2d, Flatten, Linear, MaxPool2d, ReLU

RELU = "self.a = nn.ReLU()"
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
