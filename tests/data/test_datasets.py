"""Data sets: found, downloaded, generated, split; and every way in which that can go wrong."""

import functools
import gzip
import hashlib
import http.server
import shutil
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision import datasets, transforms

from models.data import datasets as data
from models.data.datasets import (
    hash_dataset,
    load_dataset,
    load_gallery,
    load_strokes,
    split_dataset,
    to_input,
)
from models.data.files import has_files

FILES = {
    "train-images-idx3-ubyte": (60_000, 28, 28),
    "train-labels-idx1-ubyte": (60_000,),
    "t10k-images-idx3-ubyte": (10_000, 28, 28),
    "t10k-labels-idx1-ubyte": (10_000,),
}


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """Keep what strokes leave behind out of the user's cache."""
    monkeypatch.setattr(data, "find_cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def fashion_files(tmp_path_factory):
    """A folder with Fashion-MNIST's four files of random images, what they hold, and their MD5 sums."""
    served = tmp_path_factory.mktemp("fashion")
    rng = np.random.default_rng(0)
    contents, resources = {}, []
    for name, shape in FILES.items():
        values = rng.integers(0, 10 if len(shape) == 1 else 256, shape, dtype=np.uint8)
        contents[name] = values
        raw = struct.pack(f">{1 + len(shape)}i", 0x0800 + len(shape), *shape) + values.tobytes()
        packed = gzip.compress(raw, compresslevel=0)
        (served / f"{name}.gz").write_bytes(packed)
        resources.append((f"{name}.gz", hashlib.md5(packed).hexdigest()))
    return served, contents, resources


@pytest.fixture
def fashion_server(fashion_files, tmp_path, monkeypatch):
    """A local server with those files as torchvision expects them; yields what they hold, and its folder."""
    files, contents, resources = fashion_files
    served = tmp_path / "served"
    shutil.copytree(files, served)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(served))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(datasets.FashionMNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(datasets.FashionMNIST, "resources", resources)
    yield contents, served
    server.shutdown()
    server.server_close()
    thread.join()


def refuse_connections(monkeypatch, dataset_class):
    """Point the download at a port where nobody listens, as on a machine without network."""
    monkeypatch.setattr(dataset_class, "mirrors", ["http://127.0.0.1:9/"])


@pytest.mark.parametrize("part", ["train", "test"])
def test_mnist_is_what_torchvision_reads(mnist_folder, part):
    ours = load_dataset("mnist", part)
    theirs = datasets.MNIST(mnist_folder, train=part == "train", download=False)
    assert torch.equal(ours.images[:, 0], theirs.data)
    assert torch.equal(ours.labels, theirs.targets)


def test_input_is_torchvisions_to_tensor(mnist_folder):
    image, _ = datasets.MNIST(mnist_folder, train=False, transform=transforms.ToTensor())[7]
    ours = load_dataset("mnist", "test", 8)
    assert torch.equal(to_input(ours.images)[7], image)


def test_downloaded_files_are_read_and_only_they_are_kept(data_folder, fashion_server, capfd):
    contents, _ = fashion_server
    assert not has_files("fashion-mnist")
    dataset = load_dataset("fashion-mnist", "train")
    assert np.array_equal(dataset.images[:, 0].numpy(), contents["train-images-idx3-ubyte"])
    assert np.array_equal(dataset.labels.numpy(), contents["train-labels-idx1-ubyte"])
    raw = data_folder / "FashionMNIST" / "raw"
    assert sorted(path.name for path in raw.iterdir()) == sorted([*FILES, "md5.json"])
    assert not list(data_folder.glob(".download-*"))
    assert "100%" in capfd.readouterr().err  # the progress bar


def test_second_load_needs_no_server(data_folder, fashion_server, monkeypatch):
    load_dataset("fashion-mnist", "test")
    refuse_connections(monkeypatch, datasets.FashionMNIST)
    assert len(load_dataset("fashion-mnist", "test")) == 10_000


def test_downloaded_file_that_changed_later_is_found(data_folder, fashion_server):
    load_dataset("fashion-mnist", "test")
    path = data_folder / "FashionMNIST" / "raw" / "t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="MD5"):
        load_dataset("fashion-mnist", "test")


def test_download_with_a_wrong_md5_is_refused_and_leaves_nothing(data_folder, fashion_server):
    _, served = fashion_server
    packed = served / "t10k-labels-idx1-ubyte.gz"
    packed.write_bytes(packed.read_bytes()[:-9] + b"different")
    with pytest.raises(ValueError, match="could not be downloaded"):
        load_dataset("fashion-mnist", "train")
    assert not has_files("fashion-mnist")
    assert not list(data_folder.glob(".download-*"))


@pytest.mark.parametrize(
    ("name", "dataset_class"), [("mnist", datasets.MNIST), ("fashion-mnist", datasets.FashionMNIST)]
)
def test_without_network_the_error_names_the_remedies(data_folder, monkeypatch, name, dataset_class):
    refuse_connections(monkeypatch, dataset_class)
    with pytest.raises(ValueError, match="could not be downloaded") as error:
        load_dataset(name, "test")
    for remedy in ("Connect to the internet", str(data_folder), "GLASSBOX_DATA", "'strokes'"):
        assert remedy in str(error.value)
    assert "\n" not in str(error.value)


def test_truncated_file_is_refused_with_the_remedy(data_folder, mnist_folder):
    shutil.copytree(Path(mnist_folder) / "MNIST", data_folder / "MNIST")
    path = data_folder / "MNIST" / "raw" / "t10k-images-idx3-ubyte"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:1_000_000])
    with pytest.raises(ValueError, match=r"t10k-images-idx3-ubyte is damaged.*1,000,000 bytes.*Delete"):
        load_dataset("mnist", "test")
    assert len(load_dataset("mnist", "train", 100)) == 100


