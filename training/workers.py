"""Work in many processes: of this machine, or of a Ray cluster when an address is given.

    items ─> queue ─> worker 0 ─┐
                  └─> worker 1 ─┴─> results in the order of the items

A worker is a process that has set itself up once and does one item after the other. One that dies (a crash of a
library, no memory, a lost machine) is replaced, and its item is done again by another. The caller's thread hands out,
hears and reports; nothing here writes a file.
"""

from __future__ import annotations

import argparse
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from d2m_bridge.errors import D2MError, InputError
from training.crews import Crew, Done, LocalCrew, Raised, RayCrew, Work

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]  # done, of how many

TRIES = 3


class WorkError(D2MError):
    """Work that could not be done; the text says which and why."""


def add_worker_options(parser: argparse.ArgumentParser) -> None:
    """--workers and --ray, as every program has them that maps work."""
    parser.add_argument(
        "--workers", type=int, metavar="N", help="processes of one core each (none; on Ray: one for each CPU)"
    )
    parser.add_argument("--ray", metavar="ADDRESS", help="of a Ray cluster: HOST:6379, or auto for the one of here")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who does the work of a program that maps work more than once. show: told what is done, and which part of it."""

    workers: int | None = None
    ray: str | None = None
    show: Callable[[str, float], None] = lambda what, part: None

    def map(self, what: str, make_work: Callable[[], Callable[[Item], Result]], items: Sequence[Item]) -> list[Result]:
        """map_work by this staff. what: a word for the progress bar."""
        return map_work(
            make_work, items, workers=self.workers, ray=self.ray, progress=lambda done, of: self.show(what, done / of)
        )


def map_work(
    make_work: Callable[[], Callable[[Item], Result]],
    items: Sequence[Item],
    *,
    workers: int | None = None,
    ray: str | None = None,
    progress: Progress = lambda done, of: None,
) -> list[Result]:
    """[work(item) for item in items], where each worker makes its own `work`.

    make_work, items and results must go from process to process. workers: processes of a core each; None: all is done
    in this process, or on Ray by one for each CPU of the cluster. ray: the address of a cluster, such as HOST:6379 or
    auto.

    A D2MError that work raises is raised here at once, any other exception as RuntimeError with its traceback. An item
    on which TRIES workers died raises WorkError, when all others are done.
    """
    if workers is not None and workers < 1:
        raise InputError(f"--workers {workers}: expected 1 or more")
    if not items:
        return []
    if ray is None and workers is None:
        return _alone(make_work(), items, progress)
    crew = RayCrew(make_work, ray, workers) if ray else LocalCrew(make_work, min(workers, len(items)))
    with closing(crew):
        return _conduct(crew, items, progress)


def _alone(work: Work, items: Sequence[Any], progress: Progress) -> list[Any]:
    results = []
    for item in items:
        results.append(work(item))
        progress(len(results), len(items))
    return results


def _conduct(crew: Crew, items: Sequence[Any], progress: Progress) -> list[Any]:
    waiting, idle = deque(range(len(items))), deque(range(crew.size))
    busy: dict[int, int] = {}
    results: dict[int, Any] = {}
    deaths: Counter[int] = Counter()
    lost: list[str] = []
    while waiting or busy:
        while waiting and idle:
            worker, index = idle.popleft(), waiting.popleft()
            busy[worker] = index
            crew.give(worker, items[index])
        for worker, outcome in crew.hear():
            index = busy.pop(worker)
            idle.append(worker)
            if isinstance(outcome, Raised):
                raise outcome.error
            if isinstance(outcome, Done):
                results[index] = outcome.value
                progress(len(results), len(items))
                continue
            deaths[index] += 1
            if deaths[index] < TRIES:
                waiting.append(index)
            else:
                lost.append(f"{items[index]}: {TRIES} workers died on it, the last with {outcome.how}")
    if lost:
        raise WorkError("; ".join(lost) + "; everything else is done. Is there enough memory? Use fewer --workers")
    return [results[index] for index in range(len(items))]
