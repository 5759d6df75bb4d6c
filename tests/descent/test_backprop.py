"""The traced graph against the chain rule worked out in NumPy, torch.autograd.grad and finite differences."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.descent.backprop import check_gradient, trace_graph
from models.descent.problems import SURFACES, make_least_squares, make_valley

X = np.array([[1.0, 2.0], [-0.5, 1.5], [3.0, -1.0], [0.25, 0.75]])  # (N, D)
Y = np.array([1.0, -2.0, 0.5, 3.0])  # (N,)


least_squares = make_least_squares(X, Y).make_loss(torch.float64)
rosenbrock, beale = SURFACES["rosenbrock"].loss, SURFACES["beale"].loss
SURFACE_LOSSES = {"valley": make_valley(25).loss, **{name: one.loss for name, one in SURFACES.items()}}
LOSSES = {"least_squares": least_squares, **SURFACE_LOSSES}
ORDINARY = {
    "unbind": lambda w: (w.unbind()[0] - 1) ** 2 + w.unbind()[1],
    "unpacking": lambda w: (lambda a, b: a * b + a)(*w),
    "last entry": lambda w: w[-1] ** 2,
    "slice": lambda w: w[:1].sum() + w[[0, 1]].sum(),
    "exp and sin": lambda w: (w.exp() * w.sin()).sum(),
    "stack": lambda w: torch.stack([w[0] ** 2, w[1] * 3]).mean(),
    "same tensor twice": lambda w: w[0] * w[0],
    "matrices": lambda w: (torch.from_numpy(X).mm(w[:, None]) - 1).pow(2).sum(),
    "several nodes in one call": lambda w: (
        torch.nn.functional.linear(torch.from_numpy(X), w[None]).pow(2).sum()
    ),
    "constants on the way": lambda w: (w * (torch.ones(2, dtype=w.dtype) * 3 + 1)).sum(),
    "two outputs, one used": lambda w: torch.max(w * 2, dim=0).values,
    "one output of two unused": lambda w: (w * 3).unbind()[1] ** 2,
    "division": lambda w: w[0] / 4 + 2 / w[1] + 2 ** w[0] - w.norm(),
}

weights = st.tuples(*[st.floats(-3, 3)] * 2).map(list)


def find_node(graph, name):
    (node,) = [node for node in graph.nodes if node.name == name]
    return node


@settings(max_examples=60)
@given(weights)
def test_least_squares_agrees_with_the_chain_rule_by_hand(w):
    graph = trace_graph(least_squares, w)
    product = X @ w
    error = Y - product
    by_hand = {
        "MeanBackward0": ((error**2).mean(), 1.0),
        "PowBackward0": (error**2, np.full(4, 1 / 4)),
        "SubBackward0": (error, 2 * error / 4),
        "MvBackward0": (product, -2 * error / 4),
        "AccumulateGrad": (w, X.T @ (-2 * error / 4)),
    }
    assert [node.name for node in graph.nodes] == list(by_hand)
    for name, (value, gradient) in by_hand.items():
        node = find_node(graph, name)
        np.testing.assert_allclose(node.value, value, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(node.gradient, gradient, rtol=1e-12, atol=1e-12)
    assert graph.loss == graph.nodes[0].value


def take(consumer, place, graph):
    """Return what the consumer takes at this place: one entry where the source puts out several."""
    source = graph.nodes[consumer.inputs[place]]
    return source.value[consumer.taken[place]] if source.operation == "entries" else source.value


def local_derivative(consumer, place, graph):
    """∂(what the consumer puts out) / ∂(its input at this place), by the rules of school."""
    inputs = [take(consumer, at, graph) for at in range(len(consumer.inputs))]
    word = consumer.operation
    if word.startswith("power "):
        exponent = float(word.split()[1])
        return exponent * inputs[0] ** (exponent - 1)
    if word.startswith("times "):
        return float(word.split()[1].replace("−", "-")) if "6.283" not in word else 2 * np.pi
    if word.startswith("divided by "):
        return 1 / float(word.split()[2])
    return {
        "addition": lambda: 1,
        "entries": lambda: 1,
        "plus constant": lambda: 1,
        "minus constant": lambda: 1,
        "constant minus": lambda: -1,
        "subtraction": lambda: (1, -1)[place],
        "multiplication": lambda: inputs[1 - place],
        "cosine": lambda: -np.sin(inputs[0]),
    }[word]()


@pytest.mark.parametrize("loss", list(SURFACE_LOSSES.values()), ids=list(SURFACE_LOSSES))
@settings(max_examples=30)
@given(w=weights)
def test_every_gradient_is_what_its_consumers_hand_back(loss, w):
    graph = trace_graph(loss, w)
    for node in graph.nodes[1:]:
        expected = np.zeros_like(node.gradient)
        for consumer in graph.nodes:
            for place, source in enumerate(consumer.inputs):
                if source == node.key:
                    at = consumer.taken[place] if node.operation == "entries" else ...
                    expected[at] += consumer.gradient * local_derivative(consumer, place, graph)
        np.testing.assert_allclose(node.gradient, expected, rtol=1e-9, atol=1e-9)


def test_rosenbrocks_values_by_hand():
    graph = trace_graph(rosenbrock, [-1.2, 1.0])
    values = sorted(float(node.value) for node in graph.nodes if node.value.ndim == 0)
    by_hand = [2.2, 4.84, 1.44, -0.44, 0.1936, 19.36, 24.2]
    np.testing.assert_allclose(values, sorted(by_hand), rtol=1e-12)
    np.testing.assert_allclose(graph.nodes[-1].gradient, [-215.6, -88])


@pytest.mark.parametrize("loss", list(LOSSES.values()), ids=list(LOSSES))
@settings(max_examples=20)
@given(w=weights)
def test_every_graph_is_complete(loss, w):
    graph = trace_graph(loss, w)
    assert [node.key for node in graph.nodes] == list(range(len(graph.nodes)))
    assert {key for node in graph.nodes for key in node.inputs} == set(range(1, len(graph.nodes)))
    leaves = [node for node in graph.nodes if not node.inputs]
    assert [node.name for node in leaves] == ["AccumulateGrad"]
    np.testing.assert_array_equal(leaves[0].value, w)
    for node in graph.nodes:
        assert node.value.shape == node.gradient.shape
        assert np.isfinite(node.value).all()
        assert np.isfinite(node.gradient).all()
        assert all(key > node.key for key in node.inputs), "backward visits a node after its consumers"
        assert node.value.dtype == node.gradient.dtype == np.float64


@pytest.mark.parametrize("loss", [*LOSSES.values(), *ORDINARY.values()], ids=[*LOSSES, *ORDINARY])
def test_the_gradient_of_w_is_that_of_autograd(loss):
    graph = trace_graph(loss, [0.75, 2.0])
    w = torch.tensor([0.75, 2.0], dtype=torch.float64, requires_grad=True)
    value = loss(w)
    (gradient,) = torch.autograd.grad(value, w)
    assert graph.loss == value.item()
    np.testing.assert_array_equal(graph.nodes[-1].gradient, gradient)


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_operations_all_have_their_values(name):
    graph = trace_graph(ORDINARY[name], [0.75, 2.0])
    for node in graph.nodes:
        assert np.isfinite(node.value).all()
        assert node.value.shape == node.gradient.shape


def test_an_operation_with_several_outputs_puts_them_in_one_row():
    node = find_node(trace_graph(ORDINARY["one output of two unused"], [1.0, 2.0]), "UnbindBackward0")
    np.testing.assert_array_equal(node.value, [3, 6])
    np.testing.assert_array_equal(node.gradient, [0, 12])


def test_nodes_that_share_a_call_have_each_their_own_value():
    graph = trace_graph(ORDINARY["several nodes in one call"], [1.0, 2.0])
    np.testing.assert_array_equal(find_node(graph, "TBackward0").value, [[1], [2]])
    np.testing.assert_allclose(find_node(graph, "MmBackward0").value[:, 0], X @ [1, 2])


def test_a_constant_computed_on_the_way_takes_no_nodes_place():
    graph = trace_graph(lambda w: (w * 2 + (torch.ones(2, dtype=w.dtype) * 7 + 1)).sum(), [1.0, 2.0])
    np.testing.assert_array_equal(find_node(graph, "MulBackward0").value, [2, 4])
    np.testing.assert_array_equal(find_node(graph, "AddBackward0").value, [10, 12])


def test_each_consumer_says_which_output_it_takes():
    graph = trace_graph(lambda w: w.unbind()[1] - w.unbind()[0] ** 2, [3.0, 5.0])
    minus = graph.nodes[0]
    assert [graph.nodes[source].operation for source in minus.inputs] == ["entries", "power 2"]
    assert minus.taken == (1, 0)
    assert graph.nodes[minus.inputs[1]].taken == (0,)


def test_the_same_input_twice_is_two_edges():
    node = find_node(trace_graph(lambda w: (lambda a: a * a)(w[0]), [3.0]), "MulBackward0")
    assert node.inputs[0] == node.inputs[1]
    assert len(node.inputs) == 2


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (least_squares, ["mean", "power 2", "constant minus", "matrix product", "w, the weights"]),
        (lambda w: w[-1] - 3, ["minus constant", "entry −1", "w, the weights"]),
        (lambda w: 3 - w[0] * -2.5, ["constant minus", "times −2.5", "entry 0", "w, the weights"]),
        (lambda w: (w[0] + 1) / 8, ["divided by 8", "plus constant", "entry 0", "w, the weights"]),
        (lambda w: w.dot(w).tanh(), ["Tanh", "dot product", "w, the weights"]),
    ],
)
def test_operations_have_a_learners_words(loss, words):
    assert [node.operation for node in trace_graph(loss, [1.0, 2.0]).nodes] == words


def test_computes_in_the_dtype_asked_for():
    in_float32, in_float64 = (
        trace_graph(lambda w: w[0] * 0.1, [0.3], dtype) for dtype in ("float32", "float64")
    )
    assert in_float32.loss == np.float32(0.3) * np.float32(0.1)
    assert in_float64.loss == 0.3 * 0.1


def test_overflow_is_a_result():
    graph = trace_graph(rosenbrock, [1e200, 1.0])
    assert graph.loss == np.inf
    assert not np.isfinite(graph.nodes[-1].gradient[0])
    check = check_gradient(rosenbrock, lambda w: np.array([np.inf, np.nan]), [1e200, 1.0])
    assert not np.isfinite(check.max_formula_error)


def test_threads_do_not_mix():
    starts = np.linspace(-2, 2, 32)
    with ThreadPoolExecutor(8) as pool:
        graphs = list(pool.map(lambda a: trace_graph(beale, [a, 1.0]), starts))
    for a, graph in zip(starts, graphs, strict=True):
        assert graph.nodes[-1].value[0] == a
        np.testing.assert_array_equal(
            graph.nodes[-1].gradient, trace_graph(beale, [a, 1.0]).nodes[-1].gradient
        )


@pytest.mark.parametrize(
    ("loss", "w", "dtype", "message"),
    [
        (rosenbrock, [1.0, 2.0], "float16", "choose one of float32, float64"),
        (rosenbrock, [[1.0, 2.0]], "float64", "give one row of numbers"),
        (rosenbrock, [], "float64", "give one row of numbers"),
        (lambda w: w * 2, [1.0, 2.0], "float64", "compute one number from w"),
        (lambda w: torch.tensor(1.0), [1.0, 2.0], "float64", "compute one number from w"),
    ],
)
def test_refuses(loss, w, dtype, message):
    with pytest.raises(ValueError, match=message):
        trace_graph(loss, w, dtype)


@settings(max_examples=40)
@given(weights)
def test_the_three_gradients_agree(w):
    def formula(w):
        return -2 / len(Y) * X.T @ (Y - X @ w)

    check = check_gradient(least_squares, formula, w)
    np.testing.assert_allclose(check.formula, formula(np.array(w)))
    assert check.max_formula_error < 1e-12
    assert check.max_difference_error < 1e-8


def test_differences_do_not_rest_on_autograd():
    check = check_gradient(lambda w: w.detach()[0] ** 3 + 0 * w[0], lambda w: 3 * w**2, [2.0])
    assert check.autograd == 0
    assert check.differences == pytest.approx(12)
    assert check.max_formula_error == 12
    assert check.max_difference_error == pytest.approx(12)


def test_the_step_grows_with_the_entry():
    """At 1e9 the step of an entry near 1 would be lost in rounding."""
    check = check_gradient(lambda w: (w**2).sum(), lambda w: 2 * w, [1e9, 1e-3])
    assert check.step == pytest.approx(6.055454452393343e-06, rel=1e-12)  # ∛(2⁻⁵²)
    np.testing.assert_allclose(check.differences[0], 2e9, rtol=1e-9)


def test_a_wrong_formula_is_seen():
    check = check_gradient(least_squares, lambda w: 2 / len(Y) * X.T @ (Y - X @ w), [0.5, 0.5])
    assert check.max_formula_error == pytest.approx(2 * np.abs(check.autograd).max())
