"""Where the server listens, and the address of it that a person can open."""

import socket
from contextlib import closing

import pytest

from app.server.listening import close_sockets, name_host, open_sockets, read_host
from tests.conftest import find_free_port


def connects(address, port):
    try:
        socket.create_connection((address, port), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("typed", "reached", "not_reached", "named"),
    [
        ("127.0.0.1", ["127.0.0.1"], ["::1"], "127.0.0.1"),
        ("0.0.0.0", ["127.0.0.1"], ["::1"], "localhost"),
        ("::1", ["::1"], ["127.0.0.1"], "[::1]"),
        ("[::1]", ["::1"], ["127.0.0.1"], "[::1]"),
        ("::", ["::1", "127.0.0.1"], [], "localhost"),
        ("[::]", ["::1", "127.0.0.1"], [], "localhost"),
        ("0:0:0:0:0:0:0:0", ["::1", "127.0.0.1"], [], "localhost"),
        ("localhost", ["127.0.0.1"], [], "localhost"),
    ],
)
def test_every_address_that_a_host_stands_for_is_listened_on(typed, reached, not_reached, named):
    host = read_host(typed)
    port = find_free_port()
    opened = open_sockets(host, port)
    try:
        assert [address for address in reached if not connects(address, port)] == []
        assert [address for address in not_reached if connects(address, port)] == []
    finally:
        close_sockets(opened)
    assert name_host(host) == named


def test_visitors_of_ipv4_keep_their_addresses():
    """As ::ffff:127.0.0.1 no proxy would be known, and all would share one network's turn."""
    opened = open_sockets("::", find_free_port())
    try:
        families = {each.family: each for each in opened}
        port = opened[0].getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port))):
            accepted, (client, _) = families[socket.AF_INET].accept()
            accepted.close()
        assert client == "127.0.0.1"
    finally:
        close_sockets(opened)


def test_port_that_is_taken_on_one_of_the_addresses_is_taken():
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            open_sockets("::", port)
        with closing(socket.create_server(("::1", port), family=socket.AF_INET6)):
            pass  # what had been opened before is closed


def test_address_with_a_zone_is_refused():
    with pytest.raises(ValueError, match="No browser can open an address with a zone"):
        read_host("fe80::1%eth0")


def test_answers_do_not_wait_for_the_first_half_to_be_acknowledged():
    """What is accepted inherits it from what listens; asyncio would not set it."""
    (listening,) = open_sockets("127.0.0.1", 0)
    try:
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    finally:
        close_sockets([listening])
