"""A page that checks what it is sent before Gradio takes it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import anyio.to_thread
import gradio as gr

from app.server.calls import (
    NO_SUCH_UPLOAD,
    NOT_UPLOADED,
    TOO_DEEP,
    UNREADABLE_VALUE,
    check_number,
    check_texts,
    complete_values,
)
from app.server.gradio_patches.fair_queue import FairQueue
from app.server.gradio_patches.patch import Patch
from app.server.large_values import is_large
from app.server.turns import Call

PATCH = Patch(
    "checked calls",
    "Gradio answers a call that has too few values, half a letter or a file that was not uploaded with "
    "an empty error, and some of them never.",
    "Programs are not told what is wrong; one call can make all later ones of its session hang.",
    (
        "gradio.blocks.Blocks.preprocess_data(self, block_fn, inputs, state, explicit_call)",
        "gradio.blocks.Blocks.queue(self, status_update_rate, api_open, max_size, default_concurrency_limit)",
        *(f"block_fn.{name}" for name in ("api_name", "api_visibility", "fn", "inputs")),
    ),
)


class Page(gr.Blocks):
    """A page whose visitors take turns, and that says to programs what Gradio refuses for it."""

    def queue(self) -> Page:
        """Make the queue that an empty page has; Gradio would make an app as well, and makes others later."""
        self._queue = FairQueue(self)
        return self

    def check_room(self, call: Call, others: Sequence[Call]) -> None:
        """Refuse a call for which the queue has no room (see `FairQueue.check_room`)."""
        cast(FairQueue, self._queue).check_room(call, others)

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> Any:
        """Check what was sent, and turn it into the arguments of the function."""
        if block_fn.fn is None:  # the browser answers it alone
            raise gr.Error(UNREADABLE_VALUE, print_exception=False)
        if is_large(inputs):
            await anyio.to_thread.run_sync(check_texts, inputs)
        else:
            check_texts(inputs)
        if block_fn.api_visibility != "public":
            return await self._preprocess_private(block_fn, inputs, *args, **kwargs)
        inputs = complete_values(block_fn.fn, inputs)
        check_number(block_fn.api_name, block_fn.fn, len(inputs), len(block_fn.inputs))
        try:
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except RecursionError as error:
            raise gr.Error(TOO_DEEP, print_exception=False) from error
        except (ValueError, TypeError, OSError) as error:  # the endpoints' own checks come later
            raise gr.Error(NOT_UPLOADED, print_exception=False) from error

    async def _preprocess_private(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> Any:
        """Do the same for what the page itself sends, where nobody needs a traceback of a wrong value."""
        for component, value in zip(block_fn.inputs, inputs, strict=False):
            if isinstance(component, gr.Number | gr.Slider) and isinstance(
                value, bool
            ):  # Gradio lets it pass
                raise gr.Error(UNREADABLE_VALUE, print_exception=False)
        try:
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except gr.Error as error:  # as for a number beyond a slider's bounds
            error.print_exception = False
            raise
        except OSError as error:
            raise gr.Error(NO_SUCH_UPLOAD, print_exception=False) from error
        except Exception as error:
            raise gr.Error(UNREADABLE_VALUE, print_exception=False) from error
