"""A race as a Python script that needs torch alone and prints the same losses, to the last digit."""

import inspect
import textwrap
from urllib.parse import parse_qsl

from app.descent.link import read_query
from app.descent.race import Race, run_race
from app.descent.setting_kinds import Setting
from app.descent.settings import PROBLEM_TITLES, RaceSettings, list_own_settings, list_shared_settings
from app.ui.script_notebook import write_script_notebook
from models.descent.descent import take_steps
from models.descent.optimizers import GradientDescent
from models.descent.problems import DTYPES, LeastSquares

_SCRIPT = '''\
"""{title}: the descent that Glassbox showed. Nothing in it is random, so there is no seed to set."""

import torch

{parts}

optimizers = {{
{optimizers}
}}
start = torch.tensor({start}, dtype=torch.{dtype})
{constants}loss_of = {loss_name}

for name, make_optimizer in optimizers.items():
    print(name)
    w = start.clone().requires_grad_()
    optimizer = make_optimizer(w)
    for k in range(max_iter):
        optimizer.zero_grad()
        loss = loss_of(w)  # the forward pass
        if not loss.isfinite():
            print(f"Iteration {{k + 1}}: the loss has left the range of {dtype}")
            break
        loss.backward()  # the backward pass: w.grad is now the gradient
        if k % 10 == 9 or k + 1 == max_iter:
            print(f"Iteration {{k + 1}}/{{max_iter}}, Current loss: {{loss.item()}}")
        optimizer.step()
    else:  # every step was taken
        print(f"Final result: {{w.tolist()}}")
'''


def write_race_script(race: Race) -> str:
    """Write the script.

    The loss and the step by hand are this project's own source; the other optimizers are torch's. Iteration k
    prints the loss before its step, every tenth one and the last, as the tables on the page do.
    """
    loss = _show_loss(race)
    parts = [part for part in (_write_data(race), loss, _show_step_by_hand(race)) if part]
    return _SCRIPT.format(
        title=PROBLEM_TITLES[race.settings.problem],
        parts="\n\n".join(parts),
        loss_name=loss.partition("def ")[2].partition("(")[0],
        optimizers="\n".join(
            f'    "{race.name_optimizer(optimizer)}": lambda w: {optimizer.config.write_call()},'
            for optimizer in race.optimizers
        ),
        start=race.start.tolist(),
        constants=write_constants(race.settings, list_shared_settings(type(race.settings))),
        dtype=race.settings.dtype,
    )


def print_race(race: Race) -> str:
    """Return what the script prints, from the race that was run; nothing where that is not known.

    That is so where a descent's time ran out, and where its weights overflow behind the last step.
    """
    steps, lines = race.settings.steps, []
    for optimizer in race.optimizers:
        overflow_step, taken = optimizer.descent.overflow_step, len(optimizer.descent.losses)
        if overflow_step == steps + 1 or (overflow_step is None and taken < steps):
            return ""
    for optimizer in race.optimizers:
        descent = optimizer.descent
        lines.append(race.name_optimizer(optimizer))
        for k, loss in enumerate(descent.losses.tolist(), start=1):
            if k % 10 == 0 or k == steps:
                lines.append(f"Iteration {k}/{steps}, Current loss: {loss}")
        if descent.overflow_step is not None:
            lines.append(
                f"Iteration {descent.overflow_step}: the loss has left the range of {race.settings.dtype}"
            )
        else:
            lines.append(f"Final result: {descent.w.tolist()}")
    return "\n".join(lines) + "\n"


def write_race_notebook(link: str) -> str:
    """Return the script of a link's race as a notebook, with what it prints.

    Raises:
        ValueError: where the link's settings cannot be used.
    """
    race = run_race(read_query(dict(parse_qsl(link.rpartition("?")[2]))) or RaceSettings())
    return write_script_notebook(write_race_script(race), print_race(race))


def show_sources(race: Race) -> str:
    """Return the source of the code that ran: the loss, the step by hand where it was taken, and the loop."""
    parts = [_show_loss(race), _show_step_by_hand(race), inspect.getsource(take_steps)]
    return "\n\n".join(part for part in parts if part)


def _show_loss(race: Race) -> str:
    return textwrap.dedent(inspect.getsource(race.problem.make_loss(DTYPES[race.settings.dtype])))


def _show_step_by_hand(race: Race) -> str:
    is_used = any(optimizer.config.name == "gradient_descent" for optimizer in race.optimizers)
    return inspect.getsource(GradientDescent) if is_used else ""


def _write_data(race: Race) -> str:
    problem, settings = race.problem, race.settings
    if isinstance(problem, LeastSquares):
        return (
            f"x = torch.tensor({problem.x.tolist()}, dtype=torch.{settings.dtype})  # one observation a row\n"
            f"y = torch.tensor({problem.y.tolist()}, dtype=torch.{settings.dtype})\n"
        )
    return write_constants(settings, list_own_settings(settings.problem, type(settings)))


def write_constants(settings: RaceSettings, chosen: dict[str, Setting]) -> str:
    """Write a line for each of the chosen settings that the script has as a constant."""
    return "".join(
        f"{setting.constant} = {getattr(settings, name)!r}\n"
        for name, setting in chosen.items()
        if setting.constant
    )
