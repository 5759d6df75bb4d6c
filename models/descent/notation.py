"""How numbers stand in a sentence."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def write_number(value: float, digits: int = 2) -> str:
    """Write so many significant digits, by a power of ten where there would be many zeros: 0.15, 1.5×10⁻⁵."""
    if value == 0 or 1e-4 <= abs(value) < 1e7:
        return f"{float(f'{value:.{digits}g}'):,.10g}"
    first, exponent = f"{value:.{digits - 1}e}".split("e")
    power = f"10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
    return power if float(first) == 1 else f"{float(first):g}×{power}"
