"""Numbers as a person writes them, and as they are read."""

import math
import re
from typing import Literal

from models.values import Floats

# What an arrow key adds to a number; or it goes to the next of 1, 2, 5, 10, 20, …, or of 1, 2, 4, 8, …
Step = float | Literal["1-2-5", "doubling"]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

# A number in Python's own spelling, and three others; `read_number.js` has the same.
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)  # 1,000: a thousand, or one
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}((,\d{3})+\.\d*|(,\d{3}){2,})", re.ASCII)  # 1,234.5
_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+,\d*", re.ASCII)  # 1.234,5
_MAX_TOLD_LETTERS = 40
_MAX_LETTERS = 400  # of one number: more than any float64 needs, written out
_MAX_ROW_LETTERS = 20_000  # of several


def format_number(value: float) -> str:
    """Write a number with four significant digits as a person would: 0.1501, −0.5, 12,350, 1.279×10⁻¹³.

    The rule is that of the components' scripts, so that one number looks the same everywhere.
    """
    if value and not 1e-4 <= abs(value) < 1e7:
        digits, _, power = f"{value:.3e}".partition("e")
        text = f"{float(digits):g}×10{str(int(power)).translate(_SUPERSCRIPTS)}"
    else:
        text = f"{float(f'{value:.4g}'):,.10f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text.replace("-", "−")


def format_point(point: Floats) -> str:
    """Write a point: (1, 1), or (0.2 in every entry) where there are many equal ones."""
    numbers = [format_number(float(value)) for value in point]
    if len(numbers) > 3 and len(set(numbers)) == 1:
        return f"({numbers[0]} in every entry)"
    return f"({', '.join(numbers)})"


def format_latex(value: float) -> str:
    """Write a number as `format_number` does, for a formula."""
    text = format_number(value).replace("−", "-").replace(",", "{,}")
    mantissa, times, power = text.partition("×10")
    if not times:
        return text
    plain = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return rf"{mantissa} \cdot 10^{{{plain}}}"


def format_seconds(seconds: float) -> str:
    """Return a duration as a person would say it: 0.4 s, 8 s, 2 min 5 s, 1 h 12 min."""
    if 0 < seconds < 0.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
    )


def write_percent(share: float, num_decimals: int = 1) -> str:
    """Write a share in percent: 91.3%, 0.0%, >99.9%; what only rounds to nothing or to all says so.

    The rule is that of the components' scripts, so that one share looks the same everywhere.

    Args:
        share: From 0 to 1.
        num_decimals: Digits after the point.
    """
    text = f"{share:.{num_decimals}%}"
    least = 10**-num_decimals  # percent
    if share < 1 and text == f"{1:.{num_decimals}%}":
        return f">{100 - least:.{num_decimals}f}%"
    if share > 0 and text == f"{0:.{num_decimals}%}":
        return f"<{least:.{num_decimals}f}%"
    return text


def read_number(text: str) -> float:
    """Read one number as people type it: 0.5, 0,5, −2, 1e-3, 1,234.5 or 1.234,5.

    The rule is that of the page's script.

    Raises:
        ValueError: where it is no finite number, and for 1,000, which may be a thousand or one.
    """
    word = text[: _MAX_LETTERS + 1].strip().replace("−", "-")
    if len(text) > _MAX_LETTERS:
        raise ValueError(
            f"'{word[:_MAX_TOLD_LETTERS]}' is longer than a number: at most {_MAX_LETTERS} letters."
        )
    if _EITHER.fullmatch(word):
        ways = f"{float(word.replace(',', '.')):g} or {int(word.replace(',', ''))}"
        raise ValueError(f"'{word}' can be read as {ways.replace(' or ', ' or as ')}: write {ways}.")
    if _COMMA_GROUPS.fullmatch(word):
        word = word.replace(",", "")
    elif _POINT_GROUPS.fullmatch(word):
        word = word.replace(".", "")
    word = word.replace(",", ".")
    value = float(word) if _PLAIN.fullmatch(word) else math.nan
    if not math.isfinite(value):
        told = text.strip()[:_MAX_TOLD_LETTERS]
        raise ValueError(f"'{told}' is not a number: write one like 0.5, 0,5 or 1e-3.")
    return value


def read_numbers(text: str) -> tuple[float, ...]:
    """Read numbers separated by spaces, semicolons or commas; each may have a decimal comma.

    A comma beside a space separates. Any other is a decimal one where spaces or semicolons separate already,
    as in 0,5 1, or where what follows it is no number of its own, as in 0,05.

    Raises:
        ValueError: where one is not a number, or where commas could be both; the message says both readings.
    """
    if len(text) > _MAX_ROW_LETTERS:
        raise ValueError(f"These are {len(text):,} letters; at most {_MAX_ROW_LETTERS:,} are read.")
    row = text.strip().replace("−", "-")
    without_loose = re.sub(r",(?=\s|$)|(?<=\s),|^,", " ", row)
    words = [word for word in re.split(r"[;\s]+", without_loose) if word]
    parts = [part for word in words for part in word.split(",")]
    can_separate = all(_PLAIN.fullmatch(part) and not re.match(r"[+-]?0\d", part) for part in parts)
    can_be_decimal = len(parts) > len(words) and all(
        "," not in word or re.fullmatch(r"[+-]?\d+,\d+(e[+-]?\d+)?", word) for word in words
    )
    if can_separate and can_be_decimal and (len(words) == 1 or without_loose != row):
        readings = row, "; ".join(parts), "; ".join(word.replace(",", ".") for word in words)
        asked, several, fewer = (reading[:_MAX_TOLD_LETTERS] for reading in readings)
        raise ValueError(f"'{asked}' can be read as '{several}' or as '{fewer}': write one of these.")
    if can_be_decimal or can_separate:
        return tuple(read_number(word) for word in (words if can_be_decimal else parts))
    wrong = next((part for part in parts if not _PLAIN.fullmatch(part)), row)[:_MAX_TOLD_LETTERS]
    raise ValueError(f"'{wrong}' is not a number: separate numbers by spaces or semicolons, as in 1 0.5 -2.")


def read_field(value: object, subject: str) -> object:
    """Return what stands in a field of one number: a text that the page could not read is read once more.

    Raises:
        ValueError: where the text is no number; the message begins with the subject.
    """
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise ValueError(f"{subject} is empty: write a number.")
    try:
        number = read_number(value)
    except ValueError as mistake:
        raise ValueError(f"{subject}: {mistake}") from mistake
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
