"""A checkpoint's temperature and calibration errors, fitted, measured, and kept in its header."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import models.sketch.calibrated as calibrated
from app.cli import main
from models.checkpoints.calibration import fit_temperature, measure_calibration_error
from models.checkpoints.file import Checkpoint, load_checkpoint, save_checkpoint
from models.checkpoints.prediction import predict_digit
from models.data.datasets import Dataset, load_dataset, split_dataset, to_input
from models.data.strokes import generate_digits, sample_strokes
from models.sketch.pen_files import PenDigit
from models.training.loop import train
from models.training.recipes import make_config


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A network that is much too sure: its last layer is made ten times as loud."""
    config = make_config("mlp", dataset="strokes", num_images=2_000, learning_rate=0.1, epochs=2)
    *_, finished = train(config, device=torch.device("cpu"))
    checkpoint = finished.checkpoint
    with torch.no_grad():
        for parameter in list(checkpoint.network.parameters())[-2:]:
            parameter *= 10
    return checkpoint


@pytest.fixture(autouse=True)
def small_test_set(monkeypatch):
    def load(name, part, num=None, progress=None):
        return load_dataset(name, part, num or 1_000, progress)

    monkeypatch.setattr(calibrated, "load_dataset", load)


def test_temperature_makes_the_validation_images_likeliest(trained):
    info = calibrated.calibrate_checkpoint(trained).info
    assert info.temperature > 3
    _, validation = split_dataset(load_dataset("strokes", "train", 2_000), info.split_seed)
    with torch.no_grad():
        logits = trained.network(to_input(validation.images))
    here, colder, hotter = (
        F.cross_entropy(logits / (info.temperature * factor), validation.labels) for factor in (1, 0.95, 1.05)
    )
    assert here < colder
    assert here < hotter


def test_calibration_error_is_that_of_the_tempered_test_answers(trained):
    info = calibrated.calibrate_checkpoint(trained).info
    test = load_dataset("strokes", "test", 1_000)
    with torch.no_grad():
        logits = trained.network(to_input(test.images))
    tempered = (logits / info.temperature).softmax(dim=1).numpy()
    assert info.test_calibration_error == pytest.approx(
        measure_calibration_error(tempered, test.labels.numpy()), abs=1e-6
    )
    loud = measure_calibration_error(logits.softmax(dim=1).numpy(), test.labels.numpy())
    assert info.test_calibration_error < loud / 2
    assert info.drawn_accuracy is None


def test_network_that_learned_strokes_is_fitted_on_others_of_them(trained, monkeypatch):
    drawn = []

    def generate(num, seed, with_styles):
        drawn.append((num, seed, with_styles))
        return generate_digits(200, seed, with_styles=with_styles)

    monkeypatch.setattr(calibrated, "generate_digits", generate)
    calibrated.calibrate_checkpoint(trained)
    assert not drawn
    learned = trained.info.recipe | {"added_strokes": 60_000, "stroke_styles": True}
    info = calibrated.calibrate_checkpoint(replace(trained, info=replace(trained.info, recipe=learned))).info
    assert drawn == [(10_000, 2, True)]
    images, labels = generate_digits(200, 2, with_styles=True)
    logits = calibrated.compute_logits(
        trained.network, Dataset(torch.from_numpy(images)[:, None], torch.from_numpy(labels))
    )
    assert info.temperature == fit_temperature(logits, labels)


def test_command_writes_the_header_and_leaves_the_weights(trained, tmp_path, capsys):
    path = tmp_path / "loud.safetensors"
    save_checkpoint(trained, path)
    assert main(["calibrate", str(path)]) == 0
    assert "loud.safetensors: temperature " in capsys.readouterr().out
    loaded = load_checkpoint(path)
    assert loaded.info.temperature > 3
    for name, tensor in trained.network.state_dict().items():
        assert torch.equal(loaded.network.state_dict()[name], tensor)
    image = load_dataset("strokes", "test", 1).images[0, 0].numpy() / np.float32(255)
    with torch.no_grad():
        logits = loaded.network(torch.from_numpy(image)[None, None])
    expected = (logits / loaded.info.temperature).softmax(dim=1)[0].numpy()
    assert np.allclose(predict_digit(image, path).probabilities, expected, atol=1e-6)


def test_drawings_are_measured_from_strokes_and_from_images(trained):
    rng = np.random.default_rng(0)
    digits = [PenDigit(i % 10, tuple(sample_strokes(i % 10, rng))) for i in range(40)]
    info = calibrated.calibrate_checkpoint(trained, calibrated.prepare_pen_digits(digits)).info
    assert info.num_drawn == 40
    assert info.drawn_accuracy > 0.5
    assert abs(info.drawn_accuracy - info.drawn_picture_accuracy) < 0.2
    assert 0 <= info.drawn_calibration_error < 0.5


def test_absent_file_is_named(capsys, tmp_path):
    assert main(["calibrate", str(tmp_path / "none.safetensors")]) != 0
    assert "There is no file" in capsys.readouterr().err


@pytest.mark.parametrize("temperature", [0, -1.0, "1", True])
def test_impossible_temperature_is_refused(trained, tmp_path, temperature):
    path = tmp_path / "bad.safetensors"
    save_checkpoint(Checkpoint(trained.network, replace(trained.info, temperature=temperature)), path)
    with pytest.raises(ValueError, match="temperature"):
        load_checkpoint(path)


def test_files_from_before_the_temperature_still_load(trained, tmp_path):
    path = tmp_path / "old.safetensors"
    save_checkpoint(trained, path)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    record = json.loads(header["__metadata__"]["glassbox"])
    for field in ("temperature", "test_calibration_error", "drawn_accuracy", "num_drawn"):
        del record[field]
    header["__metadata__"]["glassbox"] = json.dumps(record)
    packed = json.dumps(header).encode()
    packed += b" " * (-len(packed) % 8)
    path.write_bytes(len(packed).to_bytes(8, "little") + packed + content[8 + length :])
    assert load_checkpoint(path).info.temperature is None
