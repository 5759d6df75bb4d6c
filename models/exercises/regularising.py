"""Exercises on dropout and batch norm, in training and in evaluation."""

from __future__ import annotations

import numpy as np

from models.exercises.answers import Choice, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Part, Posed
from models.exercises.notation import write_number, write_row, write_tensor

_PART: Part = "Dropout and batch norm"


def _pose_dropout(draw: Draw) -> Posed:
    values = np.asarray(draw.draw_wholes(4, 1, 9), dtype=np.float64)
    rate = draw.pick((0.2, 0.4, 0.5, 0.75))
    mask = np.asarray(draw.pick(((1, 0, 1, 1), (0, 1, 1, 0), (1, 1, 0, 1), (0, 1, 0, 1))), dtype=np.float64)
    right = values * mask / (1 - rate)
    return Posed(
        f"`nn.Dropout({rate})` in training gets ${write_row(values)}$ and drew the mask "
        f"${write_row(mask)}$, where 0 "
        "is dropped. What does it give?",
        Numbers(
            right,
            (
                Slip(values * mask, f"What is kept is scaled, so that the mean stays: by $1/(1 - {rate})$."),
                Slip(values * mask * (1 - rate), "It divides by the share that is kept in training."),
                Slip(values * mask / rate, "It divides by the share that is kept, not by the one dropped."),
                Slip(values * (1 - mask) / (1 - rate), "1 is kept and 0 dropped."),
                Slip(values, "That is evaluation: nothing is dropped there."),
            ),
            "What is kept is divided by the share that is kept on average.",
        ),
        rf"Kept values are divided by $1 - {rate} = {write_number(1 - rate)}$: ${write_row(right)}$.",
        f"answer = {write_tensor(values)} * {write_tensor(mask)} / (1 - {rate})",
    )


def _pose_dropout_evaluation(draw: Draw) -> Posed:
    values = np.asarray(draw.draw_wholes(3, 1, 9), dtype=np.float64)
    rate = draw.pick((0.2, 0.4, 0.5))
    return Posed(
        f"After `model.eval()` the layer `nn.Dropout({rate})` gets ${write_row(values)}$. What does it give?",
        Numbers(
            values,
            (
                Slip(values * (1 - rate), "PyTorch scales in training already: nothing is left to do."),
                Slip(values / (1 - rate), "That is what is kept in training."),
                Slip(values * 0, "In evaluation nothing is dropped."),
            ),
            "What is dropped in evaluation?",
        ),
        f"The same: ${write_row(values)}$. In evaluation it does nothing.",
        f"answer = torch.nn.Dropout({rate}).eval()({write_tensor(values)})",
    )


def _pose_batch_norm(draw: Draw) -> Posed:
    values = np.asarray(draw.draw_wholes(4, 0, 9), dtype=np.float64)
    mean, variance = values.mean(), values.var()
    scale = np.sqrt(variance + 1e-5)
    right = (values - mean) / scale
    return Posed(
        f"`nn.BatchNorm1d(1)`, new and in training, gets a batch of four values: ${write_row(values)}$. "
        f"What does it "
        "give?",
        Numbers(
            right,
            (
                Slip(
                    (values - mean) / np.sqrt(values.var(ddof=1) + 1e-5),
                    "In the batch it divides by $N$, not by $N - 1$; the latter goes into the running "
                    "variance.",
                ),
                Slip(values / scale, "The mean is subtracted first."),
                Slip(values - mean, "It also divides by the standard deviation."),
                Slip((values - mean) / (variance + 1e-5), "It divides by the root of the variance."),
                Slip(
                    values, "That is evaluation with a new layer: its running mean is 0 and its variance 1."
                ),
            ),
            r"$(x - \mu) / \sqrt{\sigma^2 + \epsilon}$ with the batch's own mean and variance.",
            tolerance=0.01,
        ),
        rf"$\mu = {write_number(mean)}$, $\sigma^2 = {write_number(variance)}$ (divided by 4): "
        rf"${write_row(right)}$.",
        f"answer = torch.nn.BatchNorm1d(1)({write_tensor(values)}[:, None])[:, 0].detach()",
    )


def _pose_running_mean(draw: Draw) -> Posed:
    values = np.asarray(draw.draw_wholes(4, 1, 9), dtype=np.float64)
    mean = values.mean()
    right = 0.1 * mean
    return Posed(
        f"The same layer, new, `momentum=0.1`, has seen one batch: ${write_row(values)}$. What is its "
        "`running_mean`?",
        Numbers(
            np.asarray(right),
            (
                Slip(mean, "That is the batch's mean: it goes in with a weight of 0.1 only."),
                Slip(0.9 * mean, "PyTorch's momentum is the weight of what is *new*, unlike an optimizer's."),
                Slip(0, "That is where it began: it moves at each batch in training."),
                Slip(0.1 * values.sum(), "That is the sum: the mean is a quarter of it."),
            ),
            r"$\text{running} \leftarrow (1 - m) \cdot \text{running} + m \cdot \mu$, from 0.",
        ),
        rf"$0.9 \cdot 0 + 0.1 \cdot {write_number(mean)} = {write_number(right)}$.",
        f"layer = torch.nn.BatchNorm1d(1)\nlayer({write_tensor(values)}[:, None])\nanswer = "
        f"layer.running_mean[0]",
    )


def _pose_place(draw: Draw) -> Posed:
    rate = draw.pick((0.3, 0.5))
    options = (
        Slip(
            "Behind the last linear layer",
            f"There it would set logits to 0 at random: with {rate} it mistakes classes without reason.",
        ),
        Slip("Before a linear layer of the classifier", "Right: that is where the lab's ConvNet2 has it."),
        Slip(
            "Behind the softmax",
            "The network ends in logits, and dropped probabilities are no probabilities.",
        ),
        Slip("Before the first convolution, at 0.9", "A tenth of the pixels is too little to read a digit."),
    )
    return Posed(
        f"Problem 2: a `nn.Dropout({rate})` shall go into ConvNet. Which place makes sense?",
        Choice(options, right=1),
        "Before a layer with many parameters: it has to do without some of its inputs, in each batch without "
        "others.",
    )


EXERCISES = (
    Exercise("dropout", _PART, "Dropout in training", _pose_dropout),
    Exercise("dropout-evaluation", _PART, "Dropout in evaluation", _pose_dropout_evaluation),
    Exercise("dropout-place", _PART, "Problem 2: where it goes", _pose_place),
    Exercise("batch-norm", _PART, "Batch norm by hand", _pose_batch_norm),
    Exercise("running-mean", _PART, "What batch norm remembers", _pose_running_mean),
)
