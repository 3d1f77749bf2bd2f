"""Work for workers, in a module that other processes can import."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from d2m_bridge.errors import InputError
from tests.estimators import MadeUpDancer


def make_square():
    return lambda item: item * item


@dataclass(frozen=True)
class Deadly:
    """Squares. The worker that gets `item` kills itself, `times` times."""

    folder: Path
    item: int
    times: int

    def __call__(self):
        return self.work

    def work(self, item):
        deaths = self.folder / "deaths"
        before = int(deaths.read_text()) if deaths.exists() else 0
        if item == self.item and before < self.times:
            deaths.write_text(str(before + 1))
            os.kill(os.getpid(), signal.SIGKILL)
        return item * item


def make_telling():
    """What a worker may use, and what its libraries are told of threads."""
    return lambda item: (sorted(os.sched_getaffinity(0)), os.environ.get("OMP_NUM_THREADS"))


@dataclass(frozen=True)
class Slow:
    """Notes that it began, takes its time, notes that it is done."""

    folder: Path
    seconds: float

    def __call__(self):
        return self.work

    def work(self, item):
        (self.folder / f"{item}.{os.getpid()}.begun").touch()
        time.sleep(self.seconds)
        return os.getpid()


def make_picky():
    def work(item):
        if item == 3:
            raise InputError("three is not wanted")
        return {1: "one"}[item]

    return work


def make_nothing():
    raise InputError("no tools here")


@dataclass(frozen=True)
class DeadlyDancer:
    """Opens a made-up dancer; the first process that does so is killed, as by the kernel for want of memory."""

    marker: Path

    def __call__(self):
        if not self.marker.exists():
            self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return MadeUpDancer()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
