"""The window section: one convolution or pooling, every output pixel back to its arithmetic."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import gradio as gr

from app.inspection.window.answers import compare_results, explain_sizes, show_source
from app.inspection.window.components.window import ASK_FOR_WINDOW, CHANNEL, build_window, pack_answer
from app.inspection.window.fields import MAX_SEED, NAMES, adapt, name_layer, show_fields
from app.inspection.window.link import read_query, write_query
from app.inspection.window.picture import pack_upload
from app.inspection.window.script import write_script
from app.inspection.window.settings import (
    BIASES,
    KERNELS,
    OPERATIONS,
    PICTURES,
    PRESET_SETTINGS,
    WindowSettings,
    WindowView,
    find_layer,
    find_loudest_channel,
    list_layers,
    slide_window,
)
from app.inspection.window.view import answer_error, answer_view, describe_view
from app.ui.components.grids import build_grids
from app.ui.components.notice import build_notice
from app.ui.digits import DRAWING, TEST, list_sources
from app.ui.packing import pack
from app.ui.prose import LATEX_DELIMITERS, load_sections
from models.data.datasets import load_gallery
from models.inspection.window import MAX_DILATION, MAX_KERNEL_SIZE, MAX_PADDING, MAX_STRIDE
from models.runs.library import CHOICE_INFO, list_choices

QUESTION = """## What does a kernel see as it slides over a picture?
A convolution lays a small kernel on the picture, multiplies what lies on top of each other, adds up the
products and a bias, and writes down one number. Then it moves on. Point at any pixel to see its sum."""
_COMPLETE_LINK = (
    "(query) => `${location.origin}${location.pathname}?tab=inspection&${query.split('?').pop()}`"
)
_SHOW_WINDOW = """() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const window_ = document.querySelector("#window .gb-window");
  window_.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
  window_.querySelector("canvas").focus({ preventScroll: true });
}"""


class WindowSection(NamedTuple):
    """What the rest of the tab may wire to."""

    window: gr.HTML
    fields: dict[str, Any]
    upload_button: gr.UploadButton


class Details(NamedTuple):
    """What follows once the controls rest, in the order of the outputs."""

    sizes: Any
    comparison: Any
    grids: Any
    source: Any
    script: Any
    link: Any


def answer_controls(request: Any) -> str:
    """Slide the window as the controls say, and answer it; called by its script.

    Args:
        request: `{"values": [drawing, *fields]}` from the browser, unchecked.
    """
    try:
        drawing, *values = request["values"]
        return answer_view(slide_window(read_settings(values), drawing))
    except ValueError as mistake:
        return answer_error(str(mistake))
    except (KeyError, TypeError, AttributeError, ArithmeticError):
        return pack_answer({})  # not from our page


def read_settings(values: list[Any] | tuple[Any, ...]) -> WindowSettings:
    """Return the settings that stand in the fields, which are given in the order of NAMES."""
    return WindowSettings(**dict(zip(NAMES, values, strict=True)))


def on_choice(name: str, my_runs: Any, drawing: Any, *values: Any) -> list[Any]:
    """Show the fields that go with a choice, set what follows from it, and slide; wired to every choice."""
    settings = read_settings(values)
    try:
        settings = adapt(settings, name)
        answer = answer_view(slide_window(settings, drawing))
    except ValueError as mistake:
        answer = answer_error(str(mistake))
    return [answer, *show_fields(settings, my_runs)]


def on_preset(name: str, my_runs: Any, drawing: Any) -> list[Any]:
    """Set every field as the example has it, and slide; wired to the examples' buttons."""
    settings = PRESET_SETTINGS[name][1]
    return [answer_view(slide_window(settings, drawing)), *show_fields(settings, my_runs)]


def on_upload(path: str, my_runs: Any, drawing: Any, *values: Any) -> list[Any]:
    """Take an uploaded picture; wired to the upload button. Where it is none, the picture stays."""
    settings = replace(read_settings(values), picture="upload")
    try:
        settings = replace(settings, upload=pack_upload(path))
        answer = answer_view(slide_window(settings, drawing))
    except ValueError as mistake:
        answer = answer_error(str(mistake))
    return [answer, *show_fields(settings, my_runs)]


