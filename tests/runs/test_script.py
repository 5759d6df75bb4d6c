"""The emitted training scripts, executed: the same weights, bit for bit, and the same test accuracy."""

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from app.runs.script import print_training, write_run_script
from models.data.datasets import Dataset, load_dataset
from models.networks.layers.kinds import (
    BatchNorm1d,
    Conv2d,
    Dropout2d,
    Flatten,
    Linear,
    MaxPool2d,
    Residual,
    Tanh,
)
from models.networks.layers.plain_data import describe_layers
from models.networks.layers.source import write_layers
from models.networks.registry import NETWORKS, build_network, has_dropout, list_layers, set_dropout
from models.training import loop
from models.training.events import describe_event
from models.training.recipes import make_config

ROOT = Path(__file__).parents[2]
NUM_TRAIN, NUM_TEST = 600, 300

# Between them: every network, optimizer, schedule, data set, and all that can be switched on.
CONFIGS = {
    "logistic": make_config("logistic", batch_size=64),
    "mlp": make_config("mlp", schedule="cosine", weight_decay=0.001, seed=3, split_seed=5),
    "rmsprop": make_config("mlp", optimizer="rmsprop", momentum=0.5, num_images=333, epochs=3),
    "glassnet": make_config("glassnet", "fast", num_images=100, epochs=1),
    "convnet": make_config("convnet", schedule="one-cycle", label_smoothing=0.1, weight_decay=0.01),
    "augmented": make_config("convnet2", dropout=0.3, augment=True, num_images=200),
    "no dropout": make_config("convnet2", dropout=0.0, optimizer="adamw", epochs=1, num_images=200),
    "fashion": make_config("convnet3", dataset="fashion-mnist", optimizer="adamw", weight_decay=0.1),
    "convnet4": make_config("convnet4", dropout=0.2, num_images=70, epochs=1),
    "bfloat16": make_config(
        "convnet4", precision="bfloat16", schedule="one-cycle", augment=True, num_images=70, batch_size=16
    ),
    "strokes": make_config("mlp", dataset="strokes", num_images=300),
    "own layers": make_config(
        'My """net""" \\',
        num_images=100,
        epochs=1,
        layers=describe_layers(
            (
                Residual((Conv2d(4, padding=1), Dropout2d(0.2))),
                MaxPool2d(4),
                Flatten(),
                Linear(16),
                BatchNorm1d(),
                Residual((Linear(16), Tanh())),
                Linear(10),
            )
        ),
    ),
    "sketch": make_config("convnet", "sketch", num_images=200, epochs=2, added_strokes=150),
    "styles": make_config("mlp", num_images=100, epochs=1, added_strokes=50, stroke_styles=True),
}
DIVERGING = make_config("convnet3", optimizer="sgd", momentum=0.9, learning_rate=1000.0)

# Runs several scripts in one process, since importing torch takes seconds.
RUNNER = """
import contextlib, hashlib, io, json, runpy, sys

folder, *paths = sys.argv[1:]
results = {}
for path in paths:
    if path.endswith("strokes.py"):
        import models.data.datasets

        real = models.data.datasets.load_dataset
        models.data.datasets.load_dataset = lambda name, part, num=None: real(name, part, num or NUM_TEST)
    sys.argv = [path, folder]
    output, values = io.StringIO(), {}
    try:
        with contextlib.redirect_stdout(output):
            values = runpy.run_path(path)
    except SystemExit as end:
        output.write(str(end))
    digest = hashlib.sha256()
    for tensor in values["network"].state_dict().values() if values else ():
        digest.update(tensor.contiguous().numpy().tobytes())
    ours = [module for module in sys.modules if module.split(".")[0] in ("models", "app")]
    for module in ours:  # the next one brings its own
        del sys.modules[module]
    results[path] = {
        "output": output.getvalue(),
        "weights": digest.hexdigest(),
        "needs_glassbox": bool(ours),
    }
print(json.dumps(results))
""".replace("NUM_TEST", str(NUM_TEST))


@pytest.fixture(scope="module")
def parts():
    """Strokes in the place of all data sets, so that nothing need be downloaded."""
    return {
        "train": load_dataset("strokes", "train", NUM_TRAIN),
        "test": load_dataset("strokes", "test", NUM_TEST),
    }


