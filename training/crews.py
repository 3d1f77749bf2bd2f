"""The two kinds of workers that training.workers conducts: processes of this machine, and actors of a Ray cluster."""

from __future__ import annotations

import multiprocessing
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from d2m_bridge.errors import D2MError, InputError

Work = Callable[[Any], Any]
MakeWork = Callable[[], Work]

_GOODBYE_S, _CONNECT_S = 5.0, 5.0


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
    """Processes of this machine, each at the end of a pipe: a pipe that ends tells of a death."""

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
