"""Numbers as a person writes them."""

from models.values import Floats

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
