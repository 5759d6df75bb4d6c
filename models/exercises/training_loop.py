"""Exercises on the training loop: what each line does, in which order, and how often."""

from __future__ import annotations

import math

import numpy as np

from models.exercises.answers import Choice, Code, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Part, Posed

_PART: Part = "The training loop"


def _pose_steps(draw: Draw) -> Posed:
    images, batch = draw.pick((10_000, 20_000, 48_000, 60_000)), draw.pick((48, 64, 96, 128, 256))
    epochs = draw.draw_whole(2, 5)
    batches = math.ceil(images / batch)
    right = batches * epochs
    return Posed(
        f"A training set of {images:,} images is passed over in mini-batches of {batch}, the last one "
        f"smaller if "
        f"need be, for {epochs} epochs. How many steps does the optimizer make?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(images // batch * epochs, "The last, smaller batch makes a step, too."),
                Slip(batches, "That is one epoch."),
                Slip(images * epochs, "It steps once for each batch, not for each image."),
                Slip(images / batch * epochs, "A fraction of a batch is a batch of its own."),
            ),
            "Batches in an epoch, rounded up; times the epochs.",
            tolerance=0,
        ),
        rf"$\lceil {images} / {batch} \rceil = {batches}$ batches an epoch, times {epochs}: {right}.",
        "from torch.utils.data import DataLoader, TensorDataset\n"
        f"loader = DataLoader(TensorDataset(torch.zeros({images}, 1)), batch_size={batch})\n"
        f"answer = torch.tensor(len(loader) * {epochs})",
    )


def _pose_forward_line(draw: Draw) -> Posed:
    images, targets = draw.pick((("inputs", "targets"), ("images", "labels")))
    return Posed(
        "Write the line with the forward pass:\n"
        f"```python\ndef train(model, trainloader, criterion, optimizer):\n    model.train()\n"
        f"    for {images}, {targets} in trainloader:\n        optimizer.zero_grad()\n        outputs = ___\n"
        f"        loss = criterion(outputs, {targets})\n```",
        Code(
            (
                f"outputs = model({images})",
                f"model({images})",
                f"outputs = model.forward({images})",
                f"model.forward({images})",
            ),
            (
                Slip(
                    f"outputs = net({images})",
                    "`net` is a global name: this works as long as `net` happens to be the model, "
                    "and leaves any other network untrained. It is the mistake of the lab.",
                ),
                Slip(
                    f"net({images})",
                    "`net` is a global name, not the argument: it is the mistake of the lab.",
                ),
                Slip(f"outputs = model({targets})", "These are the labels: they are for the loss."),
                Slip(f"outputs = model({images}, {targets})", "The network does not see the labels."),
                Slip(f"outputs = model.train({images})", "`train()` only switches the mode."),
            ),
            "A model is called like a function, with the images.",
        ),
        f"`outputs = model({images})`. The lab's first version called `net({images})`: a global name. It "
        f"went "
        "unnoticed since the first network was called `net`. Logistic regression had another name: the loss "
        "came "
        "from `net`, its own optimizer found no gradients, and it stayed untrained.",
    )


def _pose_erase_line(draw: Draw) -> Posed:
    name = draw.pick(("optimizer", "sgd", "adam"))
    return Posed(
        "Which line is missing in the gap?\n"
        f"```python\nfor inputs, targets in trainloader:\n    ___\n    loss = criterion(model(inputs), "
        f"targets)\n"
        f"    loss.backward()\n    {name}.step()\n```",
        Code(
            (f"{name}.zero_grad()", "model.zero_grad()", f"{name}.zero_grad(set_to_none=True)"),
            (
                Slip(f"{name}.zero_grad", "It is a method: without brackets it is named, not called."),
                Slip("loss.zero_grad()", "The gradients lie at the parameters, not at the loss."),
                Slip(
                    "torch.no_grad()",
                    "That would keep autograd from recording; the gradients have to be erased.",
                ),
                Slip("model.train()", "That switches the mode; it is called once, before the loop."),
            ),
            "What does `backward()` do with a gradient that is still there?",
        ),
        f"`{name}.zero_grad()`: `backward()` adds to what is there.",
    )


def _pose_predicted_line(draw: Draw) -> Posed:
    images = draw.pick((32, 64, 128))
    return Posed(
        f"`outputs` are the logits of {images} images, shape ({images}, 10). Write the expression for the "
        "predicted digits, one an image.",
        Code(
            (
                "outputs.argmax(dim=1)",
                *(f"outputs.argmax({where})" for where in ("1", "-1", "dim=-1", "axis=1", "axis=-1")),
                *(f"torch.argmax(outputs, {where})" for where in ("1", "-1", "dim=1", "dim=-1", "axis=1")),
                *(
                    f"{call}{taken}"
                    for where in ("1", "-1", "dim=1", "dim=-1")
                    for call in (f"outputs.max({where})", f"torch.max(outputs, {where})")
                    for taken in (".indices", "[1]")
                ),
            ),
            (
                Slip("outputs.argmax(dim=0)", f"That finds, for each class, one of the {images} images."),
                Slip("outputs.argmax(0)", f"That finds, for each class, one of the {images} images."),
                Slip("outputs.argmax()", "Without a dimension it is one number for the whole batch."),
                Slip("outputs.max(dim=1)", "That is the largest logit and where it is: only where is asked."),
                Slip("outputs.max(dim=1).values", "These are the largest logits: where are they?"),
                Slip("outputs.argmin(dim=1)", "The digit with the largest logit is predicted."),
            ),
            "The place of the largest logit, along the classes.",
        ),
        "`outputs.argmax(dim=1)`: along dimension 1, which is the classes.",
    )


