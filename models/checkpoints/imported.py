"""Weights that were trained elsewhere: a state_dict under other names, as a network of the registry.

A file is never trusted. Before a number of it is copied, its size, its names and its shapes have to be those
of the network. A pickle is opened by `torch.load(weights_only=True)` alone, and only where the caller says
that it is their own machine: a server never does.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import fields, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor, nn

from models.checkpoints.file import (
    MAX_FILE_BYTES,
    METADATA_KEY,
    Checkpoint,
    CheckpointInfo,
    parse_checkpoint,
    parse_header,
    refuse,
)
from models.data.datasets import check_dataset_name, hash_dataset
from models.networks.registry import (
    NETWORKS,
    apply_changes,
    build_network,
    describe_config,
    get_network_spec,
)

# What a record says was measured, which is measured anew here.
_MEASURED = ("test_", "num_test", "drawn_", "num_drawn")
_UNMEASURED = {field.name: None for field in fields(CheckpointInfo) if field.name.startswith(_MEASURED)}
IMPORTED = "imported"  # the recipe of a checkpoint that was not trained here
MAX_FILE_NAME_LETTERS = 80
_WRAPPERS = ("module.", "_orig_mod.")  # of nn.DataParallel and torch.compile
# What the notebook calls parts of its networks, and what ours are called. Their numbers are the same.
_NOTEBOOK_NAMES = ((r"^layer1\.", "features."), (r"^lin1\.", "classifier.1."))
# Under which keys a dictionary around a state_dict has it, as PyTorch's own tutorials save one.
_HOLDERS = ("state_dict", "model_state_dict", "model", "net", "network")
_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
_COUNTS = "num_batches_tracked"  # batch norm's, which many files lack, and which evaluation does not need
_MAX_TOLD = 5


def import_checkpoint(
    content: bytes, file_name: str, network: str, dataset: str = "mnist", opens_pickles: bool = False
) -> Checkpoint:
    """Read weights that were trained elsewhere; a checkpoint of Glassbox is read as what it is.

    Args:
        content: The file's.
        file_name: What it is called, which may be anything.
        network: Name in the registry; for a checkpoint of Glassbox, "" or the one that its record says.
        dataset: What they are to be measured on.
        opens_pickles: Whether a .pt is opened, by `torch.load(weights_only=True)`.

    Returns:
        The network, in evaluation mode, with a record that says where it came from and claims no training.

    Raises:
        ValueError: If the file is no such thing, too large or damaged, its weights are not the network's, or
            there are NaN among them; the message says what would be right.
    """
    path = Path(shorten_file_name(file_name))
    if len(content) > MAX_FILE_BYTES:
        raise _refuse_size(path, f"it is {len(content) / 2**20:,.0f} MB large")
    check_dataset_name(dataset)
    if opens_pickles and content.startswith(b"PK\x03\x04"):
        tensors = _read_pickle(content, path)
    else:
        header = parse_header(path, content)
        metadata = header.get("__metadata__")
        if isinstance(metadata, dict) and METADATA_KEY in metadata:
            return _take_checkpoint(content, path, network)
        _check_network(path, network)
        tensors = _read_safetensors(content, path)
    _check_network(path, network)
    built = _build_unfilled(network)
    built.load_state_dict(fit_weights(tensors, network, path), assign=True)
    return Checkpoint(built.eval(), _describe(network, dataset, path.name))


def fit_weights(tensors: Mapping[str, Tensor], network: str, path: Path) -> dict[str, Tensor]:
    """Return a network's state from tensors under other names, in float32.

    Names decide: the network's own or the notebook's, with "module." before them or without. Where they are
    others, each tensor goes where its shape is, if no two are alike; else they are taken in the file's order.

    Raises:
        ValueError: If they are not the network's tensors, or not numbers that float32 can hold.
    """
    expected = _build_unfilled(network).state_dict()
    given = _rename(tensors)
    names = _match(expected, given)
    if names is None:
        raise refuse(path, _explain_mismatch(expected, given, network))
    state = {}
    for name, like in expected.items():
        source = names.get(name)
        if source is None:  # a count of batches
            state[name] = torch.zeros_like(like, device="cpu")
            continue
        tensor = given[source]
        is_plain = tensor.layout is torch.strided and tensor.device.type == "cpu"
        if not is_plain or tensor.dtype not in _FLOATS:
            kind = str(tensor.dtype if is_plain else tensor.layout).removeprefix("torch.")
            raise refuse(path, f"{source} has the number format {kind}; save it as float32")
        # The shape has been compared, so this is as much memory as the network takes, whatever the file says.
        state[name] = tensor.detach().to(like.dtype).contiguous().clone()
        num_bad = state[name].numel() - int(torch.isfinite(state[name]).sum())
        if num_bad:
            raise refuse(
                path,
                f"{source} has {num_bad:,} values that are NaN, infinite or too large for float32, so the "
                "training failed; save the weights of an earlier epoch",
            )
    return state


def _refuse_size(path: Path, what: str) -> ValueError:
    return refuse(path, f"{what}, and a checkpoint is at most {MAX_FILE_BYTES // 2**20} MB")


def shorten_file_name(name: str) -> str:
    """Return a file's name as it can be shown: printable, at most `MAX_FILE_NAME_LETTERS` letters."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in re.split(r"[/\\]", name)[-1])
    return plain[-MAX_FILE_NAME_LETTERS:] or "the file"


