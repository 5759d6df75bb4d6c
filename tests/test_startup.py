"""The first page comes about as soon as Gradio and torch themselves allow."""

import pytest

from benchmarks.startup import measure_startup


@pytest.mark.slow
def test_first_page_takes_at_most_half_as_long_again_as_an_empty_app():
    empty_seconds, our_seconds = measure_startup(num_pairs=3)
    assert our_seconds <= 1.5 * empty_seconds
