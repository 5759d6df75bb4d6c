"""The network section: every layer of a trained network, open, for one digit."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from app.inspection.network.components.maps import ASK_FOR_MAPS, CHANNEL, FIELD_CLASS, build_maps
from app.inspection.network.notes import format_shape
from app.inspection.network.payload import Mistake
from app.inspection.network.view import explain_unit, show_network, trace_image, unpack_image
from app.ui.addresses import follow_settings, reads_address
from app.ui.components.link_notice import warn_about_link
from app.ui.components.notebook_button import build_notebook_button
from app.ui.components.notice import build_notice
from app.ui.components.number_field import build_number
from app.ui.components.prose import build_prose, build_prose_sections
from app.ui.digits import DRAWING, TEST, list_sources, read_index, take_digit
from app.ui.drawing import PAD_SIZE_PX
from app.ui.field_errors import MissingImageError, blame, list_errors
from app.ui.numbers import format_number
from app.ui.openings import postpone_value
from app.ui.packing import find_scale, pack
from app.ui.prose import load_sections
from app.ui.script_notebook import write_script_notebook
from app.ui.sections import name_section
from models.runs.library import CHOICE_INFO, list_choices
from models.values import Floats

OPENING_KEY, OPENING_INDEX = "convnet", 0

# As it stands in an address.
OPENING = {"checkpoint": OPENING_KEY, "source": TEST, "index": OPENING_INDEX}

QUESTION = """## What does every layer make of a digit?
A trained network, open: the digit goes in at the top, each layer hands its numbers to the next, and ten
probabilities come out at the foot. Point at a number to read it and to see which pixels it depends on."""

_AWAY = "Take it away: these layers as a script"

# Past the network's other listeners: a drawing matters only where it is the chosen image.
_ASK_FOR_DRAWING = f"(...values) => {{ if (values[1] === '{DRAWING}') window.{CHANNEL}?.ask?.(values); }}"

_SCRIPT = '''\
"""What every layer of a network makes of one digit: the numbers that Glassbox showed."""

import torch

from app.ui.numbers import format_number
{imports}from models.checkpoints.file import load_checkpoint

checkpoint = load_checkpoint({checkpoint!r}){comment}
network = checkpoint.network.eval()
{digit}
pixels = torch.as_tensor(image, dtype=torch.float32)[None, None]  # (1, 1, 28, 28), ink is 1


def make_hook(name):
    def print_output(module, inputs, output):
        shape = " × ".join(f"{{side:,}}" for side in output.shape[1:])
        print(f"{{name}}  {{shape}}  {{format_number(output.abs().max().item())}}")

    return print_output


# A module without children is a layer; its hook is called with what it was given and what it gave.
layers = [(name, module) for name, module in network.named_modules() if not list(module.children())]
hooks = [module.register_forward_hook(make_hook(name)) for name, module in layers]
with torch.inference_mode():
    logits = network(pixels)[0]
for hook in hooks:
    hook.remove()

logits = logits.double() / (checkpoint.info.temperature or 1.0)  # as confident as it is right
for digit, probability in enumerate(logits.softmax(dim=0).tolist()):
    print(f"{{digit}}  {{probability:.4g}}")
'''
_GALLERY = """\
image = load_gallery({source!r}).images[{index}] / 255"""
_STROKES = """\
strokes = {strokes}
image = digit_from_strokes(strokes, {size_px}).image"""
_PIXELS = """\
# Your image as the network is given it: 28 rows of 28 pixels.
image = [
{rows}
]"""


class NetworkSection(NamedTuple):
    """What the rest of the tab may wire to.

    Attributes:
        maps: The layers; its `select` brings `{"layer": name, "channel": int}` as its value.
        checkpoint: The key of the chosen checkpoint.
        source: Where the digit comes from (see `app.ui.digits`).
        index: The digit's number there.
    """

    maps: gr.HTML
    checkpoint: gr.Dropdown
    source: gr.Radio
    index: gr.Number  # type: ignore[assignment]  # tuples have a method of this name


def answer_controls(request: Any) -> str:
    """Show what stands in the controls; called by the component's script, past Gradio's queue.

    Args:
        request: `{"values": [checkpoint, source, index, drawing], "chosen": …}` from the browser, unchecked.
    """
    try:
        key, source, index, drawing = request["values"]
        chosen = request.get("chosen")
    except (KeyError, TypeError, ValueError, AttributeError):
        return pack(Mistake(error="The page sent a request without a digit."))
    try:
        return open_network(key, source, index, drawing, chosen)
    except MissingImageError as wish:
        return pack(Mistake(error=str(wish), is_missing=True))
    except ValueError as mistake:
        errors = list_errors(mistake)
        return pack(Mistake(errors=errors, error="" if errors else str(mistake)))


def answer_unit(request: Any) -> str:
    """Explain a unit that is pointed at; called by the component's script, past Gradio's queue.

    Args:
        request: `{"key", "version", "image", "layer", "channel", "with_values"}` from the browser,
            unchecked.
    """
    try:
        fields = ("key", "version", "image", "layer", "channel", "with_values")
        key, version, image, layer, channel, with_values = (request[name] for name in fields)
    except (KeyError, TypeError):
        return pack(Mistake(error="The page sent a request without a unit."))
    try:
        passage = trace_image(key, unpack_image(image))
        if passage.version != version:
            raise ValueError(
                "This checkpoint has been trained further since: choose it again to see it anew."
            )
        return pack(explain_unit(passage, layer, channel, with_values is True))
    except ValueError as mistake:
        return pack(Mistake(error=str(mistake)))


def open_network(key: Any, source: Any, index: Any, drawing: Any, chosen: Any = None) -> str:
    """Return what the component shows of a checkpoint and a digit, as JSON text.

    Raises:
        ValueError: If there is no such checkpoint or digit, or the checkpoint's file is refused.
    """
    image, note = take_digit(source, index, drawing)
    caption = "Your drawing" if source == DRAWING else f"No. {index}, {note}"
    with blame("checkpoint"):
        passage = trace_image(key, image)
    return pack(show_network(passage, caption, chosen))


def on_focus(chosen: Any, my_runs: Any) -> Any:
    """List the checkpoints that there are now; wires: checkpoint, this visitor's runs → checkpoint."""
    try:
        labels = [(choice.label, choice.key) for choice in list_choices(my_runs)]
    except ValueError:  # the file of one of the runs is damaged
        return gr.skip()
    is_there = any(key == chosen for _, key in labels)
    # A value that is set raises `change`, even where it stays the same.
    return gr.Dropdown(choices=labels) if is_there else gr.Dropdown(choices=labels, value=OPENING_KEY)


