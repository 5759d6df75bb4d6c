"""A download whose network hangs, and one that nobody wants any more."""

import os
import socket
import threading

import pytest
from torchvision import datasets

from models.data import download as module
from models.data.datasets import load_dataset
from models.data.files import has_files


class StopError(Exception):
    """Somebody has said that it is enough."""


@pytest.fixture
def hanging_host(tmp_path, monkeypatch):
    """A host that takes every connection and says nothing; yields an event of its first question."""
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    asked, connections = threading.Event(), []
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(datasets.MNIST, "mirrors", [f"http://127.0.0.1:{server.getsockname()[1]}/"])

        def take():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connections.append(connection)  # kept open
                asked.set()

        threading.Thread(target=take, daemon=True).start()
        yield asked
        for connection in connections:
            connection.close()
        server.shutdown(socket.SHUT_RDWR)


def test_download_that_hangs_ends_when_it_is_told(hanging_host, tmp_path):
    told = []

    def stop(*progress):
        told.append(progress)
        if hanging_host.is_set():
            raise StopError

    with pytest.raises(StopError):
        load_dataset("mnist", "train", progress=stop)
    assert told[0] == ("Downloading MNIST, files", 0, 4)
    assert not has_files("mnist")
    assert socket.getdefaulttimeout() is None


def test_download_that_hangs_ends_by_itself_and_says_why(hanging_host, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(ValueError, match=r"could not be downloaded .*timed out.*Connect to the internet"):
        load_dataset("mnist", "train")
    assert socket.getdefaulttimeout() is None


def test_what_a_killed_download_left_is_deleted_a_day_later(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    old, new = tmp_path / ".download-old", tmp_path / ".download-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "train-images-idx3-ubyte.gz").touch()
    os.utime(old, (1e9, 1e9))
    with pytest.raises(ValueError, match="could not be downloaded"):
        load_dataset("mnist", "train")
    assert (old.exists(), new.exists()) == (False, True)
