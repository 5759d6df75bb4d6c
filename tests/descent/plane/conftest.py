"""The plain loops here add up as one core does, as the product does: batch norm's sums depend on it."""

import pytest

from models.cores import on_one_core


@pytest.fixture(scope="module", autouse=True)
def one_core():
    with on_one_core():
        yield
