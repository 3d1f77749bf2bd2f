"""What every master of a session's time looks like, and the simplest one: a number."""

from __future__ import annotations

import math
from dataclasses import replace
from enum import Enum
from typing import Protocol

from d2m_bridge.conductor.live_grid import FASTEST_BPM, MACHINE, SLOWEST_BPM, Target, Turn
from d2m_bridge.errors import InputError


class MasterState(Enum):
    """How things stand with a master. Whatever it says, the music plays on."""

    WAITING = "waiting"  # not heard yet, or its transport stands still
    LOCKED = "locked"
    FREEWHEELING = "freewheeling"  # silent for a moment: its last tempo and phase are carried on
    LOST = "lost"  # silent for long: the grid keeps its own tempo until the master is back


class Master(Protocol):
    """Someone who says where the beat is. Times are seconds on the session's clock."""

    @property
    def turn(self) -> Turn:
        """How sharply a grid may follow."""
        ...

    @property
    def state(self) -> MasterState:
        """How things stood when `target` was last asked."""
        ...

    def target(self, now: float) -> Target | None:
        """Where the master stands; None: the grid keeps its tempo. Never blocks, never raises."""
        ...

    def close(self) -> None:
        """Let go of ports and peers; safe to call twice."""
        ...


def delayed(target: Target, seconds: float) -> Target:
    """The target for music that comes `seconds` after its master; before it when negative.

    A nudge of +10 ms is delayed(target, 0.010). Targets speak of what the room hears: music that is written to an
    output which sounds `latency_s` later must be ahead of its master by that much: delayed(target, -latency_s).
    """
    return replace(target, t=target.t + seconds)


def check_bpm(bpm: float) -> float:
    """The tempo itself; InputError when it is not within 40 to 240."""
    if not (math.isfinite(bpm) and SLOWEST_BPM <= bpm <= FASTEST_BPM):
        raise InputError(f"the tempo must be {SLOWEST_BPM:g} to {FASTEST_BPM:g} BPM, got {bpm:g}: choose another tempo")
    return bpm


class FixedMaster:
    """A number as master. Its phase is free until taps or a beat in the room set it."""

    turn = MACHINE
    state = MasterState.LOCKED

    def __init__(self, bpm: float, first_beat: float = 0.0) -> None:
        """Beat 0 lies on first_beat seconds. Raises InputError when bpm is not within 40 to 240."""
        self._target = Target(first_beat, 0.0, check_bpm(bpm))

    def target(self, now: float) -> Target | None:
        """The steady beat at `now`."""
        beats = (now - self._target.t) * self._target.bpm / 60.0
        return replace(self._target, t=now, beat=self._target.beat + beats)

    def set_bpm(self, bpm: float, now: float) -> None:
        """Another tempo from `now` on, without a jump. Raises InputError when bpm is not within 40 to 240."""
        beats = (now - self._target.t) * self._target.bpm / 60.0
        self._target = replace(self._target, t=now, beat=self._target.beat + beats, bpm=check_bpm(bpm))

    def set_target(self, target: Target) -> None:
        """Take tempo and phase from taps. Raises InputError when its tempo is not within 40 to 240."""
        check_bpm(target.bpm)
        self._target = target

    def close(self) -> None:
        """There is nothing to let go of."""
