"""Training the network that tells digits from signs: `python -m models.training.detector --out FILE`.

It begins with the weights of GlassNet, which knows MNIST's digits already, and learns to set apart from them
what `models.data.signs` draws. An image is doubted below a threshold that leaves as few digits below it as
are asked for: of MNIST's validation images, and of built-in digits that it has not learned from.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.checkpoints.file import load_checkpoint
from models.data.datasets import load_dataset, split_dataset, to_input
from models.data.signs import generate_signs
from models.data.strokes import generate_digits
from models.sketch.detector import Detector, DetectorInfo, build_detector, save_detector, score_images
from models.training.augmentation import augment_images
from models.training.distortion import distort_images
from models.training.options import check_out

BEGUN_WITH = "glassnet"
SPLIT_SEED = 0  # as the checkpoint's own: its validation images are nobody's training images
NUM_STROKES = 40_000
SHARED_SHARE = 0.03  # of these: drawings that stand for either of two digits, as in the recipe "sketch"
NUM_SIGNS = 45_000
EPOCHS = 3
BATCH_SIZE = 128
LEARNING_RATE = 0.003
SMOOTHING = 0.01  # of the labels: a few signs are digits to the eye
DOUBTED_DIGITS = 0.003  # share of digits that the threshold leaves below it
NUM_CHECKED = 3_000  # built-in digits that the threshold is set by, beside MNIST's
_CHECKED_SEED = 1  # of these


def train_detector(
    num_mnist: int | None = None,
    num_strokes: int = NUM_STROKES,
    num_signs: int = NUM_SIGNS,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> Detector:
    """Train the detector, and set its threshold; prints how it goes.

    Args:
        num_mnist: MNIST's training images to learn from; None takes all that do not validate.
        num_strokes: Built-in digits to learn from.
        num_signs: Images of what is no digit.
        epochs: Passes over all of them.
        seed: Seed of everything that is drawn at random.

    Raises:
        ValueError: MNIST or the checkpoint to begin with cannot be loaded.
    """
    began = time.monotonic()
    training, validation = split_dataset(load_dataset("mnist", "train"), SPLIT_SEED)
    digits = torch.cat([training.images[:num_mnist, 0], _draw_digits(num_strokes, seed)])
    signs = torch.from_numpy(generate_signs(num_signs, seed))
    torch.manual_seed(seed)
    network = build_detector()
    begun = load_checkpoint(BEGUN_WITH).network.state_dict()
    own = {name: weights for name, weights in begun.items() if not name.startswith("classifier")}
    network.load_state_dict(own, strict=False)
    images = torch.cat([digits, signs])[:, None]  # (N, 1, 28, 28)
    labels = (torch.arange(len(images)) < len(digits)).float()
    _fit(network.train(), images, labels, epochs)
    checked = [validation.images[:, 0], _draw_digits(NUM_CHECKED, seed + _CHECKED_SEED)]
    scores = [score_images(network.eval(), each) for each in checked]
    threshold = min(float(each.quantile(DOUBTED_DIGITS)) for each in scores)
    return Detector(
        network,
        DetectorInfo(
            threshold=round(threshold, 4),
            begun_with=BEGUN_WITH,
            seed=seed,
            epochs=epochs,
            num_mnist=len(digits) - num_strokes,
            num_strokes=num_strokes,
            num_signs=num_signs,
            seconds=round(time.monotonic() - began, 1),
            torch_version=torch.__version__,
        ),
    )


def _draw_digits(num: int, seed: int) -> Tensor:
    return torch.from_numpy(generate_digits(num, seed, with_styles=True, shared=SHARED_SHARE)[0])


def _fit(network: nn.Module, images: Tensor, labels: Tensor, epochs: int) -> None:
    """Train by Adam with a one-cycle learning rate, each image distorted anew in each epoch."""
    per_epoch = len(images) // BATCH_SIZE
    optimizer = torch.optim.Adam(network.parameters(), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=epochs * per_epoch)
    for epoch in range(1, epochs + 1):
        order, total = torch.randperm(len(images)), 0.0
        for step in range(1, per_epoch + 1):
            chosen = order[(step - 1) * BATCH_SIZE : step * BATCH_SIZE]
            inputs = distort_images(augment_images(to_input(images[chosen])), "width,strength")
            with torch.autocast("cpu", torch.bfloat16):
                scores = network(inputs)[:, 0]
            soft = labels[chosen] * (1 - 2 * SMOOTHING) + SMOOTHING
            loss = F.binary_cross_entropy_with_logits(scores.float(), soft)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
            if step % 100 == 0 or step == per_epoch:
                print(
                    f"epoch {epoch} of {epochs}, step {step} of {per_epoch}: loss {total / step:.4f}",
                    flush=True,
                )


def main() -> None:
    """Train, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m models.training.detector")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        check_out(options.out)
        detector = train_detector(seed=options.seed)
        save_detector(detector, options.out)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    print(
        f"Wrote {options.out}: threshold {detector.info.threshold}, {detector.info.seconds} s, "
        f"{os.environ.get('OMP_NUM_THREADS', 'all')} threads."
    )


if __name__ == "__main__":
    main()
