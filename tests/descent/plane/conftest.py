"""The plain loops here add up in the order of one core, as the product does: batch norm's sums depend on it."""

import pytest

from models.cores import on_one_core


@pytest.fixture(scope="module", autouse=True)
def one_core():
    with on_one_core():
        yield
