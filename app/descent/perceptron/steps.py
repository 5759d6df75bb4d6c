"""The way back through the perceptron in steps: each in words and in formulas with the numbers put in."""

from __future__ import annotations

import numpy as np

from app.descent.perceptron.payloads import PerceptronStep
from app.ui.numbers import format_latex, format_number
from app.ui.rendering import render_markdown
from models.descent.perceptron import ACTIVATIONS, BothPasses, Example
from models.values import Floats

_FLAT_SHARE = 0.05  # of an activation's largest slope: less than that, and hardly anything passes
_STEEPEST = {"tanh": 1.0, "sigmoid": 0.25}
_SYMBOLS = {"w1": "W_1", "b1": "b_1", "w2": "W_2", "b2": "b_2", **{name: name for name in "xuazp"}}


def list_steps(example: Example, passes: BothPasses) -> list[PerceptronStep]:
    """Return the steps, the way forward first and the inputs last."""
    return [
        _step("Forwards: every value", _tell_forward(example, passes), [], []),
        _step("The loss, by the probabilities", _tell_loss(example, passes), ["p"], ["p.value"]),
        _step(
            "Back through softmax, to the logits",
            _tell_logits(passes, example),
            ["z"],
            ["p.value", "p.gradient"],
        ),
        _step("The weights W₂", _tell_output_weights(passes), ["w2"], ["z.gradient", "a.value"]),
        _step("The biases b₂", _tell_output_biases(passes), ["b2"], ["z.gradient"]),
        _step("Back to the hidden units", _tell_hidden(passes), ["a"], ["z.gradient", "w2.value"]),
        _step("Back through the activation", _tell_slope(example, passes), ["u"], ["a.gradient", "u.value"]),
        _step("The weights W₁", _tell_input_weights(passes), ["w1"], ["u.gradient", "x.value"]),
        _step("The biases b₁", _tell_input_biases(passes), ["b1"], ["u.gradient"]),
        _step("And the inputs", _tell_inputs(passes), ["x"], ["u.gradient", "w1.value"]),
    ]


def write_verdict(passes: BothPasses) -> str:
    """Say what autograd makes of the gradients, as Markdown."""
    count = sum(gradient.size for gradient in passes.by_hand.values())
    text = "**autograd gives the same**: after `loss.backward()` "
    if not passes.max_difference:
        return f"{text}all {count} numbers are equal to the last digit."
    name = passes.differs_most
    size = float(np.abs(passes.by_hand[name]).max())
    return (
        f"{text}the largest difference in {count} numbers is {format_number(passes.max_difference)}, in "
        rf"$\partial L / \partial {_SYMBOLS[name]}$, whose largest entry has the size {format_number(size)}. "
        "PyTorch computes in float32, which keeps about seven digits."
    )


def _step(title: str, text: str, found: list[str], used: list[str]) -> PerceptronStep:
    return {"title": title, "html": render_markdown(text), "found": found, "used": used}


def _tell_forward(example: Example, passes: BothPasses) -> str:
    x, w1, b1, u, a, w2, b2, z, p = (
        passes.values[name] for name in ["x", "w1", "b1", "u", "a", "w2", "b2", "z", "p"]
    )
    chosen = int(p.argmax())
    verdict = (
        "which is the label"
        if chosen == example.label
        else f"and the label is {example.label}: this is wrong"
    )
    function, k = ACTIVATIONS[example.activation].latex, example.label
    return (
        f"The network says class {chosen} with probability {_write(p[chosen])}, {verdict}. Every node keeps "
        "its value: the way back needs it.\n\n"
        f"$$u = W_1 x + b_1 = {_matrix(w1)}{_column(x)} + {_column(b1)} = {_column(u)}$$\n\n"
        f"$$a = {function}(u) = {_column(a)}$$\n\n"
        f"$$z = W_2 a + b_2 = {_matrix(w2)}{_column(a)} + {_column(b2)} = {_column(z)}$$\n\n"
        rf"$$p = \mathrm{{softmax}}(z) = \frac{{1}}{{e^{{z_0}} + e^{{z_1}}}}"
        rf"\begin{{matrix}} e^{{z_0}} \\ e^{{z_1}} \end{{matrix}} = {_column(p)}$$"
        "\n\n"
        rf"$$L = -\log p_{k} = -\log {_number(p[k])} = {_number(float(passes.values['loss']))}$$"
    )


