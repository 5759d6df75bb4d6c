"""Numbers drawn from a name: the same on every machine and for every version of Python."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import TypeVar

MAX_NAME_LETTERS = 80

T = TypeVar("T")


def tidy_name(name: str) -> str:
    """Return a name as it is compared: "Ada  LOVELACE " and "ada lovelace" draw the same numbers.

    Raises:
        ValueError: where it is longer than MAX_NAME_LETTERS.
    """
    if len(name) > MAX_NAME_LETTERS:
        raise ValueError(f"The name has {len(name):,} letters: write at most {MAX_NAME_LETTERS}.")
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Draw:
    """Draws whole numbers that a name and an exercise's key decide.

    Each number is read off a SHA-256 of the name, the key, the attempt and how many were drawn before it.
    """

    def __init__(self, name: str, key: str, attempt: int = 0) -> None:
        """Begin with the first number; an attempt draws others for the same name and key."""
        self._seed = f"{key}\n{attempt}\n{tidy_name(name)}"
        self._num_drawn = 0

    def draw_whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        digest = hashlib.sha256(f"{self._seed}\n{self._num_drawn}".encode()).digest()
        self._num_drawn += 1
        return low + int.from_bytes(digest[:8], "big") % (high - low + 1)

    def draw_wholes(self, count: int, low: int, high: int) -> list[int]:
        """Return `count` whole numbers from low to high."""
        return [self.draw_whole(low, high) for _ in range(count)]

    def draw_grid(self, rows: int, columns: int, low: int, high: int) -> list[list[int]]:
        """Return rows × columns whole numbers from low to high."""
        return [self.draw_wholes(columns, low, high) for _ in range(rows)]

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.draw_whole(0, len(choices) - 1)]
