"""Data sets as in-memory tensors: how they get there, how they are split."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.data import strokes
from models.data.download import Progress, download
from models.data.files import Part, find_cache_folder, has_files, read_contents, read_part
from models.data.names import DATASETS, NUM_IMAGES, TITLES, TRAIN_SHARE
from models.networks.layers import IMAGE_SIZE_PX

_STYLES_PROGRAM = Path(__file__).with_name("styles.py")
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


def load_dataset(
    name: str, part: Part, num_images: int | None = None, progress: Progress | None = None
) -> Dataset:
    """Load one part of a data set, downloading or generating it where needed.

    Args:
        name: One of `DATASETS`.
        part: "train" (60,000 images) or "test" (10,000 images).
        num_images: Take only the first so many images; None takes all.
        progress: Called with (what, done, all) while strokes are drawn or files downloaded; what it raises
            ends that.

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
        if not has_files(name):
            download(name, progress)
        images, labels = read_part(name, part)
    inputs = torch.from_numpy(images[:num_images]).unsqueeze(1)  # (N, 28, 28) → (N, 1, 28, 28)
    return Dataset(inputs, torch.from_numpy(labels[:num_images]))


def load_strokes(
    num: int, progress: Progress | None = None, with_styles: bool = False, shared: float = 0
) -> Dataset:
    """Load as many built-in strokes for training as are asked for, generated where needed.

    The first 60,000 are the data set "strokes", but for those `with_styles` or `shared` (see
    `models.data.strokes.sample_strokes`).
    """
    images, labels = _load_strokes("train", num, progress, with_styles, shared)
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
        for content in read_contents(name):
            digest.update(content)
    return digest.hexdigest()


@lru_cache(maxsize=2)
def load_gallery(part: Part) -> Gallery:
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


def _load_strokes(
    part: Part, num: int, progress: Progress | None, with_styles: bool = False, shared: float = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Generate built-in strokes, or take them from the cache that an earlier call left.

    A longer series begins with a shorter one, so one file a part is enough: the longest made so far.
    """
    programs = hash_dataset("strokes")
    if with_styles or shared:
        ways = f"{programs} {with_styles} {shared}".encode() + _STYLES_PROGRAM.read_bytes()
        programs = hashlib.sha256(ways).hexdigest()
    path = find_cache_folder() / f"strokes-{programs[:12]}-{part}.npz"
    try:
        with np.load(path, allow_pickle=False) as cached:
            images, labels = cached["images"], cached["labels"]
            if images.shape[1:] == (IMAGE_SIZE_PX, IMAGE_SIZE_PX) and len(images) == len(labels) >= num:
                return images[:num], labels[:num]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass  # absent or damaged: generate again
    told = partial(progress, "Drawing built-in strokes") if progress else None
    seed = _STROKES_SEED[part]
    images, labels = strokes.generate_digits(num, seed, told, with_styles=with_styles, shared=shared)
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
