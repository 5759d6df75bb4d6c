"""The table of the window's settings: each is declared here once, and form, link, script and API follow."""

from dataclasses import dataclass, replace
from typing import Any

from app.inspection.window.setting import (
    Setting,
    declare_choice,
    declare_flag,
    declare_number,
    declare_text,
    declare_whole,
    list_settings,
)
from app.ui.digits import DRAWING, TEST
from app.ui.field_errors import FieldError, blame
from app.ui.numbers import read_field
from models.inspection.kernels import PRESETS
from models.inspection.window import MAX_DILATION, MAX_KERNEL_SIZE, MAX_PADDING, MAX_STRIDE, MAX_VALUE
from models.runs.library import CHOICE_INFO

OPERATIONS = {"convolution": "Convolution", "max": "Max pooling", "average": "Average pooling"}
IMAGES = {"digit": "A digit", "upload": "An upload", "grid": "My numbers", "layer": "Inside a network"}
KERNELS = {
    "random": "Random",
    **{name: preset.title for name, preset in PRESETS.items()},
    "typed": "Typed in",
    "learned": "Learned by a network",
}
BIASES = {"own": "The kernel's", "typed": "Mine"}
MAX_SEED = 999
DEFAULT_GRID = "\n".join(["0 0 0 0 0 0", *["0 0 5 5 0 0"] * 4, "0 0 0 0 0 0"])
DEFAULT_TYPED = "1 0 -1\n2 0 -2\n1 0 -1"
_SIZED_FREELY = ("random", *(name for name, preset in PRESETS.items() if preset.weights is None))
_CONVOLUTION = ("convolution",)


@dataclass(frozen=True)
class WindowSettings:
    """All that decides what is shown; the opening is the notebook's 2 × 2 kernel on a digit.

    The fields are declared in the order of their controls on the page.
    """

    operation: str = declare_choice("convolution", OPERATIONS, "Operation")
    # What is convolved or pooled. "layer" is what a layer of a network is given for the digit.
    picture: str = declare_choice("digit", IMAGES, "Image")
    source: str = declare_choice(TEST, {}, "Digit from", has_list=True, is_shown=lambda its: its.has_digit)
    index: int = declare_whole(
        0, 0, 59_999, "Number in the data set", is_shown=lambda its: its.has_digit and its.source != DRAWING
    )
    # An uploaded image, as `pack_upload` packs it. A button stands for it on the page.
    upload: str = declare_text(
        "", "Upload", is_shown=lambda its: its.picture == "upload", is_linked_idle=False
    )
    grid: str = declare_text(
        DEFAULT_GRID, "Image, one row a line", num_lines=7, max_lines=16, max_letters=4000,
        is_shown=lambda its: its.picture == "grid", is_linked_idle=False, is_matrix=True,
    )  # fmt: skip
    # The network whose layers and learned kernels are meant.
    checkpoint: str = declare_choice(
        "convnet3", {}, "Network", info=CHOICE_INFO, has_list=True, is_shown=lambda its: its.has_layer
    )
    # Inside a network, the layer's own filter is taken.
    kernel: str = declare_choice(
        "random", KERNELS, "Kernel", has_list=True, operations=_CONVOLUTION,
        is_shown=lambda its: not its.is_inside,
    )  # fmt: skip
    # The seed of the opening gives a kernel that answers to upper and lower edges.
    seed: int = declare_whole(
        675, 0, MAX_SEED, "Seed of the kernel's random numbers", operations=_CONVOLUTION,
        is_shown=lambda its: its.kernel_kind == "random",
    )  # fmt: skip
    typed: str = declare_text(
        DEFAULT_TYPED, "Kernel, one row a line", num_lines=3, max_lines=7, max_letters=2000,
        operations=_CONVOLUTION, is_shown=lambda its: its.kernel_kind == "typed", is_matrix=True,
    )  # fmt: skip
    layer: str = declare_choice("features.0", {}, "Layer", has_list=True, is_shown=lambda its: its.has_layer)
    filter: int = declare_whole(0, 0, 15, "Filter", is_shown=lambda its: its.is_learned)
    channel: int = declare_whole(0, 0, 15, "Input channel", is_shown=lambda its: its.has_layer)
    kernel_size: int = declare_whole(
        2, 1, MAX_KERNEL_SIZE, "Kernel size", endpoints={"pool": 2},
        is_shown=lambda its: its.operation != "convolution" or its.has_free_size,
    )  # fmt: skip
    stride: int = declare_whole(
        1, 1, MAX_STRIDE, "Stride", in_torch=True, endpoints={"convolve": 1, "pool": 2},
        meaning="px from one window to the next",
    )  # fmt: skip
    padding: int = declare_whole(
        0, 0, MAX_PADDING, "Padding", in_torch=True, endpoints={"convolve": 0, "pool": 0},
        meaning="rings around the image, and for pooling at most half the kernel size",
    )  # fmt: skip
    dilation: int = declare_whole(
        1, 1, MAX_DILATION, "Dilation", in_torch=True, endpoints={"convolve": 1}, operations=_CONVOLUTION,
        meaning="px from one weight to the next",
    )  # fmt: skip
    bias_kind: str = declare_choice("own", BIASES, "Bias", operations=_CONVOLUTION, is_folded=True)
    bias: float = declare_number(
        0.0, -MAX_VALUE, MAX_VALUE, "My bias", step=0.1, operations=_CONVOLUTION, is_folded=True,
        is_shown=lambda its: its.bias_kind == "typed",
    )  # fmt: skip
    # As mathematics has a convolution.
    flipped: bool = declare_flag(
        "Turn the kernel by 180°", operations=_CONVOLUTION, is_folded=True,
        info="As a convolution in mathematics does. PyTorch's conv2d does not: it computes a "
        "cross-correlation.",
        sentence="The kernel is turned by 180° first: that is a convolution in mathematics. PyTorch's conv2d "
        "does not turn it; it is given the turned kernel here.",
    )  # fmt: skip
    hangs_over: bool = declare_flag(
        "Let windows hang over the right and lower edge", operations=_CONVOLUTION, is_folded=True,
        is_shown=lambda its: not its.is_inside,
        info="As in the notebook's zoom. PyTorch's layers never do that.",
    )  # fmt: skip

    @property
    def is_inside(self) -> bool:
        """Whether the image is what a layer of a network is given."""
        return self.picture == "layer"

    @property
    def has_digit(self) -> bool:
        """Whether a digit is looked at, by itself or inside a network."""
        return self.picture in ("digit", "layer")

    @property
    def kernel_kind(self) -> str:
        """A key of KERNELS: inside a network, the layer's own."""
        return "learned" if self.is_inside else self.kernel

    @property
    def is_learned(self) -> bool:
        """Whether the kernel is one that a network has learned."""
        return self.operation == "convolution" and self.kernel_kind == "learned"

    @property
    def has_layer(self) -> bool:
        """Whether a layer of a network is meant."""
        return self.is_inside or self.is_learned

    @property
    def has_free_size(self) -> bool:
        """Whether the kernel leaves its size open."""
        return self.kernel_kind in _SIZED_FREELY


