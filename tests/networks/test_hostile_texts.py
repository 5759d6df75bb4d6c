"""Texts that would run something, or take for ever, are refused; nothing runs."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.networks.layers.examination import examine_layers
from models.networks.layers.reader.program import MAX_TEXT, read_program
from tests.networks.network_texts import RELU, write_class

TOUCHED = "touched-by-the-text"
HARMS = (
    f"open('{TOUCHED}', 'w')", f"__import__('pathlib').Path('{TOUCHED}').touch()",
    f"exec(\"open('{TOUCHED}', 'w')\")", f"(lambda: open('{TOUCHED}', 'w'))()",
    f"[open('{TOUCHED}', 'w')][0]", f"nn.__class__.__mro__[1].__subclasses__()[0]('{TOUCHED}')",
    f"f'{{open(\"{TOUCHED}\", \"w\")}}'", "9 ** 9 ** 9", "'a' * 10 ** 9", "[0] * 10 ** 9",
    "(" * 300 + ")" * 300, "1 << 10 ** 6", "-" * 3000 + "1", "[x for x in range(10 ** 9)]", "{**{}}",
    "nn." + "nn." * 2000 + "ReLU()", "await x", "yield 1", "*x", "x := 3", "self.training.__dict__",
    "torch.load('x.pt')", "nn.Module.__init__", "\x00", "1e400", "1j", "...", "b'x'", "9" * 5000,
    "int('9' * 9)", "int(1e400)", "super().__init__()", "x if x else x", "not x", "x @ x", "lambda: 0",
)  # fmt: skip
PLACES = (
    "{}", "net = {}", "nn.Sequential({})", "nn.Sequential(nn.Linear(784, {}))",
    "nn.Sequential(nn.Conv2d(1, 8, {}))", "nn.Sequential(*{})", "nn.Sequential(nn.Dropout(p={}))",
    "@{}\nclass A(nn.Module): pass", "def f(a={}): pass",
    "class A({}):\n  def __init__(self): pass\n  def forward(self, x): return x", "import {}", "del {}",
    "a[{}] = 1", "for i in {}: pass", "with {} as f: pass", "assert {}", "raise {}",
    "nn.Sequential(nn.ReLU(), {}=1)",
    *(write_class(*pair).replace("{", "{{").replace("}", "}}").replace("HOLE", "{}") for pair in [
        ("self.a = HOLE", "return self.a(x)"), ("HOLE", "return x"),
        ("self.a = nn.Linear(HOLE, 10)", "return self.a(x)"), (RELU, "return HOLE"),
        (RELU, "x = HOLE\nreturn self.a(x)"), (RELU, "return self.a(x, HOLE)"),
        (RELU, "return x.view(HOLE, -1)"),
    ]),
)  # fmt: skip


def check_hostile_text(place, harm, other):
    """Return a text that was refused, "" for one in which what is hostile stands where nothing is taken."""
    text = place.format(harm.replace("x", f"({other})") if len(other) < 100 else harm)
    harmless = {"{}", "net = {}", "nn.Sequential(nn.Dropout(p={}))"}
    problem = ""
    try:
        examine_layers(read_program(text).layers)
    except ValueError as error:
        problem = str(error)
    assert problem.endswith(".") or place not in harmless  # such as a default that no layer has
    assert len(problem) < 600
    assert not Path(TOUCHED).exists()
    return text if problem else ""


@settings(max_examples=50)
@given(st.sampled_from(PLACES), st.sampled_from(HARMS), st.sampled_from(HARMS))
def test_hostile_text_is_refused_and_nothing_runs(place, harm, other):
    check_hostile_text(place, harm, other)


@pytest.mark.gate
def test_more_than_five_hundred_hostile_texts_are_refused_and_nothing_runs():
    refused = {check_hostile_text(place, harm, "x") for place in PLACES for harm in HARMS} - {""}
    assert len(refused) > 500


def repeat_lines(line, last, count=400):
    """Write lines that each take the one before: `count` of them, or as many as the text's length allows."""
    lines, length = [], len(last)
    for number in range(1, count + 1):
        lines.append(line.format(here=number, before=number - 1))
        length += len(lines[-1]) + 30
        if length > MAX_TEXT:
            break
    return "\n".join(lines), len(lines)


def write_growing(first, line, last):
    lines, count = repeat_lines(line, first + last)
    return f"{first}\n{lines}\n{last.format(last=count)}"


SLOW = {
    "a Sequential of itself twice, empty": write_growing(
        "m0 = nn.Sequential()", "m{here} = nn.Sequential(m{before}, m{before})", "nn.Sequential(m{last}, 1)"
    ),
    "a list of itself twice, in a sentence": write_growing(
        "m0 = [1]", "m{here} = [m{before}, m{before}]", "nn.Sequential(nn.Conv2d(1, 8, m{last}))"
    ),
    "two equal lists of themselves, compared": write_growing(
        "m0 = [1]\nn0 = [1]", "m{here} = [m{before}, m{before}]\nn{here} = [n{before}, n{before}]",
        "nn.Sequential(nn.Conv2d(1, 8, [m{last}, n{last}]))",
    ),
    "blocks of blocks": write_growing(
        "m0 = nn.ReLU()", "m{here} = nn.Sequential(Residual(m{before}), Residual(m{before}))",
        "nn.Sequential(m{last})",
    ),
    "a chain of calls": f"x = nn.x{'.a()' * 200}",
    "many calls, one within the other": write_class(RELU, f"return {'self.a(' * 150}x{')' * 150}"),
    "sums of sums": write_class(RELU, "x += self.a(x)\n" * 800),
    "many long branches": write_class(
        f"self.a = nn.Sequential({'Residual(nn.ReLU()),' * 20})", "y = self.a(x)\n" * 800 + "return y"
    ),
    "many short lines": "a=-1\n" * 3_900,
    "much to quote": f"nn.Sequential({'b,' * 9_900})",
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_text_that_would_take_for_ever_does_not(name):
    """Without a bound each takes minutes to years, or fills the memory."""
    assert len(SLOW[name]) <= MAX_TEXT
    with pytest.raises(ValueError, match=r"\.$"):
        read_program(SLOW[name])


def test_long_text_is_refused():
    with pytest.raises(ValueError, match=f"at most {MAX_TEXT:,} characters, not 1,000,000"):
        read_program("x" * 10**6)
    with pytest.raises(ValueError, match="at most 40 layers"):
        read_program(f"nn.Sequential({'nn.ReLU(),' * 1000})")
