"""Exercises on gradient descent for the lab's loss of one observation, L(w) = (y − xᵀw)².

Its gradient is −2 (y − xᵀw) x, and its Hessian 2 x xᵀ has the eigenvalue 2‖x‖² and else zeros.
"""

from __future__ import annotations

import numpy as np

from models.exercises.answers import Choice, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Posed
from models.exercises.notation import write_number, write_row, write_tensor
from models.values import Floats

_RATES = (0.01, 0.02, 0.025, 0.05)


def _draw_observation(draw: Draw) -> tuple[Floats, float]:
    """Return x of three entries, not all equal, and y: small whole numbers."""
    x = np.asarray(draw.draw_wholes(3, 1, 3), dtype=np.float64)
    return x, float(draw.draw_whole(1, 5))


def _tell(x: Floats, y: float, *others: str) -> str:
    given = ", ".join((f"$x = {write_row(x)}^\\top$", f"$y = {write_number(y)}$", *others))
    return f"Let $L(w) = (y - x^\\top w)^2$ with {given}. "


def _write_loss(x: Floats, y: float, w: Floats) -> str:
    return (
        f"x = {write_tensor(x)}\nw = {write_tensor(w)[:-1]}, requires_grad=True)\n"
        f"loss = ({y} - x @ w) ** 2\nloss.backward()"
    )


def _pose_gradient(draw: Draw, *, at_zero: bool) -> Posed:
    x, y = _draw_observation(draw)
    w = np.zeros(3) if at_zero else np.asarray(draw.draw_wholes(3, -2, 2), dtype=np.float64)
    rest = float(y - x @ w)
    right = -2 * rest * x
    return Posed(
        _tell(x, y, f"$w = {write_row(w)}^\\top$") + r"What is $\nabla L(w)$?",
        Numbers(
            right,
            (
                Slip(-right, "The sign: the inner derivative of $y - x^\\top w$ is $-x$."),
                Slip(right / 2, "The factor 2 is missing: it comes from the square."),
                Slip(
                    -right / 2,
                    "The factor 2 and the sign are missing: differentiate the square, then its inside.",
                ),
                Slip(np.full(3, -2 * rest), "The inner derivative is missing: it is $-x$, not $-1$."),
            ),
            r"Chain rule: $\nabla L(w) = 2\,(y - x^\top w) \cdot \nabla(y - x^\top w)$.",
        ),
        rf"$y - x^\top w = {write_number(rest)}$, so $\nabla L(w) = -2 \cdot ({write_number(rest)}) \cdot "
        rf"{write_row(x)} = {write_row(right)}$.",
        f"{_write_loss(x, y, w)}\nanswer = w.grad",
    )


def _pose_step(draw: Draw) -> Posed:
    x, y = _draw_observation(draw)
    w = np.asarray(draw.draw_wholes(3, -1, 1), dtype=np.float64)
    lr = draw.pick(_RATES)
    gradient = -2 * (y - x @ w) * x
    right = w - lr * gradient
    return Posed(
        _tell(x, y, f"$w_0 = {write_row(w)}^\\top$", rf"$\eta = {lr}$")
        + "What is $w_1$ after one step of gradient descent?",
        Numbers(
            right,
            (
                Slip(w + lr * gradient, "That is a step uphill: the gradient is subtracted."),
                Slip(w - gradient, r"The step size is missing: $w_1 = w_0 - \eta \nabla L(w_0)$."),
                Slip(-lr * gradient, "That is the step. Where does it begin?"),
                Slip(w - lr * gradient / 2, "The factor 2 of the gradient is missing."),
            ),
            r"Compute $\nabla L(w_0)$ first; then $w_1 = w_0 - \eta \nabla L(w_0)$.",
        ),
        rf"$\nabla L(w_0) = {write_row(gradient)}$, and $w_1 = {write_row(w)} - {lr} \cdot "
        rf"{write_row(gradient)} = {write_row(right)}$.",
        f"{_write_loss(x, y, w)}\nanswer = w.detach() - {lr} * w.grad",
    )


