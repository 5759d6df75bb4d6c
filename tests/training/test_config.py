"""What a configuration sets: schedule, dropout, augmentation; and what it refuses."""

import pytest
import torch

from models.data.datasets import load_dataset, to_input
from models.descent.schedules import WARM_UP_SHARE, schedule_rate
from models.training.augmentation import augment_images
from models.training.config import SCHEDULES, TrainConfig
from models.training.events import StepEvent
from models.training.recipes import make_config
from tests.training.small_trainings import run, small_test_set

__all__ = ["small_test_set"]  # a fixture


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_learning_rate_follows_its_schedule(schedule):
    steps = [event for event in run(epochs=2, schedule=schedule) if isinstance(event, StepEvent)]
    peak = make_config("mlp", schedule=schedule).learning_rate
    expected = [schedule_rate(schedule, peak, step, 50) for step in range(50)]
    assert [event.learning_rate for event in steps] == expected


def test_schedules_begin_peak_and_end_where_they_say():
    def rates(schedule):
        return [schedule_rate(schedule, 0.4, step, 1000) for step in range(1000)]

    assert set(rates("constant")) == {0.4}
    cosine = rates("cosine")
    assert cosine[0] == pytest.approx(0.4, rel=1e-5)
    assert (cosine[499] + cosine[500]) / 2 == pytest.approx(0.2)
    assert cosine[-1] < 1e-6
    assert cosine == sorted(cosine, reverse=True)
    cycle = rates("one-cycle")
    peak = int(1000 * WARM_UP_SHARE)
    assert cycle[peak - 1] == pytest.approx(0.4, rel=0.01)
    assert cycle[:peak] == pytest.approx([0.0008 + 0.0016 * step for step in range(peak)])
    assert cycle[peak:] == sorted(cycle[peak:], reverse=True)
    assert cycle[-1] == pytest.approx(0.4 / 750 / 2)


@pytest.mark.parametrize(
    ("network", "num"), [("convnet", 1), ("convnet2", 1), ("convnet3", 2), ("convnet4", 3)]
)
def test_dropout_is_set_in_all_layers_at_once(network, num):
    finished = run(network, num_images=40, epochs=1, dropout=0.25)[-1]
    layers = [m for m in finished.checkpoint.network.modules() if isinstance(m, torch.nn.Dropout)]
    assert [layer.p for layer in layers] == [0.25] * num


def test_augmented_images_are_shifted_turned_and_scaled_a_little():
    images = to_input(load_dataset("strokes", "train", 200).images)
    torch.manual_seed(0)
    augmented = augment_images(images)
    assert augmented.shape == images.shape
    assert 0 <= augmented.min() <= augmented.max() <= 1 + 1e-6
    assert not torch.equal(augment_images(images), augmented)
    ink = augmented.sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert 0.75 < ink.min() < ink.max() < 1.27  # the area goes with the square of the size, 0.9 to 1.1

    def find_centres(images):
        places = torch.arange(28.0)
        mass = images.sum(dim=(1, 2, 3))
        across = (images.sum(dim=(1, 2)) * places).sum(dim=1) / mass
        return torch.stack([across, (images.sum(dim=(1, 3)) * places).sum(dim=1) / mass])

    moved = (find_centres(augmented) - find_centres(images)).abs()
    assert 1.5 < moved.max() < 2.6  # ±2 px, and what turning adds off the centre
    assert moved.mean() > 0.6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": float("nan")}, "learning rate is nan.*above 0 and at most 1,000"),
        ({"learning_rate": float("inf")}, "learning rate is inf"),
        ({"learning_rate": 10**400}, "learning rate is 1000"),
        ({"learning_rate": 0}, "learning rate is 0"),
        ({"learning_rate": -0.1}, "learning rate is -0.1"),
        ({"learning_rate": "fast"}, "learning rate is fast"),
        ({"momentum": 1.0}, "momentum is 1.0"),
        ({"batch_size": 0}, "batch size is 0.*1 to 10,000"),
        ({"batch_size": 2.5}, "batch size is 2.5"),
        ({"epochs": 101}, "epochs is 101.*1 to 100"),
        ({"epochs": True}, "epochs is True"),
        ({"seed": -1}, "seed is -1"),
        ({"num_images": 9}, "number of images is 9.*10 to 60,000"),
        ({"dataset": "cifar"}, "no data set called 'cifar'"),
        ({"optimizer": "lion"}, "no optimizer called 'lion'"),
        ({"recipe": "secret"}, "no recipe called 'secret'.*notebook, fast, sketch, free"),
        ({"schedule": "linear"}, "no schedule called 'linear'"),
        ({"precision": "float16"}, "no precision called 'float16'"),
        ({"weight_decay": -0.1}, "weight decay is -0.1"),
        ({"weight_decay": float("nan")}, "weight decay is nan"),
        ({"label_smoothing": 0.6}, "label smoothing is 0.6"),
        ({"dropout": 0.5}, "mlp has no dropout layer.*choose convnet2"),
        ({"network": "convnet3", "dropout": 1.0}, "dropout is 1.0"),
        ({"width": 2.0}, "mlp has no convolutions, so its width cannot be 2"),
        ({"network": "convnet3", "width": 5.0}, "width is 5.0.*0.25 to 4"),
        ({"network": "Mine", "layers": [{"layer": "Flatten"}, {"layer": "Linear", "out_features": 10}],
          "width": 2.0}, "Mine has layers of its own, so its width cannot be 2"),
        ({"augment": 1}, "augment is 1"),
        ({"added_strokes": -1}, "added strokes is -1.*0 to 200,000"),
        ({"shared_strokes": 0.3}, "shared strokes is 0.3.*0 to 0.2"),
        ({"unchanged_epochs": 101}, "unchanged epochs is 101.*0 to 100"),
        ({"network": "resnet"}, "no network called 'resnet'"),
    ],
)  # fmt: skip
def test_impossible_configurations_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        TrainConfig(**{"network": "mlp"} | changes)


def test_unknown_setting_is_refused():
    with pytest.raises(ValueError, match="no setting 'warmup'"):
        make_config("mlp", warmup=3)
