"""The gradient descent tab: optimisers race down a loss, beside the theory that predicts them."""

import html
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import gradio as gr

from app.descent.answers import explain_gradient, explain_minimum, tabulate_losses, tabulate_optimizers
from app.descent.components.player import SEND_MOVED, ask_for_race, build_player, fill_moved, pack_answer
from app.descent.components.ruler import build_ruler
from app.descent.form import (
    BROKEN_MESSAGE,
    MAX_FIELD_LETTERS,
    MOVED_FIELDS,
    NOBODY,
    Form,
    ProblemError,
    fill_form,
    read_form,
)
from app.descent.landscape import is_curve, start_from_curve
from app.descent.link import read_query, write_query
from app.descent.race import (
    CONDITION_RANGE,
    MAX_LIVE_STEPS,
    MAX_POINTS,
    MOMENTUM_RANGE,
    NUM_SLOTS,
    OPENINGS,
    PROBLEM_TITLES,
    Race,
    RaceSettings,
    list_own_settings,
    run_race,
    write_numbers,
)
from app.descent.rates import explain_rates
from app.descent.script import show_sources, write_race_script
from app.descent.sentences import describe_race
from app.descent.view import CHARTS, show_race, show_ruler
from app.ui.components.notice import build_notice
from app.ui.prose import LATEX_DELIMITERS, load_sections
from models.descent.learning_rate import suggest_lr
from models.descent.optimizers import OPTIMIZERS
from models.descent.problems import DTYPES
from models.descent.tensor_basics import run_examples

QUESTION = """## Which step size gets down fastest?
Gradient descent looks for weights $w$ that make a loss $L(w)$ small. Each step goes against the gradient,
${w \\leftarrow w - \\eta\\,\\nabla L(w)}$; the step size $\\eta$, or learning rate, says how far."""

_OPTIMIZER_CHOICES = [("–", NOBODY), *((kind.title, name) for name, kind in OPTIMIZERS.items())]
_COMPLETE_LINK = "(query) => `${location.origin}${location.pathname}?tab=descent&${query.split('?').pop()}`"


class Details(NamedTuple):
    """What follows once the cursor rests, in the order of the outputs."""

    losses: Any
    minimum: Any
    rates: Any
    graph: Any
    nodes: Any
    gradient: Any
    script: Any
    sources: Any
    link: Any


def answer_controls(request: Any) -> str:
    """Race with what stands in the controls, and answer the player; called by its script.

    Args:
        request: `{"values": [chart, *form], "moved": {field: value}}` from the browser, unchecked.
    """
    try:
        chart, *values = request["values"]
        form = Form(*values)
        table: Any = form.points  # as the browser has it
        return answer_form(form._replace(points=table["data"]).put_moved(request["moved"]), chart)
    except BROKEN_MESSAGE:
        return pack_answer({})  # not from our page


def on_moved(message: Any, chart: str, *values: Any) -> str:
    """Race with what was moved by hand; wired to the ruler's and the player's input.

    The fields follow once the cursor rests: updating them takes the page longer than the race.
    """
    try:
        form = Form(*values).put_moved(message["moved"])
        moved = _read_move(form, message)
        return answer_form(form.put_moved(moved), chart, moved)
    except BROKEN_MESSAGE:
        return pack_answer({})  # not from our player, or the form is wrong and says so


def _read_move(form: Form, message: Any) -> dict[str, Any]:
    """Return the fields that follow from a start or from points dragged in the picture."""
    if "points" in message:
        return {"points": MOVED_FIELDS["points"](message["points"])}
    if "start" not in message:
        return {}
    start = [float(f"{float(value):.4g}") for value in message["start"]]
    if "start" in list_own_settings(form.problem):
        start_a, start_b = start
        return {"start_a": start_a, "start_b": start_b}
    race = run_race(read_form(form))
    if is_curve(race):
        (place,) = start
        start = list(start_from_curve(race, place))
    return {"w0": write_numbers([float(f"{value:.6g}") for value in start])}


def on_problem(problem: str, chart: str) -> list[Any]:
    """Set every control to the problem's opening, and race; wired to the choice and to "Start over"."""
    nothing_moved = dict.fromkeys(MOVED_FIELDS)
    return [answer_race(run_race(OPENINGS[problem]), chart, nothing_moved), *show_form(OPENINGS[problem])]