def _tell_loss(example: Example, passes: BothPasses) -> str:
    k, p, gradient = example.label, passes.values["p"], passes.by_hand["p"]
    return (
        f"The loss depends on the label's probability alone, $L = -\\log p_{k}$; the derivative of the "
        "natural logarithm is one over its argument.\n\n"
        rf"$$\frac{{\partial L}}{{\partial p_{k}}} = -\frac{{1}}{{p_{k}}} = -\frac{{1}}{{{_number(p[k])}}} = "
        rf"{_number(gradient[k])}, \qquad \frac{{\partial L}}{{\partial p_{1 - k}}} = 0$$"
    )


def _tell_logits(passes: BothPasses, example: Example) -> str:
    p, gradient = passes.values["p"], passes.by_hand["z"]
    y = np.eye(len(p))[example.label]
    return (
        "By softmax each logit moves both probabilities: "
        r"$\partial p_i / \partial z_j = p_i\,([i = j] - p_j)$, where $[i = j]$ is 1 for the same, else 0. "
        "Multiplied by what has arrived, nearly all of it cancels; $y$ is 1 at the label and else 0.\n\n"
        rf"$$\delta_2 = \frac{{\partial L}}{{\partial z}} = p - y = {_column(p)} - {_column(y)} = "
        f"{_column(gradient)}$$\n\n"
        "A step against it raises the label's logit and lowers the other, the more the worse the answer is."
    )


def _tell_output_weights(passes: BothPasses) -> str:
    delta, a = passes.by_hand["z"], passes.values["a"]
    text = (
        "A weight is multiplied by the unit that it reads. So its gradient is what has arrived at its logit "
        "times that unit's value.\n\n"
        rf"$$\frac{{\partial L}}{{\partial W_2}} = \delta_2\,a^\top = {_column(delta)}{_row(a)} = "
        f"{_matrix(passes.by_hand['w2'])}$$"
    )
    silent = [place for place, value in enumerate(a, start=1) if value == 0]
    if silent:
        it = "it" if len(silent) == 1 else "them"
        text += f"\n\n{_name_units(silent, 'gives', 'give')} 0: the weights that read {it} get no gradient."
    return text


def _tell_output_biases(passes: BothPasses) -> str:
    return (
        "A bias is added as it is: what arrives at its logit is its gradient.\n\n"
        rf"$$\frac{{\partial L}}{{\partial b_2}} = \delta_2 = {_column(passes.by_hand['b2'])}$$"
    )


def _tell_hidden(passes: BothPasses) -> str:
    w2, delta = passes.values["w2"], passes.by_hand["z"]
    text = (
        "A hidden unit reaches the loss through both logits: its gradient is the sum over the two, each "
        "times the weight between. In matrices that is $W_2$ transposed.\n\n"
        rf"$$\frac{{\partial L}}{{\partial a}} = W_2^\top \delta_2 = {_matrix(w2.T)}{_column(delta)} = "
        f"{_column(passes.by_hand['a'])}$$"
    )
    equal = [place for place, (one, other) in enumerate(w2.T, start=1) if one == other]
    if equal:
        text += (
            f"\n\n{_name_units(equal, 'has', 'have')} the same weight to both logits. Softmax asks for their "
            "difference alone, so nothing comes back there; what is not 0 is float32's rounding."
        )
    return text


def _tell_slope(example: Example, passes: BothPasses) -> str:
    activation = ACTIVATIONS[example.activation]
    u, a, arrived = passes.values["u"], passes.values["a"], passes.by_hand["a"]
    slope = activation.find_slope(u, a)
    return (
        f"Each unit multiplies by its own slope, ${activation.latex}'(u) = {activation.slope_latex}$, known "
        rf"from the way forward; $\odot$ is entry by entry.{_explain_slope(example.activation)}"
        "\n\n"
        rf"$$\delta_1 = \frac{{\partial L}}{{\partial u}} = \frac{{\partial L}}{{\partial a}} \odot "
        rf"{activation.latex}'(u) = {_column(arrived)} \odot {_column(slope)} = "
        f"{_column(passes.by_hand['u'])}$$"
        f"{_tell_flat_units(example.activation, u, slope)}"
    )


