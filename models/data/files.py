"""The files of the data sets that are downloaded: where they lie, what they are called, what is in them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import platformdirs

from models.data.names import NUM_IMAGES, TITLES
from models.networks.layers import IMAGE_SIZE_PX

Part = Literal["train", "test"]

# torchvision's class, and so its folder, for each data set that is downloaded.
DOWNLOADED = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}
IDX_FILES: dict[Part, tuple[str, str]] = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
FILE_NAMES = [file_name for part in IDX_FILES.values() for file_name in part]
MD5_RECORD = "md5.json"
# torchvision checks the MD5 of what it downloads; these are of MNIST's files once unpacked, wherever they
# come from.
_MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
_MAX_NAMES = 6  # of a folder that are told


def find_data_folder() -> Path:
    """Return the folder of the downloaded data sets: `GLASSBOX_DATA`, or the user's cache folder."""
    chosen = os.environ.get("GLASSBOX_DATA")
    return Path(chosen).expanduser() if chosen else find_cache_folder() / "data"


def find_cache_folder() -> Path:
    """Return Glassbox's folder in the user's cache folder of this system."""
    return platformdirs.user_cache_path("glassbox", appauthor=False)


def find_raw_folder(name: str) -> Path:
    """Return where torchvision puts a data set's files."""
    return find_data_folder() / DOWNLOADED[name] / "raw"


def has_files(name: str) -> bool:
    """Return whether a data set can be loaded without a download."""
    return name == "strokes" or all(_find_file(name, file_name) for file_name in FILE_NAMES)


def read_part(name: str, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Read a part of a data set whose files are there, (N, 28, 28) uint8 and (N,) int64.

    They are read here because importing torchvision takes seconds, and reading them a tenth of one.

    Raises:
        ValueError: If a file is damaged or cannot be read; the message says what to do.
    """
    num = NUM_IMAGES[part]
    images_name, labels_name = IDX_FILES[part]
    images = _read_idx(name, images_name, (num, IMAGE_SIZE_PX, IMAGE_SIZE_PX))
    labels = _read_idx(name, labels_name, (num,))
    if labels.max() > 9:
        path = _find_file(name, labels_name)
        raise ValueError(f"{path} is damaged: it has the label {labels.max()}. {_replace(name, path)}")
    return images, labels.astype(np.int64)


def read_contents(name: str) -> Iterator[bytes]:
    """Read the unpacked contents of a data set's four files."""
    for file_name in FILE_NAMES:
        yield _read_content(name, file_name, -1)[1]


def describe_missing(name: str) -> str:
    """Say what lies where a data set was looked for, and what it would have to be called; "" if nothing does.

    Raises:
        ValueError: If a folder may not be looked into.
    """
    lying = []
    for folder in _list_folders(name):
        try:
            lying += [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
        except PermissionError as error:
            raise ValueError(
                f"The folder {folder} cannot be opened ({error.strerror}). Allow your user to read it, or "
                f"set GLASSBOX_DATA to another folder."
            ) from error
        except OSError:
            continue  # not there
    files = [path for path in lying if _is_file(path)]
    found = [file_name for file_name in FILE_NAMES if _find_file(name, file_name)]
    if found:
        missing = [file_name for file_name in FILE_NAMES if file_name not in found]
        return f"Of its four files, {_list_names(missing)} {'is' if len(missing) == 1 else 'are'} missing."
    if files:
        return (
            f"In {files[0].parent} lie {_list_names([path.name for path in files])}; its files are called "
            f"{_list_names(FILE_NAMES)}, packed or not (.gz)."
        )
    return ""


def _list_names(names: list[str]) -> str:
    told = ", ".join(names[:_MAX_NAMES])
    return told if len(names) <= _MAX_NAMES else f"{told} and {len(names) - _MAX_NAMES:,} more"


def _list_folders(name: str) -> list[Path]:
    """Return where a data set is looked for: where torchvision puts it, and where people do."""
    data = find_data_folder()
    folders = [find_raw_folder(name), find_raw_folder(name).parent]
    # Both data sets call their files alike, so the folder itself holds Fashion-MNIST only if it says so.
    holds_fashion = DOWNLOADED["fashion-mnist"] in (data.name, data.parent.name)
    if holds_fashion == (name == "fashion-mnist"):
        folders += [data / "raw", data]
    return folders


def _find_file(name: str, file_name: str) -> Path | None:
    """Return where a file of a data set lies, packed or not, with a hyphen or a dot before "idx"."""
    dotted = file_name.replace("-idx", ".idx")
    spellings = (file_name, dotted, f"{file_name}.gz", f"{dotted}.gz")
    paths = (folder / spelling for folder in _list_folders(name) for spelling in spellings)
    return next((path for path in paths if _is_file(path)), None)


def _is_file(path: Path) -> bool:
    """Return whether there is such a file, as far as one may look."""
    try:
        return path.is_file()
    except PermissionError:
        return False


def _read_idx(name: str, file_name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Read unsigned bytes in IDX format: magic number, sizes as big-endian int32, then the bytes."""
    header = struct.pack(f">{1 + len(shape)}i", 0x0800 + len(shape), *shape)
    num_bytes = len(header) + int(np.prod(shape))
    path, content = _read_content(name, file_name, num_bytes + 1)
    if len(content) != num_bytes or not content.startswith(header):
        length = f"more than {num_bytes:,}" if len(content) > num_bytes else f"{len(content):,}"
        raise ValueError(
            f"{path} is damaged or not the file of that name: it has {length} bytes. {_replace(name, path)}"
        )
    expected = _MNIST_MD5 if name == "mnist" else _read_recorded_md5(path.parent)
    md5 = hash_content(content)
    if md5 != expected.get(file_name, md5):
        raise ValueError(
            f"{path} is damaged: its MD5 is {md5}, not {expected[file_name]}. {_replace(name, path)}"
        )
    return np.frombuffer(bytearray(content), dtype=np.uint8, offset=len(header)).reshape(shape)


def _read_content(name: str, file_name: str, max_bytes: int) -> tuple[Path, bytes]:
    """Read a file, unpacked, to its end or up to so many bytes."""
    path = _find_file(name, file_name)
    if path is None:
        raise ValueError(f"{TITLES[name]} lacks {file_name}. {describe_missing(name)}".strip())
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return path, file.read(max_bytes)
    except PermissionError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}). Allow your user to read it.") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ValueError(f"{path} cannot be read ({reason}). {_replace(name, path)}") from error


def hash_content(content: bytes) -> str:
    """Return the MD5 of a file's unpacked content, in hexadecimal digits."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _read_recorded_md5(folder: Path) -> dict[str, str]:
    """Return the MD5 of each file at its download; nothing for files that somebody put there by hand."""
    try:
        recorded = json.loads((folder / MD5_RECORD).read_text())
    except (OSError, ValueError):
        return {}
    return recorded if isinstance(recorded, dict) else {}


def _replace(name: str, path: Path | None) -> str:
    folder = find_raw_folder(name)
    if path is not None and path.parent != folder:
        return f"Put the right file in its place, or remove it to have {TITLES[name]} downloaded."
    return f"Delete the folder {folder} to have {TITLES[name]} downloaded again."
