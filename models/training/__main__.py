"""The process of a run: `python -m models.training FOLDER` trains what a run's folder describes.

`python -m models.training NETWORK …` makes the folder itself, with the options of `glassbox train`. Under
torchrun, all processes train together, each on a share of every batch, and the first one writes the folder:

    torchrun --nproc-per-node 2 -m models.training convnet --epochs 2
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from models.checkpoints.file import parse_checkpoint, write_atomically
from models.networks.registry import build_network
from models.runs.control import create_run, prepare_resumption
from models.runs.folder import CHECKPOINT, CONFIG, LOG, find_own_folder
from models.runs.launcher import SPARE_OPTION
from models.runs.limits import read_limits
from models.runs.start import describe_run
from models.runs.writer import catch_signals, execute_run, read_config, read_state
from models.training.config import TrainConfig
from models.training.fine_tuning import START, begin_with, read_beginning
from models.training.loop import train
from models.training.optimizer import build_optimizer
from models.training.options import add_training_options, check_beginning, check_out
from models.training.peers import Peers, join_peers, leave_peers
from models.training.session import Halt


def main() -> int:
    """Do what the command line says, and return the exit status: 0 where a run came to its end."""
    if sys.argv[1:] == [SPARE_OPTION]:
        return await_run()
    if len(sys.argv) == 2 and (Path(sys.argv[1]) / CONFIG).is_file():
        return train_folder(Path(sys.argv[1]))
    return train_described()


def await_run() -> int:
    """Import everything, and train the run that comes on the standard input; end without one."""
    warm_up()
    line = sys.stdin.readline()
    if not line:
        return 0
    order = json.loads(line)
    for name in [name for name in os.environ if name.startswith("GLASSBOX_")]:
        del os.environ[name]
    os.environ.update(order["environment"])
    folder = Path(order["folder"])
    with (folder / LOG).open("ab") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    execute_run(folder, read_limits().max_minutes)
    return 0


def warm_up() -> None:
    """Make one step of a small training: the first one loads what all others need."""
    network = build_network("convnet")
    optimizer = build_optimizer(network.parameters(), TrainConfig("convnet"))
    F.cross_entropy(network(torch.zeros(2, 1, 28, 28)), torch.zeros(2, dtype=torch.int64)).backward()
    optimizer.step()


def train_folder(folder: Path) -> int:
    """Train the run of a folder within the limits of this machine."""
    execute_run(folder, read_limits().max_minutes)
    return 0


def train_described() -> int:
    """Make a run of what the options describe, and train it; under torchrun, together."""
    parser = argparse.ArgumentParser(prog="python -m models.training")
    add_training_options(parser)
    options = parser.parse_args()
    if "runs_dir" in options:
        os.environ["GLASSBOX_RUNS"] = str(options.runs_dir)
    try:
        check_beginning(options)
        resumed = find_own_folder(options.resume) if options.resume else None
        config, files = (read_config(resumed), {}) if resumed else describe_run(options)
        check_out(options.out)
        peers = join_peers()
        if not peers.is_first:
            return _train_along(config, resumed, files, peers)
        folder = prepare_resumption(options.resume) if resumed else create_run(config, files=files)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    print(folder.name, flush=True)
    status = execute_run(folder, peers=peers)
    if options.out is not None and (folder / CHECKPOINT).is_file():
        write_atomically(options.out, (folder / CHECKPOINT).read_bytes())
    if status == "failed":
        return 1  # and torchrun ends the others, who still wait for this process
    leave_peers(peers)
    return 0


def _train_along(config: TrainConfig, resumed: Path | None, files: dict[str, bytes], peers: Peers) -> int:
    """Train with the first process, which alone writes; `resumed` is the folder of a run that goes on."""
    state = read_state(resumed) if resumed else None
    beginning = read_beginning(resumed, config) if resumed else None
    if START in files:
        beginning = begin_with(parse_checkpoint(files[START], Path(START)), config)
    with catch_signals() as asked:
        stop = Halt("Stopped as asked", keep=False)
        for _ in train(
            config,
            state=state,
            find_halt=lambda: stop if asked.is_set() else None,
            peers=peers,
            beginning=beginning,
        ):
            pass
    leave_peers(peers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
