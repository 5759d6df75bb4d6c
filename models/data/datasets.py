"""Data sets as in-memory tensors: where they live, how they get there, how they are split."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import platformdirs
import torch
from torch import Tensor

from models.data import strokes
from models.data.names import DATASETS, NUM_IMAGES, TITLES, TRAIN_SHARE
from models.networks.layers import IMAGE_SIZE_PX

Part = Literal["train", "test"]
Progress = Callable[[int, int], None]

# torchvision's class, and so its folder, for each data set that is downloaded.
_DOWNLOADED = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}
_IDX_FILES: dict[Part, tuple[str, str]] = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
# torchvision checks the MD5 of what it downloads; these are of MNIST's files once unpacked, wherever they
# come from.
_MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
_MD5_RECORD = "md5.json"
_STROKES_SEED: dict[Part, int] = {"train": 0, "test": 1}


@dataclass(frozen=True)
class Dataset:
    """Images and what they show, each as one tensor in memory.

    Attributes:
        images: (N, 1, 28, 28) uint8, 0 for background, 255 for full ink.
        labels: (N,) int64, 0 to 9.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def select(self, indices: Tensor) -> Dataset:
        """Return the images at `indices`, (n,) int64, in that order."""
        # What `images[indices]` gives, which copies pixel by pixel and takes several times as long.
        return Dataset(self.images.index_select(0, indices), self.labels.index_select(0, indices))

    def join(self, other: Dataset) -> Dataset:
        """Return these images, then those of `other`."""
        return Dataset(torch.cat([self.images, other.images]), torch.cat([self.labels, other.labels]))


@dataclass(frozen=True)
class Gallery:
    """Images to choose from on the page.

    Attributes:
        name: Where they come from, as a learner reads it.
        images: (N, 28, 28) uint8, read only.
        labels: (N,) int64, read only.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray


def to_input(images: Tensor) -> Tensor:
    """Turn uint8 images into what the networks take: float32 in [0, 1], as torchvision's `ToTensor()`."""
    return images.to(torch.float32) / 255


def find_data_folder() -> Path:
    """Return the folder of the downloaded data sets: `GLASSBOX_DATA`, or the user's cache folder."""
    chosen = os.environ.get("GLASSBOX_DATA")
    return Path(chosen).expanduser() if chosen else find_cache_folder() / "data"


def find_cache_folder() -> Path:
    """Return Glassbox's folder in the user's cache folder of this system."""
    return platformdirs.user_cache_path("glassbox", appauthor=False)


def load_dataset(
    name: str, part: Part, num_images: int | None = None, progress: Progress | None = None
) -> Dataset:
    """Load one part of a data set, downloading or generating it where needed.

    Args:
        name: One of `DATASETS`.
        part: "train" (60,000 images) or "test" (10,000 images).
        num_images: Take only the first so many images; None takes all.
        progress: Called with (images made, images in all) while strokes are generated.

    Raises:
        ValueError: If there is no such data set, `num_images` is out of range, a file is damaged, or the
            files are absent and cannot be downloaded. The message says what to do.
    """
    check_dataset_name(name)
    limit = NUM_IMAGES[part]
    if num_images is not None and not 1 <= num_images <= limit:
        raise ValueError(
            f"num_images is {num_images}; {TITLES[name]} has 1 to {limit:,} images to {part} with."
        )
    if name == "strokes":
        images, labels = _load_strokes(part, num_images or limit, progress)
    else:
        images, labels = _load_idx(name, part)
    inputs = torch.from_numpy(images[:num_images]).unsqueeze(1)  # (N, 28, 28) → (N, 1, 28, 28)
    return Dataset(inputs, torch.from_numpy(labels[:num_images]))


def load_strokes(num: int, progress: Progress | None = None) -> Dataset:
    """Load as many built-in strokes for training as are asked for, generated where needed.

    The first 60,000 are the data set "strokes".
    """
    images, labels = _load_strokes("train", num, progress)
    return Dataset(torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels))


