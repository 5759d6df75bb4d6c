"""Distortions: what each of them changes in an image, and what it leaves alone."""

import numpy as np
import pytest
import torch

from models.data.datasets import load_dataset, to_input
from models.training import step
from models.training.config import DISTORTIONS, TrainConfig, describe_settings
from models.training.distortion import MAX_THINNING, MAX_WIDENING, STRENGTHS, _spread, distort_images
from models.training.recipes import make_config
from tests.training.small_trainings import run, small_test_set

__all__ = ["small_test_set"]  # a fixture


@pytest.fixture(scope="module")
def images():
    return to_input(load_dataset("strokes", "train", 400).images)


def distort(images, distortions, seed=0):
    torch.manual_seed(seed)
    return distort_images(images, distortions)


@pytest.mark.parametrize("distortions", [*DISTORTIONS, ",".join(DISTORTIONS)])
def test_images_change_at_random_within_their_range(images, distortions):
    distorted = distort(images, distortions)
    assert distorted.shape == images.shape
    assert distorted.min() >= 0
    assert distorted.max() <= 1 + 1e-6
    assert torch.equal(distort(images, distortions), distorted)
    assert not torch.equal(distort(images, distortions, seed=1), distorted)
    changed = (distorted - images).abs().amax(dim=(1, 2, 3))
    assert (changed > 0.02).float().mean() > 0.8


def test_spreading_is_grey_dilation_by_the_four_neighbours(images):
    image = images[0, 0].numpy()
    padded = np.pad(image, 1)
    expected = np.zeros_like(image)
    for row in range(28):
        for column in range(28):
            r, c = row + 1, column + 1
            expected[row, column] = max(
                padded[r, c], padded[r - 1, c], padded[r + 1, c], padded[r, c - 1], padded[r, c + 1]
            )
    assert np.array_equal(_spread(images[:1])[0, 0].numpy(), expected)


def test_width_lies_between_a_thinner_and_a_thicker_pen(images):
    distorted = distort(images, "width")
    thickest = images + MAX_WIDENING * (_spread(images) - images)
    thinnest = images - MAX_THINNING * (images + _spread(-images))
    assert (distorted <= thickest + 1e-6).all()
    assert (distorted >= thinnest - 1e-6).all()
    ink = distorted.sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert ink.min() < 0.85
    assert ink.max() > 1.3


def test_strength_multiplies_ink_and_moves_nothing(images):
    distorted = distort(images, "strength")
    low, high = STRENGTHS
    faint = (images > 0) & (distorted < 1)
    factors = distorted[faint] / images[faint]
    assert low - 1e-4 <= factors.min() < low + 0.05
    assert high - 0.05 < factors.max() <= high + 1e-4
    assert torch.equal(distorted == 0, images == 0)


def test_slant_keeps_every_row_and_moves_top_and_foot_apart(images):
    distorted = distort(images, "slant")
    empty_before, empty_after = (images.amax(dim=3) < 1e-4 for images in (images, distorted))
    assert torch.equal(empty_before & empty_after, empty_before)  # no ink comes into an empty row
    places = torch.arange(28.0)

    def lean(images):
        rows = images[:, 0].sum(dim=2)  # (N, 28)
        centres = (images[:, 0] * places).sum(dim=2) / rows.clamp(min=1e-6)
        down = rows[:, 18:].sum(dim=1), rows[:, :10].sum(dim=1)
        foot = (centres * rows)[:, 18:].sum(dim=1) / down[0]
        return foot - (centres * rows)[:, :10].sum(dim=1) / down[1]

    leaned = lean(distorted) - lean(images)
    assert leaned.abs().max() > 2
    assert abs(leaned.mean()) < 0.5


def test_bend_keeps_the_ink_about_where_it_was(images):
    distorted = distort(images, "bend")
    share = distorted.sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert share.min() > 0.6
    assert share.max() < 1.6
    near = torch.nn.functional.max_pool2d(images, 9, stride=1, padding=4)
    assert (distorted[near == 0]).mean() < 1e-3


@pytest.mark.parametrize(
    "distortions", ["bend,slant", "slant,slant", "blur", "slant, bend", ",", None, ["slant"], "slant,"]
)
def test_distortions_are_named_once_and_in_order(distortions):
    with pytest.raises(ValueError, match="distortions is"):
        TrainConfig("mlp", distortions=distortions)


def test_strokes_are_not_added_to_clothes():
    with pytest.raises(ValueError, match="cannot be added to clothes"):
        make_config("mlp", dataset="fashion-mnist", added_strokes=10)


def test_recipe_for_the_sketchpad_adds_strokes_and_distorts():
    config = make_config("glassnet", "sketch")
    assert config.recipe == "sketch"
    assert config.distortions == "width,strength"
    assert config.added_strokes >= 60_000
    assert config.stroke_styles
    assert make_config("glassnet", "sketch", added_strokes=0).recipe == "free"


def test_last_epochs_take_the_images_as_they_are(monkeypatch):
    changed = []
    for name in ("augment_images", "distort_images"):
        monkeypatch.setattr(step, name, lambda images, *_: changed.append(len(images)) or images)
    run(num_images=100, epochs=3, augment=True, distortions="width", unchanged_epochs=1)
    assert sum(changed) == 2 * 2 * 80  # by both, in two epochs
    changed.clear()
    run(num_images=100, epochs=2, augment=True, unchanged_epochs=5)
    assert not changed


def test_unchanged_epochs_are_told_where_images_are_changed_at_all():
    assert "as they are in the last 2 epochs" in describe_settings(
        TrainConfig("mlp", augment=True, unchanged_epochs=2)
    )
    assert "as they are" not in describe_settings(TrainConfig("mlp", unchanged_epochs=2))
