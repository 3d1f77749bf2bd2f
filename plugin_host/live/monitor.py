"""OSC and MIDI as they pass, for people to read. Knows no Qt.

session's threads ─> Tap (bounded, drops the oldest) ─> window's timer ─> MonitorLog (filter, the last 200 messages)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from d2m_bridge.osc.parser import Problem, messages

Direction = Literal["in", "out"]

SHOWN = 200
USUAL_FILTER = "-/d2m/joint -/d2m/person"  # they are a flood in which nothing else is seen
_ROOM = 1024  # datagrams that may wait for the window
_READ_AT_ONCE = 64  # of them; reading is Python's work, and the window's thread must stay free
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Passed:
    """A datagram, or a MIDI message as (source, value). t: seconds on the session clock."""

    t: float
    direction: Direction
    what: bytes | tuple[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One message, in words."""

    t: float
    direction: Direction
    address: str
    arguments: str

    def __str__(self) -> str:
        arrow = "\u2192" if self.direction == "out" else "\u2190"
        return f"{self.t:9.3f} {arrow} {self.address} {self.arguments}".rstrip()


class Tap:
    """Any thread may put something in, at no cost; the oldest that nobody looked at goes."""

    def __init__(self) -> None:
        self._passing: deque[Passed] = deque(maxlen=_ROOM)

    def put(self, t: float, direction: Direction, what: bytes | tuple[str, float]) -> None:
        """It passes now."""
        self._passing.append(Passed(t, direction, what))

    def drain(self) -> list[Passed]:
        """What has passed since the last call: the latest, when it was too much to read."""
        waiting = []
        while self._passing:
            waiting.append(self._passing.popleft())
        return waiting[-_READ_AT_ONCE:]


class MonitorLog:
    """The last messages that pass the filter.

    The filter is words: a message passes whose line holds one of them, or any if there are none, and none of those with
    a minus before them.
    """

    def __init__(self, filter_text: str = USUAL_FILTER) -> None:
        self.lines: deque[Line] = deque(maxlen=SHOWN)
        self._wanted: tuple[str, ...] = ()
        self._unwanted: tuple[str, ...] = ()
        self.set_filter(filter_text)

    def set_filter(self, text: str) -> None:
        """From now on, and for what is there."""
        words = text.casefold().split()
        self._wanted = tuple(word for word in words if not word.startswith("-"))
        self._unwanted = tuple(word[1:] for word in words if len(word) > 1 and word.startswith("-"))
        self.lines = deque((line for line in self.lines if self._passes(line)), maxlen=SHOWN)

    def push(self, passed: Iterable[Passed]) -> bool:
        """Whether anything was added."""
        new = [line for one in passed for line in _lines(one) if self._passes(line)]
        self.lines.extend(new)
        return bool(new)

    def _passes(self, line: Line) -> bool:
        text = f"{line.direction} {line.address} {line.arguments}".casefold()
        if any(word in text for word in self._unwanted):
            return False
        return not self._wanted or any(word in text for word in self._wanted)


def _lines(passed: Passed) -> Iterator[Line]:
    if not isinstance(passed.what, bytes):
        source, value = passed.what
        yield Line(passed.t, passed.direction, f"MIDI {source}", f"{value:.3f}")
        return
    for message in messages(passed.what):
        if isinstance(message, Problem):
            yield Line(passed.t, passed.direction, "?", message.text)
        else:
            yield Line(passed.t, passed.direction, *_read(message))


def _read(message: bytes) -> tuple[str, str]:
    from pythonosc.osc_message import OscMessage, ParseError

    try:
        read = OscMessage(message)
        return read.address, " ".join(_spoken(value) for value in read.params)[:_LONGEST]
    except (ParseError, UnicodeDecodeError):
        return "?", f"{len(message)} bytes that are no OSC"


def _spoken(value: object) -> str:
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
