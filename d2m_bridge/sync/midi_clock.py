"""MIDI clock, both ways, as bytes and times: no port is opened here.

In: bytes with their arrival times become reports to a HostFollower. Out: a beat grid becomes bytes with due times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from d2m_bridge.conductor.grid import StepClock
from d2m_bridge.sync.host_follow import HostFollower
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BAR, STEPS_PER_BEAT

CLOCK, START, CONTINUE, STOP = 0xF8, 0xFA, 0xFB, 0xFC
SONG_POSITION = 0xF2
TICKS_PER_BEAT = 24
TICKS_PER_STEP = TICKS_PER_BEAT // STEPS_PER_BEAT  # a song position counts 16ths too
_REALTIME = 0xF8  # from here on a byte stands alone, and may stand inside any other message
_STATUS = 0x80
_START_AHEAD_S = 0.002  # a receiver needs a millisecond between a start and its first clock


@dataclass(frozen=True, slots=True)
class TimedBytes:
    """A MIDI message and the time at which it is due, in seconds."""

    due: float
    data: bytes


class MidiClockIn:
    """Understands clock, start, stop, continue and song position in any stream of MIDI bytes; passes over all else."""

    def __init__(self, follower: HostFollower) -> None:
        self._follower = follower
        self._next_tick = 0
        self._is_running: bool | None = None  # None: ticks came before any start; their bar is not known
        self._arrivals: list[float] = []
        self._position: list[int] | None = None  # data bytes of a song position that is not complete

    def receive(self, t: float, data: bytes) -> None:
        """Bytes that arrived at t seconds; messages may be cut anywhere. Never raises."""
        for byte in data:
            if byte == CLOCK:
                self._tick(t)
            elif byte in (START, CONTINUE):
                self._run(t, from_start=byte == START)
            elif byte == STOP:
                self._is_running = False
                self._follower.stop(t)
            elif byte < _REALTIME:
                self._common(byte)

    def _tick(self, t: float) -> None:
        if self._is_running is False:
            return
        if self._is_running is None and not self._next_tick:
            self._follower.start(t, cycle=1)
        self._arrivals.append(t)
        self._next_tick += 1
        if len(self._arrivals) == TICKS_PER_STEP:  # the mean of a 16th's ticks is far steadier than any of them
            middle = self._next_tick - 1 - (TICKS_PER_STEP - 1) / 2
            self._follower.report(sum(self._arrivals) / TICKS_PER_STEP, middle / TICKS_PER_BEAT)
            self._arrivals.clear()

    def _run(self, t: float, *, from_start: bool) -> None:
        if self._is_running and not from_start:
            return
        if from_start:
            self._next_tick = 0
        self._is_running = True
        self._arrivals.clear()
        self._follower.stop(t)  # what was before says nothing about the place that follows
        self._follower.start(t, cycle=BEATS_PER_BAR)

    def _common(self, byte: int) -> None:
        if byte >= _STATUS:
            self._position = [] if byte == SONG_POSITION else None
        elif self._position is not None:
            self._position.append(byte)
            if len(self._position) == 2:
                low, high = self._position
                self._position = None
                self._arrivals.clear()
                self._next_tick = (low + 128 * high) * TICKS_PER_STEP


class MidiClockOut:
    """Makes 24 clocks a beat out of a grid, each on its time, and starts and stops on bars."""

    def __init__(self, grid: StepClock) -> None:
        self._grid = grid
        self._step: int | None = None  # the next 16th whose clocks are due
        self._is_starting = False

    def start(self, step: int) -> None:
        """The receivers' bar 1 begins with the first bar at or after this 16th; clocks begin there too."""
        self._step = -(-step // STEPS_PER_BAR) * STEPS_PER_BAR
        self._is_starting = True

    def stop(self, now: float) -> TimedBytes:
        """The message that stops the receivers at `now`; no clocks follow."""
        self._step = None
        return TimedBytes(now, bytes([STOP]))

    def due(self, until: float) -> Iterator[TimedBytes]:
        """What is due before `until`, in order, each once: as far as the grid is decided."""
        while self._step is not None:
            start, end = self._grid.step_time(self._step), self._grid.step_time(self._step + 1)
            if start is None or end is None or start - _START_AHEAD_S >= until:
                return
            if self._is_starting:
                self._is_starting = False
                yield TimedBytes(start - _START_AHEAD_S, bytes([START]))
            self._step += 1
            for tick in range(TICKS_PER_STEP):
                yield TimedBytes(start + (end - start) * tick / TICKS_PER_STEP, bytes([CLOCK]))
