"""When the frames given to a sound device are heard, from looks at how many it has taken. Sans-IO.

A device takes a whole period at once, and a look may come late: the line through the earliest looks is the device's own
clock. How far its sound lies behind that line is what the host says of the first frame, where it can be believed.
"""

from __future__ import annotations

from collections import deque

from d2m_bridge.audio.player import Report

OVER_S = 1.0  # looks that count: long enough for some that came at once, short enough to see a device that lost time
_SETTLED_S, _SEEN_STEPS = 0.25, 3
_DEEPEST_S = 0.5


class Playhead:
    """Takes reports in order.

    run: the present one, 0 before the first. taken: frames that the device has taken. slips: see Report, in all runs.
    """

    def __init__(self, rate: int, latency_s: float | None) -> None:
        """rate: frames a second. latency_s: the device's, as its host tells it; None: it does not."""
        self._rate, self._latency_s = rate, latency_s
        self.run = self.taken = self.slips = 0
        self._slips = self._steps = self._step = 0
        self._depth_s: float | None = None  # from taking frames to hearing the one after them; the same in all runs
        # When, and the seconds of sound taken minus when: only looks of this run that no later one has beaten.
        self._looks: deque[tuple[float, float]] = deque()
        self._began_s, self._measured_run = 0.0, 0

    def push(self, report: Report) -> None:
        """The next look."""
        if report.run != self.run:
            self.run, self._began_s = report.run, report.t
            self._looks.clear()
            self._slips = self._steps = self._step = 0
        self.slips += report.slips - self._slips
        self._slips = report.slips
        if report.taken > self.taken:
            self._step = max(self._step, report.taken - self.taken) if self._steps else 0
            self._steps += 1
            self.taken = report.taken
        ahead_s = report.taken / self._rate - report.t
        while self._looks and self._looks[-1][1] <= ahead_s:
            self._looks.pop()
        self._looks.append((report.t, ahead_s))
        while self._looks[0][0] < report.t - OVER_S:
            self._looks.popleft()
        if self._depth_s is None:
            self._measured_run = report.run
        age_s = report.t - self._began_s
        is_better = self._depth_s is None or age_s < OVER_S  # with every look, as long as none is forgotten
        if self._is_seen and self._measured_run == report.run and age_s > _SETTLED_S and is_better:
            self._depth_s = self._depth(report)

    def heard_at(self, frame: int) -> float | None:
        """The time, by time.perf_counter, at which a frame is heard; None until enough was seen of the present run."""
        if self._depth_s is None or not self._is_seen:
            return None
        return frame / self._rate - self._looks[0][1] + self._depth_s

    @property
    def _is_seen(self) -> bool:
        return self.run > 0 and self._steps > _SEEN_STEPS

    def _depth(self, report: Report) -> float:
        told = report.heard - report.begin / self._rate + self._looks[0][1]
        if 0 < told <= _DEEPEST_S:
            return told
        step_s = self._step / self._rate
        return 2 * step_s if self._latency_s is None else self._latency_s + step_s
