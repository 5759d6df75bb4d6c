"""What a component's script asks Python for, past Gradio's queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def ask_component(channel: str) -> str:
    """Return the `js` of a control's event without a Python function: a component asks with its inputs.

    Where it is not there yet, it asks with the last of them once it is (`askAwaited` of asking.js).

    Args:
        channel: The component's (`createChannel` of answers.js).
    """
    return (
        f"(...values) => {{ const page = (window.{channel} ??= {{ answer: null, moved: {{}} }}); "
        "if (page.ask) page.ask(values); else page.awaited = values; }"
    )


def name_functions(**answers: Callable[[Any], str]) -> list[Callable[[Any], str]]:
    """Return the `server_functions` of a `gr.HTML`: each is found by its script under the name given here.

    Args:
        **answers: What is called with whatever the browser sent, and returns JSON text.
    """
    return [_name_function(name, answer) for name, answer in answers.items()]


def _name_function(name: str, answer: Callable[[Any], str]) -> Callable[[Any], str]:
    # Another function each time: Gradio goes by `__name__`, and one may answer several scripts.
    def ask(request: Any) -> str:
        return answer(request)

    ask.__name__ = name
    return ask
