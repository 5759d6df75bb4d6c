"""What a visitor is told of the link that they followed reaches them."""

import inspect


def calls_warning(handler):
    code = getattr(inspect.unwrap(handler), "__code__", None)
    return code is not None and "warn_about_link" in code.co_names


def test_a_handler_that_may_warn_is_wired_through_the_queue(built_page):
    """Gradio brings a warning by the queue's stream alone: past the queue, nobody would see it."""
    warning = [function for function in built_page.fns.values() if function.fn and calls_warning(function.fn)]
    assert len(warning) >= 6
    assert [function.fn.__module__ for function in warning if not function.queue] == []