def _pose_loss_after(draw: Draw) -> Posed:
    size, steps, lr = draw.pick((4, 5, 8)), draw.draw_whole(3, 9), draw.pick((0.01, 0.02, 0.03))
    factor = 1 - 2 * lr * size
    right = factor ** (2 * steps)
    return Posed(
        rf"The lab's loss $L(w) = (1 - x^\top w)^2$ with $x = (1, \ldots, 1)^\top \in "
        rf"\mathbb{{R}}^{{{size}}}$, "
        rf"from $w_0 = 0$ with $\eta = {lr}$. What is the loss after {steps} steps?",
        Numbers(
            np.asarray(right),
            (
                Slip(factor**steps, "That is the error $1 - x^\\top w$. The loss is its square."),
                Slip(
                    (1 - lr * size) ** (2 * steps),
                    "The factor 2 of the gradient is missing in the contraction.",
                ),
                Slip(
                    (1 - 2 * lr) ** (2 * steps), r"The contraction depends on $\|x\|^2$, the number of ones."
                ),
                Slip(factor ** (2 * steps - 2), "One step too few: $w_0$ is before the first step."),
            ),
            r"Each step multiplies the error $1 - x^\top w$ by $1 - 2\eta\|x\|^2$.",
            tolerance=0.01,
        ),
        rf"$1 - 2\eta\|x\|^2 = {write_number(factor)}$, and the loss is the error's square: "
        rf"${write_number(factor)}^{{{2 * steps}}} = {write_number(right)}$. The lab's own case, five ones "
        rf"and "
        r"$\eta = 0.01$, gives $0.9^{20} \approx 0.1216$ after ten steps and $0.9^{18} \approx 0.1501$ at "
        r"the "
        "beginning of the tenth, which is what it prints.",
        f"x = torch.ones({size})\nw = torch.zeros({size})\nfor _ in range({steps}):\n"
        f"    w = w + {lr} * 2 * (1 - x @ w) * x\nanswer = (1 - x @ w) ** 2",
    )


def _pose_step_size(draw: Draw, *, is_limit: bool) -> Posed:
    x = np.asarray(draw.draw_wholes(draw.draw_whole(3, 5), 1, 3), dtype=np.float64)
    square = float(x @ x)
    best, limit = 1 / (2 * square), 1 / square
    asked = (
        "Above which step size does gradient descent diverge?"
        if is_limit
        else "Which step size converges fastest?"
    )
    slips = {
        "best": Slip(best, "That one is the fastest: it lands in one step. The limit is larger."),
        "limit": Slip(limit, "There the error only changes its sign, step by step: that is the limit."),
        "root": Slip(1 / (2 * np.sqrt(square)), r"$\|x\|^2$ is the sum of the squares, without the root."),
        "double": Slip(2 / square, r"The Hessian is $2xx^\top$: its factor 2 belongs into the eigenvalue."),
        "whole": Slip(square, "That is $\\|x\\|^2$: the larger it is, the smaller the step must be."),
    }
    del slips["limit" if is_limit else "best"]
    right = limit if is_limit else best
    name = r"2 / \lambda_{\max}" if is_limit else r"1 / \lambda_{\max}"
    return Posed(
        rf"Let $L(w) = (1 - x^\top w)^2$ with $x = {write_row(x)}^\top$. {asked}",
        Numbers(
            np.asarray(right),
            tuple(slips.values()),
            r"The error is multiplied by $1 - 2\eta\|x\|^2$ in each step: when is that 0, and when $-1$?",
            tolerance=0.01,
        ),
        rf"The Hessian $2xx^\top$ has the eigenvalue $\lambda_{{\max}} = 2\|x\|^2 = "
        rf"{write_number(2 * square)}$ "
        rf"along $x$, and 0 across. So $\eta = {name} = {write_number(right)}$.",
        f"x = {write_tensor(x)}\ncurvature = torch.linalg.eigvalsh(2 * torch.outer(x, x)).max()\n"
        f"answer = {2 if is_limit else 1} / curvature",
    )


