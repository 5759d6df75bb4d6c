"""The computation graph of a loss as torch built it, and its gradient checked by formula and by differences.

While a loss is computed, torch notes every operation on w as a node; `loss.backward()` visits the nodes from
the loss back to w and multiplies each one's local derivative into the gradient that arrives.

Shapes: D entries of w.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import Node
from torch.utils._python_dispatch import TorchDispatchMode

from models.descent.problems import DTYPES, Loss
from models.values import Floats

# torch's name without "Backward" and the number behind it → a learner's word.
_WORDS = {
    "AccumulateGrad": "w, the weights",
    "Add": "addition",
    "Sub": "subtraction",
    "Rsub": "subtraction",
    "Mul": "multiplication",
    "Div": "division",
    "Neg": "negation",
    "Pow": "power",
    "Exp": "exponential",
    "Log": "logarithm",
    "Sqrt": "square root",
    "Sin": "sine",
    "Cos": "cosine",
    "Abs": "absolute value",
    "Mv": "matrix product",
    "Mm": "matrix product",
    "Dot": "dot product",
    "Sum": "sum",
    "Mean": "mean",
    "Select": "entry",
    "Slice": "entries",
    "Index": "entries",
    "Unbind": "entries",
    "Stack": "stack",
    "Cat": "stack",
    "Squeeze": "new shape",
    "Unsqueeze": "new shape",
    "View": "new shape",
    "T": "transpose",
}


@dataclass(frozen=True)
class GraphNode:
    """One operation on the way from w to the loss.

    Attributes:
        key: its place in the order in which backward visits the nodes; the loss is 0.
        name: torch's own name, such as "PowBackward0"; "AccumulateGrad" is the leaf, the weights w.
        operation: a learner's word for it, such as "power 2".
        inputs: the keys of the nodes whose outputs it takes, as often as it takes them; constants are not
            nodes.
        taken: which output of each of these it takes, from 0: most operations have but one.
        value: what it put out on the way forward, any shape. The outputs of an operation with several of them
            stand in one row. Not finite where a number left the range of the dtype.
        gradient: ∂loss/∂value, in the shape of value; not finite where it overflowed.
    """

    key: int
    name: str
    operation: str
    inputs: tuple[int, ...]
    taken: tuple[int, ...]
    value: Floats
    gradient: Floats


@dataclass(frozen=True)
class Graph:
    """The nodes in the order in which backward visits them, the loss first and w last."""

    nodes: tuple[GraphNode, ...]
    loss: float


@dataclass(frozen=True)
class GradientCheck:
    """One gradient found in three ways.

    Attributes:
        autograd: (D,) from torch's backward.
        formula: (D,) from the formula on paper.
        differences: (D,) from central finite differences, (L(w + hᵢeᵢ) − L(w − hᵢeᵢ)) / 2hᵢ.
        step: h; entry i is moved by hᵢ = h · max(1, |wᵢ|) to either side.
        max_formula_error: the largest |autograd − formula|.
        max_difference_error: the largest |autograd − differences|.
    """

    autograd: Floats
    formula: Floats
    differences: Floats
    step: float
    max_formula_error: float
    max_difference_error: float


def trace_graph(loss_of: Loss, w: Sequence[float] | Floats, dtype: str = "float64") -> Graph:
    """Compute a loss and its gradient with torch and return every node of the graph on the way.

    Args:
        loss_of: maps w (D,) to a loss of one number, without in-place operations.
        w: (D,) the weights. Overflow and NaN are results, not errors.
        dtype: "float32" or "float64", the type that torch computes in.

    Raises:
        ValueError: where w is not a row of numbers, the dtype is another, or the loss is not one number that
            depends on w.
    """
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype!r}: choose one of {', '.join(DTYPES)}.")
    weights = _require_weights(w, DTYPES[dtype])
    with _OutputRecorder() as recorder:
        loss = loss_of(weights)
    root = _require_grad_fn(loss)
    nodes = _collect_nodes(root)
    operations = {node: _name_operation(node) for node in nodes}  # backward frees what it reads

    visited: list[tuple[int, tuple[torch.Tensor | None, ...]]] = []
    handles = [node.register_prehook(_note_visit(visited, place)) for place, node in enumerate(nodes)]
    try:
        loss.backward()
    finally:
        for handle in handles:
            handle.remove()

    keys = {nodes[place]: key for key, (place, _) in enumerate(visited)}
    traced = []
    for key, (place, gradients) in enumerate(visited):
        node = nodes[place]
        sources = [(keys[source], output) for source, output in node.next_functions if source is not None]
        inputs, taken = (tuple(source[part] for source in sources) for part in (0, 1))
        leaf = getattr(node, "variable", None)
        outputs = [leaf.detach()] if leaf is not None else recorder.outputs[node._sequence_nr()]
        value, gradient = _join(outputs, gradients)
        name = node.name().rpartition("::")[2]  # torch::autograd::AccumulateGrad
        traced.append(GraphNode(key, name, operations[node], inputs, taken, value, gradient))
    return Graph(tuple(traced), loss.item())


def check_gradient(
    loss_of: Loss, gradient_formula: Callable[[Floats], Floats], w: Sequence[float] | Floats
) -> GradientCheck:
    """Set the gradient from autograd beside its formula and beside central differences, in float64.

    The step h = ∛ε, with ε the spacing of float64 at 1, balances the error of the difference formula, of
    order h², with rounding, of order ε/h: Nocedal & Wright, Numerical Optimization, 2006, section 8.1. Where
    the numbers overflow, the errors are not finite.

    Args:
        loss_of: maps w (D,) to a loss of one number.
        gradient_formula: maps w (D,) to the gradient (D,).
        w: (D,) the weights.

    Raises:
        ValueError: where w is not a row of numbers or the loss is not one number that depends on w.
    """
    weights = _require_weights(w, torch.float64)
    loss = loss_of(weights)
    _require_grad_fn(loss)
    (gradient,) = torch.autograd.grad(loss, weights)
    autograd = _to_floats(gradient)
    step = float(np.cbrt(np.finfo(np.float64).eps))
    centre = _to_floats(weights)
    with np.errstate(all="ignore"), torch.no_grad():
        formula = np.asarray(gradient_formula(centre.copy()), dtype=np.float64)
        differences = np.empty_like(centre)
        for i in range(len(centre)):
            low, high = centre.copy(), centre.copy()
            low[i] -= step * max(1.0, abs(centre[i]))
            high[i] += step * max(1.0, abs(centre[i]))
            rise = loss_of(torch.from_numpy(high)).item() - loss_of(torch.from_numpy(low)).item()
            differences[i] = np.float64(rise) / (high[i] - low[i])  # the width as float64 rounded it
        return GradientCheck(
            autograd=autograd,
            formula=formula,
            differences=differences,
            step=step,
            max_formula_error=float(np.abs(autograd - formula).max()),
            max_difference_error=float(np.abs(autograd - differences).max()),
        )


class _OutputRecorder(TorchDispatchMode):
    """Keep what every operation puts out, under the sequence number of the node that it built.

    autograd builds an operation's node, and so uses up a number, just before it runs the operation itself. An
    operation without a node runs under the number of the node before it, which is taken by then.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.outputs: dict[int, list[torch.Tensor]] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Tell torch that its compiler need not be kept away: it would be imported for that, for seconds."""
        return False

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        outputs = result if isinstance(result, tuple | list) else [result]
        number = torch._C._autograd._get_sequence_nr() - 1
        self.outputs.setdefault(number, [output.detach().clone() for output in outputs])
        return result


def _require_weights(w: Sequence[float] | Floats, dtype: torch.dtype) -> torch.Tensor:
    weights = torch.tensor(np.asarray(w, dtype=np.float64), dtype=dtype)
    if weights.ndim != 1 or not len(weights):
        raise ValueError(f"w has the shape {tuple(weights.shape)}: give one row of numbers, at least one.")
    return weights.requires_grad_()


def _require_grad_fn(loss: torch.Tensor) -> Node:
    if loss.grad_fn is None or loss.numel() != 1:
        raise ValueError(
            f"The loss has the shape {tuple(loss.shape)} and the history {loss.grad_fn}: "
            "compute one number from w, with torch's operations only."
        )
    return loss.grad_fn


def _collect_nodes(root: Node) -> list[Node]:
    """Return every node that can be reached from the root, each once."""
    nodes = [root]
    for node in nodes:  # grows as it is read
        for source, _ in node.next_functions:
            if source is not None and source not in nodes:
                nodes.append(source)
    return nodes


def _note_visit(
    visited: list[tuple[int, tuple[torch.Tensor | None, ...]]], place: int
) -> Callable[[tuple[torch.Tensor, ...]], None]:
    """Return a hook that notes a visit; holding the place only, it does not keep the node itself alive."""
    return lambda gradients: visited.append((place, gradients))


def _name_operation(node: Node) -> str:
    """Name what a node does, with the constant in it where torch kept one for the way back."""
    kind = node.name().rpartition("::")[2].partition("Backward")[0]
    word = _WORDS.get(kind, kind)
    sources = [source for source, _ in node.next_functions]
    with_constant = sum(source is not None for source in sources) == 1
    if kind == "Pow" and isinstance(exponent := getattr(node, "_saved_exponent", None), int | float):
        word = f"power {exponent:g}"
    elif kind == "Select":
        index: int = node._saved_index  # type: ignore[attr-defined]
        word = f"entry {index - 2**64 if index >= 2**63 else index}"  # torch keeps −1 as an unsigned number
    elif with_constant and (kind == "Rsub" or (kind == "Sub" and sources[0] is None)):
        word = "constant minus"
    elif with_constant and kind in ("Add", "Sub"):
        word = "plus constant" if kind == "Add" else "minus constant"
    elif with_constant and kind in ("Mul", "Div") and sources[0] is not None:
        constant: torch.Tensor = node._saved_other  # type: ignore[attr-defined]
        number = f"{constant.item():.4g}" if constant.ndim == 0 else "constant"
        word = f"times {number}" if kind == "Mul" else f"divided by {number}"
    return word.replace("-", "−")


def _join(outputs: Sequence[torch.Tensor], gradients: Sequence[torch.Tensor | None]) -> tuple[Floats, Floats]:
    """Return the outputs that carry gradients and these gradients, as two arrays of one shape.

    A gradient is None where the output does not reach the loss: it is zero there.
    """
    pairs = [(_to_floats(value), gradient) for value, gradient in zip(outputs, gradients, strict=False)]
    arrays = [
        (value, np.zeros_like(value) if gradient is None else _to_floats(gradient).reshape(value.shape))
        for value, gradient in pairs
    ]
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate([value.ravel() for value, _ in arrays]), np.concatenate(
        [gradient.ravel() for _, gradient in arrays]
    )


def _to_floats(tensor: torch.Tensor) -> Floats:
    return tensor.detach().double().numpy().copy()
