"""The tests of the scripts that need no page: `*.test.js` beside the tests in Python, run by Node.

With all of them: `uv run node --test "tests/**/*.test.js"`.
"""

from pathlib import Path

import pytest

from tests.node import run_node

TESTS = Path(__file__).parent
FILES = sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("*.test.js"))


def test_there_are_files():
    assert FILES


@pytest.mark.parametrize("name", FILES)
def test_script(name):
    run_node(["--test", "--test-reporter=spec", TESTS / name])
