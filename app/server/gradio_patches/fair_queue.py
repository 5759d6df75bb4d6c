"""Gradio's queue with an end, in which visitors take turns."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import gradio as gr
import orjson
from fastapi import HTTPException
from gradio import queueing
from gradio.server_messages import ProcessCompletedMessage

from app.server.gradio_patches.addresses import JOIN_PATH
from app.server.gradio_patches.lean_sessions import MAX_SESSIONS
from app.server.gradio_patches.patch import Patch
from app.server.turns import Bounds, BusyError, Call, Turns, find_visitor

# A value as JSON takes nine times its bytes once it has been read.
QUEUE_BOUNDS = Bounds(running=3, running_of_visitor=1, waiting_bytes=16 * 2**20)
MAX_UNREAD = 1_000  # answers that nobody has fetched yet
MAX_UNREAD_BYTES = 64 * 2**20
_TOO_LATE = (
    "This answer waited too long to be fetched, and is gone. Ask again, and fetch each answer at once."
)

PATCH = Patch(
    "turns in the queue",
    "Gradio's queue has no end, runs one call of an endpoint at a time in the order in which they came, "
    "and after each one reckons statistics over the last 10,000.",
    "A visitor fills the memory, and all others wait until his calls are answered.",
    (
        "gradio.queueing.Queue.__init__(self, live_updates, concurrency_count, update_intervals, "
        "max_size, blocks, default_concurrency_limit)",
        "gradio.queueing.Queue.push(self, body, request, username)",
        "gradio.queueing.Queue.get_events(self)",
        "gradio.queueing.Queue.compute_analytics_summary(self, records)",
        "gradio.queueing.EventQueue.__init__(self, concurrency_id, concurrency_limit)",
        "gradio.queueing.Queue.send_message(self, event, event_message)",
        *(
            f"page._queue.{name}"
            for name in (
                "active_jobs",
                "event_ids_to_events",
                "event_queue_per_concurrency_id",
                "pending_event_ids_session",
                "pending_messages_per_session",
                "process_time_per_fn",
                "ANALYTICS_MAX_EVENTS",
            )
        ),
    ),
    (JOIN_PATH, "/gradio_api/component_server"),
)


class QueuedCall(Call):
    """A call in Gradio's queue, with its event."""

    def __init__(self, event: queueing.Event, call: Call) -> None:
        super().__init__(call.visitor, call.num_bytes, call.seconds)
        self.event = event


class UnreadAnswer(NamedTuple):
    """An answer that has not been fetched yet, or that is just being sent."""

    message: weakref.ref[Any]
    address: str
    session: str
    num_bytes: int


class FairQueue(queueing.Queue):
    """Gradio's queue with an end, in which visitors take turns (see `app.server.turns`)."""

    def __init__(self, page: gr.Blocks) -> None:
        super().__init__(
            live_updates=True,
            concurrency_count=page.max_threads,
            update_intervals=1,
            max_size=None,
            blocks=page,
            default_concurrency_limit=None,  # `QUEUE_BOUNDS` limits them
        )
        self.ANALYTICS_MAX_EVENTS = 1
        self._turns = Turns(QUEUE_BOUNDS)
        self._calls: dict[str, QueuedCall] = {}
        self._unread: list[UnreadAnswer] = []

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """Let a call wait.

        Raises:
            HTTPException: If there is no room: 429 or 503, with the seconds after which to try again.
        """
        num_bytes = len(await request.body())  # Gradio has read it
        function = self.blocks.fns.get(body.fn_index)
        times = None if function is None else self.process_time_per_fn.get(function)
        seconds = 1.0 if times is None else times.avg_time
        call = Call(find_visitor(request.scope, body.session_hash or ""), num_bytes, seconds)
        try:
            self.check_room(call)
        except BusyError as error:
            raise HTTPException(error.status, str(error), {"Retry-After": f"{error.seconds}"}) from error
        if len(self.pending_event_ids_session) > 2 * MAX_SESSIONS:  # Gradio keeps one for every call
            sessions = self.pending_event_ids_session.items()
            readable = self.pending_messages_per_session
            self.pending_event_ids_session = {name: ids for name, ids in sessions if name in readable}
        is_in, event_id, state = await super().push(body, request, username)
        if isinstance(event_id, str) and (event := self.event_ids_to_events.get(event_id)) is not None:
            self._calls[event_id] = QueuedCall(event, call)
        return is_in, event_id, state

    def check_room(self, call: Call, others: Sequence[Call] = ()) -> None:
        """Refuse a call for which there is no room beside those that wait, and others.

        Raises:
            BusyError: If so.
        """
        self._turns.check_room(call, [*self._list_waiting(), *others])

    def get_events(self) -> Any:
        """Take the event whose turn it is out of the queue; returns it as Gradio does."""
        running = [self._calls[event._id] for job in self.active_jobs for event in job or ()]
        call = self._turns.choose(self._list_waiting(), running)
        if call is None:
            return None
        name = call.event.concurrency_id
        self.event_queue_per_concurrency_id[name].queue.remove(call.event)
        return [call.event], call.event.fn.batch, name

    def send_message(self, event: queueing.Event, event_message: Any) -> None:
        """Put a message where its session reads it; of too many answers that wait there, give up old ones."""
        if event.session_hash not in self.pending_messages_per_session:
            return  # given up
        super().send_message(event, event_message)
        if not isinstance(event_message, ProcessCompletedMessage):
            return
        call = self._calls.get(event._id)
        address = call.visitor.address if call is not None else ""
        num_bytes = _count_bytes(event_message.output.get("data"))
        self._unread = [answer for answer in self._unread if answer.message() is not None]
        self._unread.append(UnreadAnswer(weakref.ref(event_message), address, event.session_hash, num_bytes))
        while sum(answer.num_bytes for answer in self._unread) > MAX_UNREAD_BYTES:
            self._give_up_oldest(_find_largest_share(self._unread))
        while len(self._unread) > MAX_UNREAD:
            self._give_up_oldest(None)

    def _give_up_oldest(self, address: str | None) -> None:
        """Let go of the answer that waits longest to be read, of those of one address if one is given."""
        oldest = next(answer for answer in self._unread if address in (None, answer.address))
        self._unread.remove(oldest)
        if (message := oldest.message()) is not None:
            message.success, message.output = False, {"error": _TOO_LATE}
        if address is None:
            self.pending_messages_per_session.pop(oldest.session, None)
            self.pending_event_ids_session.pop(oldest.session, None)

    def _list_waiting(self) -> list[QueuedCall]:
        """Return the calls that wait, oldest first, and forget those that are over."""
        self._calls = {key: call for key, call in self._calls.items() if key in self.event_ids_to_events}
        queues = self.event_queue_per_concurrency_id.values()
        waiting = {event._id for queue in queues for event in queue.queue}
        return [call for key, call in self._calls.items() if key in waiting]

    def compute_analytics_summary(self, records: Any) -> Any:
        """Reckon no statistics, which nobody is shown."""
        return self.cached_event_analytics_summary


def _count_bytes(values: Any) -> int:
    """Return how many bytes the large ones of an answer's values take."""
    num_bytes = 0
    for value in values or ():
        if isinstance(value, orjson.Fragment):
            num_bytes += len(orjson.dumps(value))
        elif isinstance(value, str):
            num_bytes += len(value)
    return num_bytes


def _find_largest_share(answers: Iterable[UnreadAnswer]) -> str:
    """Return the address whose answers take most."""
    shares: Counter[str] = Counter()
    for answer in answers:
        shares[answer.address] += answer.num_bytes
    return max(shares, key=lambda address: shares[address])