def _build_unfilled(network: str) -> nn.Module:
    with torch.device("meta"):  # shapes and no memory
        return build_network(network)


def _check_network(path: Path, network: str) -> None:
    if not network:
        raise refuse(
            path, "it holds weights and nothing says of which network they are; name one of "
            f"{', '.join(NETWORKS)}"
        )  # fmt: skip
    get_network_spec(network)


def _take_checkpoint(content: bytes, path: Path, network: str) -> Checkpoint:
    checkpoint = parse_checkpoint(content, path)
    if network and network != checkpoint.info.network:
        raise refuse(
            path, f"its record says that it is a {checkpoint.info.network}, not a {network}; leave the "
            "network to the record"
        )  # fmt: skip
    info = checkpoint.info
    if info.layers is None:
        spec = get_network_spec(info.network)
        sizes = {name for name in spec.config if not name.startswith("dropout")}
        if any(
            value != spec.config[name]
            for name, value in apply_changes(spec, info.config).items()
            if name in sizes
        ):
            raise refuse(path, f"its {info.network} has other sizes than the one that is trained here")
    return Checkpoint(checkpoint.network, replace(info, **_UNMEASURED))  # type: ignore[arg-type]


def _read_safetensors(content: bytes, path: Path) -> dict[str, Tensor]:
    try:
        return load_tensors(content)
    except (SafetensorError, KeyError, RuntimeError, ValueError) as error:  # also a format that torch has not
        raise refuse(path, f"its tensors do not fit its header ({error}); the file is damaged") from error


def _read_pickle(content: bytes, path: Path) -> dict[str, Tensor]:
    """Open what `torch.save` wrote, without running anything of it."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            num_bytes = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise refuse(path, "it is cut off or damaged") from error
    if num_bytes > MAX_FILE_BYTES:  # packed, a small file can be any size
        raise _refuse_size(path, f"unpacked it is {num_bytes / 2**20:,.0f} MB large")
    try:
        saved = torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged or hostile pickle runs into
        raise refuse(
            path,
            "it holds more than weights, or is damaged, and nothing of it was run; save the weights alone: "
            'torch.save(net.state_dict(), "net.pt")',
        ) from error
    return _find_tensors(saved, path)


def _find_tensors(saved: Any, path: Path) -> dict[str, Tensor]:
    """Return the state_dict that was saved, by itself or in a dictionary with other things."""
    if isinstance(saved, dict):
        held = [saved[key] for key in _HOLDERS if isinstance(saved.get(key), dict)]
        found = held[0] if held else saved
        tensors = {name: value for name, value in found.items() if isinstance(value, Tensor)}
        if tensors and len(tensors) == len(found) and all(isinstance(name, str) for name in tensors):
            return tensors
    raise refuse(path, 'it holds no state_dict; save one: torch.save(net.state_dict(), "net.pt")')


def _rename(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors by our own names as far as they are known, in the order that they came in."""
    names = list(tensors)
    is_wrapped = True
    while is_wrapped:
        is_wrapped = False
        for wrapper in _WRAPPERS:
            if names and all(name.startswith(wrapper) for name in names):
                names, is_wrapped = [name.removeprefix(wrapper) for name in names], True
    for pattern, own in _NOTEBOOK_NAMES:
        names = [re.sub(pattern, own, name) for name in names]
    return dict(zip(names, tensors.values(), strict=True)) if len(set(names)) == len(names) else dict(tensors)


