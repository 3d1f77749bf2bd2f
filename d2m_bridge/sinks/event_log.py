"""The event log: JSON lines, one event a line, in order of time. docs/events.md describes it and is made here."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from d2m_bridge.sinks.atomic import whole_file
from d2m_bridge.timeline import EVENT_TYPES, Event

REORDER = 4096  # events held back to be sorted
DECIMALS = 6

UNITS = {
    "t": "seconds from the first picture; a beat just before it has t < 0",
    "duration": "seconds",
    "bar": "from 0",
    "beat": "0 to 3 in the bar",
    "bpm": "beats a minute",
    "stem": "drums, bass, harmony or lead",
    "pitch": "MIDI note, 60 = middle C; drums: General MIDI percussion",
    "velocity": "0 to 1",
    "step": "16th notes from bar 0",
    "steps": "16th notes",
    "strength": "0 to 1",
    "value": "0 to 1",
    "section": "intro, groove, build, drop or break",
}

# Field values as JSON has them; NumPy numbers become plain ones.
PLAIN: dict[str, Callable[[Any], str | int | float]] = {
    "str": str,
    "int": int,
    "float": lambda number: round(float(number), DECIMALS),
}


class EventLog:
    """A context manager that takes events in nearly rising time; the file appears when the block ends well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[tuple[float, int, Event]] = []
        self._count = 0
        self._written_t = float("-inf")

    def __enter__(self) -> Self:
        """Raises InputError when the file cannot be made."""
        with ExitStack() as stack:
            temporary = stack.enter_context(whole_file(self._path))
            self._file = stack.enter_context(temporary.open("w", encoding="utf-8", newline="\n"))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is not None:
            return self._stack.__exit__(kind, error, trace)
        with self._stack:
            while self._waiting:
                self._write_next()
        return None

    def write(self, event: Event) -> None:
        """Add an event. Raises ValueError if it comes more than REORDER events late, InputError on a full disk."""
        if event.t < self._written_t:
            raise ValueError(f"the log is sorted and has reached {self._written_t} s, got {event}")
        heapq.heappush(self._waiting, (event.t, self._count, event))
        self._count += 1
        if len(self._waiting) > REORDER:
            self._write_next()

    def _write_next(self) -> None:
        t, _, event = heapq.heappop(self._waiting)
        self._written_t = t
        self._file.write(json.dumps(as_record(event), allow_nan=False) + "\n")


def as_record(event: Event) -> dict[str, str | int | float]:
    """The event as one JSON object: type and t first, then the other fields in the order of the dataclass."""
    record: dict[str, str | int | float] = {"type": EVENT_TYPES[type(event)]}
    for field in fields(event):
        value = getattr(event, field.name)
        record[field.name] = PLAIN[str(field.type)](value)
    return record


def schema_markdown() -> str:
    """docs/events.md, from the event classes and the table of units."""
    lines = [
        "# The event log",
        "",
        "`NAME.events.jsonl` holds one JSON object a line, sorted by `t`. `type` and `t` come first in each. Numbers",
        f"with a fraction are rounded to {DECIMALS} decimals. The same notes are in `NAME.mid`.",
        "",
        "The log of a take that was recorded live grows with its sound: what the dancer does may come in it after what",
        "sounds up to a tenth of a second later. A take that begins in the middle of the music begins with the section",
        "that plays then, whose `t` lies before 0.",
    ]
    for event, name in EVENT_TYPES.items():
        lines += ["", f"## {name}", "", cleandoc(event.__doc__ or "").split("\n\n")[0].replace("\n", " "), ""]
        lines += ["| field | type | meaning |", "|---|---|---|", f'| type | str | "{name}" |']
        lines += [f"| {field.name} | {field.type} | {UNITS[field.name]} |" for field in fields(event)]
    return "\n".join(lines) + "\n"