def check_dataset_name(name: str) -> None:
    """Raise a ValueError that lists the data sets if there is none called `name`."""
    if name not in DATASETS:
        raise ValueError(f"There is no data set called {name!r:.40}. Choose one of: {', '.join(DATASETS)}.")


def split_dataset(dataset: Dataset, seed: int) -> tuple[Dataset, Dataset]:
    """Split into training (80 %) and validation images, the same ones whenever `seed` is the same."""
    order = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(seed))
    num_train = int(TRAIN_SHARE * len(dataset))
    return dataset.select(order[:num_train]), dataset.select(order[num_train:])


def draw_split(seed: int | None, num: int, shuffle: bool = False) -> np.ndarray:
    """Split `num` images as the notebook does, by `random_split`, and load the first batch of the 80 %.

    Args:
        seed: Seed of the generator that `random_split` is given; None gives it none, so that it draws from
            torch's global one, and every call draws another split.
        num: Images to split, 40 or more.
        shuffle: Whether the loader shuffles, by the global generator; otherwise it keeps the split's order.

    Returns:
        (32,) int64, the images' indices.
    """
    from torch.utils.data import DataLoader, random_split

    num_train = int(TRAIN_SHARE * num)
    generator = {} if seed is None else {"generator": torch.Generator().manual_seed(seed)}
    images: Any = range(num)  # a data set of its own indices
    training, _ = random_split(images, [num_train, num - num_train], **generator)
    first: Tensor = next(iter(DataLoader(training, batch_size=32, shuffle=shuffle)))
    return first.numpy()


def hash_dataset(name: str) -> str:
    """Return the SHA-256 of a data set: of its files, or of the program that generates it."""
    digest = hashlib.sha256()
    if name == "strokes":
        for program in ("glyphs.py", "strokes.py"):
            digest.update(Path(__file__).with_name(program).read_bytes())
    else:
        for part in _IDX_FILES.values():
            for file_name in part:
                digest.update((_raw_folder(name) / file_name).read_bytes())
    return digest.hexdigest()


def has_files(name: str) -> bool:
    """Return whether a data set can be loaded without a download."""
    return name == "strokes" or all(
        (_raw_folder(name) / file_name).is_file() for part in _IDX_FILES.values() for file_name in part
    )


@lru_cache(maxsize=2)
def load_gallery(part: Part = "test") -> Gallery:
    """Load the images that the page offers: MNIST's, or built-in strokes without MNIST.

    Args:
        part: "train" (60,000 of MNIST, 1,000 strokes) or "test" (10,000 of MNIST, 1,000 strokes).
    """
    kind = "training" if part == "train" else "test"
    name = f"built-in strokes, {kind} set"
    dataset = None
    if has_files("mnist"):
        try:
            name, dataset = f"MNIST {kind} set", load_dataset("mnist", part)
        except ValueError:  # damaged files are no reason not to open the page
            name += ", since the MNIST files are damaged"
    dataset = dataset or load_dataset("strokes", part, 1_000)
    images, labels = dataset.images[:, 0].numpy(), dataset.labels.numpy()
    images.flags.writeable = labels.flags.writeable = False
    return Gallery(name, images, labels)


def _raw_folder(name: str) -> Path:
    return find_data_folder() / _DOWNLOADED[name] / "raw"


def _load_idx(name: str, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Read a data set in MNIST's file format, (N, 28, 28) uint8 and (N,) int64.

    torchvision downloads the files; they are read here because importing torchvision takes seconds, and
    reading them a tenth of one.
    """
    if not has_files(name):
        _download(name)
    images_path, labels_path = (_raw_folder(name) / file_name for file_name in _IDX_FILES[part])
    num = NUM_IMAGES[part]
    images = _read_idx(images_path, (num, IMAGE_SIZE_PX, IMAGE_SIZE_PX))
    labels = _read_idx(labels_path, (num,))
    if labels.max() > 9:
        raise ValueError(f"{labels_path} is damaged: it has the label {labels.max()}. {_replace(name)}")
    return images, labels.astype(np.int64)


def _read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read unsigned bytes in IDX format: magic number, sizes as big-endian int32, then the bytes."""
    name = "mnist" if path.parent.parent.name == "MNIST" else "fashion-mnist"
    header = struct.pack(f">{1 + len(shape)}i", 0x0800 + len(shape), *shape)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}). {_replace(name)}") from error
    if len(content) != len(header) + int(np.prod(shape)) or not content.startswith(header):
        raise ValueError(
            f"{path} is damaged or not the file of that name: it has {len(content):,} bytes. {_replace(name)}"
        )
    _check_md5(name, path, content)
    return np.frombuffer(bytearray(content), dtype=np.uint8, offset=len(header)).reshape(shape)


