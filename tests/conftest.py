"""What several tests need: the data at hand, and folders that are a test's own."""

import os

import numpy as np
import pytest

from models.data import load_dataset


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory, monkeypatch):
    """Keep runs out of the user's folders."""
    monkeypatch.setenv("GLASSBOX_RUNS", str(tmp_path_factory.mktemp("runs")))


@pytest.fixture(scope="session")
def mnist_folder():
    """The folder that GLASSBOX_DATA names; without it a test that needs real MNIST is skipped, aloud."""
    folder = os.environ.get("GLASSBOX_DATA")
    if not folder:
        pytest.skip("needs real MNIST: set GLASSBOX_DATA to a folder that holds MNIST/raw")
    return folder


@pytest.fixture(scope="session")
def mnist_test(mnist_folder) -> tuple[np.ndarray, np.ndarray]:
    """The MNIST test set: (10000, 28, 28) uint8 and (10000,) labels."""
    dataset = load_dataset("mnist", "test")
    return dataset.images[:, 0].numpy(), dataset.labels.numpy()