def on_map(
    message: Any, checkpoint: Any, source: Any, index: Any, my_runs: Any, drawing: Any, *values: Any
) -> list[Any]:
    """Bring a map of a network into the window; wired to the network section's maps.

    Args:
        message: `{"layer", "channel"}` from the browser, unchecked.
        checkpoint: the network section's checkpoint.
        source: where its digit comes from.
        index: the digit's number.
        my_runs: ids of this visitor's runs.
        drawing: the sketchpad's value.
        *values: the window's own fields.
    """
    before = read_settings(values)
    try:
        settings = replace(
            before, picture="layer", checkpoint=checkpoint, source=source, index=index, layer=message["layer"]
        )
        is_pooling = find_layer(checkpoint, settings.layer).operation != "convolution"
        settings = replace(settings, **{"channel" if is_pooling else "filter": message["channel"]})
        settings = adapt(settings, "layer")
        if not is_pooling:
            settings = replace(settings, channel=find_loudest_channel(settings, drawing))
        return [answer_view(slide_window(settings, drawing)), *show_fields(settings, my_runs)]
    except ValueError as mistake:
        return [answer_error(str(mistake)), *show_fields(before, my_runs)]
    except (KeyError, TypeError):
        return [gr.skip(), *_keep_fields()]  # not from our page


def on_sent(my_runs: Any, drawing: Any, *values: Any) -> list[Any]:
    """Slide over the sketchpad's drawing, by the same operation; wired to the pad's button."""
    settings = replace(read_settings(values), picture="digit", source=DRAWING)
    try:
        settings = adapt(settings, "picture")
        answer = answer_view(slide_window(settings, drawing))
    except ValueError as mistake:
        answer = answer_error(str(mistake))
    return [answer, *show_fields(settings, my_runs)]


def on_drawing(drawing: Any, *values: Any) -> str:
    """Slide over a new drawing, where it is the picture; wired to the sketchpad's input."""
    settings = read_settings(values)
    if settings.picture not in ("digit", "layer") or settings.source != DRAWING:
        return pack_answer({})
    return answer_controls({"values": [drawing, *values]})


def on_rest(drawing: Any, *values: Any) -> Details:
    """Bring what takes longer up to date once the controls rest; wired to the window's release."""
    try:
        return explain_view(slide_window(read_settings(values), drawing))
    except (ValueError, TypeError, AttributeError):
        return Details(*[gr.skip()] * len(Details._fields))  # the fields are wrong, and say so


def on_open(my_runs: Any, request: gr.Request) -> list[Any]:
    """Restore the settings of the link that the page was opened with; wired to the page's load."""
    try:
        settings = read_query(dict(request.query_params))
    except ValueError as mistake:
        return [answer_error(f"The link's settings cannot be used: {mistake}"), *_keep_fields()]
    if settings is None:
        return [gr.skip(), *_keep_fields()]
    try:
        answer = answer_view(slide_window(settings, None))
    except (ValueError, TypeError) as mistake:
        answer = answer_error(str(mistake))
    return [answer, *show_fields(settings, my_runs)]


def _keep_fields() -> list[Any]:
    return [gr.skip()] * (1 + len(NAMES))


def explain_view(view: WindowView) -> Details:
    """Work out everything that follows at leisure."""
    comparison, panels = compare_results(view)
    return Details(
        sizes=explain_sizes(view),
        comparison=comparison,
        grids=pack(panels),
        source=show_source(view),
        script=write_script(view),
        link=write_query(view.settings),
    )


