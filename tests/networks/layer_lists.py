"""Random lists of layers for the tests: most of them networks, some not quite."""

from hypothesis import strategies as st

from models.networks.layers.kinds import (
    GELU,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Dropout2d,
    Flatten,
    LeakyReLU,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
)  # fmt: skip

PROBABILITIES = st.sampled_from([0.0, 0.1, 0.25, 0.5])
ACTIVATIONS = st.one_of(
    st.sampled_from([ReLU(), Tanh(), Sigmoid(), GELU()]), st.builds(LeakyReLU, st.sampled_from([0.01, 0.2]))
)
CONVOLUTIONS = st.builds(
    Conv2d,
    out_channels=st.integers(1, 6), kernel_size=st.integers(1, 5), stride=st.integers(1, 2),
    padding=st.integers(0, 2), dilation=st.integers(1, 2), bias=st.booleans(),
)  # fmt: skip
POOLS = st.one_of(
    st.builds(
        kind,
        kernel_size=st.integers(1, 4), stride=st.sampled_from([None, 1, 2]), padding=st.integers(0, 1),
    )
    for kind in (MaxPool2d, AvgPool2d)
)  # fmt: skip
OF_MAPS = st.one_of(
    CONVOLUTIONS, POOLS, ACTIVATIONS, st.just(BatchNorm2d()), st.builds(Dropout, PROBABILITIES),
    st.builds(Dropout2d, PROBABILITIES), st.sampled_from([AdaptiveAvgPool2d(), AdaptiveMaxPool2d()]),
)  # fmt: skip
OF_FEATURES = st.one_of(
    st.builds(Linear, st.integers(1, 20), st.booleans()), ACTIVATIONS, st.just(BatchNorm1d()),
    st.builds(Dropout, PROBABILITIES),
)  # fmt: skip


def hold(inner):
    """Put some of the layers into residual blocks."""
    return st.one_of(
        inner, inner, inner, st.builds(Residual, st.lists(inner, min_size=1, max_size=3).map(tuple))
    )


@st.composite
def draw_layers(draw):
    """Draw layers of maps, Flatten, layers of features and ten logits; now and then one stands wrongly."""
    layers = [
        *draw(st.lists(hold(OF_MAPS), max_size=6)),
        Flatten(),
        *draw(st.lists(hold(OF_FEATURES), max_size=4)),
        Linear(10),
    ]
    if draw(st.integers(0, 4)) == 0:
        place = draw(st.integers(0, len(layers)))
        layers.insert(place, draw(st.one_of(OF_MAPS, OF_FEATURES, st.just(Flatten()))))
    if draw(st.integers(0, 4)) == 0:
        del layers[draw(st.integers(0, len(layers) - 1))]
    return tuple(layers)
