"""Several processes that train one network together: each takes a share of every batch (data parallelism)."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn


@dataclass(frozen=True)
class Peers:
    """The processes of one training, as torchrun starts them.

    Attributes:
        rank: This process's number, from 0, which writes the run.
        size: How many there are; 1 for a training in one process, which then asks nobody for anything.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Return whether this process speaks for all."""
        return self.rank == 0

    def wrap(self, network: nn.Module) -> nn.Module:
        """Return the network to call in training: one whose gradients are averaged over all processes."""
        return network if self.size == 1 else nn.parallel.DistributedDataParallel(network)

    def share(self, batch: Tensor) -> Tensor:
        """Return this process's share of a batch's indices; all shares are of one length.

        The mean over the batch is the mean of the shares' means then. Up to size − 1 images are left out.
        """
        if self.size == 1:
            return batch
        return batch[: len(batch) // self.size * self.size][self.rank :: self.size]

    def agree(self, number: int) -> int:
        """Return the largest of the numbers that the processes bring, the same in all of them."""
        return number if self.size == 1 else int(self._reduce(torch.tensor(number), dist.ReduceOp.MAX))

    def add(self, values: Tensor) -> Tensor:
        """Return the sum of the processes' tensors."""
        return values if self.size == 1 else self._reduce(values.clone(), dist.ReduceOp.SUM)

    def spread(self, tensor: Tensor) -> Tensor:
        """Return the first process's tensor, the same in all of them."""
        if self.size > 1:
            dist.broadcast(tensor, src=0)
        return tensor

    def _reduce(self, tensor: Tensor, operation: dist.ReduceOp.RedOpType) -> Tensor:
        dist.all_reduce(tensor, operation)
        return tensor


ALONE = Peers()


def join_peers() -> Peers:
    """Join the processes that torchrun started, or be alone where it did not."""
    size = int(os.environ.get("WORLD_SIZE", 1))
    if size == 1:
        return ALONE
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    return Peers(dist.get_rank(), size)


def leave_peers(peers: Peers) -> None:
    """Take leave, so that no process waits for this one."""
    if peers.size > 1:
        dist.destroy_process_group()