@reads_address("lab")
def on_open(my_runs: Any, request: gr.Request) -> tuple[Any, Any, Any]:
    """Show what the page's address names; wires: page's load; this visitor's runs → the controls."""
    query = dict(request.query_params)
    if (query.get("tab"), query.get("lab")) != ("inspection", "network"):
        return gr.skip(), gr.skip(), gr.skip()
    asked = {name: query.get(name, str(first)) for name, first in OPENING.items()}
    try:
        index = read_index(asked["index"])
        labels = [(choice.label, choice.key) for choice in list_choices(my_runs)]
        if asked["checkpoint"] not in [key for _, key in labels]:
            raise ValueError(f"There is no network {asked['checkpoint'][:40]!r} for you.")
        take_digit(TEST if asked["source"] == DRAWING else asked["source"], index, None)
    except ValueError as mistake:
        warn_about_link(f"The link's settings cannot be used: {mistake} This is the opening instead.")
        return gr.skip(), gr.skip(), gr.skip()
    # The list as the page has it knows no run, and Gradio takes no value that is not in its list.
    return gr.Dropdown(choices=labels, value=asked["checkpoint"]), asked["source"], index


def on_choice(key: Any, source: Any, index: Any, drawing: Any) -> Any:
    """Write the script anew; wires: the controls and the sketchpad → script. Mistakes leave it as it is."""
    try:
        return write_network_script(key, source, index, drawing)
    except ValueError:
        return gr.skip()  # the component says why


def write_network_script(key: Any, source: Any, index: Any, drawing: Any) -> str:
    """Write a script that prints each layer's name, shape and largest absolute value as they are shown.

    Raises:
        ValueError: If there is no such checkpoint or digit.
    """
    image, _ = take_digit(source, index, drawing)
    if not isinstance(key, str):
        raise ValueError(f"{key!r:.40} is not a checkpoint. Choose one of the list.")
    is_run = key.startswith("run:")
    if source == DRAWING and drawing.get("picture"):
        imports, digit = "", _PIXELS.format(rows=",\n".join(map(_write_row, image)))
    elif source == DRAWING:
        strokes = [[[float(x), float(y)] for x, y in stroke] for stroke in drawing["strokes"]]
        imports = "from models.sketch.preparation import digit_from_strokes\n"
        digit = _STROKES.format(strokes=strokes, size_px=PAD_SIZE_PX)
    else:
        imports, digit = (
            "from models.data.datasets import load_gallery\n",
            _GALLERY.format(source=source, index=index),
        )
    return _SCRIPT.format(
        imports=imports,
        digit=digit,
        checkpoint="checkpoint.safetensors" if is_run else key,
        comment="  # your run's: download it in the Training runs tab" if is_run else "",
    )


