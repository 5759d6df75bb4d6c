"""Whose a run is: its owner's key, where a run has one, is asked for before the run is changed."""

import hashlib
import json
import re
import shutil

import pytest

from app.api.runs import train
from app.runs.live import answer_act, look
from app.runs.tab import on_open_run, on_start
from models.runs.control import create_run, repeat_run, start_run, stop_run
from models.runs.folder import append_event, find_runs_folder, has_run
from models.runs.management import delete_run, purge_deleted, restore_run
from models.runs.owner import NOT_OWNER, OWNER, check_owner, has_owner, make_owner_key
from models.runs.status import read_run
from tests.runs.test_form import make_form
from tests.runs.trained_runs import make_ending, make_short_config

KEY, OTHER = "0123456789abcdef" * 2, "0" * 32
ACTIONS = ("stop", "keep", "resume", "rename", "delete", "restore")


@pytest.fixture
def owned():
    """The id of a run that was stopped and asks for `KEY`."""
    folder = create_run(make_short_config(), name="mine", owner_key=KEY)
    append_event(folder, {"type": "ending", "status": "stopped", "message": "Stopped", "test": None})
    return folder.name


@pytest.fixture
def idle(monkeypatch):
    """A machine on which runs wait: nothing is launched."""
    monkeypatch.setattr("models.runs.control.advance_held_queue", lambda: None)
    monkeypatch.setattr("models.runs.status.advance_queue", lambda: None)


def act(action, run_id, name="", **key):
    return json.loads(answer_act({"action": action, "id": run_id, "name": name, **key}))["error"]


def copy_files():
    folder = find_runs_folder()
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_folder_keeps_the_hash_of_the_key_and_the_key_nowhere(owned):
    files = copy_files()
    assert not any(KEY.encode() in content for content in files.values())
    assert [content for path, content in files.items() if path.name == OWNER] == [
        hashlib.sha256(KEY.encode()).hexdigest().encode()
    ]


def test_keys_are_random():
    keys = {make_owner_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)


@pytest.mark.parametrize("key", ["1234", "x" * 32, KEY.upper(), f"{KEY}\n", 7])
def test_key_that_could_be_guessed_starts_nothing(key):
    with pytest.raises(ValueError, match="32 random hexadecimal digits"):
        start_run(make_short_config(), owner_key=key)
    assert copy_files().keys() <= {find_runs_folder() / "queue.lock"}


@pytest.mark.parametrize("key", ["", OTHER, KEY[:-1], KEY.upper(), "\ud800", "é" * 32])
def test_only_the_very_key_will_do(owned, key):
    check_owner(owned, KEY)
    with pytest.raises(ValueError, match="Only this run's owner"):
        check_owner(owned, key)


def test_key_is_compared_in_constant_time(owned, monkeypatch):
    compared = []
    monkeypatch.setattr("models.runs.owner.hmac.compare_digest", lambda *pair: compared.append(pair) or True)
    check_owner(owned, OTHER)
    ((known, given),) = compared
    assert len(known) == len(given) == 64


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"{}", None])
def test_damaged_hash_fits_no_key(owned, content):
    path = find_runs_folder() / owned / OWNER
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    assert has_owner(owned)
    for key in ("", KEY):
        with pytest.raises(ValueError, match="Only this run's owner"):
            check_owner(owned, key)


@pytest.mark.parametrize("key", [{}, {"key": ""}, {"key": OTHER}])
@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_is_done_without_the_owners_key(owned, action, key):
    before = copy_files()
    assert act(action, owned, "theirs", **key) == NOT_OWNER
    assert copy_files() == before


@pytest.mark.parametrize("key", [None, 7, [KEY], {"key": KEY}])
def test_key_that_is_no_text_is_refused_in_words(owned, key):
    assert "cannot be read" in act("delete", owned, key=key)
    assert has_run(owned)


def test_owner_does_all_of_it(owned, idle):
    assert act("rename", owned, "renamed", key=KEY) == ""
    assert read_run(owned).name == "renamed"
    assert act("resume", owned, key=KEY) == ""
    assert read_run(owned).status == "waiting"
    assert act("stop", owned) == NOT_OWNER
    assert act("delete", owned) == NOT_OWNER
    assert read_run(owned).status == "waiting"
    assert act("stop", owned, key=KEY) == ""
    assert read_run(owned).status == "stopped"
    assert act("keep", owned, key=KEY) == ""
    assert act("delete", owned, key=KEY) == ""
    assert not has_run(owned)
    assert act("restore", owned) == NOT_OWNER
    assert not has_run(owned)
    assert act("restore", owned, key=KEY) == ""
    assert act("delete", owned, key=OTHER) == NOT_OWNER, "it still has its owner"