def test_changed_byte_is_found_by_the_md5(data_folder, mnist_folder):
    shutil.copytree(Path(mnist_folder) / "MNIST", data_folder / "MNIST")
    path = data_folder / "MNIST" / "raw" / "t10k-labels-idx1-ubyte"
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="MD5"):
        load_dataset("mnist", "test")


def test_strokes_are_the_same_from_generator_and_cache(own_cache):
    first = load_dataset("strokes", "test", 50)
    assert len(list(own_cache.glob("*.npz"))) == 1
    again = load_dataset("strokes", "test", 50)
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.labels, again.labels)
    assert first.images.shape == (50, 1, 28, 28)
    assert first.images.dtype == torch.uint8


def test_one_cache_file_serves_every_shorter_series(own_cache):
    longer = load_dataset("strokes", "test", 60)
    shorter = load_dataset("strokes", "test", 40)
    assert torch.equal(shorter.images, longer.images[:40])
    assert len(load_dataset("strokes", "test", 70)) == 70
    assert len(list(own_cache.glob("*.npz"))) == 1


def test_strokes_in_more_styles_have_a_cache_of_their_own(own_cache):
    plain, styled = (load_strokes(40, with_styles=with_styles) for with_styles in (False, True))
    assert not torch.equal(plain.images, styled.images)
    assert torch.equal(load_strokes(40).images, plain.images)
    assert torch.equal(load_strokes(40, with_styles=True).images, styled.images)
    shared = load_strokes(40, with_styles=True, shared=0.2)
    assert not torch.equal(styled.images, shared.images)
    assert torch.equal(load_strokes(40, with_styles=True, shared=0.2).images, shared.images)
    assert torch.equal(load_strokes(40, with_styles=True).images, styled.images)


def test_damaged_strokes_cache_is_made_anew(own_cache):
    first = load_dataset("strokes", "test", 50)
    (cached,) = own_cache.glob("*.npz")
    cached.write_bytes(cached.read_bytes()[:500])
    assert torch.equal(load_dataset("strokes", "test", 50).images, first.images)


def test_cache_that_cannot_be_written_costs_only_time(own_cache):
    own_cache.write_text("a file where the folder should be")
    assert len(load_dataset("strokes", "test", 20)) == 20


def test_training_and_test_strokes_differ(own_cache):
    train, test = (load_dataset("strokes", part, 50) for part in ("train", "test"))
    assert not torch.equal(train.images, test.images)


def test_split_is_the_notebooks_and_seeded():
    everything = data.Dataset(
        torch.zeros(60_000, 1, 1, 1, dtype=torch.uint8), torch.arange(60_000)
    )  # labels that tell which image is which
    training, validation = split_dataset(everything, seed=5)
    assert (len(training), len(validation)) == (48_000, 12_000)
    assert torch.equal(torch.cat([training.labels, validation.labels]).sort().values, everything.labels)
    reference, _ = torch.utils.data.random_split(
        range(60_000), [48_000, 12_000], torch.Generator().manual_seed(5)
    )
    assert training.labels.tolist() == list(reference)
    assert not torch.equal(split_dataset(everything, seed=6)[0].labels, training.labels)


@pytest.mark.parametrize("name", ["cifar", "", "../mnist"])
def test_unknown_data_set_is_refused(name):
    with pytest.raises(ValueError, match="no data set called.*mnist, fashion-mnist, strokes"):
        load_dataset(name, "train")


@pytest.mark.parametrize("num_images", [0, -1, 60_001])
def test_impossible_number_of_images_is_refused(num_images):
    with pytest.raises(ValueError, match="1 to 60,000"):
        load_dataset("strokes", "train", num_images)


def test_hash_of_mnist_is_that_of_its_files(mnist_folder):
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((Path(mnist_folder) / "MNIST" / "raw" / name).read_bytes())
    assert hash_dataset("mnist") == digest.hexdigest()


def test_gallery_is_mnist_where_it_is_at_hand(mnist_folder):
    load_gallery.cache_clear()
    gallery = load_gallery("test")
    assert gallery.name == "MNIST test set"
    assert gallery.images.shape == (10_000, 28, 28)
    assert load_gallery("train").name == "MNIST training set"
    assert load_gallery("train").images.shape == (60_000, 28, 28)
    assert not gallery.images.flags.writeable


def test_gallery_falls_back_to_strokes_when_mnist_is_damaged(data_folder, own_cache):
    (data_folder / "MNIST" / "raw").mkdir(parents=True)
    for name in FILES:
        (data_folder / "MNIST" / "raw" / name).write_bytes(b"damaged")
    load_gallery.cache_clear()
    try:
        assert load_gallery("test").name == "built-in strokes, test set, since the MNIST files are damaged"
    finally:
        load_gallery.cache_clear()


def test_gallery_without_mnist_is_built_in_strokes(data_folder, own_cache):
    load_gallery.cache_clear()
    try:
        gallery = load_gallery("test")
        assert gallery.name == "built-in strokes, test set"
        assert len(gallery.labels) == 1_000
    finally:
        load_gallery.cache_clear()
