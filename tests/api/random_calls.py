"""Calls of the public endpoints, drawn at random: right ones, those at the edge, and those that are none."""

import math

from hypothesis import strategies as st

from app.api.endpoints import architecture
from app.api.runs import train
from app.sketchpad.tab import build_example
from models.checkpoints.file import list_checkpoints
from models.networks.registry import NETWORKS
from models.runs.limits import narrow_settings, read_limits
from models.training.config import RECIPES
from tests.api.contract import PARAMETERS
from tests.training.random_settings import draw_setting

WAYS = ("by name", "by place", "as the client")

small = st.floats(-10, 10, allow_subnormal=False)


def rows_of(values, height, width):
    return st.lists(st.lists(values, min_size=width, max_size=width), min_size=height, max_size=height)


def images(values, height, width):
    """Rows of values; a large image is all alike."""
    return rows_of(values, height, width) if height * width < 50 else st.just([[-1.5] * width] * height)


@st.composite
def descents(draw):
    problem = draw(st.sampled_from(["least_squares", "valley", "rosenbrock", "himmelblau", "beale", "saddle",
                                    "rastrigin"]))  # fmt: skip
    call = {
        "problem": problem,
        "lr": draw(st.floats(1e-6, 1e15) | st.floats(1e-3, 0.1)),
        "steps": draw(st.integers(1, 40)),
        "optimizer": draw(st.sampled_from(["gradient_descent", "momentum", "adagrad", "rmsprop", "adam"])),
        "momentum": draw(st.floats(0, 0.999)),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "condition": draw(st.floats(1, 10_000)),
    }
    num_weights = 2
    if problem == "least_squares":
        num_weights, num_rows = draw(st.integers(1, 8)), draw(st.integers(1, 5))
        call["x"] = draw(rows_of(small, num_rows, num_weights))
        call["x"][0][0] = 1.0  # or the loss might not depend on w
        call["y"] = draw(st.lists(small, min_size=num_rows, max_size=num_rows))
    if draw(st.booleans()):
        call["w0"] = draw(st.lists(small, min_size=num_weights, max_size=num_weights))
    return call


@st.composite
def convolutions(draw):
    size, dilation, padding = draw(st.integers(1, 7)), draw(st.integers(1, 4)), draw(st.integers(0, 6))
    smallest = max(1, dilation * (size - 1) + 1 - 2 * padding)
    height, width = (draw(st.integers(smallest, smallest + 6)) for _ in range(2))
    value = draw(st.sampled_from([st.integers(-9, 9), small, st.floats(-1e6, 1e6)]))
    return {
        "image": draw(images(value, height, width)), "kernel": draw(images(value, size, size)),
        "bias": draw(value), "stride": draw(st.integers(1, 7)), "padding": padding, "dilation": dilation,
    }  # fmt: skip


