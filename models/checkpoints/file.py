"""Checkpoints: one safetensors file that says in its own header which network it is and how it was made.

The file is never trusted: everything that its header claims is compared with what the registry's network
would have before a single weight is read, and no pickle is opened anywhere.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from models.networks.layers.kind import Layers
from models.networks.layers.network import LayerNetwork
from models.networks.naming import find_network_layers
from models.networks.registry import NETWORKS

SCHEMA_VERSION = 1
SUFFIX = ".safetensors"
SHIPPED_FOLDER = Path(__file__).resolve().parents[2] / "checkpoints"
MAX_FILE_BYTES = 64 * 2**20  # 14 times the largest network
MAX_HEADER_BYTES = 2**20
_READERS_HOLD_FILES = os.name == "nt"
_MOVE_SECONDS = 2.0
METADATA_KEY = "glassbox"
_MAX_TOLD_LETTERS = 400  # of names that a file may choose
_LARGEST = 1e300  # of any number in a record; NaN and infinity are not below it
_DTYPE_NAMES = {torch.float32: "F32", torch.int64: "I64"}  # int64: batch norm's count of batches
NO_PICKLE = (
    "`glassbox import FILE --network NAME` takes weights out of it on your own machine. Or save them as "
    'safetensors, in one line: safetensors.torch.save_file(net.state_dict(), "net.safetensors")'
)
_HEADER_LENGTH_BYTES = 8  # a safetensors file begins with its header's length, little-endian


@dataclass(frozen=True)
class CheckpointInfo:
    """What a checkpoint's header records about it.

    Of weights that were trained elsewhere (see `models.checkpoints.imported`) the recipe is "imported", and
    the data set is what they were measured on; seeds, epochs and seconds are 0: nobody here knows them.

    Attributes:
        network: Name in the registry; of a network with `layers` of its own, what its maker calls it.
        config: The network's configuration in the registry.
        dataset: Name of the data set.
        dataset_sha256: Hash of its files, or of the program that generates it.
        split_seed: Seed of the split into training and validation images.
        recipe: Every hyperparameter of the training.
        seed: Seed of the weights, the order of the images and dropout.
        epochs: Whole epochs done; the recipe's `steps` says how many steps that is, with those after it.
        validation_loss: Mean cross-entropy on the validation images, in nats; None for fresh weights.
        validation_accuracy: Share of them read correctly; None for fresh weights.
        test_loss: The same on the test images; None until they have been looked at.
        test_accuracy: The same on the test images; None until they have been looked at.
        num_test: How many test images there were.
        seconds: Wall time of training and validation.
        torch_version: Version of torch that trained it.
        temperature: What the logits are divided by before they become probabilities, fitted on images that
            it has not learned from (see `models.sketch.calibrated`); None where that was not done, counting
            as 1.
        test_calibration_error: Expected calibration error on the test images, under that temperature.
        drawn_accuracy: Share of pen drawings read correctly from their strokes.
        drawn_picture_accuracy: The same from the drawings' images alone.
        drawn_calibration_error: Expected calibration error on the drawings, from strokes.
        num_drawn: How many drawings there were.
        layers: The layers of a network that is no entry of the registry, as `read_layers` takes them.
    """

    network: str
    config: Mapping[str, Any]
    dataset: str
    dataset_sha256: str
    split_seed: int
    recipe: Mapping[str, Any]
    seed: int
    epochs: int
    validation_loss: float | None
    validation_accuracy: float | None
    test_loss: float | None
    test_accuracy: float | None
    num_test: int | None
    seconds: float
    torch_version: str
    temperature: float | None = None
    test_calibration_error: float | None = None
    drawn_accuracy: float | None = None
    drawn_picture_accuracy: float | None = None
    drawn_calibration_error: float | None = None
    num_drawn: int | None = None
    layers: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class Checkpoint:
    """A network with its weights, and what is known about them."""

    network: nn.Module
    info: CheckpointInfo


def find_layers(info: CheckpointInfo) -> Layers:
    """Return the layers of a checkpoint's network: its own, or those of the registry's entry.

    Raises:
        ValueError: If the record says no network, or its own has no name or one of the registry's.
    """
    return find_network_layers(info.network, info.config, info.layers)


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint so that `path` is either the earlier file or the complete new one.

    Raises:
        OSError: If the folder cannot be written or the disk is full; the earlier file is untouched.
    """
    write_atomically(path, pack_checkpoint(checkpoint))


