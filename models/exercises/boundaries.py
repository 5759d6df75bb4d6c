"""Exercises on small networks in the plane: boundaries, hidden units, and why a network does not learn."""

from __future__ import annotations

import numpy as np

from models.exercises.answers import Choice, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Part, Posed
from models.exercises.notation import write_matrix, write_number, write_row, write_tensor

_PART: Part = "A boundary in the plane"
_WEIGHTS = (-4, -3, -2, -1, 1, 2, 3, 4)


def _pose_line(draw: Draw) -> Posed:
    first, second, bias, place = (draw.pick(_WEIGHTS) for _ in range(4))
    right = -(first * place + bias) / second
    return Posed(
        f"A network without hidden layers has the weights $w = {write_row((first, second))}$ for $x$ and $y$ "
        f"and the bias $b = {bias}$; its output is $\\sigma(w_1 x + w_2 y + b)$. At which $y$ does its "
        f"boundary, where the output is one half, pass $x = {place}$?",
        Numbers(
            np.asarray(right),
            (
                Slip(-first * place / second, "The bias is missing: it moves the line away from the origin."),
                Slip(-right, "The sign: $w_1 x + b$ has to go to the other side."),
                Slip(
                    -(second * place + bias) / first,
                    "$w_1$ belongs to $x$, $w_2$ to $y$: they are swapped.",
                ),
                Slip(-bias / second, "That is where the line crosses $x = 0$."),
                Slip(
                    (0.5 - first * place - bias) / second,
                    "The output is one half where the sum before the sigmoid is 0, not one half.",
                ),
            ),
            r"$\sigma(z)$ is one half where $z = 0$: solve $w_1 x + w_2 y + b = 0$ for $y$.",
        ),
        rf"$y = -(w_1 x + b) / w_2$ with $w_1 x + b = {first * place + bias}$: "
        f"$y = {write_number(right)}$.",
        f"answer = -({write_tensor(first)} * {place} + {bias}) / {write_tensor(second)}",
    )


def _pose_corners(draw: Draw) -> Posed:
    corner = draw.pick(("(1, 1)", "(-1, -1)", "(1, -1)", "(-1, 1)"))
    options = (
        Slip("3", f"Right: a line can cut off a corner, as ${corner}$, and has one of the others wrong."),
        Slip("2", "That is a line through the middle. One that cuts off a single corner does better."),
        Slip("4", "Then a straight line would separate xor; its four inequalities contradict each other."),
        Slip("1", "Turn the line's two sides around: what was wrong is right then."),
    )
    return Posed(
        "Xor has four corners: $(1, 1)$ and $(-1, -1)$ are of one class, $(1, -1)$ and $(-1, 1)$ of the "
        "other. How many of them can a straight line have on the right side at most?",
        Choice(options, right=0),
        f"Three: on one side of the line lies ${corner}$ alone; of the three others, two have the class "
        "that this side is given.",
    )


def _pose_relu_pair(draw: Draw) -> Posed:
    point = np.asarray([draw.pick(_WEIGHTS), draw.pick(_WEIGHTS)], dtype=np.float64)
    weights = np.asarray([[draw.pick(_WEIGHTS) for _ in range(2)] for _ in range(2)], dtype=np.float64)
    biases = np.asarray([draw.pick(_WEIGHTS) for _ in range(2)], dtype=np.float64)
    out = np.asarray([draw.pick(_WEIGHTS) for _ in range(2)], dtype=np.float64)
    bias = float(draw.pick(_WEIGHTS))
    sums = weights @ point + biases
    units = np.maximum(sums, 0.0)
    right = float(out @ units + bias)
    return Posed(
        f"Two hidden ReLU units have the weights ${write_matrix(weights)}$, a row for each unit, and the "
        f"biases ${write_row(biases)}$. The output has the weights ${write_row(out)}$ and the bias "
        f"${write_number(bias)}$. Which logit does the network give at ${write_row(point)}$?",
        Numbers(
            np.asarray(right),
            (
                Slip(float(out @ sums + bias), "ReLU makes 0 of a negative sum."),
                Slip(float(out @ units), "The output's bias is missing."),
                Slip(
                    float(out @ np.maximum(weights @ point, 0.0) + bias), "The hidden units have biases too."
                ),
                Slip(
                    float(out @ np.maximum(weights.T @ point + biases, 0.0) + bias),
                    "A row of the matrix holds the weights of one unit; you took columns.",
                ),
                Slip(
                    1 / (1 + np.exp(-right)), "That is the probability: the logit comes before the sigmoid."
                ),
            ),
            "First each unit's sum, then ReLU, then the output's sum.",
        ),
        f"The sums are ${write_row(sums)}$, ReLU makes ${write_row(units)}$ of them, and the output's sum is "
        f"${write_number(right)}$.",
        f"hidden = torch.relu({write_tensor(weights)} @ {write_tensor(point)} + {write_tensor(biases)})\n"
        f"answer = {write_tensor(out)} @ hidden + {bias}",
    )