def on_optimizer(slot: int, message: Any, chart: str, *values: Any) -> list[Any]:
    """Give an optimiser that was chosen a step size that suits it, and race; wired to the four lists."""
    form = Form(*values).put_moved(message.get("moved") if isinstance(message, dict) else None)
    name = getattr(form, f"optimizer_{slot}")
    lr = None
    if name != NOBODY:
        try:
            race = run_race(replace(read_form(form.put_lr(slot, 1.0)), steps=1))
            lr = suggest_lr(race.problem, race.start, name)
        except ValueError:
            lr = 0.01  # the form is wrong elsewhere, and says so
    form = form.put_lr(slot, lr)
    return [
        answer_form(form, chart, {f"lr_{slot}": None}),
        lr,
        _show_momentum(form),
    ]


def on_rest(message: Any, *values: Any) -> Details:
    """Bring what takes longer up to date once the cursor rests; wired to the player's release.

    It fills no field: this answer may come late, when somebody types there already (see `fill_moved`).
    """
    message = message if isinstance(message, dict) else {}
    form = Form(*values).put_moved(message.get("moved"))
    step = message.get("iteration")
    try:
        return explain_race(run_race(read_form(form)), step if isinstance(step, int) else 0)
    except BROKEN_MESSAGE:
        return Details(*[gr.skip()] * len(Details._fields))


def on_open(request: gr.Request) -> list[Any]:
    """Restore the settings of the link that the page was opened with; wired to the page's load."""
    try:
        settings = read_query(dict(request.query_params))
        if settings is not None:
            return [answer_race(run_race(settings), CHARTS[0]), *show_form(settings)]
    except ValueError as mistake:
        # Gradio shows a warning as HTML, and a link may come from anyone.
        told = html.escape(str(mistake))
        gr.Warning(f"The link's settings cannot be used: {told} This is the opening instead.")
    # The page shows the opening already, and somebody may have changed a field since. But a number field that
    # is built empty shows 0.
    emptied = [None if value is None else gr.skip() for value in fill_form(RaceSettings())]
    return [gr.skip(), *emptied, *[gr.skip()] * len(_GROUPS)]


def answer_form(form: Form, chart: str, moved: dict[str, Any] | None = None) -> str:
    """Race with what the form says; where it is wrong, say so and leave the picture."""
    try:
        return answer_race(run_race(read_form(form)), chart, moved)
    except ProblemError as mistake:
        return pack_answer({"settings_error": "", "problem_error": str(mistake), "moved": moved or {}})
    except ValueError as mistake:
        return pack_answer({"settings_error": str(mistake), "problem_error": "", "moved": moved or {}})


def answer_race(race: Race, chart: str, moved: dict[str, Any] | None = None) -> str:
    """Answer the player with everything that follows at once from a race."""
    return pack_answer(
        {
            "race": show_race(race, chart),
            "ruler": show_ruler(race),
            "status": describe_race(race),
            "settings_error": "",
            "problem_error": "",
            "moved": moved or {},
        }
    )


def explain_race(race: Race, step: int) -> Details:
    """Work out everything that follows at leisure, with the gradient at one step."""
    graph, nodes, gradient = explain_gradient(race, step)
    return Details(
        losses=tabulate_losses(race),
        minimum=explain_minimum(race),
        rates=explain_rates(race),
        graph=graph,
        nodes=nodes,
        gradient=gradient,
        script=write_race_script(race),
        sources=show_sources(race),
        link=write_query(race.settings),
    )


def show_form(settings: RaceSettings) -> list[Any]:
    """Return updates that set the controls to these settings and show those that the problem has."""
    form, own = fill_form(settings), list_own_settings(settings.problem)
    updates: list[Any] = []
    for name, value in form._asdict().items():
        if name == "condition":
            updates.append(gr.Slider(value=value, visible=name in own))
        elif name == "momentum":
            updates.append(_show_momentum(form))
        else:
            updates.append(value)
    return updates + [gr.Column(visible=name in own) for name in _GROUPS]


# The settings whose fields stand in groups of their own, in the order of `Controls.groups`.
_GROUPS = ("x", "points", "start")


def _show_momentum(form: Form) -> gr.Slider:
    names = {getattr(form, f"optimizer_{slot}") for slot in range(1, NUM_SLOTS + 1)} - {NOBODY}
    return gr.Slider(value=form.momentum, visible=any(OPTIMIZERS[name].has_momentum for name in names))