def pack_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint as its file's content."""
    tensors = {name: t.detach().cpu().contiguous() for name, t in checkpoint.network.state_dict().items()}
    content: bytes = save_tensors(tensors, metadata={METADATA_KEY: format_info(checkpoint.info)})
    return content


def format_info(info: CheckpointInfo) -> str:
    """Return the record as a file's metadata hold it under `METADATA_KEY`: JSON, with the schema's version.

    Raises:
        ValueError: If a number in it is NaN or infinite.
    """
    return json.dumps({"schema": SCHEMA_VERSION, **asdict(info)}, allow_nan=False)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file through a temporary one in the same folder: fsync, then rename."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.close()
            temporary.unlink(missing_ok=True)
            raise
    temporary.chmod(0o644)  # a temporary file is the owner's alone; a checkpoint is like any other file
    move(temporary, path)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder, over an earlier file of that name.

    Windows refuses as long as somebody reads what is moved or replaced; our readers do for moments.

    Raises:
        OSError: If it is refused for longer than that.
    """
    deadline = time.monotonic() + _MOVE_SECONDS
    while True:
        try:
            source.replace(target)
            return
        except PermissionError:
            if not _READERS_HOLD_FILES or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def load_checkpoint(name_or_path: str | Path) -> Checkpoint:
    """Load a shipped checkpoint by name, or any by path; the network is in evaluation mode, on the CPU.

    Raises:
        ValueError: If there is no such checkpoint, or anything about the file is not as it should be. The
            message says what is wrong and what would be right.
    """
    path = find_checkpoint(name_or_path)
    return parse_checkpoint(read_content(path), path)


def parse_checkpoint(content: bytes, path: Path) -> Checkpoint:
    """Load a checkpoint from its file's content; `path` is what refusals call it.

    Raises:
        ValueError: As `load_checkpoint`.
    """
    header = parse_header(path, content)
    info, network = _build_described(path, header)
    try:
        tensors = load_tensors(content)
    except SafetensorError as error:
        raise refuse(path, f"its tensors do not fit its header ({error}); the file is damaged") from error
    _check_finite(path, tensors)
    network.load_state_dict(tensors, strict=True, assign=True)
    return Checkpoint(network.eval(), info)


def read_info(name_or_path: str | Path) -> CheckpointInfo:
    """Read what a checkpoint's header records, checking the header but reading no weights.

    What was read stays in memory until the file changes, so it must not be changed.

    Raises:
        ValueError: As `load_checkpoint`, as far as the header shows it.
    """
    path = find_checkpoint(name_or_path)
    try:
        status = path.stat()
    except OSError as error:
        raise refuse(path, f"it cannot be read ({error.strerror})") from error
    return _read_info_version(path, status.st_ino, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _read_info_version(path: Path, inode: int, mtime_ns: int, size: int) -> CheckpointInfo:
    try:
        _check_size(path)
        with path.open("rb") as file:
            beginning = file.read(MAX_HEADER_BYTES)
        num_bytes = path.stat().st_size
    except OSError as error:
        raise refuse(path, f"it cannot be read ({error.strerror})") from error
    info, _ = _build_described(path, parse_header(path, beginning, num_bytes))
    return info


def list_checkpoints() -> list[str]:
    """Return the names of the shipped checkpoints, in the registry's order of their networks, then by name.

    A name is a network's, or a network's, a hyphen and what sets the file apart: "convnet3-notebook".
    """
    order = {network: position for position, network in enumerate(NETWORKS)}
    names = [path.stem for path in SHIPPED_FOLDER.glob(f"*{SUFFIX}")]
    return sorted(names, key=lambda name: (order.get(name.partition("-")[0], len(order)), name))


def find_checkpoint(name_or_path: str | Path) -> Path:
    """Return the file of a shipped checkpoint's name, or the path itself.

    Raises:
        ValueError: If no shipped checkpoint has that name, or there is no file at that path.
    """
    text = str(name_or_path)
    if text in list_checkpoints():
        return SHIPPED_FOLDER / f"{text}{SUFFIX}"
    path = Path(text)
    if path.is_file():
        return path
    shipped = ", ".join(list_checkpoints()) or "none"
    if path.suffix == SUFFIX or path.name != text:
        raise ValueError(f"There is no checkpoint file at {text}. Shipped checkpoints: {shipped}.")
    raise ValueError(f"There is no checkpoint called {text!r}. Shipped: {shipped}; or give a file's path.")


def refuse(path: Path, reason: str) -> ValueError:
    """Return what says why a file is no checkpoint; the reason is a sentence without its full stop."""
    return ValueError(f"{path.name} cannot be used as a checkpoint: {reason}.")


def _check_size(path: Path) -> None:
    """Refuse a file that is too small or too large, before any of it is read."""
    num_bytes = path.stat().st_size
    if num_bytes > MAX_FILE_BYTES:
        limit = f"{MAX_FILE_BYTES // 2**20} MB"
        raise refuse(path, f"it is {num_bytes / 2**20:,.0f} MB large, and a checkpoint is at most {limit}")


def read_content(path: Path) -> bytes:
    """Read the whole of a file, if it is not too small or too large for a checkpoint.

    Raises:
        ValueError: If it is, or cannot be read.
    """
    try:
        _check_size(path)
        return path.read_bytes()
    except OSError as error:
        raise refuse(path, f"it cannot be read ({error.strerror})") from error


def parse_header(path: Path, beginning: bytes, num_bytes: int | None = None) -> dict[str, Any]:
    """Return the header as JSON gives it, after checking that it is one.

    Args:
        path: What refusals call the file.
        beginning: The file's first bytes, as many as a header may have, or more.
        num_bytes: Bytes of the whole file; None where `beginning` is all of it.

    Raises:
        ValueError: If it is no safetensors file.
    """
    num_bytes = len(beginning) if num_bytes is None else num_bytes
    if num_bytes <= _HEADER_LENGTH_BYTES:
        raise refuse(path, f"it is only {num_bytes} bytes long; the file is empty or cut off")
    # A safetensors file may begin with the same two bytes as a pickle, but its ninth is always a brace.
    has_brace = beginning[_HEADER_LENGTH_BYTES : _HEADER_LENGTH_BYTES + 1] == b"{"
    if beginning.startswith(b"PK\x03\x04") or (beginning[0] == 0x80 and beginning[1] <= 5 and not has_brace):
        raise refuse(
            path,
            "it is a pickle file, as torch.save() writes, and a pickle can run any program when opened. "
            f"{NO_PICKLE}",
        )
    length = int.from_bytes(beginning[:_HEADER_LENGTH_BYTES], "little")
    end = _HEADER_LENGTH_BYTES + length
    if end > MAX_HEADER_BYTES:
        raise refuse(
            path,
            f"its header claims {length:,} bytes, and at most {MAX_HEADER_BYTES:,} are read; it is not a "
            "safetensors file, or a hostile one",
        )
    if end > num_bytes:
        raise refuse(path, f"its header claims {length:,} bytes and the file ends before; it is cut off")
    try:
        header = _load_json(beginning[_HEADER_LENGTH_BYTES:end].decode("utf-8"))
    except (ValueError, RecursionError) as error:  # also an endless number
        raise refuse(path, "its header is not JSON; it is not a safetensors file, or damaged") from error
    if not isinstance(header, dict):
        raise refuse(path, "its header is not a JSON object; it is not a safetensors file")
    return header


def _load_json(text: str) -> Any:
    """Return what a text says in JSON.

    Raises:
        ValueError: If it is none, or holds half a letter (a lone surrogate), which no answer can hold.
        RecursionError: If it is nested too deeply.
    """
    value = json.loads(text)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _build_described(path: Path, header: dict[str, Any]) -> tuple[CheckpointInfo, nn.Module]:
    """Return the header's record and its network, without weights yet, if the two agree in every tensor."""
    info = _parse_info(path, header.pop("__metadata__", None))
    try:
        # On the meta device a network has shapes and no memory, and draws nothing from any generator.
        with torch.device("meta"):
            network = LayerNetwork(find_layers(info))
    except ValueError as error:
        raise refuse(path, f"its network cannot be built. {str(error).rstrip('.')}") from error
    expected = network.state_dict()
    missing, unknown = expected.keys() - header.keys(), header.keys() - expected.keys()
    if missing or unknown:
        parts = [f"it lacks {', '.join(sorted(missing))[:_MAX_TOLD_LETTERS]}"] if missing else []
        parts += (
            [f"it has {', '.join(sorted(unknown)[:5])[:_MAX_TOLD_LETTERS]}, unknown to {info.network}"]
            if unknown
            else []
        )
        raise refuse(path, " and ".join(parts))
    for name, tensor in expected.items():
        entry = header[name] if isinstance(header[name], dict) else {}
        if entry.get("shape") != list(tensor.shape):
            shape = tuple(tensor.shape)
            raise refuse(
                path, f"{name} has the shape {entry.get('shape')!s:.60}; {info.network} needs {shape}"
            )
        if entry.get("dtype") != _DTYPE_NAMES[tensor.dtype]:
            right = _DTYPE_NAMES[tensor.dtype]
            raise refuse(path, f"{name} has the number format {entry.get('dtype')!s:.60}; {right} is needed")
    return info, network