def _pose_linear_layers(draw: Draw) -> Posed:
    depth = draw.pick((2, 3, 4, 6))
    options = (
        Slip(
            "A straight line",
            "Right: a sum of sums is a sum. Only what bends between the layers makes them more than one.",
        ),
        Slip(
            f"A line with up to {depth} bends",
            "A bend needs something that bends: an activation such as ReLU or tanh.",
        ),
        Slip("A circle", "That would take products or squares of the inputs; each layer only adds."),
        Slip(
            "Any shape, with enough units",
            "So it is with ReLU or tanh; with neither, more units add nothing.",
        ),
    )
    return Posed(
        f"A network has {depth} hidden layers of eight units and no activation between them. It is given $x$ "
        "and $y$. Which shape has the boundary between two classes?",
        Choice(options, right=0),
        "$W_2 (W_1 x + b_1) + b_2 = (W_2 W_1) x + (W_2 b_1 + b_2)$: two layers are one, and so on.",
    )


def _pose_zero_weights(draw: Draw) -> Posed:
    units = draw.pick((4, 6, 8))
    options = (
        Slip(
            "The last layer's bias alone",
            "Right: each hidden unit gives 0, and no gradient comes back through weights of 0.",
        ),
        Slip(
            "All of them, by the same amount",
            "To reach the first layer, the gradient is multiplied by the last weights: what are they?",
        ),
        Slip(
            "The last layer's weights and its bias",
            "A weight's gradient is multiplied by what comes in. What does a unit with tanh give for a sum "
            "of 0?",
        ),
        Slip("None at all", "The output's bias gets the error itself: it has no factor that is 0."),
    )
    return Posed(
        f"A network has a hidden layer of {units} units with tanh and an output. All weights and biases "
        "begin at 0, and the classes differ in size. Which of them does the first step of gradient descent "
        "change?",
        Choice(options, right=0),
        "The gradient of an output's weight is the error times what its unit gives, $\\tanh(0) = 0$; a "
        "hidden unit's is the error times the output's weight, 0, and so on. The output's bias gets "
        "the mean error.",
    )