def _pose_accumulation(draw: Draw) -> Posed:
    x, y = _draw_observation(draw)
    times = draw.draw_whole(2, 4)
    once = -2 * y * x
    return Posed(
        _tell(x, y, "$w = 0$") + f"The forward and the backward pass run {times} times at this $w$, and "
        "`w.grad` is never erased. What does `w.grad` hold?",
        Numbers(
            once * times,
            (
                Slip(once, "That is one gradient: `backward()` adds to what is there."),
                Slip(once**times, "They are added, not multiplied."),
                Slip(-once * times, "The sign of the gradient."),
            ),
            "`backward()` adds its gradient to what `w.grad` holds already.",
        ),
        f"Each pass adds ${write_row(once)}$; {times} of them make ${write_row(once * times)}$. This is why "
        f"the "
        "loop calls `w.grad.zero_()`, or `optimizer.zero_grad()`.",
        f"x = {write_tensor(x)}\nw = torch.zeros(3, requires_grad=True)\nfor _ in range({times}):\n"
        f"    (({y} - x @ w) ** 2).backward()\nanswer = w.grad",
    )


def _pose_minimum(draw: Draw) -> Posed:
    x, y = _draw_observation(draw)
    start = np.asarray(draw.draw_wholes(3, -2, 2), dtype=np.float64)
    square = float(x @ x)
    right = start + x * (y - x @ start) / square
    return Posed(
        _tell(x, y, f"$w_0 = {write_row(start)}^\\top$") + "To which $w$ does gradient descent converge?",
        Numbers(
            right,
            (
                Slip(x * y / square, "That is where it goes from $w_0 = 0$. It moves along $x$ only."),
                Slip(
                    start + x * (y - x @ start),
                    r"Along $x$, yes; the length has to be divided by $\|x\|^2$.",
                ),
                Slip(
                    np.full(3, y / x.sum()),
                    "That point is a minimum, too; but the descent goes along $x$, from its own beginning.",
                ),
            ),
            "Every gradient is a multiple of $x$: how far along $x$ must it go until $x^\\top w = y$?",
            tolerance=0.01,
        ),
        rf"It moves along $x$ only: $w = w_0 + \frac{{y - x^\top w_0}}{{\|x\|^2}}\,x = {write_row(right)}$. "
        rf"Every "
        r"$w$ with $x^\top w = y$ is a minimum; which one is reached depends on $w_0$.",
        f"x = {write_tensor(x)}\nw = {write_tensor(start)}\nfor _ in range(2000):\n"
        f"    w = w + 0.01 * 2 * ({y} - x @ w) * x\nanswer = w",
    )


