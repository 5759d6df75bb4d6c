"""Starting runs, waiting in the queue, ending and resuming; the limits of it all; the processes behind it."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.runs import launcher as run_launcher
from models.runs import queue as run_queue
from models.runs.control import advance_queue, repeat_run, resume_run, start_run, stop_run
from models.runs.folder import append_event, find_runs_folder, has_run, read_events
from models.runs.launcher import NICENESS
from models.runs.management import delete_run
from models.runs.queue import count_training, enter_queue, list_waiting, mark_live, release_live, unmark_live
from models.runs.status import LIVE_STATUSES, read_news, read_run
from tests.runs.trained_runs import LONG, make_ending, make_folder, make_short_config, wait_for, wait_for_end
from tests.waiting import HANG_SECONDS, wait_until


@pytest.fixture
def launched(monkeypatch):
    """Launch no processes, but collect the ids of the runs that would have had one; one trains at a time."""
    ids = []
    monkeypatch.setattr(run_queue, "launch_process", lambda folder, on_end: ids.append(folder.name))
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "1")
    return ids


def end_run(run_id):
    """Do what a run's process does last."""
    folder = find_runs_folder() / run_id
    append_event(folder, make_ending())
    unmark_live(folder)
    advance_queue()


def test_queue_keeps_its_order_where_the_clock_stands_still(monkeypatch):
    monkeypatch.setattr(time, "time_ns", lambda: 1_000)
    find_runs_folder().mkdir(exist_ok=True)
    ids = ["c" * 32, "b" * 32, "d" * 32, "a" * 32]
    for run_id in ids:
        enter_queue(run_id)
    assert list_waiting() == ids


def test_thirty_starts_in_a_second_are_a_queue(launched, monkeypatch):
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "2")
    started = time.process_time()
    with ThreadPoolExecutor(30) as visitors:
        ids = list(visitors.map(lambda seed: start_run(make_short_config(seed=seed)), range(30)))
    assert time.process_time() - started < 10
    assert len(set(ids)) == 30
    states = {run_id: read_run(run_id) for run_id in ids}
    assert sorted(state.place for state in states.values()) == [0, 0, *range(1, 29)]
    assert sorted(launched) == sorted(run_id for run_id in ids if states[run_id].place == 0)
    assert {states[run_id].status for run_id in launched} == {"starting"}
    waiting = sorted(set(ids) - set(launched), key=lambda run_id: states[run_id].place)
    stop_run(waiting[0])
    delete_run(waiting[1])
    assert read_run(waiting[0]).status == "stopped"
    assert not has_run(waiting[1])
    assert read_run(waiting[2]).place == 1
    while live := [run_id for run_id in launched if read_news(run_id).status in LIVE_STATUSES]:
        end_run(live[0])
        assert count_training() <= 2
    assert launched[2:] == waiting[2:]


def test_queue_moves_when_a_waiting_run_is_looked_at(launched):
    """A run that was killed, and whose server died with it, leaves the queue to whoever looks."""
    first, second = start_run(make_short_config()), start_run(make_short_config())
    assert (read_run(second).place, launched) == (1, [first])
    unmark_live(find_runs_folder() / first)
    assert (read_news(second).status, launched) == ("starting", [first, second])


def test_resumed_run_is_not_uncounted_by_the_process_that_it_had_before(launched):
    """That one may still be on its way out when the run is given another."""
    run_id = start_run(make_short_config())
    folder = find_runs_folder() / run_id
    mark_live(folder, 4711)
    append_event(folder, {"type": "ending", "status": "stopped", "message": "Stopped", "test": None})
    resume_run(run_id)
    assert launched == [run_id, run_id]
    release_live(folder, 4711)
    run_queue._on_process_end(folder, launch=0, pid=4711)
    assert (read_run(run_id).status, count_training()) == ("starting", 1)
    mark_live(folder, 4712)
    release_live(folder, 4712)
    assert count_training() == 0


