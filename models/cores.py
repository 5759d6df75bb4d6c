"""How many cores a computation takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def on_one_core() -> Iterator[None]:
    """Compute on one core within a `with`, in this thread.

    One image, or a network over the plane, is too little work to share: where something else trains, the
    cores that torch has shared it among wait for each other, and an answer takes 10 to 100 times as long.
    """
    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(num_threads)
