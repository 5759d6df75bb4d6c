"""The script of a race prints its numbers, and the sources shown are those that run."""

import ast
import contextlib
import inspect
import io
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.descent.answers import (
    tabulate_losses,
)
from app.descent.race import OPENINGS, run_race
from app.descent.script import print_race, show_sources, write_race_script
from app.descent.settings import PROBLEM_TITLES, RaceSettings
from models.descent.descent import take_steps
from models.descent.optimizers import OPTIMIZERS, GradientDescent, make_optimizer
from models.descent.problems import DTYPES
from tests.descent.patience import unhurried
from tests.descent.random_races import alone
from tests.descent.written_tables import read_table
from tests.waiting import HANG_SECONDS

__all__ = ["unhurried"]  # a fixture


ROOT = Path(__file__).parents[2]


def draw_settings(seed):
    """Draw settings for the script: each problem and each number of optimizers in turn."""
    rng = random.Random(seed)
    name = list(PROBLEM_TITLES)[seed % len(PROBLEM_TITLES)]
    num_optimizers, num_weights = seed % 4 + 1, rng.randint(1, 8)
    names = [rng.choice(list(OPTIMIZERS)) for _ in range(num_optimizers)]
    if seed in (3, 7):  # the same one twice, with the same step size
        names[1] = names[0]
    rates = [round(10 ** rng.uniform(-3, 0.5), rng.randint(3, 12)) for _ in names]
    if seed in (3, 7):
        rates[1] = rates[0]
    entries = list(zip(names, rates, strict=True)) + [None] * (4 - num_optimizers)
    rng.shuffle(entries)
    return RaceSettings(
        problem=name,
        entries=tuple(entries),
        steps=rng.choice([1, 7, 10, 35, 60, 200]),
        start=(rng.uniform(-2, 2), rng.uniform(-2, 2)),
        x=tuple(rng.uniform(-2, 2) for _ in range(num_weights)),
        y=rng.uniform(-3, 3),
        w0=tuple(rng.uniform(-2, 2) for _ in range(num_weights)),
        points=tuple((rng.uniform(-3, 3), rng.uniform(-3, 3)) for _ in range(rng.randint(2, 20))),
        condition=rng.uniform(1, 100),
        momentum=rng.choice([0.5, 0.9, rng.uniform(0.05, 0.99)]),
        dtype=["float32", "float64"][seed // 4 % 2],
    )


DRAWN = [draw_settings(seed) for seed in range(24)]


def test_the_drawn_settings_are_of_all_kinds():
    races = [run_race(chosen) for chosen in DRAWN]
    optimizers = [optimizer for race in races for optimizer in race.optimizers]
    assert {chosen.problem for chosen in DRAWN} == set(PROBLEM_TITLES)
    assert {optimizer.config.name for optimizer in optimizers} == set(OPTIMIZERS)
    assert {(chosen.dtype, chosen.problem == "toy") for chosen in DRAWN} >= {
        ("float32", True),
        ("float64", False),
    }
    assert {len(race.optimizers) for race in races} == {1, 2, 3, 4}
    assert sum(optimizer.descent.overflow_step is not None for optimizer in optimizers) >= 3
    assert sum(optimizer.descent.status == "running" for optimizer in optimizers) >= 10
    assert any(
        len({optimizer.config for optimizer in race.optimizers}) < len(race.optimizers) for race in races
    )


def assert_prints_the_races_numbers(printed, race):
    """Compare all that was printed with the descents and with the page's table, to the last digit."""
    lines, steps = iter(printed.splitlines()), race.settings.steps
    table = {int(row[0]): row[1:] for row in read_table(tabulate_losses(race))}
    for column, optimizer in enumerate(race.optimizers):
        descent = optimizer.descent
        assert next(lines) == race.name_optimizer(optimizer)
        for k, loss in enumerate(descent.losses.tolist(), start=1):
            if k % 10 == 0 or k == steps:
                assert next(lines) == f"Iteration {k}/{steps}, Current loss: {loss}"
                assert table[k][column] == str(loss)
        if len(descent.losses) < steps:
            left = f"Iteration {descent.overflow_step}: the loss has left the range of {race.settings.dtype}"
            assert next(lines) == left
        else:
            assert next(lines) == f"Final result: {descent.w.tolist()}"
    assert next(lines, None) is None


def run_here(script):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    return output.getvalue()


@pytest.mark.parametrize("chosen", DRAWN, ids=[f"{k} {chosen.problem}" for k, chosen in enumerate(DRAWN)])
def test_the_script_prints_the_races_numbers(chosen):
    race = run_race(chosen)
    printed = run_here(write_race_script(race))
    assert_prints_the_races_numbers(printed, race)
    is_unknown = any(each.descent.overflow_step == race.settings.steps + 1 for each in race.optimizers)
    assert print_race(race) == ("" if is_unknown else printed), "what a notebook says below its last cell"


def test_a_notebook_says_nothing_where_the_weights_overflow_behind_the_last_step():
    """The script does not compute that step, and ends with a result."""
    race = run_race(
        replace(RaceSettings(), entries=(("gradient_descent", 0.25), None, None, None), steps=110)
    )
    (descent,) = [optimizer.descent for optimizer in race.optimizers]
    assert descent.overflow_step == 111
    assert print_race(race) == ""
    assert run_here(write_race_script(race)).rstrip().splitlines()[-1].startswith("Final result")
    assert print_race(run_race(replace(race.settings, steps=109))) != ""


@pytest.mark.parametrize("name", list(OPENINGS))
def test_every_openings_script_prints_its_numbers(name):
    race = run_race(OPENINGS[name])
    assert_prints_the_races_numbers(run_here(write_race_script(race)), race)


@pytest.mark.gate
def test_the_script_needs_nothing_but_torch(tmp_path):
    race = run_race(replace(DRAWN[3], dtype="float64", problem="beale"))
    script = tmp_path / "race.py"
    script.write_text(write_race_script(race), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", script.name],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=True, timeout=HANG_SECONDS,
    )  # fmt: skip
    assert_prints_the_races_numbers(done.stdout, race)
    assert [path.name for path in tmp_path.iterdir()] == ["race.py"]


@pytest.mark.parametrize("chosen", DRAWN[:8], ids=[chosen.problem for chosen in DRAWN[:8]])
def test_the_script_holds_no_trace_of_this_machine(chosen):
    script = write_race_script(run_race(chosen))
    for path in (ROOT, Path.home(), sys.prefix):
        assert str(path) not in script
    imports = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import torch"]
    assert max(map(len, script.splitlines())) < 2000


@pytest.mark.parametrize("name", list(OPENINGS))
def test_the_sources_shown_are_those_that_run(name):
    race = run_race(OPENINGS[name])
    sources = show_sources(race)
    assert inspect.getsource(take_steps) in sources
    assert inspect.getsource(GradientDescent) in sources
    loss = race.problem.make_loss(DTYPES[race.settings.dtype])
    body = [line.strip() for line in inspect.getsource(loss).splitlines()]
    shown = [line.strip() for line in sources.splitlines()[: len(body)]]
    assert shown == body
    assert all(line in write_race_script(race) for line in body)


def test_the_step_by_hand_is_shown_where_it_was_taken():
    assert "class GradientDescent" not in show_sources(run_race(alone("adam")))
    assert "class GradientDescent" not in write_race_script(run_race(alone("adam")))
    assert make_optimizer("adam", 0.01).write_call() in write_race_script(run_race(alone("adam")))
    assert inspect.getsource(GradientDescent) in write_race_script(run_race(alone()))
