"""Where the server listens: addresses of IPv4 and IPv6, and the one of them that a person can open."""

from __future__ import annotations

import errno
import ipaddress
import socket
from contextlib import suppress

_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # as ::1 where IPv6 is switched off


def read_host(text: str) -> str:
    """Return an address or a name to listen on, of IPv6 without the brackets that it has in a link.

    Raises:
        ValueError: If it is an address with a zone (`fe80::1%eth0`).
    """
    host = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if ":" in host and "%" in host:
        raise ValueError(f"No browser can open an address with a zone, as {text[:80]}; choose :: as --host.")
    return host


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Listen on all that a host stands for: a name for its addresses, `::` for every one of the machine.

    IPv4 has a socket of its own, so that its visitors keep the addresses by which they are known.

    Args:
        host: As `read_host` returns it.
        port: 0 for a free one, which is another one for each address.

    Raises:
        OSError: If the host is unknown or not this machine's, or the port is taken on one of its addresses.
    """
    opened: list[socket.socket] = []
    absent = None
    for name in (host, "0.0.0.0") if _is_unspecified(host) and ":" in host else (host,):
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        for family, address in dict.fromkeys((each[0], each[4]) for each in found):
            try:
                listening = socket.create_server(address, family=family)
                opened.append(listening)
                # Its connections inherit it. asyncio sets it only for what it opened itself; without it, the
                # second half of an answer waits for the browser to acknowledge the first: 40 ms.
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    close_sockets(opened)
                    raise
                absent = error
    if absent is not None and not opened:
        raise absent
    return opened


def close_sockets(opened: list[socket.socket]) -> None:
    """Close what `open_sockets` has opened."""
    for each in opened:
        each.close()


def name_host(host: str) -> str:
    """Return how a person on this machine writes a host in a link."""
    if _is_unspecified(host):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _is_unspecified(host: str) -> bool:
    """Return whether it stands for every address of the machine."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_unspecified
    return False