def _check_md5(name: str, path: Path, content: bytes) -> None:
    """Compare a file with MNIST's known MD5, or with what it was when it was downloaded."""
    expected = _MNIST_MD5 if name == "mnist" else _read_recorded_md5(path.parent)
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if md5 != expected.get(path.name, md5):
        raise ValueError(f"{path} is damaged: its MD5 is {md5}, not {expected[path.name]}. {_replace(name)}")


def _read_recorded_md5(folder: Path) -> dict[str, str]:
    """Return the MD5 of each file at its download; nothing for files that somebody put there by hand."""
    try:
        recorded = json.loads((folder / _MD5_RECORD).read_text())
    except (OSError, ValueError):
        return {}
    return recorded if isinstance(recorded, dict) else {}


def _replace(name: str) -> str:
    return f"Delete the folder {_raw_folder(name)} to have {TITLES[name]} downloaded again."


def _download(name: str) -> None:
    """Download a data set with torchvision, which shows its progress and checks each file's MD5.

    The files are fetched into a temporary folder and moved into place when complete, so that a download
    that is cut off leaves nothing that looks like a data set.
    """
    from torchvision import datasets  # takes seconds to import, so only where it is needed

    folder = find_data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as temporary:
            getattr(datasets, _DOWNLOADED[name])(temporary, download=True)
            downloaded = Path(temporary) / _DOWNLOADED[name] / "raw"
            _raw_folder(name).mkdir(parents=True, exist_ok=True)
            recorded = {}
            for file_name in (file_name for part in _IDX_FILES.values() for file_name in part):
                content = (downloaded / file_name).read_bytes()
                recorded[file_name] = hashlib.md5(content, usedforsecurity=False).hexdigest()
            (downloaded / _MD5_RECORD).write_text(json.dumps(recorded))
            for file_name in (*recorded, _MD5_RECORD):
                shutil.move(downloaded / file_name, _raw_folder(name) / file_name)
    except (OSError, RuntimeError, EOFError) as error:  # no network, no space, no permission, a wrong MD5
        reason = str(error).strip().splitlines()[-1]
        raise ValueError(
            f"{TITLES[name]} is not in {folder} and could not be downloaded ({reason}). Connect to the "
            f"internet and try again, put its four files into {_raw_folder(name)}, set GLASSBOX_DATA to a "
            f"folder that has them, or choose the data set 'strokes', which needs no download."
        ) from error


def _load_strokes(part: Part, num: int, progress: Progress | None) -> tuple[np.ndarray, np.ndarray]:
    """Generate built-in strokes, or take them from the cache that an earlier call left.

    A longer series begins with a shorter one, so one file a part is enough: the longest made so far.
    """
    path = find_cache_folder() / f"strokes-{hash_dataset('strokes')[:12]}-{part}.npz"
    try:
        with np.load(path, allow_pickle=False) as cached:
            images, labels = cached["images"], cached["labels"]
            if images.shape[1:] == (IMAGE_SIZE_PX, IMAGE_SIZE_PX) and len(images) == len(labels) >= num:
                return images[:num], labels[:num]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass  # absent or damaged: generate again
    images, labels = strokes.generate_digits(num, seed=_STROKES_SEED[part], progress=progress)
    _save_strokes(path, images, labels)
    return images, labels


def _save_strokes(path: Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Keep generated strokes for the next time; a cache that cannot be written costs only that time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
            np.savez(file, images=images, labels=labels)
        Path(file.name).replace(path)
    except OSError:
        pass
