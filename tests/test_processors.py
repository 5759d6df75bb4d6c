"""A container's share of the processors: its quota, what it is bound to, and what torch then uses."""

import os
import subprocess
import sys

import pytest

from models.processors import count_processors
from models.runs.limits import read_limits

AFFINITY = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "


def write_quota(folder, version, quota, period=100_000):
    if version == 2:
        (folder / "cpu.max").write_text(f"{quota} {period}\n")
    else:
        (folder / "cpu").mkdir()
        (folder / "cpu" / "cpu.cfs_quota_us").write_text(f"{-1 if quota == 'max' else quota}\n")
        (folder / "cpu" / "cpu.cfs_period_us").write_text(f"{period}\n")


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("quota", "expected"), [("max", 64), (200_000, 2), (150_000, 2), (50_000, 1), (10**9, 64), (0, 64)]
)
def test_quota_of_a_container_counts(tmp_path, monkeypatch, version, quota, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)), raising=False)
    write_quota(tmp_path, version, quota)
    assert count_processors(tmp_path) == expected


@pytest.mark.parametrize("content", ["", "x y", "1", "100000 0", "nan nan", "max"])
def test_what_cannot_be_read_is_no_quota(tmp_path, monkeypatch, content):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    (tmp_path / "cpu.max").write_text(content)
    assert count_processors(tmp_path) == 8


def test_runs_at_once_are_half_of_what_may_be_used(monkeypatch):
    monkeypatch.delenv("GLASSBOX_MAX_RUNS", raising=False)
    monkeypatch.setattr("models.runs.limits.count_processors", lambda: 6)
    assert read_limits().max_training == 3


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux binds a process to processors")
@pytest.mark.parametrize("given", [None, "2"])
def test_torch_uses_the_processors_that_the_command_line_may_use(given):
    script = AFFINITY + (
        "from models.processors import share_processors; share_processors(); "
        "import torch; print(torch.get_num_threads(), os.environ.get('OMP_NUM_THREADS'))"
    )
    env = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    if given:
        env["OMP_NUM_THREADS"] = given
    command = [sys.executable, "-c", script]
    answer = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == [given or "1", given or "1"]