def build_descent_tab(page: gr.Blocks) -> None:
    """Build the tab inside the current `gr.Tab`, showing the notebook's descent.

    Args:
        page: The page being built; its load restores the settings that an address names.
    """
    settings = RaceSettings()
    opening = run_race(settings)
    details, form = explain_race(opening, 0), fill_form(settings)

    gr.Markdown(QUESTION, latex_delimiters=LATEX_DELIMITERS, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-bench"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            player = build_player(show_race(opening, CHARTS[0]), answer_controls, elem_id="descent-player")
            ruler = build_ruler(show_ruler(opening), elem_id="descent-ruler")
            build_notice("status", describe_race(opening), elem_id="descent-status")
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            controls = _build_controls(form)
    with gr.Column(elem_classes="gb-lesson"):
        lesson = _build_lesson(details)

    fields = controls.fields
    inputs = [controls.chart, *fields.values()]
    everything = [player, *fields.values(), *controls.groups]
    optimizers = {f"optimizer_{slot}": slot for slot in range(1, NUM_SLOTS + 1)}

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # Past the queue, which adds 40 ms: a race is to be seen within 100.
    live: dict[str, Any] = {**quiet, "trigger_mode": "always_last", "queue": False}
    for place, (name, control) in enumerate({"chart": controls.chart, **fields}.items()):
        if name in optimizers:
            slot = optimizers[name]
            outputs = [player, fields[f"lr_{slot}"], fields["momentum"]]
            control.input(partial(on_optimizer, slot), [player, *inputs], outputs, js=SEND_MOVED, **live)
        elif name != "problem":
            # A textbox raises `input` for keys alone, not for what is pasted.
            is_text = isinstance(control, gr.Textbox)
            change, js = (
                (control.change, ask_for_race(name, place))
                if is_text
                else (control.input, ask_for_race(name))
            )
            change(None, inputs, None, js=js, **live)
    gr.on(
        [fields["problem"].input, controls.start_over.click],
        on_problem,
        [fields["problem"], controls.chart],
        everything,
        **live,
    )
    for moved in (ruler, player):
        # They send one message at a time and wait for its answer, so none may be merged with the next.
        moved.input(on_moved, [moved, *inputs], player, **live | {"trigger_mode": "multiple"})

    movable = [fields[name] for name in MOVED_FIELDS]
    player.release(None, movable, movable, js=fill_moved(list(MOVED_FIELDS)), **live)
    complete_link: dict[str, Any] = {
        "fn": None,
        "inputs": lesson["link"],
        "outputs": lesson["link"],
        "js": _COMPLETE_LINK,
        **quiet,
    }
    player.release(on_rest, [player, *fields.values()], [*lesson.values()], **live).then(**complete_link)
    page.load(on_open, None, everything, **quiet).then(**complete_link)


class Controls(NamedTuple):
    """The column of controls: its fields by name, in the form's order, and what else it holds."""

    fields: dict[str, Any]
    chart: gr.Radio
    groups: list[gr.Column]
    start_over: gr.Button


def _build_controls(form: Form) -> Controls:
    fields: dict[str, Any] = {}
    fields["problem"] = gr.Dropdown(
        [(title, name) for name, title in PROBLEM_TITLES.items()],
        value=form.problem,
        label="What to minimise",
        filterable=False,
        elem_id="descent-problem",
    )
    fields["condition"] = gr.Slider(
        *CONDITION_RANGE, form.condition, step=1, label="Condition number κ", visible=False
    )
    gr.Markdown("**Who races**, and the step size η of each", elem_classes="gb-small")
    for slot in range(1, NUM_SLOTS + 1):
        name, lr = getattr(form, f"optimizer_{slot}"), getattr(form, f"lr_{slot}")
        with gr.Row(elem_classes=["gb-racer", f"gb-racer-{slot}"]):
            fields[f"optimizer_{slot}"] = gr.Dropdown(
                _OPTIMIZER_CHOICES,
                value=name,
                label=f"Optimiser {slot}",
                filterable=False,
                container=False,
                min_width=140,
                scale=3,
            )
            fields[f"lr_{slot}"] = gr.Number(
                lr,
                label=f"Step size of optimiser {slot}",
                placeholder="",  # or the empty field shows 0
                show_label=False,
                container=False,
                min_width=80,
                scale=2,
            )
    fields["momentum"] = gr.Slider(
        *MOMENTUM_RANGE,
        form.momentum,
        step=0.001,
        label="Momentum β",
        visible=False,
    )
    fields["steps"] = gr.Slider(1, MAX_LIVE_STEPS, form.steps, step=1, label="Iterations")
    chart = gr.Radio(CHARTS, value=CHARTS[0], label="The chart shows")
    build_notice("settings_error", elem_classes="gb-error", elem_id="descent-error")
    with gr.Accordion("Change the numbers", open=False):
        with gr.Column(visible=True) as toy:
            fields["x"] = gr.Textbox(form.x, label="x, 1 to 8 numbers", max_length=MAX_FIELD_LETTERS)
            fields["y"] = gr.Number(form.y, label="y")
            fields["w0"] = gr.Textbox(form.w0, label="w₀, as many as x", max_length=MAX_FIELD_LETTERS)
        with gr.Column(visible=False) as line:
            fields["points"] = gr.Dataframe(
                form.points,
                headers=["x", "y"],
                datatype="number",
                type="array",
                column_count=2,
                interactive=True,
                label=f"The points, 2 to {MAX_POINTS}",
                elem_id="descent-points",
            )
        with gr.Column(visible=False) as start, gr.Row():
            fields["start_a"] = gr.Number(form.start_a, label="Start: weight 1", min_width=100)
            fields["start_b"] = gr.Number(form.start_b, label="Start: weight 2", min_width=100)
        fields["dtype"] = gr.Radio(list(DTYPES), value=form.dtype, label="Number type")
    build_notice("problem_error", elem_classes="gb-error", elem_id="descent-problem-error")
    start_over = gr.Button("Start over", size="sm")
    ordered = {name: fields[name] for name in Form._fields}
    return Controls(ordered, chart, [toy, line, start], start_over)


def _build_lesson(details: Details) -> dict[str, Any]:
    printed, step, minimum, rates, backward, optimizers, tensors = load_sections("app.descent")

    def tell(section: tuple[str, str]) -> None:
        gr.Markdown(section[1], latex_delimiters=LATEX_DELIMITERS)

    def follow(text: str, name: str, max_height: int | None = None) -> gr.Markdown:
        return gr.Markdown(
            text,
            latex_delimiters=LATEX_DELIMITERS,
            max_height=max_height,
            elem_classes="gb-numbers",
            elem_id=f"descent-{name}",
        )

    shown: dict[str, Any] = {}
    with gr.Accordion(printed[0], open=True):
        tell(printed)
        shown["losses"] = follow(details.losses, "losses", max_height=480)
    with gr.Accordion(step[0], open=False):
        tell(step)
    with gr.Accordion(minimum[0], open=False):
        tell(minimum)
        shown["minimum"] = follow(details.minimum, "minimum")
    with gr.Accordion(rates[0], open=False):
        tell(rates)
        shown["rates"] = follow(details.rates, "rates")
    with gr.Accordion(backward[0], open=False):
        tell(backward)
        shown["gradient"] = follow(details.gradient, "gradient")
        shown["graph"] = gr.HTML(details.graph, elem_id="descent-graph")
        with gr.Accordion("The graph as a table", open=False):
            gr.Markdown("“Takes” names the rows that a node is fed from; 2[0] is the first output of row 2.")
            shown["nodes"] = follow(details.nodes, "nodes")
    with gr.Accordion(optimizers[0], open=False):
        tell(optimizers)
        gr.Markdown(tabulate_optimizers(), latex_delimiters=LATEX_DELIMITERS, elem_classes="gb-numbers")
    with gr.Accordion(tensors[0], open=False):
        tell(tensors)
        _build_examples()
    with gr.Accordion("Take it away: this race as a script, as a link, and the code that ran", open=False):
        gr.Markdown(
            "The script needs torch alone and prints the losses of the table above, to the last digit."
        )
        shown["script"] = gr.Code(
            details.script,
            language="python",
            interactive=False,
            label="The script, to copy or download",
            wrap_lines=True,
            max_lines=24,
            elem_id="descent-script",
        )
        shown["link"] = gr.Textbox(
            details.link,
            label="A link to this race",
            interactive=False,
            buttons=["copy"],
            elem_id="descent-link",
        )
        shown["sources"] = gr.Code(
            details.sources,
            language="python",
            interactive=False,
            label="The code that ran on this page, from its own source",
            wrap_lines=True,
            max_lines=24,
        )
    return {name: shown[name] for name in Details._fields}


def _build_examples() -> None:
    """Show each example in torch and beside it in NumPy, with what each printed."""
    for example in run_examples():
        gr.Markdown(f"**{example.title}**")
        with gr.Row():
            for name, source, printed in (
                ("torch", example.source, example.printed),
                ("NumPy", example.numpy_source, example.numpy_printed),
            ):
                with gr.Column(min_width=280):
                    gr.Markdown(f"In {name}:\n```python\n{source}\n```\nprints\n```text\n{printed}\n```")
        gr.Markdown(example.remark)