def _explain_slope(name: str) -> str:
    return {
        "relu": " ReLU's is 1 where the sum is positive, and else 0.",
        "tanh": " It is 1 at most, where the sum is 0.",
        "sigmoid": " It is 1/4 at most, where the sum is 0: a sigmoid always makes the gradient smaller.",
    }[name]


def _tell_flat_units(name: str, u: Floats, slope: Floats) -> str:
    """Name the units that stop the gradient, or nearly; "" where none does."""
    if name == "relu":
        dead = [place for place, value in enumerate(slope, start=1) if value == 0]
        if not dead:
            return ""
        sums = " and ".join(_write(u[place - 1]) for place in dead)
        its, row = ("its sum is", "its row") if len(dead) == 1 else ("their sums are", "their rows")
        return (
            f"\n\n**{_name_units(dead, 'is', 'are')} dead for this example**: {its} {sums}, so the slope and "
            f"the gradient are 0. From this example {row} of $W_1$ and $b_1$ learn nothing."
        )
    flat = [place for place, value in enumerate(slope, start=1) if value < _FLAT_SHARE * _STEEPEST[name]]
    if not flat:
        return ""
    slopes = " and ".join(_write(slope[place - 1]) for place in flat)
    return (
        f"\n\n**{_name_units(flat, 'is', 'are')} saturated**: with "
        f"{'a slope' if len(flat) == 1 else 'slopes'} of {slopes}, hardly anything passes."
    )


def _tell_input_weights(passes: BothPasses) -> str:
    delta, x = passes.by_hand["u"], passes.values["x"]
    text = (
        "As in the other layer: what has arrived at the unit's sum, times the input that the weight reads."
        "\n\n"
        rf"$$\frac{{\partial L}}{{\partial W_1}} = \delta_1\,x^\top = {_column(delta)}{_row(x)} = "
        f"{_matrix(passes.by_hand['w1'])}$$"
    )
    silent = [place for place, value in enumerate(delta, start=1) if value == 0]
    if silent:
        numbers = " and ".join(map(str, silent))
        rows = "Row" if len(silent) == 1 else "Rows"
        text += f"\n\n{rows} {numbers} of it: 0, since nothing has arrived there."
    return text


def _tell_input_biases(passes: BothPasses) -> str:
    return (
        "Again a bias gets what arrives at its sum.\n\n"
        rf"$$\frac{{\partial L}}{{\partial b_1}} = \delta_1 = {_column(passes.by_hand['b1'])}$$"
    )


def _tell_inputs(passes: BothPasses) -> str:
    w1, delta = passes.values["w1"], passes.by_hand["u"]
    return (
        "No step changes the inputs; but to a layer below them, this is what would arrive. It also says "
        "which input, moved a little, would change the loss most.\n\n"
        rf"$$\frac{{\partial L}}{{\partial x}} = W_1^\top \delta_1 = {_matrix(w1.T)}{_column(delta)} = "
        f"{_column(passes.by_hand['x'])}$$"
    )


def _name_units(places: list[int], one: str, several: str) -> str:
    """Name units by their numbers, with their verb: "Units 1 and 3 are"."""
    if len(places) == 1:
        return f"Unit {places[0]} {one}"
    return f"Units {', '.join(map(str, places[:-1]))} and {places[-1]} {several}"


def _write(value: float) -> str:
    return format_number(float(value) + 0.0)  # + 0.0 makes a −0 a 0


def _number(value: float) -> str:
    return format_latex(float(value) + 0.0)


def _matrix(values: Floats) -> str:
    rows = r" \\ ".join(" & ".join(map(_number, row)) for row in values.tolist())
    return rf"\begin{{matrix}} {rows} \end{{matrix}}"


def _column(values: Floats) -> str:
    return _matrix(values.reshape(-1, 1))


def _row(values: Floats) -> str:
    return _matrix(values.reshape(1, -1))
