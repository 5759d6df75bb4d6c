"""Whose call is next, and how much may wait."""

import pytest

from app.server.turns import (
    _NUM_REMEMBERED,
    MAX_WAIT_SECONDS,
    MAX_WAITING,
    MAX_WAITING_OF_ADDRESS,
    MAX_WAITING_OF_VISITOR,
    Bounds,
    BusyError,
    Call,
    Turns,
    Visitor,
    find_visitor,
)

BOUNDS = Bounds(running=3, running_of_visitor=1, waiting_bytes=1_000_000)


def make_calls(number, address="a", session="", **values):
    return [Call(Visitor(address, session), **values) for _ in range(number)]


def run_one_at_a_time(turns, waiting):
    """The order in which calls run that have one place, beside two that are taken for good."""
    held = [*make_calls(1, "held", "1"), *make_calls(1, "held", "2")]
    order = []
    while (call := turns.choose(waiting, held)) is not None:
        waiting.remove(call)
        order.append(call)
    return order


def test_a_single_call_is_next_however_many_of_another_wait():
    flood, (single,) = make_calls(100), make_calls(1, "b")
    turns, waiting = Turns(BOUNDS), [*flood]
    first = turns.choose(waiting, [])
    waiting.remove(first)
    waiting.append(single)
    assert run_one_at_a_time(turns, waiting)[0] is single


def test_visitors_take_turns_and_each_visitors_calls_keep_their_order():
    some, others = make_calls(4), make_calls(3, "b")
    order = run_one_at_a_time(Turns(BOUNDS), [*some, *others])
    assert [call.visitor.address for call in order] == ["a", "b", "a", "b", "a", "b", "a"]
    assert [call for call in order if call in some] == some


def test_invented_sessions_share_their_addresses_turn():
    flood = [call for number in range(50) for call in make_calls(1, "a", f"{number}")]
    order = run_one_at_a_time(Turns(BOUNDS), [*flood, *make_calls(2, "b", "s")])
    assert [call.visitor.address for call in order[:4]] == ["a", "b", "a", "b"]


def test_sessions_of_an_address_take_turns():
    order = run_one_at_a_time(Turns(BOUNDS), [*make_calls(3, "a", "1"), *make_calls(2, "a", "2")])
    assert [call.visitor.session for call in order] == ["1", "2", "1", "2", "1"]


def test_a_visitor_runs_so_many_and_an_address_leaves_a_place_to_others():
    turns, running = Turns(BOUNDS), make_calls(1, "a", "1")
    assert turns.choose(make_calls(5, "a", "1"), running) is None
    second = turns.choose(make_calls(5, "a", "2"), running)
    assert second is not None
    assert turns.choose(make_calls(5, "a", "3"), [*running, second]) is None
    third = turns.choose(make_calls(1, "b"), [*running, second])
    assert third is not None
    assert turns.choose(make_calls(1, "c"), [*running, second, third]) is None


def test_who_asks_again_after_each_answer_does_not_count_as_new():
    turns, order = Turns(BOUNDS), []
    regulars = [Visitor("a", f"{number}") for number in range(5)]
    waiting = [Call(visitor) for visitor in regulars]
    for turn in range(20):
        if turn == 7:
            waiting.append(Call(Visitor("a", "late")))
        call = turns.choose(waiting, [])
        waiting.remove(call)
        order.append(call.visitor.session)
        turns.choose([], [])  # whoever has an answer is not there for a moment
        waiting.append(Call(call.visitor))
    assert order[7] == "late"
    assert order[:7] == ["0", "1", "2", "3", "4", "0", "1"]


def test_sessions_invented_for_each_call_keep_nobody_of_their_address_waiting_for_long():
    turns, waited = Turns(BOUNDS), 0
    (first,) = make_calls(1, "a", "s")
    turns.choose([first], [])
    again = Call(first.visitor)
    while turns.choose([again, *make_calls(9, "a", f"invented {waited}")], []) is not again:
        waited += 1
        assert waited <= _NUM_REMEMBERED
    assert waited > 0


def test_little_is_remembered_of_who_is_gone():
    turns = Turns(BOUNDS)
    for number in range(10 * _NUM_REMEMBERED):
        turns.choose(make_calls(1, f"{number}"), [])
    assert len(turns._last_turns) <= 2 * (_NUM_REMEMBERED + 1)


@pytest.mark.parametrize(
    ("status", "waiting"),
    [
        (429, make_calls(MAX_WAITING_OF_VISITOR, "a", "s")),
        (429, [call for i in range(MAX_WAITING_OF_ADDRESS) for call in make_calls(1, "a", f"{i}")]),
        (503, [call for i in range(MAX_WAITING) for call in make_calls(1, f"{i}")]),
    ],
)
def test_so_many_calls_wait_and_no_more(status, waiting):
    turns, (call,) = Turns(BOUNDS), make_calls(1, "a", "s")
    turns.check_room(call, waiting[1:])
    with pytest.raises(BusyError) as refused:
        turns.check_room(call, waiting)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("status", "waiting"),
    [
        (429, make_calls(1, "a", "s", num_bytes=250_000)),
        (429, make_calls(1, "a", "other", num_bytes=250_000)),
        (503, [call for i in range(3) for call in make_calls(1, f"{i}", num_bytes=250_000)]),
    ],
)
def test_so_many_bytes_wait_and_no_more(status, waiting):
    turns = Turns(BOUNDS)
    (fits,), (large,) = (make_calls(1, "a", "s", num_bytes=number) for number in (250_000, 250_001))
    turns.check_room(fits, waiting)
    with pytest.raises(BusyError) as refused:
        turns.check_room(large, waiting)
    assert refused.value.status == status


def test_small_calls_have_room_beside_large_ones():
    large = make_calls(2, "a", "s", num_bytes=1_000_000)
    Turns(BOUNDS).check_room(Call(Visitor("a", "s"), num_bytes=1_000), large)


@pytest.mark.parametrize(("seconds", "told"), [(0.01, 1), (0.5, 10), (2.0, 40), (1e6, MAX_WAIT_SECONDS)])
def test_who_is_refused_is_told_when_to_try_again(seconds, told):
    waiting = make_calls(MAX_WAITING_OF_VISITOR, seconds=seconds)
    with pytest.raises(BusyError, match=f"Busy, try again in {told} s") as refused:
        Turns(BOUNDS).check_room(*make_calls(1), waiting)
    assert refused.value.seconds == told


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.0.2.1", 7), "192.0.2.1"),
        (("2001:db8::1", 7), "2001:db8::/64"),
        (("2001:db8::ffff:1", 7), "2001:db8::/64"),
        (("fe80::1%eth0", 7), "fe80::/64"),
        (("::ffff:192.0.2.1", 7), "192.0.2.1"),  # as a proxy may write it
        (None, ""),
    ],
)
def test_address_is_the_clients_and_of_ipv6_its_network(client, address):
    assert find_visitor({"client": client}, "s") == Visitor(address, "s")