@pytest.fixture(scope="module")
def data_folder(parts, tmp_path_factory):
    """A folder with those images in the files of MNIST and Fashion-MNIST."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("MNIST", "FashionMNIST"):
        raw = folder / name / "raw"
        raw.mkdir(parents=True)
        for part, file_part in (("train", "train"), ("test", "t10k")):
            images, labels = parts[part].images.numpy(), parts[part].labels.numpy().astype("uint8")
            header = struct.pack(">4i", 0x0803, len(images), 28, 28)
            (raw / f"{file_part}-images-idx3-ubyte").write_bytes(header + images.tobytes())
            header = struct.pack(">2i", 0x0801, len(labels))
            (raw / f"{file_part}-labels-idx1-ubyte").write_bytes(header + labels.tobytes())
    return folder


@pytest.fixture(scope="module")
def outcomes(data_folder, tmp_path_factory):
    """What each script printed, and the hash of the weights that it ended in."""
    folder = tmp_path_factory.mktemp("scripts")
    paths = {}
    for name, config in {"diverging": DIVERGING, **CONFIGS}.items():
        paths[name] = folder / f"{name}.py"
        paths[name].write_text(write_run_script(config), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, data_folder, *paths.values()],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    return {name: results[str(path)] for name, path in paths.items()}


@pytest.fixture
def small_data(parts, data_folder, monkeypatch):
    """Let `train` read the same images as the scripts."""

    def load_part(name, part, num_images=None, progress=None):
        return Dataset(parts[part].images[:num_images], parts[part].labels[:num_images])

    monkeypatch.setattr(loop, "load_dataset", load_part)
    monkeypatch.setenv("GLASSBOX_DATA", str(data_folder))


def hash_weights(network):
    digest = hashlib.sha256()
    for tensor in network.state_dict().values():
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


@pytest.mark.gate
@pytest.mark.parametrize("name", list(CONFIGS))
def test_script_ends_in_the_same_weights(name, outcomes, small_data):
    told = []  # the events are gone on with: what they are is to be read at once
    for event in loop.train(CONFIGS[name], device=torch.device("cpu")):
        finished = event
        told.append(describe_event(event))
    epochs = [event for event in told if event["type"] == "epoch"]
    assert outcomes[name]["output"] == print_training(epochs, told[-1]["test"])
    assert outcomes[name]["weights"] == hash_weights(finished.checkpoint.network)
    assert outcomes[name]["output"].endswith(f"Test accuracy: {finished.test.accuracy:.4f}\n")
    assert f"Test loss: {finished.test.loss:.4f}\n" in outcomes[name]["output"]
    assert outcomes[name]["needs_glassbox"] == (name in ("strokes", "sketch", "styles"))


@pytest.mark.gate
def test_script_of_a_diverging_run_says_so(outcomes):
    assert outcomes["diverging"]["output"].endswith("diverged: the loss became infinite or NaN.")


def test_configurations_cover_what_can_be_chosen():
    configs = CONFIGS.values()
    assert {config.network for config in configs if config.layers is None} == set(NETWORKS)
    assert {config.optimizer for config in configs} == {"sgd", "adam", "adamw", "rmsprop"}
    assert {config.schedule for config in configs} == {"constant", "cosine", "one-cycle"}
    assert {config.dataset for config in configs} == {"mnist", "fashion-mnist", "strokes"}
    assert {config.precision for config in configs} == {"float32", "bfloat16"}


@pytest.mark.gate
def test_script_runs_by_itself_on_real_mnist(mnist_folder, tmp_path):
    config = make_config("logistic", num_images=2_000, epochs=1)
    script = tmp_path / "script.py"
    script.write_text(write_run_script(config), encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, script, Path(mnist_folder).resolve()],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stdout
    *_, finished = loop.train(config, device=torch.device("cpu"))
    assert finished.test.num_images == 10_000
    assert printed.endswith(f"Test accuracy: {finished.test.accuracy:.4f}\n")


@pytest.mark.parametrize("name", list(CONFIGS))
def test_script_is_short(name):
    lines = write_run_script(CONFIGS[name]).splitlines()
    assert len(lines) <= (185 if CONFIGS[name].distortions else 150 if CONFIGS[name].layers else 140)
    assert max(map(len, lines)) <= 110


def test_script_has_only_what_its_configuration_needs():
    plain = write_run_script(make_config("logistic"))
    words = ("find_learning_rate", "autocast", "augment", "weight_decay", "momentum", "smoothing", "dropout,")
    assert not re.search("|".join(words), plain)
    assert len(plain.splitlines()) < 80
    everything = write_run_script(CONFIGS["bfloat16"])
    assert all(word in everything for word in ("find_learning_rate", "autocast", "augment_images"))
    # torch's AdamW decays by 0.01 unless told otherwise.
    assert "weight_decay=0.0, fused=True)" in write_run_script(make_config("mlp", optimizer="adamw"))


@pytest.mark.parametrize(
    ("name", "dropout"),
    [
        (name, dropout)
        for name in NETWORKS
        for dropout in (None, 0.0, 0.25)
        if dropout is None or has_dropout(name)
    ],
)
def test_network_is_written_as_it_is_built(name, dropout):
    torch.manual_seed(1)
    built = build_network(name, set_dropout(name, dropout))
    torch.manual_seed(1)
    written = eval(write_layers(list_layers(name, set_dropout(name, dropout))), {"nn": torch.nn})
    for one, other in zip(built.state_dict().values(), written.state_dict().values(), strict=True):
        assert torch.equal(one, other)
    images = torch.rand(3, 1, 28, 28)
    for network in (built, written):
        network.train()
    torch.manual_seed(2)
    expected = built(images)
    torch.manual_seed(2)
    assert torch.equal(written(images), expected)


def test_writing_a_network_draws_no_random_numbers():
    before = torch.get_rng_state()
    write_layers(list_layers("convnet3"))
    assert torch.equal(torch.get_rng_state(), before)
