"""Mistakes that know the field in which they were made, so that the page can say them there."""

from collections.abc import Iterator
from contextlib import contextmanager


class FieldError(ValueError):
    """A mistake in one field.

    Attributes:
        field: The field's name.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class MissingImageError(ValueError):
    """The visitor has chosen an image of their own and not given it yet, which is no mistake."""


@contextmanager
def blame(field: str) -> Iterator[None]:
    """Let each ValueError within be one of this field, unless it knows its own."""
    try:
        yield
    except (FieldError, MissingImageError):
        raise
    except ValueError as mistake:
        raise FieldError(str(mistake), field) from mistake


def list_errors(mistake: ValueError) -> dict[str, str]:
    """Return what is to be said at which field: field → sentence; nothing where none is known."""
    return {mistake.field: str(mistake)} if isinstance(mistake, FieldError) else {}