def _parse_info(path: Path, metadata: Any) -> CheckpointInfo:
    """Return the record in a header's metadata if it is complete and of this schema."""
    record = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
    if not isinstance(record, str):
        raise refuse(
            path, "its header has no Glassbox record, so nothing says which network it is; say it, by "
            "`glassbox import FILE --network NAME`, or where the page takes weights of your own"
        )  # fmt: skip
    try:
        values = _load_json(record)
    except (ValueError, RecursionError) as error:
        raise refuse(path, "its Glassbox record is not JSON; the header is damaged") from error
    schema = values.pop("schema", None) if isinstance(values, dict) else None
    if schema != SCHEMA_VERSION:
        raise refuse(
            path, f"its schema is {schema!r:.60} and this version of Glassbox reads {SCHEMA_VERSION}; update "
            "Glassbox or train again"
        )  # fmt: skip
    for field in fields(CheckpointInfo):
        if not _has_type(values.get(field.name), str(field.type)):
            value = values.get(field.name, "absent")
            raise refuse(path, f"its record's {field.name} is {value!r:.60}, and {field.type} is needed")
    temperature = values.get("temperature")
    if temperature is not None and not temperature > 0:
        raise refuse(path, f"its record's temperature is {temperature!r:.60}, and it must be above 0")
    # Files that were written before a field was added lack it.
    return CheckpointInfo(**{field.name: values.get(field.name) for field in fields(CheckpointInfo)})


def _has_type(value: Any, annotation: str) -> bool:
    """Return whether a JSON value fits the annotation of a `CheckpointInfo` field."""
    if value is None:
        return annotation.endswith("| None")
    kind = annotation.removesuffix(" | None")
    if kind == "str":
        return isinstance(value, str)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST
    return isinstance(value, list if kind.startswith("list") else dict)


def _check_finite(path: Path, tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        num_bad = tensor.numel() - int(torch.isfinite(tensor).sum())
        if num_bad:
            raise refuse(path, f"{name} has {num_bad} values that are NaN or infinite; the training failed")
