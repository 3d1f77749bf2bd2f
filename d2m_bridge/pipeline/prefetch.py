"""Work ahead on a thread, through one bounded queue. The reader waits for items, the worker for room."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")


class Prefetched(Generic[Item]):
    """The same items, made on a thread while at most `room` of them wait. A context manager; to be read once.

    The thread runs from the beginning of the block until `items` or the block ends. An error of `items` is raised where
    its item would have come.
    """

    def __init__(self, items: Iterable[Item], room: int) -> None:
        self._items = items
        self._waiting: queue.Queue[tuple[Item] | Exception | None] = queue.Queue(room)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="prefetch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._thread.join()

    def __iter__(self) -> Iterator[Item]:
        while (entry := self._waiting.get()) is not None:
            if isinstance(entry, Exception):
                raise entry
            yield entry[0]

    def _work(self) -> None:
        try:
            for item in self._items:
                self._put((item,))
                if self._stopped.is_set():
                    return
            self._put(None)
        except Exception as error:  # noqa: BLE001 - handed to the reader, who raises it
            self._put(error)
        finally:
            if isinstance(self._items, Generator):
                self._items.close()  # here, so that what it holds open is closed when the block ends

    def _put(self, entry: tuple[Item] | Exception | None) -> None:
        while not self._stopped.is_set():
            try:
                self._waiting.put(entry, timeout=0.1)
            except queue.Full:
                continue
            return
