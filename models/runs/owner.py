"""Whose a run is: to see it takes its id, to stop, name or delete it takes its owner's key besides.

The key goes to whoever starts the run and is written nowhere; the run's folder keeps its hash, from which a
key of 128 random bits cannot be found. A run without that file asks for no key: those of earlier versions
have none, and their id is both.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from pathlib import Path

from models.checkpoints.file import write_atomically
from models.runs.folder import DELETED, find_runs_folder, is_run_id

OWNER = "owner"
NOT_OWNER = (
    "Only this run's owner may change it, from the browser that started it. Whoever has its owner's key can "
    "enter it under “Open a run by its id”."
)
_KEY_PATTERN = re.compile(r"[0-9a-f]{32}")


def make_owner_key() -> str:
    """Return a key that cannot be guessed: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def check_key_form(key: str) -> None:
    """Refuse a key that could be guessed, or that could not be entered again.

    Raises:
        ValueError: If it is not 32 hexadecimal digits.
    """
    if not isinstance(key, str) or _KEY_PATTERN.fullmatch(key) is None:
        raise ValueError("An owner's key is 32 random hexadecimal digits, as Python's secrets.token_hex(16).")


def write_owner(folder: Path, key: str) -> None:
    """Let a run ask for this key from now on.

    Raises:
        OSError: If it cannot be written.
    """
    write_atomically(folder / OWNER, _hash_key(key))


def has_owner(run_id: str) -> bool:
    """Return whether a run asks for its owner's key; any text may be asked about."""
    return _read_hash(run_id) is not None


def check_owner(run_id: str, key: str) -> None:
    """Refuse to change a run, be it there or deleted lately, for whoever lacks its owner's key.

    Raises:
        ValueError: If the run has an owner, and this is not their key.
    """
    known = _read_hash(run_id)
    if known is not None and not hmac.compare_digest(known, _hash_key(key)):
        raise ValueError(NOT_OWNER)


def _hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest().encode()


def _read_hash(run_id: str) -> bytes | None:
    """Return the hash of a run's key, None where it has none; what cannot be read fits no key."""
    if not is_run_id(run_id):
        return None
    runs = find_runs_folder()
    # Twice where a run is kept: it may be brought back between two looks.
    for folder in (runs, runs / DELETED, runs):
        try:
            return (folder / run_id / OWNER).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return b""
    return None
