"""Checkpoints: what is written is read back, and nothing wrong with a file goes through."""

import dataclasses
import errno
import json
import os
import pickle
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save

from models.checkpoints import file as module
from models.checkpoints.file import (
    Checkpoint,
    CheckpointInfo,
    find_checkpoint,
    list_checkpoints,
    load_checkpoint,
    read_info,
    save_checkpoint,
    write_atomically,
)
from models.networks.registry import NETWORKS, build_network, describe_config, get_network_spec


def make_info(network="mlp", **changes):
    info = CheckpointInfo(
        network=network,
        config=describe_config(get_network_spec(network).config),
        dataset="strokes",
        dataset_sha256="0" * 64,
        split_seed=0,
        recipe={"recipe": "notebook", "learning_rate": 0.001},
        seed=3,
        epochs=1,
        validation_loss=0.5,
        validation_accuracy=0.9,
        test_loss=None,
        test_accuracy=None,
        num_test=None,
        seconds=1.5,
        torch_version=torch.__version__,
    )
    return dataclasses.replace(info, **changes)


def write_raw(path, tensors, record):
    """Write a safetensors file with any tensors and any record, without our own checks."""
    metadata = (
        None if record is None else {"glassbox": record if isinstance(record, str) else json.dumps(record)}
    )
    path.write_bytes(save(tensors, metadata=metadata))
    return path


def make_record(**changes):
    return {"schema": 1, **dataclasses.asdict(make_info())} | changes


@pytest.fixture
def mlp():
    return build_network("mlp")


@pytest.mark.parametrize("name", ["mlp", "convnet4"])
def test_saved_weights_and_record_come_back(tmp_path, name):
    network = build_network(name)
    path = tmp_path / "saved.safetensors"
    save_checkpoint(Checkpoint(network, make_info(name)), path)
    loaded = load_checkpoint(path)
    assert loaded.info == make_info(name) == read_info(path)
    assert not loaded.network.training
    for key, tensor in network.state_dict().items():
        assert torch.equal(loaded.network.state_dict()[key], tensor)


def test_record_is_read_once_until_the_file_changes(tmp_path, mlp, monkeypatch):
    path = tmp_path / "saved.safetensors"
    save_checkpoint(Checkpoint(mlp, make_info()), path)
    first = read_info(path)
    monkeypatch.setattr(module, "parse_header", None)
    assert read_info(path) is first
    monkeypatch.undo()
    save_checkpoint(Checkpoint(mlp, make_info(seed=9)), path)
    assert read_info(path).seed == 9
    path.write_bytes(b"damaged")
    for _ in range(2):  # a refusal is not kept
        with pytest.raises(ValueError, match="cannot be used as a checkpoint"):
            read_info(path)
    path.unlink()
    with pytest.raises(ValueError, match="no checkpoint file"):
        read_info(path)


def test_file_is_plain_safetensors(tmp_path, mlp):
    path = tmp_path / "saved.safetensors"
    save_checkpoint(Checkpoint(mlp, make_info()), path)
    assert load_file(path).keys() == mlp.state_dict().keys()


def test_loading_draws_no_random_numbers(tmp_path, mlp):
    path = tmp_path / "saved.safetensors"
    save_checkpoint(Checkpoint(mlp, make_info()), path)
    before = torch.get_rng_state()
    load_checkpoint(path)
    assert torch.equal(torch.get_rng_state(), before)


