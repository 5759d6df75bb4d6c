"""Whose call is next, and how much may wait: visitors take turns, and what waits has an end."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_network
from typing import Any, NamedTuple, TypeVar

MAX_WAITING = 200  # calls of all visitors together
MAX_WAITING_OF_ADDRESS = 100  # a class may share one address
MAX_WAITING_OF_VISITOR = 20
MAX_WAIT_SECONDS = 600  # the longest time after which a refused visitor is asked to come again
_NUM_REMEMBERED = 100  # turns for which it is known whose they were
_SMALL_BYTES = 2**16  # such calls are bounded by their number alone


class Visitor(NamedTuple):
    """Who calls: a browser by its session, a program without one by its address alone.

    A program can invent sessions, so an address has its own share, which its sessions divide.
    """

    address: str
    session: str


def find_visitor(scope: Mapping[str, Any], session: str = "") -> Visitor:
    """Return who sent a request; `scope` is the request's own, whose client the server has made out.

    Behind a proxy that the server trusts, that is the address that it was forwarded for. Of IPv6 it is the
    network of 64 bits, for all of it is one visitor's; IPv4 written as IPv6 is IPv4.
    """
    address = (scope.get("client") or ("",))[0]
    if ":" in address:
        with suppress(ValueError):
            whole = IPv6Address(address.partition("%")[0])
            address = str(whole.ipv4_mapped or ip_network((whole, 64), strict=False))
    return Visitor(address, session)


class BusyError(Exception):
    """There is no room for a call to wait.

    Attributes:
        status: 429 where the visitor's own calls fill their share, 503 where all visitors' together do.
        seconds: After which there may be room again, at least 1.
    """

    def __init__(self, status: int, seconds: float) -> None:
        self.status = status
        self.seconds = max(1, min(math.ceil(seconds), MAX_WAIT_SECONDS))
        super().__init__(f"Busy, try again in {self.seconds} s.")


@dataclass(eq=False)
class Call:
    """A call that waits or runs.

    Attributes:
        visitor: Whose it is.
        num_bytes: Of its body.
        seconds: That it is expected to run.
        is_arriving: Whether its body has not been read yet, so that its session is not known: it counts for
            its address.
    """

    visitor: Visitor
    num_bytes: int = 0
    seconds: float = 1.0
    is_arriving: bool = False


OneCall = TypeVar("OneCall", bound=Call)


@dataclass(frozen=True)
class Bounds:
    """How much may run at once, and wait.

    Attributes:
        running: Calls that run at once.
        running_of_visitor: Of them, those of one visitor.
        waiting_bytes: Of all calls that wait. A visitor, and an address, may take half of them; calls of up
            to 64 kB do not count.
    """

    running: int
    running_of_visitor: int
    waiting_bytes: int

    @property
    def running_of_address(self) -> int:
        """Of the calls that run at once, those of one address: one is always another's."""
        return self.running - 1


@dataclass
class Turns:
    """Turns of visitors: first the address, and of its visitors the one, whose last turn is longest ago.

    So one visitor's hundred calls delay another's single one by no more than a call that runs, however they
    come, all at once or each after the last one's answer. Who is gone is remembered for some turns alone, and
    a newcomer counts as one who has waited as long: a session that is invented for each call does not keep
    those who wait from theirs.
    """

    bounds: Bounds
    _last_turns: dict[str | Visitor, int] = field(default_factory=dict)
    _num_turns: int = 0

    def check_room(self, call: Call, waiting: Sequence[Call]) -> None:
        """Refuse a call for which there is no room beside those that wait.

        Raises:
            BusyError: If so, with the seconds that those before it are expected to take.
        """
        of_address = [each for each in waiting if each.visitor.address == call.visitor.address]
        of_visitor = [
            each
            for each in of_address
            if each.visitor == call.visitor and not (each.is_arriving or call.is_arriving)
        ]
        half = self.bounds.waiting_bytes // 2
        for status, calls, max_calls, max_bytes, num_at_once in (
            (429, of_visitor, MAX_WAITING_OF_VISITOR, half, self.bounds.running_of_visitor),
            (429, of_address, MAX_WAITING_OF_ADDRESS, half, self.bounds.running_of_address),
            (503, waiting, MAX_WAITING, self.bounds.waiting_bytes, self.bounds.running),
        ):
            is_large = call.num_bytes > _SMALL_BYTES
            if len(calls) >= max_calls or (is_large and _count_bytes([*calls, call]) > max_bytes):
                raise BusyError(status, sum(each.seconds for each in calls) / num_at_once)

    def choose(self, waiting: Sequence[OneCall], running: Collection[Call]) -> OneCall | None:
        """Return the call whose turn it is, of those that wait, oldest first; None while none may run."""
        if len(running) >= self.bounds.running:
            return None
        visitors = [each.visitor for each in running]
        self._forget_absent({each.visitor for each in waiting} | set(visitors))
        addresses = [visitor.address for visitor in visitors]
        allowed = [
            each
            for each in waiting
            if addresses.count(each.visitor.address) < self.bounds.running_of_address
            and visitors.count(each.visitor) < self.bounds.running_of_visitor
        ]
        if not allowed:
            return None
        chosen = min(allowed, key=self._find_last_turns)
        self._num_turns += 1
        self._last_turns[chosen.visitor.address] = self._last_turns[chosen.visitor] = self._num_turns
        return chosen

    def _find_last_turns(self, call: Call) -> tuple[int, int]:
        address, visitor = call.visitor.address, call.visitor
        newcomer = self._num_turns - _NUM_REMEMBERED
        return self._last_turns.get(address, newcomer), self._last_turns.get(visitor, newcomer)

    def _forget_absent(self, present: set[Visitor]) -> None:
        kept = present | {visitor.address for visitor in present}
        newcomer = self._num_turns - _NUM_REMEMBERED
        self._last_turns = {
            who: turn for who, turn in self._last_turns.items() if turn > newcomer or who in kept
        }


def _count_bytes(calls: Iterable[Call]) -> int:
    return sum(each.num_bytes for each in calls if each.num_bytes > _SMALL_BYTES)
