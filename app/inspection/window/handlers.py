"""What happens when a control of the window is used, or the rest of the page brings it something to show."""

from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr

from app.inspection.window.answers import compare_results, explain_sizes, show_source
from app.inspection.window.controls import Update, update_controls
from app.inspection.window.image import pack_upload
from app.inspection.window.layers import find_layer
from app.inspection.window.limits import adapt
from app.inspection.window.link import read_query, write_query
from app.inspection.window.script import write_script
from app.inspection.window.settings import EXAMPLES, SETTINGS, WindowSettings, read_settings
from app.inspection.window.sliding import WindowView, find_loudest_channel, slide_window
from app.inspection.window.view import answer_error, answer_view
from app.ui.addresses import reads_address
from app.ui.digits import DRAWING
from app.ui.field_errors import blame
from app.ui.packing import pack
from app.ui.rendering import render_markdown

# What a handler answers that changes the controls alone. The window asks then, with all that stands in them
# by that time: of several answers on their way, none could be shown last that knows less.
NO_MISTAKE = pack({})


class Details(NamedTuple):
    """What follows once the controls rest, in the order of the outputs."""

    sizes: Any = gr.skip()
    comparison: Any = gr.skip()
    grids: Any = gr.skip()
    source: Any = gr.skip()
    script: Any = gr.skip()
    link: Any = gr.skip()


def answer_controls(request: Any) -> str:
    """Slide the window as the controls say, and answer it; called by its script.

    Args:
        request: `{"values": [drawing, *settings]}` from the browser, unchecked.
    """
    try:
        drawing, *values = request["values"]
        return answer_view(slide_window(read_settings(values), drawing))
    except ValueError as mistake:
        return answer_error(mistake)
    except (KeyError, TypeError, AttributeError, ArithmeticError):
        return pack({})  # not from our page


def on_choice(listed: WindowSettings, my_runs: Any, *values: Any) -> Any:
    """Show the controls that go with a choice, and set what follows from it; wired to every choice.

    Args:
        listed: The settings for which the controls are shown.
        my_runs: Ids of this visitor's runs.
        *values: What stands in the controls.
    """
    sent = read_settings(values)
    chosen = [
        name
        for name, setting in SETTINGS.items()
        if setting.kind == "choice" and getattr(sent, name) != getattr(listed, name)
    ]
    return update_controls(NO_MISTAKE, _follow(sent, chosen), my_runs, sent)


def on_example(name: str, my_runs: Any, *values: Any) -> Any:
    """Set every control as the example has it; wired to the examples' buttons."""
    return update_controls(NO_MISTAKE, EXAMPLES[name][1], my_runs, read_settings(values))


def on_upload(file: bytes | None, my_runs: Any, *values: Any) -> Any:
    """Take an uploaded image; wired to the upload button. Where it is none, the last result stays."""
    sent = read_settings(values)
    settings, answer = replace(sent, picture="upload"), NO_MISTAKE
    try:
        with blame("upload"):
            settings = replace(settings, upload=pack_upload(file or b""))
    except ValueError as mistake:
        answer = answer_error(mistake)
    return update_controls(answer, settings, my_runs, sent)


def on_map(
    message: Any, checkpoint: Any, source: Any, index: Any, my_runs: Any, drawing: Any, *values: Any
) -> Any:
    """Follow a map of a network back to its arithmetic; wired to the network section's maps.

    Args:
        message: `{"layer", "channel"}` from the browser, unchecked.
        checkpoint: the network section's checkpoint.
        source: where its digit comes from.
        index: the digit's number.
        my_runs: ids of this visitor's runs.
        drawing: the sketchpad's value.
        *values: what stands in the window's own controls.
    """
    sent = read_settings(values)
    try:
        settings = replace(
            sent, picture="layer", checkpoint=checkpoint, source=source, index=index, layer=message["layer"]
        )
        is_pooling = find_layer(checkpoint, settings.layer).operation != "convolution"
        settings = replace(settings, **{"channel" if is_pooling else "filter": message["channel"]})
        settings = adapt(settings, "layer")
        if is_pooling:
            slide_window(settings, drawing)  # or it says what is wrong
        else:
            settings = replace(settings, channel=find_loudest_channel(settings, drawing))
        return update_controls(NO_MISTAKE, settings, my_runs, sent)
    except ValueError as mistake:
        return update_controls(answer_error(mistake), sent, my_runs, sent)
    except (KeyError, TypeError):
        return Update()  # not from our page


def on_sent(my_runs: Any, *values: Any) -> Any:
    """Choose the sketchpad's drawing, and keep the operation; wired to the pad's button."""
    sent = read_settings(values)
    settings = replace(sent, picture="digit", source=DRAWING)
    return update_controls(NO_MISTAKE, _follow(settings, ["picture"]), my_runs, sent)


def _follow(settings: WindowSettings, chosen: list[str]) -> WindowSettings:
    """Return the settings with what follows from these choices; where nothing can, the window says why."""
    try:
        for name in chosen:
            settings = adapt(settings, name)
    except ValueError:
        pass
    return settings


def on_rest(drawing: Any, *values: Any) -> Details:
    """Bring what takes longer up to date once the controls rest; wired to the window's release."""
    try:
        return explain_view(slide_window(read_settings(values), drawing))
    except (ValueError, TypeError, AttributeError):
        return Details()  # the settings are wrong, and the notice says so


@reads_address("picture")
def on_open(my_runs: Any, request: gr.Request) -> Any:
    """Restore the settings of the link that the page was opened with; wired to the page's load."""
    try:
        settings = read_query(dict(request.query_params))
    except ValueError as mistake:
        return Update(answer_error(ValueError(f"The link's settings cannot be used: {mistake}")))
    if settings is None:
        return Update()
    try:
        answer = answer_view(slide_window(settings, None))
    except (ValueError, TypeError) as mistake:
        answer = answer_error(mistake if isinstance(mistake, ValueError) else ValueError(str(mistake)))
    return update_controls(answer, settings, my_runs, WindowSettings())


def explain_view(view: WindowView) -> Details:
    """Work out everything that follows at leisure."""
    comparison, panels = compare_results(view)
    return Details(
        sizes=render_markdown(explain_sizes(view)),
        comparison=render_markdown(comparison),
        grids=pack({"panels": panels}),
        source=show_source(view),
        script=write_script(view),
        link=write_query(view.settings),
    )
