"""Numbers as the page writes them, in Python and in the components' scripts."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.numbers import (
    format_latex,
    format_number,
    format_point,
    read_field,
    read_number,
    read_numbers,
    write_percent,
)
from tests.node import run_module


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


def undo_format(text):
    digits = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    return float(text.replace(",", "").replace("×10", "e").translate(digits))


@given(st.floats(-1e307, 1e307, allow_subnormal=False))
def test_a_written_number_is_right_to_four_digits(value):
    assert undo_format(format_number(value)) == pytest.approx(value, rel=6e-4, abs=0)


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


@pytest.mark.parametrize(
    ("share", "num_decimals", "text"),
    [
        (0.9131, 1, "91.3%"),
        (0.9131, 2, "91.31%"),
        (0.9131, 0, "91%"),
        (0.0, 1, "0.0%"),
        (1.0, 1, "100.0%"),
        (1e-30, 1, "<0.1%"),
        (0.000499, 1, "<0.1%"),
        (0.0006, 1, "0.1%"),
        (0.9995001, 1, ">99.9%"),
        (1 - 2**-53, 1, ">99.9%"),
        (0.9994, 1, "99.9%"),
        (0.00004, 2, "<0.01%"),
        (0.99996, 2, ">99.99%"),
        (0.996, 0, ">99%"),
        (0.1225, 1, "12.2%"),
        (0.1275, 1, "12.8%"),
    ],
)
def test_a_share_that_only_rounds_to_nothing_or_all_says_so(share, num_decimals, text):
    assert write_percent(share, num_decimals) == text


@pytest.mark.parametrize("num_decimals", [0, 1, 2])
def test_scripts_write_percentages_as_python_does(num_decimals):
    rng = np.random.default_rng(num_decimals)
    ties = np.arange(1, 800) / 800  # 12.25, 12.375, 12.5 percent and the like
    near = [*(0.5 ** np.arange(1, 60)), *(1 - 0.5 ** np.arange(1, 54))]
    edges = [edge + by for edge in (0.0005, 0.9995, 0.005, 0.995, 0.00005) for by in (-1e-9, 0, 1e-9)]
    shares = [0.0, 1.0, *ties, *near, *edges, *rng.uniform(size=5000), *rng.integers(0, 10001, 2000) / 10000]
    shares = [float(share) for share in shares]
    asked = f"sent.map((share) => module.formatPercent(share, {num_decimals}))"
    texts = run_module("ui/components/numbers.js", asked, shares)
    assert texts == [write_percent(share, num_decimals) for share in shares]


def test_scripts_write_numbers_as_python_does():
    rng = np.random.default_rng(0)
    ties = [*(np.arange(1, 20000) / 16), *(np.arange(1, 3000) * 5000.0 + 1e7), *(np.arange(1, 400) / 4096)]
    wide = rng.choice([-1, 1], 10000) * 10 ** rng.uniform(-20, 20, 10000)
    values = [0.0, 1e-4, 9999999.5, 1e7, 5e-324, 1.7e308, *ties, *wide, *rng.normal(size=2000)]
    values = [float(value) for value in values]
    asked = "sent.map((value) => module.formatNumber(value))"
    texts = run_module("ui/components/numbers.js", asked, values)
    assert texts == [format_number(value) for value in values]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.05", 0.05),
        ("0,05", 0.05),
        ("0,005", 0.005),
        (" −1,5 ", -1.5),
        ("1,5e-3", 0.0015),
        (",5", 0.5),
        ("0,", 0),
        ("12,345678", 12.345678),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
    ],
)
def test_reads_numbers_as_people_type_them(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "abc", "0,0,5", "1 000", "1_000", "nan", "inf", "1e999", "0x10", "1.2.3"]
)
def test_refuses_what_is_no_number(text):
    with pytest.raises(ValueError, match="is not a number"):
        read_number(text)


def test_asks_where_a_comma_may_stand_between_thousands():
    with pytest.raises(ValueError, match="'10,500' can be read as 10.5 or as 10500: write 10.5 or 10500"):
        read_number("10,500")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0,5 1", (0.5, 1)),
        ("0,5; 1,25;2", (0.5, 1.25, 2)),
        ("1\t2,5", (1, 2.5)),
        ("0,05", (0.05,)),
        ("1, 0.5, -2", (1, 0.5, -2)),
        ("1,0.5,-2", (1, 0.5, -2)),
        ("1,0,-1", (1, 0, -1)),
        ("0.5 1", (0.5, 1)),
        ("0,05, 1", (0.05, 1)),
        ("", ()),
    ],
)
def test_reads_rows_of_numbers(text, values):
    assert read_numbers(text) == values


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,2", "'1,2' can be read as '1; 2' or as '1.2': write one of these."),
        ("1,5, 2", "'1,5, 2' can be read as '1; 5; 2' or as '1.5; 2': write one of these."),
        ("0,05,1", "'0,05,1' is not a number: separate numbers by spaces or semicolons, as in 1 0.5 -2."),
        ("1 a", "'a' is not a number: separate numbers by spaces or semicolons, as in 1 0.5 -2."),
    ],
)
def test_asks_where_commas_of_a_row_could_be_both(text, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        read_numbers(text)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2))
def test_a_row_with_decimal_commas_is_the_same_row(values):
    words = [repr(value) for value in values]
    assert read_numbers("; ".join(words)) == tuple(values)
    words = ["0.5", "2.5", *(word for word in words if not re.fullmatch(r"-?\d{1,3}\.\d{3}", word))]
    assert read_numbers(" ".join(words).replace(".", ",")) == tuple(float(word) for word in words)


def test_a_field_is_read_and_a_refusal_names_it():
    assert read_field("0,5", "y") == 0.5
    assert isinstance(read_field("3", "y"), int)
    assert read_field(None, "y") is None
    with pytest.raises(ValueError, match="y: 'a' is not a number"):
        read_field("a", "y")


def test_a_text_of_any_length_is_refused_at_once():
    """A pattern that tries each place anew would take minutes, in which nobody is answered."""
    with pytest.raises(ValueError, match="longer than a number"):
        read_number("1" * 4_000_000 + "x")
    with pytest.raises(ValueError, match="is not a number"):
        read_numbers("1" * 19_999 + "x")
    with pytest.raises(ValueError, match="at most 20,000 are read"):
        read_numbers("1 " * 10_001)


def test_scripts_read_numbers_as_python_does():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("0123.,5-+e −"), rng.integers(1, 9))) for _ in range(20000)]
    texts += [
        "1,000",
        "10,500",
        "-1,234.5",
        "1.234,5",
        "1,234,567",
        "1e999",
        "1.5e-7",
        "a'b",
        "",
        "1_0",
        "1" * 401,
    ]

    def tell(text):
        try:
            return read_number(text)
        except ValueError as mistake:
            return str(mistake)

    read = "(text) => { try { return module.readNumber(text); } catch (mistake) { return mistake.message; } }"
    told = run_module("ui/components/read_number.js", f"sent.map({read})", texts)
    assert told == [tell(text) for text in texts]
