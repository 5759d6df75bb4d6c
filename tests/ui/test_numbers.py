"""Numbers as the page writes them, and the output size in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.numbers import format_latex, format_number, format_point


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.150094, "0.1501"),
        (-0.5, "−0.5"),
        (0.0, "0"),
        (1, "1"),
        (12345.678, "12,350"),
        (1234567.0, "1,234,567"),
        (0.0001, "0.0001"),
        (0.00009, "9×10⁻⁵"),
        (1.27897e-13, "1.279×10⁻¹³"),
        (3.4e38, "3.4×10³⁸"),
        (-2e300, "−2×10³⁰⁰"),
        (9999999, "9,999,999"),
        (1e7, "1×10⁷"),
    ],
)
def test_writes_numbers_as_a_person_would(value, text):
    assert format_number(value) == text


def read_number(text):
    digits = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    return float(text.replace(",", "").replace("×10", "e").translate(digits))


@given(st.floats(-1e307, 1e307, allow_subnormal=False))
def test_a_written_number_is_right_to_four_digits(value):
    assert read_number(format_number(value)) == pytest.approx(value, rel=6e-4, abs=0)


@pytest.mark.parametrize(
    ("point", "text"),
    [
        ([1.0, 1.0], "(1, 1)"),
        ([-2.805118, 3.131313], "(−2.805, 3.131)"),
        ([0.2] * 5, "(0.2 in every entry)"),
        ([0.2] * 3, "(0.2, 0.2, 0.2)"),
        ([0.2, 0.2, 0.2, 0.3], "(0.2, 0.2, 0.2, 0.3)"),
        ([1e-9], "(1×10⁻⁹)"),
    ],
)
def test_writes_points(point, text):
    assert format_point(np.array(point)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.5, "-0.5"), (12345.0, "12{,}345"), (1.5e-7, r"1.5 \cdot 10^{-7}"), (2e30, r"2 \cdot 10^{30}")],
)
def test_writes_numbers_for_formulas(value, text):
    assert format_latex(value) == text
