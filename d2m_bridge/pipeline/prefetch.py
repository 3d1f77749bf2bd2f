"""Decode on a thread while the estimator works: one bounded queue. The reader waits for frames, the decoder for room."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

from d2m_bridge.timeline import Frame

_ROOM = 8  # frames; at 1080p about 50 MB


def prefetched(frames: Iterator[Frame]) -> Iterator[Frame]:
    """The same frames. An error of the decoder is raised where its frame would have come."""
    waiting: queue.Queue[Frame | BaseException | None] = queue.Queue(_ROOM)
    stopped = threading.Event()

    def put(item: Frame | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def decode() -> None:
        try:
            for frame in frames:
                put(frame)
                if stopped.is_set():
                    return
            put(None)
        except Exception as error:  # noqa: BLE001 - handed to the reader, who raises it
            put(error)

    thread = threading.Thread(target=decode, name="decode", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()
