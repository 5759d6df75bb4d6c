"""The training loop on one real batch, and the notebook's wrong name in it, as the page shows them."""

from __future__ import annotations

from app.ui.card_button import write_card_button
from app.ui.numbers import write_percent
from app.ui.rendering import render_markdown
from app.ui.script_notebook import write_script_notebook
from models.training.namesake import NUM_BATCHES, NUM_VALIDATED, NamedTraining, compare_names
from models.training.one_step import (
    BATCH_SIZE,
    DROPOUT,
    LEARNING_RATE,
    SEED,
    SHOWN_NETWORKS,
    OneStep,
    take_one_step,
)

NETWORK_CHOICES = [
    ("Logistic regression", "logistic"),
    ("Multi-layer perceptron", "mlp"),
    ("ConvNet", "convnet"),
]
OPENING = SHOWN_NETWORKS[1]  # the notebook's first network

_SCRIPT = '''\
"""One step of the training loop, {title}: what each line leaves behind it.

The images come from this project's package: run it in the project's folder.
"""

import torch
from torch import nn

from models.data.datasets import load_gallery

gallery = load_gallery("train")
images = torch.tensor(gallery.images[:{batch_size}]).unsqueeze(1) / 255
labels = torch.tensor(gallery.labels[:{batch_size}])

torch.manual_seed({seed})
model = {layers}
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr={lr})
weight = list(model.parameters())[-2]  # of the last layer

model.train()
for inputs, targets in [(images, labels)]:
    print(f"inputs {{tuple(inputs.shape)}}, gradient {{weight.grad}}")
    optimizer.zero_grad()
    outputs = model(inputs)
    loss = criterion(outputs, targets)
    print(f"outputs {{tuple(outputs.shape)}}, loss {{loss.item():.6f}}")
    loss.backward()
    w, g = weight[{row}, {column}].item(), weight.grad[{row}, {column}].item()
    print(f"w = {{w:.7f}}, g = {{g:.7f}}, w - {lr} * g = {{w - {lr} * g:.7f}}")
    optimizer.step()
    print(f"after the step w = {{weight[{row}, {column}].item():.7f}}")

model.eval()
with torch.no_grad():
    print(f"loss of the same batch {{criterion(model(images), labels).item():.6f}}")

criterion(model(images), labels).backward()  # without zero_grad
print(f"without zero_grad: gradient {{weight.grad[{row}, {column}].item():.7f}}")
optimizer.zero_grad()
criterion(model(images), labels).backward()
print(f"with it: gradient {{weight.grad[{row}, {column}].item():.7f}}")
'''


def show_one_step(name: str) -> str:
    """Show one step of a network line by line, as HTML.

    Raises:
        ValueError: If the network is none of those that are shown.
    """
    step = take_one_step(name)
    text = f"{_describe_setting(step)}\n\n{_tabulate_lines(step)}\n\n{_explain_step(step)}"
    return render_markdown(text) + write_card_button("table", f"The training loop, {step.title}")


def _describe_setting(step: OneStep) -> str:
    weight = step.weight
    return (
        f"The first {BATCH_SIZE} images of the {step.source}, and {step.title}:\n\n"
        f"```python\nmodel = {step.layers}\ncriterion = nn.CrossEntropyLoss()\n"
        f"optimizer = torch.optim.SGD(model.parameters(), lr={LEARNING_RATE})\n```\n\n"
        f"One weight is followed, $w$ = `{weight.name}[{weight.row}, {weight.column}]`: of the last layer, "
        "the one with the largest gradient in this batch."
    )


def _tabulate_lines(step: OneStep) -> str:
    weight = step.weight
    labels = " ".join(map(str, step.labels[:8]))
    fresh, training, evaluation = step.modes
    w, g, after = map(_write, (weight.before, weight.gradient, weight.after))
    moved = "changed" if step.are_weights_moved_by_backward else "no weight has changed"
    rows = [
        ("model.train()", f"`model.training`: {training}, as in a fresh network ({fresh})"),
        (
            "for inputs, targets in trainloader:",
            f"`inputs` {step.images_shape}; `targets` ({len(step.labels)},): {labels} …",
        ),
        (
            "    optimizer.zero_grad()",
            f"`w.grad`: {step.states.fresh}, as before: nothing was computed yet",
        ),
        ("    outputs = model(inputs)", f"logits {step.logits_shape}, ten for each image"),
        ("    loss = criterion(outputs, targets)", f"one number with a history: `{step.first_loss}`"),
        ("    loss.backward()", f"`w.grad`: {step.states.fresh} → {g}; {moved}"),
        ("    optimizer.step()", f"$w$: {w} → {after}; `w.grad` is still {g}"),
        ("model.eval()", f"`model.training`: {training} → {evaluation}"),
        (
            "with torch.no_grad():",
            f"`outputs.requires_grad`: {step.records[0]} in the loop, {step.records[1]} here",
        ),
        (
            "    loss = criterion(model(inputs), targets)",
            f"the same batch once more: {step.loss_before:.4f} → {step.loss_after:.4f}",
        ),
    ]
    lines = ["| Line | What it leaves behind |", "|:--|:--|"]
    for code, left in rows:
        indent = "\u2003" if code.startswith(" ") else ""
        lines.append(f"| {indent}`{code.strip()}` | {left} |")
    return "\n".join(lines)


