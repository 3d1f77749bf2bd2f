"""Limits how often a value is sent: at once, then at most once an interval, and the last value always arrives."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Throttle(Generic[Value]):
    """Sans-IO: time is given. A key is one continuous value, such as one OSC address."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._sent: dict[Hashable, float] = {}
        self._held: dict[Hashable, Value] = {}

    def offer(self, values: Iterable[tuple[Hashable, Value]], now: float) -> list[Value]:
        """Takes new values; gives all that may be sent now, also those that were held back before."""
        self._held.update(values)
        due = [key for key in self._held if now - self._sent.get(key, -float("inf")) >= self._interval_s]
        self._sent.update(dict.fromkeys(due, now))
        return [self._held.pop(key) for key in due]
