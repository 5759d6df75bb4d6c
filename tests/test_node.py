"""The tests of the scripts that need no page: `*.test.js` beside the tests in Python, run by Node.

With all of them: `uv run node --test "tests/**/*.test.js"`.
"""

import subprocess
from pathlib import Path

import pytest

from tests.node import NODE

TESTS = Path(__file__).parent
FILES = sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("*.test.js"))


def test_there_are_files():
    assert FILES


@pytest.mark.parametrize("name", FILES)
def test_script(name):
    command = [NODE, "--test", "--test-reporter=spec", TESTS / name]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
