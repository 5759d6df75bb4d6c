"""Bodies on their way in: each has so long, and no number of them that do not come shuts anybody out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import anyio

from app.server.turns import BusyError, Call

if TYPE_CHECKING:
    from starlette.types import Receive

ARRIVAL_SECONDS = 20.0  # for a body of up to 4 MB
UNDISTURBED_SECONDS = 1.0  # in which a body gives way to nobody; most have come long before
CheckRoom = Callable[[Call, Sequence[Call]], None]


class Arrivals:
    """Requests whose bodies are being read.

    They hold places in which calls wait. Where none is left, those give way that have been arriving longest,
    for the address with most of them: a body that is held back never comes, or slowly.
    """

    def __init__(self) -> None:
        self._scopes: dict[Call, anyio.CancelScope] = {}  # the longest first; whoever gave way is not there

    def list_calls(self) -> list[Call]:
        """Return the calls that arrive."""
        return list(self._scopes)

    async def read(self, call: Call, receive: Receive, check_room: CheckRoom) -> bytes | None:
        """Read a request's body.

        Args:
            call: The request, of which only the address is known yet.
            receive: Gives the body, part by part.
            check_room: Raises `BusyError` if there is no room for a call beside those that arrive.

        Returns:
            The body; None if it was broken off or did not come in time.

        Raises:
            BusyError: If there is no room, or it gave way to others.
        """
        self._make_room(call, check_room)
        parts: list[bytes] = []
        try:
            with anyio.move_on_after(ARRIVAL_SECONDS) as self._scopes[call]:
                while (message := await receive())["type"] == "http.request":
                    parts.append(message.get("body", b""))
                    if not message.get("more_body"):
                        return b"".join(parts)
        finally:
            gave_way = self._scopes.pop(call, None) is None
        if gave_way:
            raise BusyError(503, UNDISTURBED_SECONDS)
        return None

    def _make_room(self, call: Call, check_room: CheckRoom) -> None:
        """Let others give way until there is room for a call, if that can make room."""
        try:
            check_room(call, self.list_calls())
        except BusyError as error:
            is_own_share = error.status == 429
        else:
            return
        address, latest = call.visitor.address, anyio.current_time() + ARRIVAL_SECONDS - UNDISTURBED_SECONDS
        may_leave = [
            each
            for each, scope in self._scopes.items()
            if scope.deadline <= latest and (not is_own_share or each.visitor.address == address)
        ]
        check_room(call, [each for each in self._scopes if each not in may_leave])
        staying = self.list_calls()
        while may_leave:
            ((busiest, _),) = Counter(each.visitor.address for each in may_leave).most_common(1)
            leaving = next(each for each in may_leave if each.visitor.address == busiest)
            may_leave.remove(leaving)
            staying.remove(leaving)
            self._scopes.pop(leaving).cancel()
            try:
                return check_room(call, staying)
            except BusyError:
                continue
