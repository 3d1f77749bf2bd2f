"""A host as master: its reports come irregularly, late and jittered; out of them comes a steady beat.

It knows nothing of OSC or MIDI: who understands those tells it positions, tempi, starts and stops with their arrival
times. Whatever constant delay the reports have is the user's nudge to mend; it cannot be seen from here.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

from d2m_bridge.conductor.live_grid import MACHINE, Target
from d2m_bridge.sync.line_fit import PAST_S, Line, fit_line
from d2m_bridge.sync.master import MasterState
from d2m_bridge.timeline import BEATS_PER_BAR

FREEWHEEL_AFTER_S = 2.0  # a host that reports whole beats at 40 BPM does so every 1.5 s
LOST_AFTER_S = 30.0
SLOWEST_BPM, FASTEST_BPM = 20.0, 999.0  # what hosts can be set to
_REPORTS = 256
_JUMP_S = 1.0  # no report is this late: the user has moved the playhead
_TOLERANCE, _TOLERANCE_S = 6.0, 0.02  # in standard deviations, and at least; beyond it a report is suspect
_NEW_TOLERANCE_S, _NEW = 0.2, 8  # while fewer reports than this have shown how noisy they are
_SUSPECTS = 3  # so many in a row are right, and the line is wrong
_TEMPO_STEP = 2.5  # no host changes its tempo by more than this factor at once
_CARRIED_S = 4.0  # after a jump the old tempo is trusted until so much has been heard of the new place
_SAME_TEMPO = 1e-4
_SURE, _CONTRADICTION = 5.0, 0.002  # standard errors, and part of a told tempo, before the reports are believed instead


class HostFollower:
    """A master made of reports.

    rejected: reports that were not finite or went back in time, and those that lay alone off the line.
    """

    turn = MACHINE

    def __init__(self) -> None:
        self.state = MasterState.WAITING
        self.rejected = 0
        self._reports: deque[tuple[float, float]] = deque(maxlen=_REPORTS)
        self._suspects: list[tuple[float, float]] = []
        self._line: Line | None = None
        self._told: float | None = None  # seconds a beat, as the host says
        self._carried: float | None = None  # seconds a beat, from before a jump
        self._cycle = BEATS_PER_BAR
        self._playing: bool | None = None
        self._heard = -math.inf

    @property
    def playing(self) -> bool | None:
        """Whether the host's transport runs; None when nothing was heard of it."""
        return self._playing

    def start(self, t: float, cycle: int = BEATS_PER_BAR) -> None:
        """The transport runs from t on; positions follow. cycle: 4, or 1 if the reports will not tell the bar."""
        if self._playing and cycle == self._cycle:  # hosts say so again and again
            return
        self._playing = True
        self._cycle = cycle
        self._heard = t
        self._leave()

    def stop(self, t: float) -> None:
        """The transport stands still from t on; its tempo stays known."""
        self._playing = False
        self._heard = t
        self._leave()

    def tempo(self, t: float, bpm: float) -> None:
        """The host says its tempo; nothing happens unless it lies within 20 to 999."""
        if not (math.isfinite(bpm) and SLOWEST_BPM <= bpm <= FASTEST_BPM):
            self.rejected += 1
            return
        self._heard = max(self._heard, t)
        period = 60.0 / bpm
        if self._told is not None and abs(period / self._told - 1) > _SAME_TEMPO:
            self._bend(t, period)
        self._told = period
        self._carried = None
        self._fit()

    def report(self, t: float, beat: float) -> None:
        """The host was at `beat` (from its own bar 0) when it sent what arrived at t seconds."""
        newest = (self._suspects or self._reports or [(-math.inf, math.nan)])[-1]
        if not (math.isfinite(t) and math.isfinite(beat)) or t < newest[0] or abs(beat) > 1e9:
            self.rejected += 1
            return
        if self._playing is False or beat == newest[1]:
            return
        self._playing = True
        self._heard = t
        self._place(t, beat)
        self._fit()

    def target(self, now: float) -> Target | None:
        """Where the host is at `now`; None while it stands still or is not understood yet, and when it is lost."""
        silence = now - self._heard
        if self._line is None or self._playing is False:
            self.state = MasterState.WAITING
        elif silence > LOST_AFTER_S:
            self.state = MasterState.LOST
        else:
            self.state = MasterState.FREEWHEELING if silence > FREEWHEEL_AFTER_S else MasterState.LOCKED
            return Target(now, self._line.beat_at(now), 60.0 / self._line.period, self._cycle)
        return None

    def close(self) -> None:
        """There is nothing to let go of."""

    def _place(self, t: float, beat: float) -> None:
        """Takes a report as one of the line, as a jump, or as suspect."""
        line = self._line
        late = 0.0 if line is None else t - line.time_at(beat)
        if line is None or abs(late) <= self._tolerance(line):
            self.rejected += len(self._suspects)
            self._suspects.clear()
            self._reports.append((t, beat))
        elif abs(late) > _JUMP_S and not self._could_play(line, (self._suspects or self._reports)[-1], (t, beat)):
            self._leave()
            self._reports.append((t, beat))
        else:
            self._suspects.append((t, beat))
            if len(self._suspects) == _SUSPECTS:
                self._believe_suspects(line)
        while self._reports and self._reports[0][0] < t - PAST_S:
            self._reports.popleft()

    def _believe_suspects(self, line: Line) -> None:
        """They stand beside the line: the playhead was moved a little. They run away from it: another tempo."""
        suspects = self._suspects.copy()
        if self._could_play(line, self._reports[-1], suspects[0]):
            self._told = self._carried = None
            self._suspects.clear()
        else:
            self._leave()
        self._reports.extend(suspects)

    def _could_play(self, line: Line, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether the host can have come from one report to the other just by going faster or slower."""
        slack = self._tolerance(line)
        seconds, played = end[0] - start[0], (end[1] - start[1]) * line.period
        return (seconds - slack) / _TEMPO_STEP <= played <= (seconds + slack) * _TEMPO_STEP

    def _tolerance(self, line: Line) -> float:
        least = _TOLERANCE_S if len(self._reports) >= _NEW else _NEW_TOLERANCE_S
        return max(least, _TOLERANCE * line.noise)

    def _fit(self) -> None:
        if not self._reports:
            return
        span = self._reports[-1][0] - self._reports[0][0]
        if self._carried is not None and span > _CARRIED_S:
            self._carried = None
        heard = fit_line(self._reports, None) if span > _CARRIED_S else None
        if heard and self._told:
            allowed = _SURE * heard.period_error + _CONTRADICTION * self._told
            if abs(heard.period - self._told) > allowed:
                self._told = None
        period = self._told or self._carried
        line = fit_line(self._reports, period) if period else heard or fit_line(self._reports, None)
        if line and 60.0 / FASTEST_BPM <= line.period <= 60.0 / SLOWEST_BPM:
            self._line = line

    def _bend(self, t: float, period: float) -> None:
        """A new tempo from t on: the reports before it are laid as if it had always been so, their phase is kept."""
        if self._line is None:
            return
        place, old = self._line.beat_at(t), self._line.period
        bent = [(time + (period - old) * (beat - place), beat) for time, beat in self._reports]
        self._reports = deque(bent, maxlen=_REPORTS)
        self._suspects.clear()
        self._line = replace(self._line, t=t, beat=place, period=period)

    def _leave(self) -> None:
        """Forget the place, keep the tempo."""
        if self._line is not None:
            self._carried = self._line.period
        self._line = None
        self._reports.clear()
        self._suspects.clear()
