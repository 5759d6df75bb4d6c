"""What a session may be called: Gradio keeps the name of each, whatever a visitor sends for one."""

import re

NO_NAME = "This request's session_hash is no session's name: give up to 64 letters, digits, “-” and “_”."
_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")  # Gradio's own page sends eleven, its clients a UUID


def is_session_name(name: object) -> bool:
    """Return whether something sent as a session's name may be one; None, and what is no text, names none."""
    return not isinstance(name, str) or _NAME.fullmatch(name) is not None
