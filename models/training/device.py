"""Where a training computes, and what to do where it cannot."""

from __future__ import annotations

import os

import torch

_CPU_REMEDY = "Set GLASSBOX_DEVICE=cpu to compute on the processor."
# What CUDA says of a graphics card that this torch has no program for.
_UNSUPPORTED = ("no kernel image is available", "not compatible with the current PyTorch")


def choose_device() -> torch.device:
    """Return the device that `GLASSBOX_DEVICE` names, or the fastest at hand: CUDA, Apple's MPS, the CPU.

    Raises:
        ValueError: If what the variable names is no device, or is not here.
    """
    if chosen := os.environ.get("GLASSBOX_DEVICE"):
        return _check_device(chosen.strip())
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _check_device(chosen: str) -> torch.device:
    at_hand = ["cpu", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    at_hand += ["mps"] * torch.backends.mps.is_available()
    try:
        device = torch.device(chosen)
    except RuntimeError as error:
        raise ValueError(
            f"GLASSBOX_DEVICE is {chosen!r:.40}, which is no device of PyTorch. Choose one of those at hand: "
            f"{', '.join(at_hand)}."
        ) from error
    is_here = str(device) in at_hand or device.type not in ("cuda", "mps")
    if not is_here and (chosen != "cuda" or not torch.cuda.device_count()):
        raise ValueError(
            f"GLASSBOX_DEVICE is {chosen!r:.40}, which PyTorch does not find here. Choose one of those at "
            f"hand: {', '.join(at_hand)}."
        )
    return device


def explain_failure(error: Exception) -> str | None:
    """Return a sentence, without its full stop, for what a GPU could not do; None for any other error."""
    text = str(error).strip().partition("\n")[0]
    if isinstance(error, torch.OutOfMemoryError) or "MPS backend out of memory" in text:
        return f"{_name_gpu()} has too little memory free. Close what else uses it. {_CPU_REMEDY}"
    if any(sign in text for sign in _UNSUPPORTED):
        return f"{_name_gpu()} is not supported by PyTorch {torch.__version__}. {_CPU_REMEDY}"
    return None


def _name_gpu() -> str:
    if torch.cuda.is_available():
        number = torch.cuda.current_device()
        return f"The GPU cuda:{number} ({torch.cuda.get_device_name(number)})"
    return "The GPU"