def test_run_that_is_brought_back_meanwhile_keeps_its_owner(owned, monkeypatch):
    """Between two looks it may move out of the folder of deleted runs."""
    delete_run(owned)
    read_bytes = type(find_runs_folder()).read_bytes

    def read_late(path):
        try:
            return read_bytes(path)
        finally:
            if not has_run(owned):
                restore_run(owned)

    monkeypatch.setattr(type(find_runs_folder()), "read_bytes", read_late)
    with pytest.raises(ValueError, match="Only this run's owner"):
        check_owner(owned, "")


@pytest.mark.parametrize("key", ["", OTHER])
def test_run_of_an_earlier_version_asks_for_its_id_alone(key):
    folder = create_run(make_short_config())
    append_event(folder, make_ending())
    assert not has_owner(folder.name)
    assert act("rename", folder.name, "old", key=key) == act("delete", folder.name, key=key) == ""
    assert act("restore", folder.name, key=key) == ""
    assert read_run(folder.name).name == "old"


def test_run_that_is_gone_says_so_and_not_whose_it_was(owned):
    delete_run(owned)
    purge_deleted(older_than_seconds=0)
    assert "There is no run" in act("rename", owned)
    assert "too long ago" in act("restore", owned, key=KEY)
    for run_id in ("example", "../" + owned, "\ud800", ""):
        check_owner(run_id, "")
        assert not has_owner(run_id)


def test_machine_itself_needs_no_key(owned):
    stop_run(owned)
    delete_run(owned)
    restore_run(owned)
    assert has_owner(owned)


def test_run_says_whether_it_has_an_owner_and_never_by_which_key(owned):
    free = create_run(make_short_config()).name
    answer = look({"runs": {owned: None, free: None, "example": None}, "focus": owned, "view": False})
    assert {card["id"]: card["has_owner"] for card in answer["cards"]} == {
        owned: True,
        free: False,
        "example": False,
    }
    assert (find_runs_folder() / owned / OWNER).read_text() not in json.dumps(answer)


def test_browser_that_starts_runs_gets_their_key(idle):
    listing = on_start([], 3, None, "notebook", *make_form("mlp").values())
    value = json.loads(listing.runs)
    assert value["ids"] == list(value["keys"]) == listing.my_runs
    assert len(set(value["keys"].values())) == 1
    for run_id, key in value["keys"].items():
        assert act("rename", run_id) == NOT_OWNER
        assert act("rename", run_id, "mine", key=key) == ""
    again = json.loads(on_start([], 1, None, "notebook", *make_form("mlp").values()).runs)
    assert not set(again["keys"].values()) & set(value["keys"].values())


def test_run_that_is_opened_becomes_ones_own_by_its_key_alone(owned):
    assert "keys" not in json.loads(on_open_run([], owned).runs)
    assert "keys" not in json.loads(on_open_run([], owned, None).runs)
    assert "not the owner's key" in on_open_run([], owned, OTHER).error
    assert json.loads(on_open_run([], owned, f" {KEY.upper()} ").runs)["keys"] == {owned: KEY}
    free = create_run(make_short_config()).name
    assert "keys" not in json.loads(on_open_run([], free, OTHER).runs)


def test_program_brings_a_key_of_its_own(idle):
    run_id = train("mlp", dataset="strokes", x_owner_key=KEY)
    assert act("delete", run_id) == NOT_OWNER
    assert act("delete", run_id, key=KEY) == ""
    run_id = train("mlp", dataset="strokes")
    assert not has_owner(run_id)
    with pytest.raises(Exception, match="32 random hexadecimal digits"):
        train("mlp", dataset="strokes", x_owner_key="secret")


def test_nothing_is_left_of_a_run_whose_owner_cannot_be_written(monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("models.runs.owner.write_atomically", fail)
    with pytest.raises(ValueError, match="The disk is full"):
        repeat_run(make_short_config(), 2, owner_key=KEY)
    assert not [path for path in find_runs_folder().iterdir() if path.is_dir() and len(path.name) == 32]


def test_copied_folder_keeps_its_owner(owned):
    copy = "c" * 32
    shutil.copytree(find_runs_folder() / owned, find_runs_folder() / copy)
    check_owner(copy, KEY)
    with pytest.raises(ValueError, match="Only this run's owner"):
        check_owner(copy, "")
