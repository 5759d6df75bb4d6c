"""Python runs this before the page that the tests serve: every other host that is asked for is written down.

It holds for the server and for the processes of its runs: for all that Python's sockets do, names looked up
included, whether there is a network or not.
"""

import os
import sys

LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "", None)


def note_host(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None  # else a file of this machine
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOCAL:
        with open(os.environ["GLASSBOX_ASKED_HOSTS"], "a") as file:  # noqa: PTH123 - nothing more is imported
            file.write(f"{event} {host}\n")


sys.addaudithook(note_host)
