"""Question 4: what random_split and a shuffling loader draw, with and without a fixed generator."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, TensorDataset, random_split

from app.runs import split as split_view
from app.runs.split import Draw, draw_again, show_draws
from models.data.datasets import Gallery, draw_split

NUM = 1_000


@pytest.fixture(autouse=True)
def small_gallery(monkeypatch):
    """Images that differ from each other, so that each can be told in what is shown."""
    images = np.random.default_rng(0).integers(0, 256, (NUM, 28, 28), dtype=np.uint8)
    gallery = Gallery("test images", images, np.arange(NUM) % 10)
    monkeypatch.setattr(split_view, "load_gallery", lambda part: gallery)
    return gallery


def test_seeded_split_is_the_notebooks_own_line():
    all_train = TensorDataset(torch.arange(NUM))
    trainset, _ = random_split(all_train, [800, 200], generator=torch.Generator().manual_seed(42))
    expected = [int(trainset[i][0]) for i in range(32)]
    assert draw_split(42, NUM).tolist() == expected
    assert draw_split(42, NUM).tolist() == expected
    assert draw_split(43, NUM).tolist() != expected


def test_split_without_a_generator_is_drawn_from_torchs_global_one():
    torch.manual_seed(5)
    trainset, _ = random_split(range(NUM), [800, 200])
    torch.manual_seed(5)
    assert draw_split(None, NUM).tolist() == trainset.indices[:32]
    assert draw_split(None, NUM).tolist() != trainset.indices[:32]


def test_shuffling_loader_changes_a_seeded_split():
    trainset, _ = random_split(range(NUM), [800, 200], generator=torch.Generator().manual_seed(42))
    torch.manual_seed(5)
    expected = next(iter(DataLoader(trainset, batch_size=32, shuffle=True))).tolist()
    torch.manual_seed(5)
    first, second = (draw_split(42, NUM, shuffle=True).tolist() for _ in range(2))
    assert first == expected
    assert second != expected
    assert set(first + second) <= set(trainset.indices)


def test_loader_with_a_generator_of_its_own_repeats_only_when_made_anew():
    """What the lesson says of the remedy."""
    trainset, _ = random_split(range(NUM), [800, 200], generator=torch.Generator().manual_seed(42))

    def build_loader():
        return DataLoader(trainset, batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(42))

    loader = build_loader()
    first = next(iter(loader)).tolist()
    assert next(iter(loader)).tolist() != first
    assert next(iter(build_loader())).tolist() == first


def test_draws_again_and_again():
    draws: list[Draw] = []
    for _ in range(6):
        draws = draw_again(draws, 42)
    assert len(draws) == 4
    assert len({draw.seeded for draw in draws}) == 1
    assert len({draw.without for draw in draws}) == len({draw.shuffled for draw in draws}) == 4
    assert all(len(part) == 8 for draw in draws for part in draw)


@pytest.mark.parametrize("seed", [None, -1, 2**31, 1.5, float("nan"), float("inf"), "7", True])
def test_impossible_seed_is_refused(seed):
    with pytest.raises(ValueError, match="The seed is .*whole number from 0 to 2,147,483,647"):
        draw_again([], seed)


def test_shows_the_images_that_were_drawn(small_gallery):
    draws = draw_again(draw_again([], 7), 7)
    shown = show_draws(draws, 7)
    images = re.findall(r"base64,([^)]+)\)", shown)
    assert len(images) == 24
    for text, index in zip(images, [index for part in draws[-1] for index in part], strict=True):
        ink = np.array(Image.open(io.BytesIO(base64.b64decode(text))))[..., 1]
        assert np.array_equal(ink, small_gallery.images[index])
    labels = " ".join(str(small_gallery.labels[index]) for index in draws[0].seeded)
    assert f"<b>{labels}</b> · the same images each time" in shown
    assert shown.count("other images than before") == 2
    assert "manual_seed(7)" in shown


def test_first_draw_claims_nothing_about_earlier_ones():
    shown = show_draws(draw_again([], 7), 7)
    assert shown.count("the first draw") == 3
    assert "earlier" not in shown