def _pose_vanishing(draw: Draw) -> Posed:
    depth = draw.draw_whole(3, 6)
    weight = draw.pick((0.5, 1.5, 2, 3))
    right = 0.25**depth * weight ** (depth - 1)
    return Posed(
        f"{depth} sigmoids follow one another, with one weight $w = {weight}$ between each two of them and "
        "biases that make the sum before each sigmoid 0. What is the derivative of the last one's output by "
        "the first one's sum?",
        Numbers(
            np.asarray(right),
            (
                Slip(
                    0.5**depth * weight ** (depth - 1),
                    r"$\sigma(0)$ is $1/2$; its slope there, $\sigma(0)(1 - \sigma(0))$, is another.",
                ),
                Slip(right * weight, f"Between {depth} sigmoids there are {depth - 1} weights, one less."),
                Slip(
                    0.25**depth, "The weights are missing: the derivative is multiplied by each of them too."
                ),
                Slip(weight ** (depth - 1), "Each sigmoid has a slope too, at most $1/4$."),
                Slip(0.25 * depth, "By the chain rule the slopes are multiplied, not added."),
            ),
            r"The chain rule multiplies the slopes, $\sigma'(0) = 1/4$ each, and the weights between them.",
        ),
        rf"$(1/4)^{{{depth}}} \cdot {weight}^{{{depth - 1}}} = {write_number(right)}$. With many layers and "
        "weights below 4 hardly anything is left for the first one.",
        "total = torch.zeros((), requires_grad=True)\n"
        "output = torch.sigmoid(total)\n"
        f"for _ in range({depth - 1}):\n"
        f"    output = torch.sigmoid({weight} * (output - 0.5))\n"
        "output.backward()\n"
        "answer = total.grad",
    )


def _pose_update(draw: Draw) -> Posed:
    rate = draw.pick((0.01, 0.1, 0.5))
    weight = draw.pick((0.2, 0.4, 0.5, 0.8))
    gradient = draw.pick((0.002, 0.005, 0.01, 0.03))
    right = rate * gradient / weight
    return Posed(
        f"The weights of a layer have the root mean square {weight}, their gradient {gradient}, and "
        rf"$\eta = {rate}$. Which share of their size does the next step of plain gradient descent change?",
        Numbers(
            np.asarray(right),
            (
                Slip(gradient / weight, r"$\eta$ is missing: a step is $\eta$ times the gradient."),
                Slip(rate * gradient, "That is the step; its share of the weights' size is asked."),
                Slip(weight / (rate * gradient), "Upside down: the step is divided by the weights."),
                Slip(100 * right, "That is in percent: write the share itself, 0.01 for a hundredth."),
            ),
            r"Divide the step, $\eta$ times the gradient, by the weights.",
        ),
        rf"${rate} \cdot {gradient} / {weight} = {write_number(right)}$. About 0.001 is usual: at much less "
        "a layer hardly learns, at much more it is thrown about.",
        f"answer = {rate} * {write_tensor(gradient)} / {weight}",
    )


def _pose_dead_unit(draw: Draw) -> Posed:
    layer = draw.pick(("second", "third", "last"))
    options = (
        Slip(
            "It is 0, and stays 0 in all later steps",
            "Not always: should the layers before it learn, its inputs change, and its sum may rise above 0.",
        ),
        Slip(
            "It is 0, as long as its sum is negative for each point",
            "Right: ReLU's slope is 0 there, so neither its weights nor its bias get a gradient.",
        ),
        Slip(
            "It is 0 for the weights, not for the bias",
            "The bias's gradient has ReLU's slope as a factor too.",
        ),
        Slip("It is as large as that of the other units", "ReLU's slope is a factor, and it is 0 here."),
    )
    return Posed(
        f"A ReLU unit of the {layer} of several hidden layers gives 0 for each point of the training. What "
        "about its gradient?",
        Choice(options, right=1),
        "A weight's gradient is the error that comes back, times ReLU's slope at the unit's sum, times the "
        "input. The slope is 0 wherever the sum is negative. In the first layer, whose inputs are the data, "
        "nothing can change that any more.",
    )


EXERCISES = (
    Exercise("line-in-plane", _PART, "Where the line passes", _pose_line),
    Exercise("xor-corners", _PART, "Xor and a line", _pose_corners),
    Exercise("relu-pair", _PART, "Two hidden units by hand", _pose_relu_pair),
    Exercise("linear-layers", _PART, "Layers without an activation", _pose_linear_layers),
    Exercise("zero-weights", _PART, "Weights that begin at zero", _pose_zero_weights),
    Exercise("vanishing", _PART, "What is left of a gradient", _pose_vanishing),
    Exercise("update-share", _PART, "A step against the weights", _pose_update),
    Exercise("dead-unit", _PART, "A unit that gives 0", _pose_dead_unit),
)
