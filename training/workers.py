"""Work in many processes: of this machine, or of a Ray cluster when an address is given.

    items ─> queue ─> worker 0 ─┐
                  └─> worker 1 ─┴─> results in the order of the items

A worker is a process that has set itself up once and does one item after the other. One that dies (a crash of a
library, no memory, a lost machine) is replaced, and its item is done again by another. The caller's thread hands out,
hears and reports; nothing here writes a file.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, TypeVar

from d2m_bridge.errors import D2MError, InputError
from training.crews import Crew, Done, LocalCrew, Raised, RayCrew, Work

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]  # done, of how many

TRIES = 3


class WorkError(D2MError):
    """Work that could not be done; the text says which and why."""


def map_work(
    make_work: Callable[[], Callable[[Item], Result]],
    items: Sequence[Item],
    *,
    workers: int | None = None,
    ray: str | None = None,
    progress: Progress = lambda done, of: None,
) -> list[Result]:
    """[work(item) for item in items], where each worker makes its own `work`.

    make_work, items and results must go from process to process. workers: processes; None: one, in this process, or on
    Ray one for each CPU of the cluster. ray: the address of a cluster, such as HOST:6379 or auto.

    A D2MError that work raises is raised here at once, any other exception as RuntimeError with its traceback. An item
    on which TRIES workers died raises WorkError, when all others are done.
    """
    if workers is not None and workers < 1:
        raise InputError(f"--workers {workers}: expected 1 or more")
    if not items:
        return []
    if ray is None and workers in (None, 1):
        return _alone(make_work(), items, progress)
    crew = RayCrew(make_work, ray, workers) if ray else LocalCrew(make_work, min(workers or 1, len(items)))
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
