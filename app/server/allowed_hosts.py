"""The names under which the page is served; under any other, a foreign page may have led a browser here.

Whoever owns evil.example can let that name lead to the visitor's own machine (DNS rebinding). The browser
then takes this server for evil.example, and lets its pages read and send everything. Only the name in the
request tells: so a name is answered only if nobody else can let it lead here, or if the server was told that
it is its own.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from typing import NamedTuple

VARIABLE = "GLASSBOX_ALLOWED_HOSTS"
EVERY_HOST = "*"

_TOLD = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_AUTHORITY = re.compile(r"(?:([a-z0-9._-]+)|\[([0-9a-f:.]+)\])(?::([0-9]{1,5}))?", re.IGNORECASE)


class Authority(NamedTuple):
    """What stands in `Host`, or in an origin after its scheme: a name in small letters, perhaps a port."""

    name: str
    port: int | None = None


class AllowedHosts(NamedTuple):
    """Which names are the server's own.

    Attributes:
        told: Names that it was told, *.NAME for all that end so; "*" for every name.
        machine: Names of this machine; empty where only this machine can reach the server.
        is_reachable: Whether other machines can reach the server.
        is_space: Whether it is a Hugging Face Space.
    """

    told: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()
    is_reachable: bool = False
    is_space: bool = False

    def allow_every_host(self) -> bool:
        """Return whether every name may be asked for, and every site may ask."""
        return EVERY_HOST in self.told

    def include_told(self, name: str) -> bool:
        """Return whether the server was told this name."""
        return any(name.endswith(told[1:]) if told.startswith("*.") else name == told for told in self.told)

    def include(self, name: str) -> bool:
        """Return whether the page is served under this name."""
        if self.allow_every_host() or self.include_told(name) or name in self.machine:
            return True
        if _is_loopback(name):  # .localhost belongs to nobody, so nobody can let it lead elsewhere
            return True
        if self.is_space and name.endswith(".hf.space"):  # and the names under this one to Hugging Face
            return True
        # Nobody can let an address lead elsewhere, as a name can: a page that a browser has from an address
        # came from there. So a class finds a server on 0.0.0.0 by its address, without further words.
        return self.is_reachable and _is_address(name)


def read_authority(text: str) -> Authority | None:
    """Read NAME, NAME:PORT or [ADDRESS]:PORT; None if it is none of them."""
    parts = _AUTHORITY.fullmatch(text.strip())
    if parts is None:
        return None
    name, address, port = parts.groups()
    if address is not None:
        try:
            name = str(ipaddress.IPv6Address(address))
        except ValueError:
            return None
    return Authority(name.lower().removesuffix("."), int(port) if port else None)


def read_allowed_hosts(host: str) -> AllowedHosts:
    """Read from the environment under which names the page is served.

    Args:
        host: What the server listens on: an address or a name.

    Raises:
        ValueError: If the variable names what is no host.
    """
    told = [_read_told(text) for text in re.findall(r"[^\s,]+", os.environ.get(VARIABLE, ""))]
    space = re.findall(r"[^\s,]+", os.environ.get("SPACE_HOST", "").lower())  # its owner's name among them
    if _is_loopback(host.lower()):
        return AllowedHosts((*told, *space), is_space=is_space())
    own = socket.gethostname().lower()
    short = own.partition(".")[0]
    machine = (host.lower(), own, short, f"{short}.local")
    return AllowedHosts((*told, *space), machine, is_reachable=True, is_space=is_space())


def is_space() -> bool:
    """Return whether this is a Hugging Face Space."""
    return bool(os.environ.get("SPACE_ID") or os.environ.get("SPACE_HOST"))


def _read_told(text: str) -> str:
    """Return a name that the server was told, as requests are compared with it."""
    name = text.lower().removesuffix(".")
    if text == EVERY_HOST or _TOLD.fullmatch(name):
        return name
    authority = read_authority(name if name.startswith("[") else f"[{name}]")
    if authority is not None and authority.port is None:
        return authority.name
    raise ValueError(
        f"{text[:80]!r} in {VARIABLE} or --allowed-host is no name of a host; give names alone, without "
        "http:// and port, with commas between, as lab.example.edu, *.example.edu or * for every name."
    )


def _is_loopback(name: str) -> bool:
    """Return whether a name or an address leads to the machine that asks, whoever answers for it."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
