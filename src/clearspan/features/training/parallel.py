"""Sums over the processes of one training; a training of one process sums over itself."""

import atexit
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed

# PyTorch types it in part only.
distributed: Any = torch.distributed


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes that train one dictionary together, each on its share of every batch.

    Attributes:
        rank: of this process.
        count: how many there are.
    """

    rank: int = 0
    count: int = 1

    @classmethod
    def joined(cls) -> "Processes":
        """Those that `torchrun` started, or this one alone."""
        if not distributed.is_torchelastic_launched():
            return cls()
        if not distributed.is_initialized():
            distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
            # Threads of the group that still run when Python ends abort the process.
            atexit.register(distributed.destroy_process_group)
        return cls(distributed.get_rank(), distributed.get_world_size())

    def sum(self, tensor: torch.Tensor) -> torch.Tensor:
        """The sum over all processes, in place."""
        if self.count > 1:
            distributed.all_reduce(tensor)
        return tensor

    def same(self, tensor: torch.Tensor) -> torch.Tensor:
        """That of the first process, in place: what each works out for itself may differ in its last digits."""
        if self.count > 1:
            distributed.broadcast(tensor, 0)
        return tensor

    def least(self, value: float) -> float:
        """The smallest over all processes."""
        if self.count == 1:
            return value
        tensor = torch.tensor(value)
        distributed.all_reduce(tensor, distributed.ReduceOp.MIN)
        return float(tensor)

    def share(self, batch: torch.Tensor) -> torch.Tensor:
        """This process's part of a batch."""
        return batch.tensor_split(self.count)[self.rank]