@st.composite
def poolings(draw):
    size = draw(st.integers(1, 7))
    padding = draw(st.integers(0, size // 2))
    height, width = (draw(st.integers(max(1, size - 2 * padding), 12)) for _ in range(2))
    return {
        "image": draw(images(small, height, width)),
        "kind": draw(st.sampled_from(["max", "average"])), "kernel_size": size,
        "stride": draw(st.integers(1, 7)), "padding": padding,
    }  # fmt: skip


@st.composite
def drawings(draw):
    digit = build_example(draw(st.integers(0, 9)))
    kind = draw(st.integers(0, 2))
    call = {"checkpoint": draw(st.sampled_from([*list_checkpoints(), "run:example"]))}
    if kind == 0:
        call["strokes"] = digit
    elif kind == 1:
        points = st.tuples(st.floats(-280, 560), st.integers(-280, 560)).map(list)
        call["strokes"] = draw(st.lists(st.lists(points, max_size=9), max_size=5))
    else:
        side, value = draw(st.integers(8, 40)), draw(st.sampled_from([1, 1.0, 255, 77.5]))
        bar = [0] * (side // 2) + [value] * max(1, side // 8)
        call["image"] = [
            (bar + [0] * side)[:side] if 2 < row < side - 2 else [0] * side for row in range(side)
        ]
    return call | {"with_stages": draw(st.booleans())}


SETTINGS = {
    name: draw_setting(setting)
    for name, setting in narrow_settings(read_limits()).items()
    if setting.offered == "everywhere" and name != "dropout"  # which not every network has
}
QUICK = {
    "dataset": st.just("strokes"), "epochs": st.just(1), "num_images": st.integers(10, 100),
    "added_strokes": st.integers(0, 50),
}  # fmt: skip
TRAININGS = st.fixed_dictionaries(
    {"network": st.sampled_from(sorted(NETWORKS)), **QUICK},
    optional={name: drawn for name, drawn in SETTINGS.items() if name not in QUICK}
    | {
        "recipe": st.sampled_from(RECIPES),
        "name": st.text(max_size=60),
        "start_from": st.just(""),
        "layers": st.just(""),
    },
)
VALID = {
    "/checkpoints": st.just({}),
    "/architecture": st.fixed_dictionaries(
        {"network": st.sampled_from([*sorted(NETWORKS), "alexnet"])}, optional={"layers": st.just("")}
    ),
    "/runs": st.just({"run_id": "example"}),
    "/pool": poolings(),
    "/convolve": convolutions(),
    "/descend": descents(),
    "/predict": drawings(),
    "/train": TRAININGS,
}


def nest(value, depth):
    for _ in range(depth):
        value = [value]
    return value


EDGES = st.sampled_from([
    None, True, False, 0, -1, 1, 1.0, 0.999, 7, 8, 20, 21, 50, 51, 100, 255, 256, 512, 513,
    1_000_000, 1_000_001, 2**31 - 1, 2**31, 2**63, 10**400, -(10**400), 1e308, -1e308, 1e-320, -0.0,
    math.nan, math.inf, -math.inf,
    "", " ", "0", "nan", "\0", "\ud800", "\x85", "a\u2028b", "é😀\u202e", "x" * 5000, "../../etc/passwd",
    "run:", "run:example", "run:../example", "0" * 32, "example", "data:image/png;base64,",
    "data:image/png;base64,AAAA", "/etc/passwd",
    "http://127.0.0.1/", "<img src=x onerror=alert(1)>", "mlp", "adam", "free", "mnist",
    [], {}, [[]], [[[]]], [[1]], [[1, 2], [3]], [[None]], [[math.nan]],
    [1] * 3000, [[0] * 513], [[1] * 8] * 513,
    [[[0, 0]]] * 501, [[[1, 1]] * 20_001], [[["a", 1]]], [[[1e308, 1]]], [[[math.nan, 1]]], [["1"]], [[True]],
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    {"path": "http://outside.invalid/x", "meta": {"_type": "gradio.FileData"}},
    {"path": 5, "meta": {"_type": "gradio.FileData"}}, {"__type__": "update", "value": 1},
])  # fmt: skip
JUNK = (
    EDGES
    | st.text(max_size=50)
    | st.integers()
    | st.floats()
    | st.builds(nest, EDGES, st.sampled_from([1, 2, 30, 400]))
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=8,
    )
)
# A list with as many values is from before the others were there, and still counts.
NUM_EARLY_VALUES = {f"/{each.__name__}": each.num_early_values for each in (architecture, train)}
SURPLUS = ("x_", "self", "", "\ud800", "data", "session_hash")
REFUSED_TRAININGS = st.sampled_from(
    [
        {"epochs": 21},
        {"network": "resnet"},
        {"batch_size": 7},
        {"seed": -1},
        {"momentum": 2},
        {"name": "x" * 61},
    ]
)


@st.composite
def calls(draw, may_train):
    """An endpoint, the way to it, its arguments, and whether they are right: None where they may be."""
    endpoint = draw(st.sampled_from(list(VALID)))
    parameters = PARAMETERS[endpoint]
    arguments = dict(draw(VALID[endpoint]))
    names = list(parameters)
    if endpoint == "/train" and not may_train:
        refused = draw(REFUSED_TRAININGS)
        arguments |= refused
        names = [name for name in names if name not in refused]
    way = draw(st.sampled_from(WAYS))
    mistake = draw(st.sampled_from(["none", "none", "value", "value", "value", "missing", "surplus"]))
    if mistake == "none" or (mistake in ("value", "missing") and not parameters):
        is_right = endpoint != "/train"  # there it is refused in the end
    else:
        is_right = None if mistake == "value" else False
    if mistake == "value" and names:
        for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=2)):
            arguments[name] = draw(JUNK)
    if way == "by name":
        required = [name for name, default in parameters.items() if default is ...]
        if mistake == "missing" and required:
            del arguments[draw(st.sampled_from(required))]
        elif mistake == "missing":
            arguments, is_right = {}, is_right or None
        elif mistake == "surplus":
            arguments[draw(st.sampled_from(["x_", "self", "", "\ud800", "data", "session_hash"]))] = draw(
                JUNK
            )
        return endpoint, way, arguments, is_right
    values = [
        arguments.get(name, None if default is ... else default) for name, default in parameters.items()
    ]
    if mistake == "missing":
        values = values[: draw(st.integers(0, max(0, len(values) - 1)))]
        if len(values) >= NUM_EARLY_VALUES.get(endpoint, math.inf):
            is_right = None
    elif mistake == "surplus":
        values += draw(st.lists(JUNK, min_size=1, max_size=3))
    return endpoint, way, values, is_right