def _explain_step(step: OneStep) -> str:
    weight, states, dropout = step.weight, step.states, step.dropout
    w, g, arithmetic, after = (
        _write(value) for value in (weight.before, weight.gradient, weight.arithmetic, weight.after)
    )
    following, added = _write(weight.next_gradient), _write(weight.added_gradient)
    total = _write(weight.gradient + weight.next_gradient)
    trained, evaluated = (
        " and ".join(f"{value:.4f}".replace("-", "−") for value in pair)
        for pair in (dropout.training, dropout.evaluation)
    )
    return "\n\n".join(
        [
            f"**The step by hand.** $w - \\eta\\,g$ = {w} − {LEARNING_RATE} · ({g}) = {arithmetic}. In the "
            f"tensor stands {after}.",
            f"**`zero_grad()` forgotten.** At the new weights the same batch has the gradient {following}. "
            f"`backward()` adds it to what is there: without `zero_grad()`, `w.grad` is {added}, which is "
            f"{g} + ({following}) = {total}. The next step would go by the sum of both, and the one after it "
            "by three.",
            f"**None or 0.** `zero_grad()` leaves `w.grad` at {states.erased}: since PyTorch 2.0 it lets go "
            f"of the tensor. With `set_to_none=False` it fills it with {states.filled:g}, as it did when the "
            "notebook was written. To `backward()` both are nothing to add to; a step leaves a weight alone "
            "whose gradient is None.",
            f"**`eval()` and dropout.** The same network with `nn.Dropout({DROPOUT:g})` before its last "
            f"layer is asked for the first image's logit of its class, {step.labels[0]}, twice each. After "
            f"`train()`: {trained}, since other features are dropped each time. After `eval()`: {evaluated}.",
            f"**`.item()`.** `loss` is a tensor, `{step.first_loss}`; `loss.item()` is the number "
            f"`{step.loss_before!r}`. The tensor brings along the record of its computation, which ends in "
            f"`{step.graph_node}`: a sum of such tensors keeps the records of all batches.",
        ]
    )


def _write(value: float) -> str:
    """Write a number with seven decimals: float32 has no more to say of a weight."""
    return f"{value:.7f}".replace("-", "−")


def write_one_step_script(step: OneStep) -> str:
    """Write the script that makes this step and prints what the page shows of it."""
    return _SCRIPT.format(
        title=step.title,
        batch_size=BATCH_SIZE,
        seed=SEED,
        layers=step.layers,
        lr=LEARNING_RATE,
        row=step.weight.row,
        column=step.weight.column,
    )


def write_one_step_notebook(name: str) -> str:
    """Write the script as a notebook, with what it prints.

    Raises:
        ValueError: As `show_one_step`.
    """
    step = take_one_step(name)
    weight = step.weight
    printed = (
        f"inputs {step.images_shape}, gradient {step.states.fresh}\n"
        f"outputs {step.logits_shape}, loss {step.loss_before:.6f}\n"
        f"w = {weight.before:.7f}, g = {weight.gradient:.7f}, "
        f"w - {LEARNING_RATE} * g = {weight.arithmetic:.7f}\n"
        f"after the step w = {weight.after:.7f}\n"
        f"loss of the same batch {step.loss_after:.6f}\n"
        f"without zero_grad: gradient {weight.added_gradient:.7f}\n"
        f"with it: gradient {weight.next_gradient:.7f}\n"
    )
    return write_script_notebook(write_one_step_script(step), printed)


def show_names() -> str:
    """Show what four trainings by the two names did, as HTML."""
    trainings = compare_names()
    tables = (_tabulate_names(trainings[:2]), _tabulate_names(trainings[2:]))
    text = "\n\n".join([*tables, _explain_names(trainings)])
    return render_markdown(text) + write_card_button("table", "net or model")


def _tabulate_names(trainings: tuple[NamedTraining, ...]) -> str:
    """Write what the two names do to one network, a column each: so it fits on a phone."""
    other = "`net` itself" if trainings[0].is_net else "the second; `net` is still the first"
    columns = [
        (
            f"`{training.asked}`",
            f"{training.loop_loss:.3f}",
            f"{training.net_moved:.3f}",
            f"{training.model_moved:.3f}",
            f"{training.validation_loss:.3f}",
            write_percent(training.validation_accuracy),
        )
        for training in trainings
    ]
    names = (
        f"`model` is {trainings[0].trained}, {other}. Asked:",
        "Loss in the loop",
        "`net` moved by",
        "`model` moved by",
        "Validation: loss",
        "Validation: accuracy",
    )
    head, *rows = (f"| {' | '.join(line)} |" for line in zip(names, *columns, strict=True))
    return "\n".join([head, "|:--|--:|--:|", *rows])


def _explain_names(trainings: tuple[NamedTraining, ...]) -> str:
    first_net, first_model, second_net, second_model = trainings
    same = "in every digit" if first_net.loop_loss == first_model.loop_loss else "nearly"
    return (
        f"{NUM_BATCHES} batches of {BATCH_SIZE} images each, validated on {NUM_VALIDATED} others. The loss "
        "in the loop is the mean of its last batches; “moved by” is how far the weights went. In the first "
        f"table both columns agree {same}: with one network, both names are that network. In the second, "
        "where `net` is asked, no weight of either network moved. `backward()` filled "
        "the gradients of `net`, up to a norm of "
        f"{second_net.net_gradient:.1f}, since the optimizer erases those of its own network alone; and that "
        f"one has {'some' if second_net.has_model_gradient else 'none'}, so its step changed nothing. Yet "
        f"the loss in the loop looks like a training that goes well, {second_net.loop_loss:.3f} against "
        f"{second_model.loop_loss:.3f} with the right name: it is the loss of the first network, which had "
        "learned before. Only the validation asks the network that it was given, and finds it as it was "
        "drawn."
    )