def test_full_disk_leaves_the_earlier_file_and_no_rubbish(tmp_path, mlp, monkeypatch):
    path = tmp_path / "saved.safetensors"
    save_checkpoint(Checkpoint(mlp, make_info()), path)
    earlier = path.read_bytes()

    def fail(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(Checkpoint(mlp, make_info(seed=9)), path)
    assert path.read_bytes() == earlier
    assert list(tmp_path.iterdir()) == [path]


def test_file_that_is_being_read_is_replaced_where_that_has_to_wait(tmp_path, monkeypatch):
    path = tmp_path / "read.json"
    write_atomically(path, b"earlier")
    refusals, replace = [], Path.replace

    def refuse(source, target):  # as Windows does
        if len(refusals) < num_refusals:
            refusals.append(target)
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", refuse)
    num_refusals = 1
    with pytest.raises(PermissionError):  # elsewhere it is no reader, and waiting does not help
        write_atomically(path, b"later")
    monkeypatch.setattr(module, "_READERS_HOLD_FILES", True)
    num_refusals = 4
    write_atomically(path, b"later")
    assert (path.read_bytes(), len(refusals)) == (b"later", 4)
    monkeypatch.setattr(module, "_MOVE_SECONDS", 0.1)
    num_refusals = 1_000
    with pytest.raises(PermissionError):
        write_atomically(path, b"latest")
    assert path.read_bytes() == b"later"


def test_truncated_file_is_refused_wherever_it_is_cut(tmp_path, mlp):
    whole = tmp_path / "whole.safetensors"
    save_checkpoint(Checkpoint(mlp, make_info()), whole)
    content = whole.read_bytes()
    cut = tmp_path / "cut.safetensors"
    for length in (0, 1, 8, 9, 100, 1000, len(content) // 2, len(content) - 1):
        cut.write_bytes(content[:length])
        with pytest.raises(ValueError, match=r"cut\.safetensors cannot be used as a checkpoint"):
            load_checkpoint(cut)


def test_appended_bytes_are_refused(tmp_path, mlp):
    path = tmp_path / "long.safetensors"
    save_checkpoint(Checkpoint(mlp, make_info()), path)
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(ValueError, match="damaged"):
        load_checkpoint(path)


def test_text_renamed_to_safetensors_is_refused(tmp_path):
    path = tmp_path / "notes.safetensors"
    path.write_text("These are my notes on neural networks, and no weights at all.")
    with pytest.raises(ValueError, match="not a safetensors file"):
        load_checkpoint(path)


@pytest.mark.parametrize("writer", ["torch", "pickle"])
def test_pickle_in_disguise_is_never_opened(tmp_path, writer):
    marker = tmp_path / "the-pickle-ran"

    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(marker),)

    path = tmp_path / "trap.safetensors"
    if writer == "torch":
        torch.save({"weight": torch.zeros(3), "trap": Trap()}, path)
    else:
        path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match="pickle.*safetensors"):
        load_checkpoint(path)
    assert not marker.exists()


def test_every_header_length_is_readable(tmp_path, mlp):
    """Some lengths begin with the two bytes that a pickle begins with; they are no pickles."""
    path = tmp_path / "saved.safetensors"
    beginnings = set()
    for num_letters in range(0, 600, 8):
        write_raw(path, mlp.state_dict(), make_record(torch_version="2" * num_letters))
        assert len(read_info(path).torch_version) == num_letters
        beginnings.add(path.read_bytes()[:2])
    assert any(first == 0x80 and second <= 5 for first, second in beginnings)


def test_header_of_a_gigabyte_is_refused_unread(tmp_path):
    path = tmp_path / "huge.safetensors"
    path.write_bytes(struct.pack("<Q", 2**30) + b"{" + b" " * 5000)
    with pytest.raises(ValueError, match=r"claims 1,073,741,824 bytes"):
        load_checkpoint(path)


def test_file_of_a_gigabyte_is_refused_unread(tmp_path):
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.truncate(2**30)  # sparse: it takes no room on the disk
    with pytest.raises(ValueError, match="1,024 MB large.*at most 64 MB"):
        load_checkpoint(path)


def test_header_nested_too_deeply_is_refused(tmp_path):
    path = tmp_path / "deep.safetensors"
    header = b"[" * 100_000
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(ValueError, match="not JSON"):
        load_checkpoint(path)


def test_foreign_safetensors_is_refused(tmp_path, mlp):
    path = write_raw(tmp_path / "foreign.safetensors", mlp.state_dict(), None)
    with pytest.raises(ValueError, match="no Glassbox record"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": 2}, "schema is 2.*reads 1"),
        ({"network": "resnet"}, "no network called 'resnet'"),
        ({"network": 7}, "record's network is 7"),
        ({"config": {"hidden_sizes": [128, 10**6]}}, "from 1 to 4096"),
        ({"config": []}, "record's config"),
        ({"epochs": None}, "record's epochs is None"),
        ({"seconds": "fast"}, "record's seconds"),
        ({"validation_loss": True}, "record's validation_loss"),
        ({"seconds": 10**400}, "record's seconds"),
    ],
)
def test_wrong_record_is_refused(tmp_path, mlp, changes, message):
    path = write_raw(tmp_path / "wrong.safetensors", mlp.state_dict(), make_record(**changes))
    with pytest.raises(ValueError, match=message):
        load_checkpoint(path)


