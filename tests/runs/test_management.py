"""Naming, deleting and restoring runs."""

import pytest
from filelock import FileLock

from models.runs.folder import has_run
from models.runs.management import delete_run, purge_deleted, rename_run, restore_run
from models.runs.queue import enter_queue, find_place
from models.runs.status import read_run
from tests.runs.trained_runs import make_ending, make_folder

A = "a" * 32


@pytest.mark.parametrize(
    ("name", "shown"), [("Mine", "Mine"), ("  a \n b\t", "a b"), ("", ""), ("<b>ü</b>", "<b>ü</b>")]
)
def test_run_has_the_name_it_was_given(name, shown):
    make_folder(A, [make_ending()])
    created = read_run(A).created
    rename_run(A, name)
    assert (read_run(A).name, read_run(A).created) == (shown, created)


@pytest.mark.parametrize("name", ["x" * 61, None, 7])
def test_impossible_name_is_refused(name):
    make_folder(A, [make_ending()])
    with pytest.raises(ValueError, match="name"):
        rename_run(A, name)


def test_deleted_run_can_be_brought_back_for_a_while():
    make_folder(A, [make_ending()])
    delete_run(A)
    assert not has_run(A)
    purge_deleted()
    restore_run(A)
    assert read_run(A).status == "done"
    restore_run(A)  # twice is no mistake
    delete_run(A)
    purge_deleted(older_than_seconds=0)
    with pytest.raises(ValueError, match="too long ago"):
        restore_run(A)


@pytest.mark.parametrize("run_id", ["", "..", "../" + A, "example/..", "0" * 32])
def test_only_a_deleted_run_can_be_brought_back(run_id):
    with pytest.raises(ValueError, match="too long ago"):
        restore_run(run_id)


def test_run_that_trains_is_not_deleted():
    folder = make_folder(A, [])
    with FileLock(folder / "lock"), pytest.raises(ValueError, match="Stop it before"):
        delete_run(A)
    assert has_run(A)


def test_waiting_run_leaves_the_queue_when_it_is_deleted(monkeypatch):
    monkeypatch.setattr("models.runs.status.advance_queue", lambda: None)
    make_folder(A, [])
    enter_queue(A)
    delete_run(A)
    assert find_place(A) == 0
    restore_run(A)
    assert (read_run(A).status, read_run(A).can_resume) == ("stopped", True)


def test_example_is_nobodys_to_change():
    for change in (delete_run, lambda run_id: rename_run(run_id, "Mine")):
        with pytest.raises(ValueError, match="cannot be changed"):
            change("example")