def _pose_momentum(draw: Draw) -> Posed:
    curvature, lr, beta = draw.pick((1, 2, 4)), draw.pick((0.05, 0.1, 0.2)), draw.pick((0.5, 0.8, 0.9))
    w = float(draw.draw_whole(1, 5))
    first = w - lr * curvature * w
    velocity = beta * curvature * w + curvature * first
    right = first - lr * velocity
    return Posed(
        rf"`optim.SGD` with momentum keeps $v \leftarrow \beta v + \nabla L(w)$ and steps $w \leftarrow w - "
        rf"\eta v$. "
        rf"Let $L(w) = \tfrac{{{curvature}}}{{2}} w^2$, $w_0 = {write_number(w)}$, $v_0 = 0$, $\eta = {lr}$, "
        rf"$\beta = {beta}$. What is $w_2$?",
        Numbers(
            np.asarray(right),
            (
                Slip(
                    first - lr * curvature * first,
                    "That is plain descent: $v$ still holds the first gradient.",
                ),
                Slip(first, "That is $w_1$: one more step."),
                Slip(
                    first - lr * (beta * curvature * w + (1 - beta) * curvature * first),
                    r"PyTorch does not weigh the gradient by $1 - \beta$.",
                ),
                Slip(first - beta * lr * curvature * w, "The second gradient is missing in $v$."),
            ),
            "Write down $v_1$ and $w_1$, then $v_2$ and $w_2$.",
        ),
        rf"$v_1 = {write_number(curvature * w)}$ and $w_1 = {write_number(first)}$; then $v_2 = {beta} \cdot "
        rf"{write_number(curvature * w)} + {write_number(curvature * first)} = {write_number(velocity)}$ and "
        rf"$w_2 = {write_number(right)}$.",
        f"w = torch.tensor([{w}], requires_grad=True)\n"
        f"optimizer = torch.optim.SGD([w], lr={lr}, momentum={beta})\nfor _ in range(2):\n"
        f"    optimizer.zero_grad()\n    ({curvature} / 2 * w**2).sum().backward()\n    optimizer.step()\n"
        "answer = w.detach()[0]",
    )


def _pose_divergence(draw: Draw) -> Posed:
    size = draw.draw_whole(3, 8)
    share = draw.pick((0.3, 0.5, 0.8, 1.2))
    lr = float(f"{share / size:.3g}")
    factor = 1 - 2 * lr * size
    right = 0 if factor > 0.005 else 1 if abs(factor) <= 0.005 else 2 if factor > -1 else 3
    replies = (
        ("It comes nearer from one side", "one side"),
        ("It is all but there after one step", "one step"),
        ("It comes nearer, from alternating sides", "alternating"),
        ("It moves away, from alternating sides", "away"),
    )
    told = rf"The error is multiplied by $1 - 2\eta\|x\|^2 = {write_number(factor)}$ in each step."
    return Posed(
        rf"$L(w) = (1 - x^\top w)^2$ with $x = (1, \ldots, 1)^\top \in \mathbb{{R}}^{{{size}}}$, "
        rf"$w_0 = 0$ and $\eta = {lr}$. What does gradient descent do?",
        Choice(
            tuple(
                Slip(
                    text,
                    f"Right. {told}"
                    if index == right
                    else r"Compute the factor $1 - 2\eta\|x\|^2$: what do its sign and size mean?",
                )
                for index, (text, _) in enumerate(replies)
            ),
            right=right,
        ),
        f"{told} Its sign says whether the sides alternate, its size whether it shrinks.",
    )


EXERCISES = (
    Exercise(
        "gradient-at-zero",
        "Gradient descent",
        "The gradient on paper",
        lambda draw: _pose_gradient(draw, at_zero=True),
    ),
    Exercise(
        "gradient-at-point",
        "Gradient descent",
        "The gradient elsewhere",
        lambda draw: _pose_gradient(draw, at_zero=False),
    ),
    Exercise("one-step", "Gradient descent", "One step", _pose_step),
    Exercise("loss-after-steps", "Gradient descent", "The loss after some steps", _pose_loss_after),
    Exercise("minimum-reached", "Gradient descent", "Which minimum is reached", _pose_minimum),
    Exercise(
        "best-step",
        "Gradient descent",
        "The best step size",
        lambda draw: _pose_step_size(draw, is_limit=False),
    ),
    Exercise(
        "step-limit",
        "Gradient descent",
        "Where it begins to diverge",
        lambda draw: _pose_step_size(draw, is_limit=True),
    ),
    Exercise("how-it-moves", "Gradient descent", "How it will move", _pose_divergence),
    Exercise("gradients-add-up", "Gradient descent", "A gradient that nobody erased", _pose_accumulation),
    Exercise("momentum", "Gradient descent", "Two steps with momentum", _pose_momentum),
)
