"""The two kinds of workers that training.workers conducts: processes of this machine, and actors of a Ray cluster."""

from __future__ import annotations

import multiprocessing
import os
import socket
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol

from d2m_bridge.errors import D2MError, InputError

Work = Callable[[Any], Any]
MakeWork = Callable[[], Work]

_GOODBYE_S, _CONNECT_S = 5.0, 5.0
_LEAVES_WITHIN_S = 2.0  # a worker of the job before
# Read by NumPy's and PyTorch's libraries when they are loaded.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Done:
    """An item was done."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """The work raised this: a D2MError as it was, anything else as RuntimeError with its traceback."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Died:
    """The worker ended in the middle of an item."""

    how: str


Outcome = Done | Raised | Died


class Crew(Protocol):
    """Workers 0 to size-1."""

    size: int

    def give(self, worker: int, item: Any) -> None:
        """Sets an idle worker to work."""
        ...

    def hear(self) -> list[tuple[int, Outcome]]:
        """Waits until at least one worker has come to an end; whoever died has been replaced."""
        ...

    def close(self) -> None:
        """Ends all workers."""
        ...


class _Desk:
    """A worker's side: sets up with the first item, so that what goes wrong there is heard like any other error."""

    def __init__(self, make_work: MakeWork) -> None:
        _keep_to_one_core()
        self._make_work = make_work
        self._work: Work | None = None

    def do(self, item: Any) -> Outcome:
        try:
            self._work = self._work or self._make_work()
            return Done(self._work(item))
        except D2MError as error:
            return Raised(error)
        except Exception:  # noqa: BLE001 - a worker catches once, at its top, and hands the cause on
            return Raised(RuntimeError(traceback.format_exc()))


@contextmanager
def _one_thread() -> Iterator[None]:
    """What is started meanwhile computes with one thread, where libraries ask the environment."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _keep_to_one_core() -> None:
    """Where the system can (Linux): some libraries, MediaPipe's among them, start a thread for every core they see.

    The first core that no other worker of this machine keeps to; where all stay taken, none.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    cores, until = sorted(os.sched_getaffinity(0)), time.monotonic() + _LEAVES_WITHIN_S
    while (mine := next(filter(_claim, cores), None)) is None and time.monotonic() < until:
        time.sleep(0.1)
    if mine is not None:
        os.sched_setaffinity(0, {mine})


def _claim(core: int) -> bool:
    """Whether the core was free; it is this process's then for as long as that lives."""
    import fcntl

    lock = Path(tempfile.gettempdir(), f"d2m-core-{os.getuid()}-{core}.lock")
    claim = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(claim)
        return False
    return True


def _serve(pipe: Connection, make_work: MakeWork) -> None:
    desk = _Desk(make_work)
    try:
        while True:
            pipe.send(desk.do(pipe.recv()))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return  # the caller is gone, or Ctrl-C reached the whole group: the caller says so


@dataclass(frozen=True, slots=True)
class _Hire:
    process: Any
    pipe: Connection


class LocalCrew:
    """Processes of this machine, a core each, at the ends of pipes: a pipe that ends tells of a death."""

    def __init__(self, make_work: MakeWork, size: int) -> None:
        self.size = size
        self._make_work = make_work
        self._context = multiprocessing.get_context("spawn")
        self._hires = [self._hire() for _ in range(size)]
        self._busy: set[int] = set()

    def give(self, worker: int, item: Any) -> None:
        self._busy.add(worker)
        try:
            self._hires[worker].pipe.send(item)
        except (BrokenPipeError, ConnectionResetError):
            return  # it died idle: hear() will find that

    def hear(self) -> list[tuple[int, Outcome]]:
        pipes = {self._hires[worker].pipe: worker for worker in self._busy}
        return [(pipes[pipe], self._outcome(pipes[pipe])) for pipe in wait(list(pipes))]

    def close(self) -> None:
        for hire in self._hires:
            hire.pipe.close()
            hire.process.terminate()
            hire.process.join(_GOODBYE_S)
            if hire.process.is_alive():
                hire.process.kill()

    def _hire(self) -> _Hire:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._make_work), daemon=True)
        with _one_thread():
            process.start()
        theirs.close()
        return _Hire(process, ours)

    def _outcome(self, worker: int) -> Outcome:
        self._busy.discard(worker)
        hire = self._hires[worker]
        try:
            return hire.pipe.recv()
        except (EOFError, ConnectionResetError):
            hire.process.join()
            hire.pipe.close()
            self._hires[worker] = self._hire()
            return Died(f"exit code {hire.process.exitcode}")


def _knock(address: str) -> None:
    """OSError where nobody listens on HOST:PORT: Ray itself would wait for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit() and "/" not in host:
        socket.create_connection((host, int(port)), _CONNECT_S).close()


class RayCrew:
    """Actors of a cluster, a CPU each. The machines must see the same checkout and folders under the same paths."""

    def __init__(self, make_work: MakeWork, address: str, size: int | None) -> None:
        import ray

        self._ray, self._make_work = ray, make_work
        try:
            _knock(address)
            ray.init(address=address, log_to_driver=False, logging_level="WARNING")
        except (OSError, ValueError, RuntimeError) as error:
            raise InputError(f"--ray {address}: no Ray cluster answers there ({error})") from error
        cpus = int(ray.cluster_resources().get("CPU", 0))
        self.size = cpus if size is None else size
        if not 1 <= self.size <= cpus:
            ray.shutdown()
            raise InputError(f"--workers {self.size}: the Ray cluster at {address} has {cpus} CPUs")
        self._actors = [self._hire() for _ in range(self.size)]
        self._busy: dict[Any, int] = {}

    def give(self, worker: int, item: Any) -> None:
        self._busy[self._actors[worker].do.remote(item)] = worker

    def hear(self) -> list[tuple[int, Outcome]]:
        ready, _ = self._ray.wait(list(self._busy))
        return [(self._busy[answer], self._outcome(answer, self._busy.pop(answer))) for answer in ready]

    def close(self) -> None:
        self._ray.shutdown()

    def _hire(self) -> Any:
        return self._ray.remote(num_cpus=1, max_restarts=0)(_Desk).remote(self._make_work)

    def _outcome(self, answer: Any, worker: int) -> Outcome:
        try:
            return self._ray.get(answer)
        except self._ray.exceptions.RayTaskError as error:  # not the work's: it could not even begin
            return Raised(RuntimeError(str(error)))
        except self._ray.exceptions.RayError as error:
            self._actors[worker] = self._hire()
            return Died(str(error).splitlines()[0])