def _pose_order(draw: Draw) -> Posed:
    name = draw.pick(("optimizer", "sgd", "adam"))
    lines = (
        f"{name}.zero_grad()",
        "loss = criterion(model(inputs), targets)",
        "loss.backward()",
        f"{name}.step()",
    )
    orders = (
        (0, 1, 2, 3, "Right."),
        (1, 2, 0, 3, "The gradients are erased before the step could use them."),
        (0, 1, 3, 2, "The step needs the gradients that `backward()` computes."),
        (0, 2, 1, 3, "`backward()` needs the loss, so the forward pass comes before it."),
    )
    return Posed(
        "In which order do these lines train a network?",
        Choice(
            tuple(Slip(" → ".join(f"`{lines[i]}`" for i in order[:4]), order[4]) for order in orders),
            right=0,
        ),
        "Erase, forward, backward, step. Erasing may also stand at the end; between `backward()` and "
        "`step()` it "
        "may not.",
    )


def _pose_item(draw: Draw) -> Posed:
    batch = draw.pick((32, 64))
    options = (
        Slip(
            "It takes the plain number out of the tensor",
            "Right. In training it also lets go of the graph; under `torch.no_grad()` there is none.",
        ),
        Slip(
            "It divides by the batch size", "The loss is a mean already; `item()` only takes the number out."
        ),
        Slip("It rounds to float32", "The loss is float32 before."),
        Slip("It erases the gradient", "That is `zero_grad()`."),
    )
    return Posed(
        f"The validation adds `{batch} * loss(outputs, targets).item()`. What is `.item()` for?",
        Choice(options, right=0),
        "`item()` gives a Python number. In training it also lets go of the graph, which a sum of tensors "
        "would "
        "keep for every batch. The factor undoes the mean over the batch, so that a smaller last batch "
        "weighs less.",
    )


def _pose_modes(draw: Draw) -> Posed:
    layer = draw.pick(("nn.Dropout(0.5)", "nn.BatchNorm2d(16)"))
    random = "random zeros" if "Dropout" in layer else "each batch's own mean and variance"
    options = (
        Slip(
            "Nothing: `torch.no_grad()` is enough",
            "`no_grad()` stops the recording; layers behave as before.",
        ),
        Slip(f"`{layer}` still works as in training, with {random}", "Right."),
        Slip("The weights go on changing", "They change by `optimizer.step()` only."),
        Slip(
            "The gradients are computed, which takes longer", "`no_grad()` prevents that, whatever the mode."
        ),
    )
    return Posed(
        f"A network contains `{layer}`. Its validation runs under `torch.no_grad()`, but somebody forgot "
        "`model.eval()`. What happens?",
        Choice(options, right=1),
        "`eval()` and `no_grad()` are two things: the first changes what layers do, the second whether "
        "autograd "
        "records.",
    )


def _pose_first_image(draw: Draw) -> Posed:
    run = draw.draw_whole(2, 5)
    options = (
        Slip("MNIST's file is read in another order each time", "The file is always the same."),
        Slip(
            "`shuffle=True` draws a new order whenever the loader is iterated",
            "Right. The random split adds to it only when its own cell is run again.",
        ),
        Slip("The images are changed by `ToTensor()`", "It only scales to [0, 1] and adds the channel."),
        Slip("`random_split` splits anew", "Only if its cell is run again; here it is not."),
    )
    return Posed(
        "This cell is run "
        f"{run} times:\n```python\nfor inputs, targets in trainloader:\n    plt.imshow(inputs[0][0])\n    "
        f"break\n"
        "```\nIt shows another digit each time. Why?",
        Choice(options, right=1),
        "The loader was made with `shuffle=True`: each pass over it draws a new order. The lab's answer "
        "names the "
        "random split, which is made once.",
    )


EXERCISES = (
    Exercise("steps", _PART, "How many steps", _pose_steps),
    Exercise("first-image", _PART, "Question 4: another digit each time", _pose_first_image),
    Exercise("forward-line", _PART, "The line with the forward pass", _pose_forward_line),
    Exercise("erase-line", _PART, "The line that is missing", _pose_erase_line),
    Exercise("predicted-line", _PART, "From logits to digits", _pose_predicted_line),
    Exercise("order", _PART, "The order of the lines", _pose_order),
    Exercise("item", _PART, "What `.item()` is for", _pose_item),
    Exercise("modes", _PART, "`eval()` was forgotten", _pose_modes),
)