def build_window_section(
    page: gr.Blocks, pad: gr.HTML, my_runs: gr.BrowserState, build_way_to_pad: Callable[[], gr.Button]
) -> WindowSection:
    """Build the section inside the current tab, walking over a digit with the notebook's kernel.

    Args:
        page: The page being built; its load restores the settings that an address names.
        pad: The sketchpad, whose drawing can be the picture.
        my_runs: Ids of this visitor's runs, whose learned kernels can be chosen too.
        build_way_to_pad: Builds the button that leads to where a drawing is drawn.
    """
    settings = WindowSettings()
    view = slide_window(settings, None)
    details = explain_view(view)

    gr.Markdown(QUESTION, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-examples"):
        examples = {
            name: gr.Button(title, size="sm", min_width=120) for name, (title, _) in PRESET_SETTINGS.items()
        }
    with gr.Row(elem_classes="gb-bench"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            window = build_window(answer_view(view), answer_controls, elem_id="window")
            build_notice("status", describe_view(view), channel=CHANNEL, elem_id="window-status")
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls", elem_id="window-controls"):
            controls, upload_button = _build_controls(settings, build_way_to_pad)
    with gr.Column(elem_classes="gb-lesson"):
        lesson = _build_lesson(details)

    section = WindowSection(window, controls, upload_button)
    _wire(section, lesson, examples, page, pad, my_runs)
    return section


def _wire(
    section: WindowSection,
    lesson: list[Any],
    examples: dict[str, gr.Button],
    page: gr.Blocks,
    pad: gr.HTML,
    my_runs: gr.BrowserState,
) -> None:
    controls, window = section.fields, section.window
    values = [pad, *controls.values()]
    everything = [window, *controls.values(), section.upload_button]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    live: dict[str, Any] = {**quiet, "trigger_mode": "always_last", "queue": False}

    choices = ("operation", "picture", "source", "kernel", "checkpoint", "layer", "bias_kind")
    for name in choices:
        controls[name].input(partial(on_choice, name), [my_runs, *values], everything, **live)
    plain = [control for name, control in controls.items() if name not in (*choices, "upload")]
    # A textbox raises `input` for keys alone, not for what is pasted.
    changes = [control.change if isinstance(control, gr.Textbox) else control.input for control in plain]
    gr.on(changes, None, values, None, js=ASK_FOR_WINDOW, **live)
    for name, button in examples.items():
        button.click(partial(on_preset, name), [my_runs, pad], everything, **live)
    section.upload_button.upload(on_upload, [section.upload_button, my_runs, *values], everything, **quiet)
    pad.input(on_drawing, values, window, **live)
    pad.submit(on_sent, [my_runs, *values], everything, **live)

    complete_link: dict[str, Any] = {"fn": None, "inputs": lesson[-1], "outputs": lesson[-1], **quiet}
    complete_link["js"] = _COMPLETE_LINK
    window.release(on_rest, values, lesson, **live).then(**complete_link)
    page.load(on_open, [my_runs], everything, **quiet).then(**complete_link)


def open_maps_in_window(
    section: WindowSection, maps: gr.HTML, network: list[Any], my_runs: gr.BrowserState, pad: gr.HTML
) -> None:
    """Let a click on a map of the network section open that map in the window.

    Args:
        section: The window.
        maps: The network section's maps.
        network: Its checkpoint, digit source and number.
        my_runs: Ids of this visitor's runs.
        pad: The sketchpad.
    """
    controls = section.fields
    maps.select(
        on_map,
        [maps, *network, my_runs, pad, *controls.values()],
        [section.window, *controls.values(), section.upload_button],
        show_progress="hidden",
        api_visibility="private",
        queue=False,
    ).then(None, js=_SHOW_WINDOW, show_progress="hidden", api_visibility="private")


def _build_controls(
    settings: WindowSettings, build_way_to_pad: Callable[[], gr.Button]
) -> tuple[dict[str, Any], gr.UploadButton]:
    found: dict[str, Any] = {}

    def choices(titles: dict[str, str]) -> list[tuple[str, str]]:
        return [(title, name) for name, title in titles.items()]

    found["operation"] = gr.Radio(choices(OPERATIONS), value=settings.operation, label="Operation")
    found["picture"] = gr.Radio(choices(PICTURES), value=settings.picture, label="Picture")
    found["source"] = gr.Dropdown(list_sources(), value=settings.source, label="Digit from", filterable=False)
    last = len(load_gallery(TEST).images) - 1
    found["index"] = gr.Slider(0, last, settings.index, step=1, label="Number in the data set")
    build_way_to_pad()
    upload_button = gr.UploadButton(
        "Choose a picture file", file_types=["image"], type="filepath", visible=False, size="sm"
    )
    found["upload"] = gr.Textbox(settings.upload, visible=False, label="Upload")
    found["grid"] = gr.Textbox(
        settings.grid,
        lines=7,
        max_lines=16,
        max_length=4000,
        visible=False,
        label="Picture, one row a line",
        elem_classes="gb-digits",
    )
    found["checkpoint"] = gr.Dropdown(
        [(choice.label, choice.key) for choice in list_choices([])],
        value=settings.checkpoint,
        label="Network",
        info=CHOICE_INFO,
        filterable=False,
        visible=False,
    )
    found["kernel"] = gr.Dropdown(choices(KERNELS), value=settings.kernel, label="Kernel", filterable=False)
    found["seed"] = gr.Slider(0, MAX_SEED, settings.seed, step=1, label="Seed of the kernel's random numbers")
    found["typed"] = gr.Textbox(
        settings.typed,
        lines=3,
        max_lines=7,
        max_length=2000,
        visible=False,
        label="Kernel, one row a line",
        elem_classes="gb-digits",
    )
    layers = [(name_layer(layer), layer.name) for layer in list_layers(settings.checkpoint)]
    found["layer"] = gr.Dropdown(layers, value=settings.layer, label="Layer", filterable=False, visible=False)
    found["filter"] = gr.Slider(0, 15, settings.filter, step=1, label="Filter", visible=False)
    found["channel"] = gr.Slider(0, 1, settings.channel, step=1, label="Input channel", visible=False)
    found["kernel_size"] = gr.Slider(1, MAX_KERNEL_SIZE, settings.kernel_size, step=1, label="Kernel size")
    found["stride"] = gr.Slider(1, MAX_STRIDE, settings.stride, step=1, label="Stride")
    found["padding"] = gr.Slider(0, MAX_PADDING, settings.padding, step=1, label="Padding")
    found["dilation"] = gr.Slider(1, MAX_DILATION, settings.dilation, step=1, label="Dilation")
    build_notice("error", channel=CHANNEL, elem_classes="gb-error", elem_id="window-error")
    with gr.Accordion("Bias, turning, edges", open=False):
        found["bias_kind"] = gr.Radio(choices(BIASES), value=settings.bias_kind, label="Bias")
        found["bias"] = gr.Number(settings.bias, label="My bias", visible=False)
        found["flipped"] = gr.Checkbox(
            settings.flipped,
            label="Turn the kernel by 180°",
            info="As a convolution in mathematics does. PyTorch's conv2d does not: it computes a "
            "cross-correlation.",
        )
        found["hangs_over"] = gr.Checkbox(
            settings.hangs_over,
            label="Let windows hang over the right and lower edge",
            info="As in the notebook's zoom. PyTorch's layers never do that.",
        )
    return {name: found[name] for name in NAMES}, upload_button


def _build_lesson(details: Details) -> list[Any]:
    def tell(title: str, text: str) -> Any:
        with gr.Accordion(title, open=False) as accordion:
            gr.Markdown(text, latex_delimiters=LATEX_DELIMITERS)
        return accordion

    by_hand, size, *others = load_sections("app.inspection.window", "convolution")
    with tell(*size):
        sizes = gr.Markdown(
            details.sizes,
            latex_delimiters=LATEX_DELIMITERS,
            elem_classes="gb-numbers",
            elem_id="window-sizes",
        )
    with tell(*by_hand):
        comparison = gr.Markdown(
            details.comparison,
            latex_delimiters=LATEX_DELIMITERS,
            elem_classes="gb-numbers",
            elem_id="window-comparison",
        )
        grids = build_grids([], value=details.grids, elem_id="window-grids")
        source = gr.Code(
            details.source, language="python", interactive=False, label="The code that ran by hand",
            wrap_lines=True, elem_id="window-source",
        )  # fmt: skip
    for title, text in [*others, *load_sections("app.inspection.window", "pooling")]:
        tell(title, text)
    with gr.Accordion("Take it away: this window", open=False):
        gr.Markdown("A script that prints the result shown, and a link that restores it.")
        script = gr.Code(
            details.script, language="python", interactive=False, label="Script", max_lines=20,
            elem_id="window-script",
        )  # fmt: skip
        link = gr.Textbox(
            details.link, label="Link", interactive=False, buttons=["copy"], elem_id="window-link"
        )
    return [sizes, comparison, grids, source, script, link]