def test_process_that_cannot_be_started_is_an_error(monkeypatch):
    def fail(folder, on_end):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(run_queue, "launch_process", fail)
    run_id = start_run(make_short_config())
    assert read_run(run_id).status == "failed"
    assert "no process could be started" in read_run(run_id).message
    assert count_training() == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"epochs": 21}, "1 to 20"), ({"batch_size": 7}, "8 to 512"), ({"batch_size": 513}, "513")],
)
def test_runs_have_narrower_bounds_than_ones_own_trainings(launched, changes, message):
    with pytest.raises(ValueError, match=message):
        start_run(make_short_config(**changes))
    assert list(find_runs_folder().iterdir()) == []


def test_visitor_has_so_many_runs_and_no_more(launched, monkeypatch):
    monkeypatch.setenv("GLASSBOX_LIVE_PER_VISITOR", "2")
    monkeypatch.setenv("GLASSBOX_RUNS_PER_VISITOR", "3")
    own = [start_run(make_short_config()), start_run(make_short_config())]
    with pytest.raises(ValueError, match="2 of your runs train or wait, and at most 2 may"):
        start_run(make_short_config(), own_runs=own)
    start_run(make_short_config(), own_runs=["example", "nonsense"])  # another visitor
    end_run(own[0])
    own.append(start_run(make_short_config(), own_runs=own))
    end_run(own[1])
    with pytest.raises(ValueError, match="You have 3 runs and may keep 3"):
        start_run(make_short_config(), own_runs=own)
    delete_run(own[0])
    start_run(make_short_config(), own_runs=own)


def test_queue_has_an_end(launched, monkeypatch):
    monkeypatch.setenv("GLASSBOX_MAX_WAITING", "1")
    start_run(make_short_config())
    with pytest.raises(ValueError, match="0 wait in the queue, where 1 have room"):
        repeat_run(make_short_config(), 2)
    waiting = start_run(make_short_config())
    with pytest.raises(ValueError, match="1 wait in the queue, where 1 have room"):
        start_run(make_short_config())
    stop_run(waiting)
    start_run(make_short_config())
    with pytest.raises(ValueError, match="where 1 have room"):
        resume_run(waiting)


def test_runs_take_no_more_of_the_disk_than_they_may(launched, monkeypatch):
    monkeypatch.setenv("GLASSBOX_RUNS_DISK_MB", "4")
    run_id = start_run(make_short_config())
    (find_runs_folder() / run_id / "state.safetensors").write_bytes(bytes(3 * 2**20))
    with pytest.raises(ValueError, match="take 3 MB of the 4 MB"):
        start_run(make_short_config())


def test_seeds_of_a_repetition_share_a_group(launched):
    ids = repeat_run(make_short_config(seed=5), 3)
    states = [read_run(run_id) for run_id in ids]
    assert [state.config["seed"] for state in states] == [5, 6, 7]
    assert len({state.group for state in states}) == 1
    assert states[0].group
    assert read_run(repeat_run(make_short_config(), 1)[0]).group == ""


@pytest.mark.parametrize("num_seeds", [0, 11, 2.0, True, "3"])
def test_impossible_number_of_seeds_is_refused(launched, num_seeds):
    with pytest.raises(ValueError, match="1 to 10 seeds"):
        repeat_run(make_short_config(), num_seeds)


def test_stopping_an_ended_run_changes_nothing(launched):
    make_folder("a" * 32, [make_ending()])
    stop_run("a" * 32)
    assert not (find_runs_folder() / ("a" * 32) / "stop").exists()


def test_only_what_ended_early_is_resumed(launched):
    done, stopped = "a" * 32, "b" * 32
    make_folder(done, [make_ending()])
    make_folder(stopped, [make_ending("stopped")])
    (find_runs_folder() / stopped / "stop").write_text("stop")
    with pytest.raises(ValueError, match="come to its end"):
        resume_run(done)
    resume_run(stopped)
    assert (read_run(stopped).status, launched) == ("starting", [stopped])
    assert not (find_runs_folder() / stopped / "stop").exists()
    with pytest.raises(ValueError, match="trains or waits already"):
        resume_run(stopped)
    with pytest.raises(ValueError, match="cannot be changed"):
        resume_run("example")


