"""The beat grid of a live session: beats are decided one after the other, a little ahead, and never taken back.

A master (the dancer, a DAW, a number) says where its beat is and how fast it goes: a Target. The grid turns towards it
by making beats a little longer or shorter, within what the master's kind allows, so that the music never jumps.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass

from d2m_bridge.timeline import STEPS_PER_BEAT

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
_AHEAD_BEATS = 0.75  # how far past the present beats are decided: three 16ths, one more than the engine asks for


@dataclass(frozen=True, slots=True)
class Target:
    """Where a master stands. At t seconds its position is `beat` (beats from its own bar 0), its tempo bpm.

    cycle: after how many beats the master's count repeats for the listener: 4 when its bars are known, 1 when only its
    beats are.
    """

    t: float
    beat: float
    bpm: float
    cycle: int = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """How sharply a grid may follow. slew: largest change of a beat's length from one beat to the next, as a part of
    it. pull: largest part of a beat's length by which the grid leans to catch up with a phase.
    """

    slew: float
    pull: float


# The dancer's tempo is an estimate and drifts gently; a machine's is a fact, and must be followed within a bar.
DANCER, MACHINE = Turn(0.02, 0.02), Turn(0.25, 0.12)


class LiveGrid:
    """A StepClock whose future is open. Times are seconds of the music (the engine's own time)."""

    def __init__(self, bpm: float, first_beat: float = 0.0) -> None:
        """Beat 0 lies on first_beat; until a target comes the tempo is bpm."""
        if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
            raise ValueError(f"the tempo must be {SLOWEST_BPM:g} to {FASTEST_BPM:g} BPM, got {bpm:g}")
        self._first = 0  # number of the first beat that is kept
        self._period = self._tempo = 60.0 / bpm  # seconds a beat: of the last one, and without its lean
        self._target: Target | None = None
        self._turn = MACHINE
        self.begin(first_beat)

    def begin(self, first_beat: float) -> None:
        """Lays beat 0 there. Only before anything has been decided or asked."""
        self._beats = [first_beat]
        self._shown: tuple[int, tuple[float, ...]] = (0, (first_beat,))
        self._lead_in = first_beat, self._period  # what lies before beat 0 must not change with what comes after it

    @property
    def bpm(self) -> float:
        """The tempo of the beat decided last."""
        return 60.0 / self._period

    @property
    def last_beat(self) -> int:
        """Number of the beat decided last."""
        return self._first + len(self._beats) - 1

    def aim(self, target: Target | None, turn: Turn) -> None:
        """From the next undecided beat on, turn towards this; None: keep the tempo, without leaning any more."""
        self._target, self._turn = target, turn

    def decide(self, now: float) -> None:
        """Decides every beat that the engine may ask for while it hears of `now`."""
        while self._beats[-1] < now + _AHEAD_BEATS * self._period:
            self._period = self._next_period()
            self._beats.append(self._beats[-1] + self._period)
        while len(self._beats) > 64:  # nobody asks for what has long been played
            del self._beats[0]
            self._first += 1
        self._shown = self._first, tuple(self._beats)

    def step_time(self, step: int) -> float | None:
        """Seconds at which a 16th starts; None while undecided; before beat 0 the first tempo is carried on."""
        beat, part = divmod(step, STEPS_PER_BEAT)
        if beat < 0:
            first_beat, period = self._lead_in
            return first_beat + step / STEPS_PER_BEAT * period
        place = beat - self._first
        if place < 0:
            return self._beats[0] + (step / STEPS_PER_BEAT - self._first) * (self._beats[1] - self._beats[0])
        if place >= len(self._beats) or (part and place + 1 >= len(self._beats)):
            return None
        if not part:
            return self._beats[place]
        return self._beats[place] + part / STEPS_PER_BEAT * (self._beats[place + 1] - self._beats[place])

    def beat_at(self, t: float) -> float:
        """The (fractional) beat at t seconds, for display, from any thread; outside what is kept at the next tempo."""
        first, beats = self._shown
        if len(beats) < 2:
            return first + (t - beats[0]) / self._period
        place = min(max(bisect.bisect_right(beats, t) - 1, 0), len(beats) - 2)
        return first + place + (t - beats[place]) / (beats[place + 1] - beats[place])

    def _next_period(self) -> float:
        lean = 0.0
        if self._target is not None:
            theirs = 60.0 / self._target.bpm
            self._tempo = min(60.0 / SLOWEST_BPM, max(60.0 / FASTEST_BPM, theirs))
            if self._tempo == theirs:  # a master beyond our tempi cannot be met
                lean = self._lean(self._target)
        longest, shortest = self._period * (1 + self._turn.slew), self._period / (1 + self._turn.slew)
        return min(longest, max(shortest, self._tempo * (1 - lean)))

    def _lean(self, target: Target) -> float:
        """The part of the next beat to leave out; negative when it must be longer."""
        # Where the master will be when the last decided beat falls, and how far our count is from it.
        theirs = target.beat + (self._beats[-1] - target.t) * target.bpm / 60.0
        error = (theirs - self.last_beat + target.cycle / 2) % target.cycle - target.cycle / 2
        return min(self._turn.pull, max(-self._turn.pull, error / 2))
