"""What a result came to, in a learner's words: sentences, tables, formulas and a script that repeats it."""

import numpy as np

from models.descent import TIME_LIMIT_SECONDS, Descent, Floats
from models.inspection import output_size

LARGEST = {"float32": float(np.finfo(np.float32).max), "float64": float(np.finfo(np.float64).max)}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_SCRIPT = """\
import torch

x = torch.tensor([{x}], dtype=torch.{dtype})
y = torch.tensor([[{y}]], dtype=torch.{dtype})
w = torch.tensor([{w0}], dtype=torch.{dtype}).T.contiguous().requires_grad_()

lr = {lr}
max_iter = {steps}

for k in range(max_iter):
    loss = (y - x.mm(w)).pow(2)  # the forward pass
    if not loss.isfinite():
        print(f"Iteration {{k + 1}}: the loss has left the range of {dtype}")
        break
    loss.backward()  # the backward pass: w.grad is now the gradient
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    if k % 10 == 9:
        print(f"Iteration {{k + 1}}/{{max_iter}}, Current loss: {{loss.item()}}")

print(f"Final result: {{w}}")
"""


def format_number(value: float) -> str:
    """Write a number with four significant digits as a person would: 0.1501, −0.5, 12,350, 1.279×10⁻¹³.

    The rule is that of the components' scripts, so that one number looks the same everywhere.
    """
    if value and not 1e-4 <= abs(value) < 1e7:
        digits, _, power = f"{value:.3e}".partition("e")
        text = f"{float(digits):g}×10{str(int(power)).translate(_SUPERSCRIPTS)}"
    else:
        text = f"{float(f'{value:.4g}'):,.10f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text.replace("-", "−")


def describe_descent(result: Descent, lr: float, steps: int, dtype: str) -> str:
    """Say in two or three sentences how the descent went and why."""
    factor = format_number(result.contraction_predicted)
    start, end = (format_number(loss) for loss in (result.losses[0], result.losses[-1]))
    edge, best = format_number(result.lr_max), format_number(result.lr_best)
    taken = len(result.losses)
    if result.losses[0] == 0:
        return (
            "**At the bottom from the start.** The loss of w₀ is 0 and so is its gradient: no step moves it."
        )
    if result.status == "diverged":
        reason = (
            f"**The steps grow.** Each multiplies the error by |1 − ηλ| = {factor}, which is more than 1. "
        )
        if result.overflow_step is None:
            return reason + f"From iteration 1 to {steps} the loss goes from {start} to {end}."
        return (
            f"{reason}In iteration {result.overflow_step} the numbers leave the range of {dtype}, which "
            f"ends at {format_number(LARGEST[dtype])}. A step size below {edge} comes down."
        )
    if result.status == "converged":
        text = f"**At the bottom.** The error is down to the rounding of {dtype}; the last loss is {end}. "
        if result.settled_step is not None:
            text += f"From iteration {result.settled_step} on the weights do not change any more."
        return text
    if result.status == "stalled":
        return (
            f"**Stuck above the bottom.** From iteration {result.settled_step} on, each step is too small to "
            f"change a weight in {dtype}, and the loss stays at {end}. A larger step size gets lower."
        )
    if result.status == "out_of_time":
        return (
            f"**Stopped after {TIME_LIMIT_SECONDS:g} seconds.** {taken:,} of {steps:,} iterations are done, "
            f"and the loss is {end}."
        )
    if abs(result.contraction_predicted - 1) < 1e-9 and lr > result.lr_best:
        return (
            "**Back and forth.** At η = 2/λ each step lands as far behind the minimum as it started before "
            f"it, and the loss stays near {start}."
        )
    side = " and puts it on the other side of the minimum" if lr > result.lr_best else ""
    return (
        f"**On the way down.** From iteration 1 to {steps} the loss goes from {start} to {end}. Each step "
        f"multiplies the error by {factor}{side}; a step size nearer to {best} is faster."
    )


def tabulate_theory(result: Descent, lr: float) -> str:
    """Set what theory predicts beside what the steps gave, as a Markdown table."""
    measured = "–" if result.contraction_measured is None else format_number(result.contraction_measured)
    weights = ", ".join(format_number(weight) for weight in result.w)
    if len(result.w) > 1 and len(set(result.w.tolist())) == 1:
        weights = f"{format_number(result.w[0])} in every entry"
    rows = [
        (r"Curvature $\lambda = 2\,\lVert x\rVert^2$", format_number(result.eigenvalue)),
        (r"Comes down for $\eta$ below $2/\lambda$", format_number(result.lr_max)),
        (r"Fastest at $\eta = 1/\lambda$", format_number(result.lr_best)),
        (r"This $\eta$", format_number(lr)),
        (
            r"Error per step, predicted $\lvert 1-\eta\lambda\rvert$",
            f"× {format_number(result.contraction_predicted)}",
        ),
        ("Error per step, measured", f"× {measured}" if measured != "–" else measured),
        ("Last weights", weights),
    ]
    return "| Theory and outcome | |\n|:--|--:|\n" + "\n".join(
        f"| {name} | {value} |" for name, value in rows
    )


def tabulate_losses(result: Descent) -> str:
    """List the loss at every tenth iteration with all the digits that Python prints, as a Markdown table."""
    rows = [(k + 1, float(loss)) for k, loss in enumerate(result.losses) if k % 10 == 9]
    rows = rows or [(len(result.losses), float(result.losses[-1]))]
    return "| Iteration | Loss before its step |\n|--:|:--|\n" + "\n".join(
        f"| {k} | {loss} |" for k, loss in rows
    )


def write_descent_script(x: Floats, y: float, w0: Floats, lr: float, steps: int, dtype: str) -> str:
    """Write a Python script that needs only torch and prints the same losses."""
    return _SCRIPT.format(x=x.tolist(), y=y, w0=w0.tolist(), lr=lr, steps=steps, dtype=dtype)


def explain_size(side_px: int, kernel_size: int, stride: int, padding: int) -> str:
    """Write the output-size formula with this case's numbers, and what the floor leaves out."""
    size = output_size(side_px, kernel_size, stride, padding)
    rest = (side_px + 2 * padding - kernel_size) % stride
    formula = (
        rf"$$\left\lfloor \frac{{{side_px} + 2 \cdot {padding} - {kernel_size}}}{{{stride}}} \right\rfloor "
        rf"+ 1 = {size}$$"
    )
    text = f"Side of the result, from picture, padding, kernel and stride: {formula}"
    if not rest:
        return text
    whole = "padded picture" if padding else "picture"
    return (
        f"{text}\n\nThe division by {stride} leaves {rest}: the last {rest} px at the right and the bottom "
        f"of the {whole} are never read."
    )