def test_resumed_run_waits_its_turn(launched):
    start_run(make_short_config())
    make_folder("b" * 32, [make_ending("stopped")])
    resume_run("b" * 32)
    assert (read_run("b" * 32).status, read_run("b" * 32).place) == ("waiting", 1)
    with pytest.raises(ValueError, match="trains or waits already"):
        resume_run("b" * 32)
    stop_run("b" * 32)
    assert (read_run("b" * 32).status, read_run("b" * 32).can_resume) == ("stopped", True)


@pytest.mark.gate
def test_queue_goes_on_without_whoever_made_it(monkeypatch):
    """A server that is killed takes no run with it: the first one trains, and then hands over."""
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "1")
    script = (
        "import os\n"
        "from models.runs.control import repeat_run\n"
        "from tests.runs.trained_runs import make_short_config\n"
        "print(*repeat_run(make_short_config('logistic'), 2), flush=True)\n"
        "os._exit(1)"
    )
    started = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    first, second = started.stdout.split()
    folder = find_runs_folder() / second
    # To ask for its state would advance it.
    wait_until(lambda: any(event["type"] == "ending" for event in read_events(folder)[0]))
    assert (read_run(first).status, read_run(second).status) == ("done", "done")
    assert read_run(first).epochs[0]["seconds"] > 0


def assert_stands_back(pid):
    """All threads of a process leave the processor to whatever else needs it, and so does its session."""
    if sys.platform == "win32":
        return
    assert os.getpriority(os.PRIO_PROCESS, pid) == NICENESS
    proc = Path(f"/proc/{pid}")
    assert all(os.getpriority(os.PRIO_PROCESS, int(task.name)) == NICENESS for task in proc.glob("task/*"))
    if (proc / "autogroup").exists():
        assert (proc / "autogroup").read_text().split()[-1] == str(NICENESS)


@pytest.mark.gate
def test_killed_run_makes_room_and_can_go_on(monkeypatch):
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "1")
    killed = start_run(make_short_config("logistic", **LONG))
    waiting = start_run(make_short_config("logistic"))
    state = wait_for(killed, lambda state: state.epochs)
    pid = int((find_runs_folder() / ".live" / killed).read_text())
    assert_stands_back(pid)
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows has no other
    state = wait_for_end(killed)
    assert (state.status, state.can_resume) == ("interrupted", True)
    assert "is kept" in state.message
    resume_run(killed)
    wait_for_end(waiting)
    wait_for(killed, lambda state: state.epochs and state.status == "running" and state.step > 500)
    stop_run(killed)
    assert wait_for_end(killed).status == "stopped"
    resumed = [event for event in read_events(find_runs_folder() / killed)[0] if event["type"] == "resumed"]
    assert resumed[0]["epoch"] >= 1


@pytest.mark.gate
def test_spare_process_takes_the_next_run_and_ends_with_its_owner(monkeypatch):
    spare = run_launcher._Spare()
    monkeypatch.setattr(run_launcher, "_spare", spare)
    monkeypatch.setattr(run_launcher, "_NEXT_SPARE_SECONDS", 0.0)
    run_launcher.keep_spare()
    pid = spare._process.pid
    assert_stands_back(pid)
    run_id = start_run(make_short_config("logistic", seed=3))
    wait_for(run_id, lambda state: state.status not in ("waiting", "starting"))
    assert wait_for_end(run_id).status == "done"
    assert (find_runs_folder() / run_id / "log.txt").exists()
    wait_until(lambda: spare._process is not None, lambda: "no new spare")
    assert spare._process.pid != pid
    spare._is_wanted = False
    spare._process.stdin.close()  # as the system does when a server dies
    assert spare._process.wait(timeout=HANG_SECONDS) == 0
