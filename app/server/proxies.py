"""The environment's proxy, which nobody needs who asks for the page on its own machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bypass_proxies() -> Iterator[None]:
    """Ask every host directly in a `with` block, with httpx and urllib, whatever proxy is set.

    With this a proxy that is dead, of an unknown kind, or Windows' own is not even looked at. Outside the
    block it is used as before, so downloads, which runs make, go through it.
    """
    before = os.environ.get("no_proxy")
    os.environ["no_proxy"] = "*"  # goes before NO_PROXY
    try:
        yield
    finally:
        if before is None:
            del os.environ["no_proxy"]
        else:
            os.environ["no_proxy"] = before
