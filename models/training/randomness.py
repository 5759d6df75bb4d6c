"""A training's own random numbers, apart from everybody else's."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

# One at a time: torch has one global generator, and in the page's process visitors' steps are side by side.
_TURN = threading.RLock()


class RandomState:
    """A random number generator of one training's own.

    Weights and dropout draw from torch's global generator; while `active`, that generator holds this
    training's state, and outside it the state that it had before. So nothing that happens between two events
    changes the result, and the training disturbs nobody else's numbers. Of several in one process, one at a
    time is active: another thread's waits.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        with _TURN, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            self._state = self._read()

    @contextmanager
    def active(self) -> Iterator[None]:
        """Let torch draw from this state for the length of the `with` block."""
        with _TURN:
            outside = self._read()
            self._write(self._state)
            try:
                yield
            finally:
                self._state = self._read()
                self._write(outside)

    def describe(self) -> dict[str, Tensor]:
        """Return the state as (N,) uint8 tensors by device, to be written down."""
        cpu, cuda = self._state
        return {"cpu": cpu} | ({} if cuda is None else {"cuda": cuda})

    def restore(self, described: Mapping[str, Tensor]) -> None:
        """Go on from a state that `describe` returned."""
        self._state = described["cpu"], described.get("cuda")

    def _read(self) -> tuple[Tensor, Tensor | None]:
        cuda = torch.cuda.get_rng_state(self._device) if self._device.type == "cuda" else None
        return torch.get_rng_state(), cuda

    def _write(self, state: tuple[Tensor, Tensor | None]) -> None:
        cpu, cuda = state
        torch.set_rng_state(cpu)
        if cuda is not None:
            torch.cuda.set_rng_state(cuda, self._device)