SETTINGS: dict[str, Setting] = list_settings(WindowSettings)

EXAMPLES = {
    "notebook": ("The lab's layer", WindowSettings()),
    "zoom": ("Its zoom: past the edge", WindowSettings(hangs_over=True)),
    "exercise": ("Its exercise: kernel 4, stride 4", WindowSettings(kernel_size=4, stride=4)),
    "pool": ("Its max pooling", WindowSettings(operation="max", kernel_size=4, stride=4)),
    "edges": ("Find vertical edges", WindowSettings(kernel="sobel_x", kernel_size=3, padding=1, index=7)),
    "dilation": ("Dilation", WindowSettings(kernel="blur", kernel_size=3, dilation=3, padding=3, index=4)),
}


def read_settings(values: list[Any] | tuple[Any, ...]) -> WindowSettings:
    """Return the settings that stand in the controls, which are given in the order of SETTINGS.

    Numbers that the page could not read are texts still; `check_settings` says so.
    """
    return WindowSettings(**dict(zip(SETTINGS, values, strict=True)))


def check_settings(settings: WindowSettings) -> WindowSettings:
    """Return the settings with each number that counts read.

    Raises:
        FieldError: where one is no number, or a choice none of its own.
    """
    check_choices(settings)
    read: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        if setting.kind in ("whole", "number") and setting.is_needed(settings):
            with blame(name):
                read[name] = read_field(getattr(settings, name), f"The {setting.label.lower()}")
    return replace(settings, **read)


def check_choices(settings: WindowSettings) -> None:
    """Raise a ValueError that lists the choices where a setting that counts is none of its own."""
    for name, setting in SETTINGS.items():
        value = getattr(settings, name)
        if not setting.choices or (name != "operation" and settings.operation not in setting.operations):
            continue
        if not isinstance(value, str) or value not in setting.choices:
            raise FieldError(
                f"The {setting.label.lower()} is {value!r:.40}: choose one of {', '.join(setting.choices)}.",
                name,
            )