def _match(expected: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> dict[str, str] | None:
    """Return which tensor was given for each of the network's; None where that is not clear."""
    needed = {name: tensor for name, tensor in expected.items() if not name.endswith(_COUNTS)}
    offered = {name: tensor for name, tensor in given.items() if not name.endswith(_COUNTS)}
    if needed.keys() == offered.keys():
        is_fit = all(needed[name].shape == offered[name].shape for name in needed)
        return {name: name for name in needed} if is_fit else None
    if len(needed) != len(offered):
        return None
    ours, theirs = ([_sort_of(*pair) for pair in each.items()] for each in (needed, offered))
    if len(set(ours)) == len(ours) and set(ours) == set(theirs):
        places = dict(zip(theirs, offered, strict=True))
        return {name: places[kind] for name, kind in zip(needed, ours, strict=True)}
    return dict(zip(needed, offered, strict=True)) if ours == theirs else None


def _sort_of(name: str, tensor: Tensor) -> tuple[str, tuple[int, ...]]:
    """Return what a tensor is in its layer, such as its weight or bias, and its shape."""
    return name.rpartition(".")[2], tuple(tensor.shape)


def _explain_mismatch(expected: Mapping[str, Tensor], given: Mapping[str, Tensor], network: str) -> str:
    """Say in what tensors differ from a network's, and which network they would fit."""
    fitting = [name for name in NETWORKS if _match(_build_unfilled(name).state_dict(), given) is not None]
    needed = [name for name in expected if not name.endswith(_COUNTS)]
    missing = [name for name in needed if name not in given]
    unknown = [name for name in given if name not in expected]
    wrong = [name for name in needed if name in given and given[name].shape != expected[name].shape]
    parts = [f"it lacks {_list(missing)}"] if missing else []
    parts += [f"it has {_list(unknown)}, unknown to {network}"] if unknown else []
    parts += [
        f"{name:.60} has the shape {tuple(given[name].shape)}, and {network} needs "
        f"{tuple(expected[name].shape)}"
        for name in wrong[:1]
    ]
    parts += [f"its weights are a {' or a '.join(fitting)}'s"] if fitting else []
    return "; ".join(parts)


def _list(names: list[str]) -> str:
    told = ", ".join(f"{name:.60}" for name in names[:_MAX_TOLD])
    return told if len(names) <= _MAX_TOLD else f"{told} and {len(names) - _MAX_TOLD:,} more"


def _describe(network: str, dataset: str, file_name: str) -> CheckpointInfo:
    """Return a record that claims no training: how these weights came about, nobody here knows."""
    return CheckpointInfo(
        network=network,
        config=describe_config(get_network_spec(network).config),
        dataset=dataset,
        dataset_sha256=hash_dataset(dataset) if dataset == "strokes" else "",
        split_seed=0,
        recipe={"recipe": IMPORTED, "file": file_name},
        seed=0,
        epochs=0,
        validation_loss=None,
        validation_accuracy=None,
        test_loss=None,
        test_accuracy=None,
        num_test=None,
        seconds=0.0,
        torch_version="",
    )
