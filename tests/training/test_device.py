"""Where a training computes, and the sentence for a device that cannot."""

import re

import pytest
import torch

from models.runs.control import create_run
from models.runs.status import read_run
from models.runs.writer import execute_run
from models.training.device import choose_device
from tests.runs.trained_runs import make_short_config, small_test_set

__all__ = ["small_test_set"]  # a fixture


def test_device_is_chosen_automatically_or_by_the_environment(monkeypatch):
    for chosen in ("cpu", "meta", " cpu "):
        monkeypatch.setenv("GLASSBOX_DEVICE", chosen)
        assert choose_device().type == chosen.strip()
    monkeypatch.delenv("GLASSBOX_DEVICE")
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert choose_device().type == expected


@pytest.mark.parametrize("chosen", ["gpu", "GPU", "cuda:x", "nvidia", "1.5"])
def test_what_is_no_device_is_refused_with_those_at_hand(monkeypatch, chosen):
    monkeypatch.setenv("GLASSBOX_DEVICE", chosen)
    with pytest.raises(
        ValueError, match=f"GLASSBOX_DEVICE is '{re.escape(chosen)}', which is no device.*: cpu"
    ):
        choose_device()


@pytest.mark.parametrize("chosen", ["cuda", "cuda:7", "mps"])
def test_device_that_is_not_here_is_refused_with_those_at_hand(monkeypatch, chosen):
    monkeypatch.setenv("GLASSBOX_DEVICE", chosen)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ValueError, match=f"GLASSBOX_DEVICE is '{chosen}'.*does not find here.*at hand: cpu"):
        choose_device()


def test_device_that_is_here_is_taken(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    for chosen in ("cuda", "cuda:1"):
        monkeypatch.setenv("GLASSBOX_DEVICE", chosen)
        assert str(choose_device()) == chosen


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "has too little memory free"),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), "has too little memory free"),
        (
            RuntimeError("CUDA error: no kernel image is available for execution"),
            "not supported",
        ),
        (RuntimeError("something else"), r"The training failed \(something else\)"),
    ],
)
def test_run_on_a_gpu_that_is_full_or_unsupported_names_it_and_the_remedy(
    monkeypatch, small_test_set, error, sentence
):
    def refuse(*args):
        raise error

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda number: "Test GPU")
    monkeypatch.setattr("models.training.loop.choose_device", refuse)
    folder = create_run(make_short_config("logistic"))
    assert execute_run(folder) == "failed"
    message = read_run(folder.name).message
    assert re.search(sentence, message)
    if "else" not in str(error):
        assert "The GPU cuda:0 (Test GPU)" in message
        assert "GLASSBOX_DEVICE=cpu" in message
    assert message.endswith("no epoch had finished.")
    assert ".;" not in message