def print_network(key: Any, source: Any, index: Any, drawing: Any) -> str:
    """Return what the script prints, from the numbers that are shown.

    Raises:
        ValueError: If there is no such checkpoint or digit.
    """
    image, _ = take_digit(source, index, drawing)
    trace = trace_image(key, image).trace
    layers = [
        layer for layer in trace.layers if layer.kind != "Residual"
    ]  # its parts have lines of their own
    lines = [
        f"{layer.name}  {format_shape(layer.shape)}  {format_number(find_scale(layer.values))}"
        for layer in layers
    ]
    lines += [f"{digit}  {share:.4g}" for digit, share in enumerate(trace.probabilities.tolist())]
    return "".join(f"{line}\n" for line in lines)


def write_network_notebook(key: Any, source: Any, index: Any, drawing: Any) -> str:
    """Return the script as a notebook, with the numbers that are shown.

    Raises:
        ValueError: If there is no such checkpoint or digit.
    """
    chosen = key, source, index, drawing
    return write_script_notebook(write_network_script(*chosen), print_network(*chosen))


def _write_row(row: Floats) -> str:
    return f"    [{', '.join(f'{np.float32(pixel):.9g}' for pixel in row)}]"


def build_network_section(
    page: gr.Blocks, pad: gr.HTML, my_runs: gr.BrowserState, build_way_to_pad: Callable[[], gr.Button]
) -> NetworkSection:
    """Build the section, open on a digit of the test set.

    Args:
        page: The page being built; its load restores the settings that an address names.
        pad: The sketchpad, whose value is `{"strokes": [[[x, y], …], …], "size": side}`.
        my_runs: Ids of this visitor's runs, whose checkpoints can be chosen too.
        build_way_to_pad: Builds the button that leads to where a drawing is drawn.
    """
    opening = (OPENING_KEY, TEST, OPENING_INDEX, None)
    build_prose(QUESTION, elem_classes="gb-question", elem_id=name_section(QUESTION))
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            maps = build_maps("", answer_controls, answer_unit, elem_id="network-maps")
            postpone_value(maps, partial(open_network, *opening))
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            checkpoint = gr.Dropdown(
                [(choice.label, choice.key) for choice in list_choices([])],
                value=OPENING_KEY,
                label="Network",
                info=CHOICE_INFO,
                filterable=False,
                elem_id="network-checkpoint",
                elem_classes=f"{FIELD_CLASS}checkpoint",
            )
            source = gr.Radio(
                list_sources(),
                value=TEST,
                label="Digit",
                elem_id="network-source",
                elem_classes=f"{FIELD_CLASS}source",
            )
            index = build_number(
                OPENING_INDEX,
                low=0,
                is_whole=True,
                label="Number in the data set",
                elem_id="network-index",
                elem_classes=f"{FIELD_CLASS}index",
            )
            with gr.Row():
                before = gr.Button("Digit before", size="sm", min_width=100)
                after = gr.Button("Next digit", size="sm", min_width=100)
            build_way_to_pad()
            build_notice("error", channel=CHANNEL, elem_classes="gb-error", elem_id="network-error")
    with gr.Column(elem_classes="gb-lesson"):
        build_prose_sections(load_sections("app.inspection.network"))
        with gr.Accordion(_AWAY, open=False, elem_id=name_section(_AWAY, "network")):
            build_prose(
                "The script needs torch, safetensors and this project. It prints each layer's name, its "
                "shape and its largest absolute value, then the ten probabilities."
            )
            script = gr.Code(
                write_network_script(*opening),
                language="python",
                interactive=False,
                label="The script, to copy or download",
                wrap_lines=True,
                max_lines=24,
                elem_id="network-script",
            )
            build_notebook_button(
                "network", write_network_notebook, [checkpoint, source, index, pad], needs_project=True
            )

    inputs = [checkpoint, source, index, pad]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    live: dict[str, Any] = {**quiet, "trigger_mode": "always_last"}
    changes = [checkpoint.change, source.change, index.change]
    gr.on(changes, None, inputs, None, js=ASK_FOR_MAPS, **live)
    pad.input(None, inputs, None, js=_ASK_FOR_DRAWING, **live)
    gr.on([*changes, pad.input], on_choice, inputs, script, **live)
    pad.submit(None, None, source, js=f"() => '{DRAWING}'", **quiet)
    before.click(None, index, index, js="(index) => Math.max(0, (Math.round(index) || 0) - 1)", **quiet)
    after.click(None, index, index, js="(index) => (Math.round(index) || 0) + 1", **quiet)
    checkpoint.focus(on_focus, [checkpoint, my_runs], checkpoint, **live)
    chosen = [checkpoint, source, index]
    gr.on(changes, None, chosen, None, js=follow_settings("inspection/network", OPENING), **live)
    page.load(on_open, [my_runs], chosen, **(quiet | {"queue": True}))  # it may warn
    return NetworkSection(maps, checkpoint, source, index)
