"""What would make it another digit: every step asked again, limits kept, failures told."""

import numpy as np
import pytest
import torch
from torch import nn

from models.checkpoints.prediction import load_cached, predict_digit
from models.data.datasets import load_gallery
from models.data.strokes import PEN_WIDTH_PX
from models.sketch.counterfactual import _DISC, Edit, apply_edits, find_counterfactual


def take_image(index):
    return load_gallery("test").images[index].astype(np.float32) / 255


@pytest.mark.parametrize("checkpoint", ["logistic", "mlp", "convnet", "convnet3", "glassnet"])
@pytest.mark.parametrize(("index", "shift"), [(0, 2), (1, 5), (2, 7)])
def test_result_is_read_as_the_target(checkpoint, index, shift):
    image = take_image(index)
    before = predict_digit(image, checkpoint)
    target = (before.digit + shift) % 10
    loaded = load_cached(checkpoint)
    found = find_counterfactual(loaded.network, image, target, temperature=loaded.info.temperature or 1.0)
    assert found.is_reached
    assert found.limit is None
    assert found.images.shape == (len(found.edits) + 1, 28, 28)
    assert np.array_equal(found.images[0], image)
    for edited, probabilities in zip(found.images, found.probabilities, strict=True):
        assert edited.min() >= 0
        assert edited.max() <= 1
        assert predict_digit(edited, checkpoint).probabilities == pytest.approx(probabilities, abs=1e-5)
    assert predict_digit(found.images[-1], checkpoint).digit == target
    change = found.images[-1].astype(np.float64) - image
    assert found.added_px == pytest.approx(change[change > 0].sum(), abs=1e-3)
    assert found.erased_px == pytest.approx(-change[change < 0].sum(), abs=1e-3)


def test_no_dab_can_be_spared():
    image = take_image(0)
    found = find_counterfactual(load_cached("mlp").network, image, 3)
    assert len(found.edits) > 1
    for index in range(len(found.edits)):
        rest = [*found.edits[:index], *found.edits[index + 1 :]]
        assert predict_digit(apply_edits(image, rest)[-1], "mlp").digit != 3


def test_same_image_same_edits():
    network = load_cached("convnet3").network
    first, second = (find_counterfactual(network, take_image(4), 9 - 9 % 2) for _ in range(2))
    assert first.edits == second.edits
    assert np.array_equal(first.probabilities, second.probabilities)


def test_first_edit_of_a_linear_network_is_the_best_of_all():
    """With two classes in play the margin is linear in the pixels, so the ranking is exact."""
    network = load_cached("logistic").network
    image = take_image(0)
    target = 3
    found = find_counterfactual(network, image, target, max_edits=1)
    (chosen,) = found.edits
    every = [Edit(kind, r, c) for kind in ("add", "erase") for r in range(28) for c in range(28)]
    images = np.stack([apply_edits(image, [edit])[-1] for edit in every])
    with torch.no_grad():
        logits = network(torch.from_numpy(images)[:, None]).numpy()
    margins = logits[:, target] - np.delete(logits, target, axis=1).max(axis=1)
    assert every[int(margins.argmax())] == chosen


def test_a_digit_that_is_read_already_needs_nothing():
    image = take_image(0)
    digit = predict_digit(image, "mlp").digit
    found = find_counterfactual(load_cached("mlp").network, image, digit)
    assert found.is_reached
    assert found.edits == ()
    assert found.images.shape == (1, 28, 28)
    assert (found.added_px, found.erased_px) == (0, 0)


def test_limits_end_the_search_and_are_named():
    network, image = load_cached("mlp").network, take_image(0)
    # Without the wanted digit that takes most edits, a limit of two might be enough.
    target = max(range(10), key=lambda digit: len(find_counterfactual(network, image, digit).edits))
    assert len(find_counterfactual(network, image, target).edits) > 2
    few = find_counterfactual(network, image, target, max_edits=2)
    assert (few.is_reached, few.limit, len(few.edits)) == (False, "edits", 2)
    assert predict_digit(few.images[-1], "mlp").digit != target
    dry = find_counterfactual(network, image, target, max_ink_px=5)
    assert (dry.is_reached, dry.limit) == (False, "ink")
    assert dry.added_px + dry.erased_px <= 5


class Stubborn(nn.Module):
    """Answers 4 whatever it sees."""

    def __init__(self):
        super().__init__()
        self.logits = nn.Parameter(torch.eye(10)[4])

    def forward(self, images):
        return self.logits + 0 * images.sum(dim=(1, 2, 3))[:, None]


def test_a_network_that_cannot_be_moved_is_reported():
    found = find_counterfactual(Stubborn(), take_image(0), 7)
    assert (found.is_reached, found.limit, found.edits) == (False, "stuck", ())


class Lost(Stubborn):
    """Has left the range of its numbers."""

    def forward(self, images):
        return super().forward(images) * torch.nan


def test_no_answer_is_never_taken_for_the_target():
    assert not find_counterfactual(Lost(), take_image(0), 7).is_reached


def test_a_dab_is_a_disc_of_the_pens_width():
    assert _DISC.max() == 1
    assert torch.equal(_DISC, _DISC.T)
    assert torch.equal(_DISC, _DISC.flip(0))
    assert float(_DISC.sum()) == pytest.approx(np.pi * (PEN_WIDTH_PX / 2) ** 2, rel=0.02)


def test_edits_add_and_erase_where_they_stand():
    grey = np.full((28, 28), 0.5, np.float32)
    images = apply_edits(grey, [Edit("add", 0, 0), Edit("erase", 27, 10)])
    assert images[1][0, 0] == 1
    assert images[2][27, 10] == 0
    assert (images[1] >= 0.5).all()
    assert np.argwhere(images[1] != images[0]).max() <= 1
    rows, columns = np.nonzero(images[2] != images[1])
    assert rows.min() >= 26
    assert (columns.min(), columns.max()) == (9, 11)


@pytest.mark.parametrize("target", [-1, 10, None, 2.0, True])
def test_what_is_no_digit_is_refused(target):
    with pytest.raises(ValueError, match="0 to 9"):
        find_counterfactual(load_cached("mlp").network, take_image(0), target)