def test_record_that_is_not_json_is_refused(tmp_path, mlp):
    path = write_raw(tmp_path / "wrong.safetensors", mlp.state_dict(), "{oops")
    with pytest.raises(ValueError, match="record is not JSON"):
        load_checkpoint(path)


def test_nan_in_the_record_is_refused(tmp_path, mlp):
    record = json.dumps(make_record(validation_loss=float("nan")))
    path = write_raw(tmp_path / "wrong.safetensors", mlp.state_dict(), record)
    with pytest.raises(ValueError, match="validation_loss is nan"):
        load_checkpoint(path)


def test_renamed_tensor_is_refused(tmp_path, mlp):
    tensors = dict(mlp.state_dict())
    tensors["classifier.9.weight"] = tensors.pop("classifier.0.weight")
    path = write_raw(tmp_path / "renamed.safetensors", tensors, make_record())
    with pytest.raises(ValueError, match=r"lacks classifier\.0\.weight and it has classifier\.9\.weight"):
        load_checkpoint(path)


def test_wrong_shape_is_refused_with_the_right_one(tmp_path, mlp):
    tensors = dict(mlp.state_dict()) | {"classifier.0.weight": torch.zeros(128, 785)}
    path = write_raw(tmp_path / "shape.safetensors", tensors, make_record())
    with pytest.raises(ValueError, match=r"shape \[128, 785\]; mlp needs \(128, 784\)"):
        load_checkpoint(path)


def test_wrong_number_format_is_refused(tmp_path, mlp):
    tensors = {name: t.to(torch.float16) for name, t in mlp.state_dict().items()}
    path = write_raw(tmp_path / "half.safetensors", tensors, make_record())
    with pytest.raises(ValueError, match="number format F16; F32 is needed"):
        load_checkpoint(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_refused(tmp_path, mlp, value):
    with torch.no_grad():
        mlp.classifier[0].weight[3, 5] = value
    path = write_raw(tmp_path / "nan.safetensors", mlp.state_dict(), make_record())
    with pytest.raises(ValueError, match=r"classifier\.0\.weight has 1 values that are NaN or infinite"):
        load_checkpoint(path)


def test_overlapping_offsets_are_refused(tmp_path, mlp):
    path = tmp_path / "overlap.safetensors"
    save_checkpoint(Checkpoint(mlp, make_info()), path)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header["classifier.0.weight"]["data_offsets"] = [0, 4]
    changed = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(changed)) + changed + content[8 + length :])
    with pytest.raises(ValueError, match="damaged"):
        load_checkpoint(path)


def test_unknown_name_lists_the_shipped_ones():
    with pytest.raises(
        ValueError, match="no checkpoint called 'alexnet'. Shipped: logistic, logistic-notebook, mlp, "
    ):
        find_checkpoint("alexnet")


def test_missing_path_is_named(tmp_path):
    with pytest.raises(ValueError, match="no checkpoint file at .*gone.safetensors"):
        load_checkpoint(tmp_path / "gone.safetensors")


def test_folder_is_not_a_checkpoint(tmp_path):
    with pytest.raises(ValueError, match="no checkpoint file"):
        load_checkpoint(tmp_path)


def test_file_bigger_than_its_limit_is_refused_at_the_edge(tmp_path, mlp, monkeypatch):
    path = tmp_path / "edge.safetensors"
    save_checkpoint(Checkpoint(mlp, make_info()), path)
    monkeypatch.setattr(module, "MAX_FILE_BYTES", path.stat().st_size)
    load_checkpoint(path)
    monkeypatch.setattr(module, "MAX_FILE_BYTES", path.stat().st_size - 1)
    with pytest.raises(ValueError, match="large"):
        load_checkpoint(path)


def test_shipped_checkpoints_are_listed_in_the_registrys_order():
    names = list_checkpoints()
    assert [name for name in names if "-" not in name] == [*NETWORKS, "sketchpad"]
    assert names[:5] == ["logistic", "logistic-notebook", "mlp", "mlp-notebook", "convnet"]
