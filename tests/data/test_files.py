"""Data sets that people put there by hand: found as they are downloaded, or what is wrong is said."""

import gzip
import shutil
from pathlib import Path

import pytest
import torch
from torchvision import datasets

from models.data.datasets import hash_dataset, load_dataset
from models.data.files import DOWNLOADED, FILE_NAMES, has_files


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])  # nobody listens there
    return tmp_path


def put_files(mnist_folder, folder, spell=str, file_names=FILE_NAMES):
    """Put MNIST's files into a folder, under the names that `spell` gives them, packed where it says .gz."""
    folder.mkdir(parents=True, exist_ok=True)
    for file_name in file_names:
        content = (Path(mnist_folder) / "MNIST" / "raw" / file_name).read_bytes()
        target = folder / spell(file_name)
        target.write_bytes(gzip.compress(content, 1) if target.suffix == ".gz" else content)


@pytest.mark.parametrize("place", ["MNIST/raw", "MNIST", "raw", "."])
@pytest.mark.parametrize(
    "spell",
    [
        str,
        lambda name: name.replace("-idx", ".idx"),
        "{}.gz".format,
        lambda name: f"{name}.gz".replace("-idx", ".idx"),
    ],
    ids=["unpacked", "dots", "packed", "packed with dots"],
)
def test_files_are_found_as_people_put_them_there(data_folder, mnist_folder, monkeypatch, place, spell):
    put_files(mnist_folder, data_folder / place, spell)
    found = load_dataset("mnist", "test", 50)
    hashed = hash_dataset("mnist")
    monkeypatch.setenv("GLASSBOX_DATA", str(mnist_folder))
    expected = load_dataset("mnist", "test", 50)
    assert torch.equal(found.images, expected.images)
    assert torch.equal(found.labels, expected.labels)
    assert hashed == hash_dataset("mnist")  # a run knows its data whatever the files are called


def test_files_in_the_folder_itself_are_mnists_unless_its_name_says_otherwise(
    tmp_path, mnist_folder, monkeypatch
):
    for class_name, name in [
        ("anything", "mnist"),
        *((class_name, name) for name, class_name in DOWNLOADED.items()),
    ]:
        put_files(mnist_folder, tmp_path / class_name)
        monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path / class_name))
        assert {other: has_files(other) for other in DOWNLOADED} == {
            other: other == name for other in DOWNLOADED
        }


def test_missing_file_is_named(data_folder, mnist_folder):
    put_files(mnist_folder, data_folder, "{}.gz".format, FILE_NAMES[:3])
    with pytest.raises(ValueError, match=f"Of its four files, {FILE_NAMES[3]} is missing"):
        load_dataset("mnist", "test")


def test_what_lies_there_is_said_and_what_it_should_be_called(data_folder):
    for name in ("mnist_train.csv", "mnist_test.csv"):
        (data_folder / name).write_text("5,0,0")
    with pytest.raises(
        ValueError, match=r"lie mnist_test\.csv, mnist_train\.csv; its files are called"
    ) as error:
        load_dataset("mnist", "test")
    assert all(name in str(error.value) for name in FILE_NAMES)
    assert "Connect to the internet" in str(error.value)


def test_folder_full_of_other_files_is_said_in_a_line(data_folder):
    for number in range(1000):
        (data_folder / f"image-{number:04}.png").touch()
    with pytest.raises(ValueError, match="and 994 more") as error:
        load_dataset("mnist", "test")
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b"short"), b"\x1f\x8b", gzip.compress(bytes(10**7), 1)],
    ids=["no gzip", "too short", "cut off", "too long"],
)
def test_damaged_packed_file_is_refused_and_nothing_is_advised_to_be_deleted_but_it(
    data_folder, mnist_folder, content
):
    put_files(mnist_folder, data_folder, "{}.gz".format)
    path = data_folder / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(content)
    with pytest.raises(
        ValueError, match=f"{path.name} (is damaged|cannot be read).*Put the right file in its place"
    ):
        load_dataset("mnist", "test")


def test_folder_without_permission_is_not_advised_to_be_deleted(data_folder, mnist_folder, monkeypatch):
    """As it is for a user who is not root: the folder is there, and may not be looked into."""
    put_files(mnist_folder, data_folder / "MNIST" / "raw")
    shut = str(data_folder / "MNIST")

    def refuse(call):
        def ask(path, *args, **kwargs):
            if str(path).startswith(shut):
                raise PermissionError(13, "Permission denied", str(path))
            return call(path, *args, **kwargs)

        return ask

    monkeypatch.setattr(Path, "stat", refuse(Path.stat))
    monkeypatch.setattr(Path, "iterdir", refuse(Path.iterdir))
    with pytest.raises(
        ValueError, match=r"cannot be opened \(Permission denied\)\. Allow your user"
    ) as error:
        load_dataset("mnist", "test")
    assert "elete" not in str(error.value)


def test_file_without_permission_is_not_advised_to_be_deleted(data_folder, mnist_folder, monkeypatch):
    shutil.copytree(Path(mnist_folder) / "MNIST", data_folder / "MNIST")

    def refuse(path, *args):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ValueError, match=r"cannot be read \(Permission denied\)\. Allow your user") as error:
        load_dataset("mnist", "test")
    assert "elete" not in str(error.value)
