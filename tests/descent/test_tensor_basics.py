"""Tensors in a minute: what is shown is what runs, and what is said of it is so."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from models.descent.tensor_basics import run_examples

EXAMPLES = {example.title: example for example in run_examples()}
IMPORTS = "import numpy as np\nimport torch\n"


def test_covers_the_notebooks_first_cells():
    assert list(EXAMPLES) == [
        "Random numbers",
        "Ones, and the number type",
        "Addition",
        "Indexing",
        "From NumPy to torch and back",
        "The gradient",
    ]


def test_the_shown_source_prints_what_is_shown():
    """In one new interpreter, one after the other, as a learner would paste them."""
    pairs = [
        pair
        for example in EXAMPLES.values()
        for pair in ((example.source, example.printed), (example.numpy_source, example.numpy_printed))
    ]
    script = IMPORTS + "\nprint('----')\n".join(source for source, _ in pairs)
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.removesuffix("\n").split("\n----\n") == [printed for _, printed in pairs]


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_source_is_plain(example):
    for source in (example.source, example.numpy_source):
        lines = source.splitlines()
        assert 2 <= len(lines) <= 7
        assert max(map(len, lines)) <= 60, "too long for a narrow screen"
        assert not any(
            word in source for word in ("return", "def ", "# type", "np.random.seed", "torch.manual_seed")
        )
    assert "torch" not in example.numpy_source or example.title.startswith("From NumPy")


def test_touches_no_global_seed():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    state = np.random.get_state()[1].copy()
    assert run_examples() == run_examples()
    assert torch.rand(1) == expected
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_indexing_is_the_last_rows_first_two_columns():
    example = EXAMPLES["Indexing"]
    assert example.printed.splitlines()[-1] == "tensor([6, 7])"
    assert example.numpy_printed.splitlines()[-1] == "[6 7]"
    assert "last row's first two columns" in example.remark
    assert np.arange(9).reshape(3, 3)[:2, -1].tolist() == [2, 5]  # as the remark says


def test_gradient_is_minus_two_in_every_entry():
    example = EXAMPLES["The gradient"]
    assert example.printed == "tensor(1., grad_fn=<PowBackward0>)\ntensor([-2., -2., -2., -2., -2.])"
    assert example.numpy_printed == "1.0\n[-2. -2. -2. -2. -2.]"


def test_memory_is_shared_both_ways():
    example = EXAMPLES["From NumPy to torch and back"]
    assert example.printed == "tensor([5., 0., 0.], dtype=torch.float64)"
    assert example.numpy_printed == "[5. 0. 0.]"
    array = np.zeros(3)
    copied = torch.tensor(array)
    array[0] = 5
    assert copied[0] == 0  # as the remark says


def test_number_types_and_random_numbers_differ_as_said():
    ones, draws = EXAMPLES["Ones, and the number type"], EXAMPLES["Random numbers"]
    assert (ones.printed.splitlines()[-1], ones.numpy_printed.splitlines()[-1]) == (
        "torch.float32",
        "float64",
    )
    assert "manual_seed(1)" in draws.source
    assert "default_rng(1)" in draws.numpy_source
    assert draws.printed[8:14] not in draws.numpy_printed
