"""A model in this process: loaded into host memory, moved to the GPU, and its state for `/status`."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from .gpu_memory import report_gpu_memory
from .progress import phase
from .restore import after_restore, task_id
from .status import WorkerReport
from .weights import fetch_if_pinned


@dataclass
class TorchWorker(ABC):
    """
    `load` makes no CUDA call, so a memory snapshot can hold what it leaves; `to_device` runs after a restore.

    Parameters:
        model_id: Hub id, or absolute path of a checkpoint.
        revision: commit of a Hub id; '' for the newest.
        dtype: as APP_DTYPE; the app says what `auto` is.
    """

    model_id: str
    revision: str = ""
    dtype: str = "auto"
    device: str = "cpu"
    load_s: float = 0.0
    gpu: dict[str, float | int | str] | None = None
    first_call: bool = True
    restored: bool = False
    started: float = field(default_factory=time.perf_counter)
    _loaded_in: str = field(default_factory=task_id)

    @abstractmethod
    def read_weights(self) -> None:
        """Reads the model into host memory, without a CUDA call."""

    @abstractmethod
    def move(self) -> None:
        """Moves the model to `self.device` in the right type."""

    @abstractmethod
    def warm_up(self) -> None:
        """Runs the model once."""

    @abstractmethod
    def dtype_name(self) -> str:
        """The type of the weights in use."""

    def may_go_offline(self) -> bool:
        """Whether the Hub may be turned off once the model is on the volume: nothing else is to be fetched."""
        return True

    def load(self) -> None:
        """
        Raises:
            OSError: there is no such checkpoint, or no network to fetch it.
        """
        start = time.perf_counter()
        if self.may_go_offline():
            fetch_if_pinned(self.model_id, self.revision)
        with phase("load_model"):
            self.read_weights()
        self.load_s += time.perf_counter() - start
        self._loaded_in = task_id()

    def to_device(self) -> None:
        """Moves the weights to the GPU, if there is one, and runs once."""
        import torch

        start = self.started = time.perf_counter()
        self.first_call, self.restored = True, task_id() != self._loaded_in
        if self.restored:
            with phase("restore"):
                after_restore()
        with phase("move_to_device"):
            self.device = "cuda" if torch.cuda.is_available() else "cpu"
            self.move()
        with phase("warm_up"):
            self.warm_up()
        self.gpu = report_gpu_memory("after load")
        self.load_s += time.perf_counter() - start

    def resume(self) -> None:
        """In place of `to_device` after a restore that brought the GPU's memory back too."""
        self.started, self.first_call, self.restored = time.perf_counter(), True, task_id() != self._loaded_in
        if self.restored:
            after_restore()
        self.gpu = report_gpu_memory("after restore")

    def report(self) -> WorkerReport:
        """What the worker says of itself."""
        import torch

        return WorkerReport(
            engine="transformers",
            device=self.device,
            dtype=self.dtype_name(),
            gpu=self.gpu,
            torch=str(torch.__version__),  # else an object of torch, which the web function has not
            cuda=torch.version.cuda,
            load_s=round(self.load_s, 3),
            uptime_s=round(time.perf_counter() - self.started, 3),
            first_call=self.first_call,
            restored=self.restored,
        )
