"""The page as another program sees it."""

import pytest
from gradio_client import Client


@pytest.fixture(scope="module")
def client(served_page):
    return Client(served_page, verbose=False)
