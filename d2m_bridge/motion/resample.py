"""Poses at uneven times -> poses at the ticks of the fixed motion rate."""

from __future__ import annotations

from dataclasses import dataclass

from d2m_bridge.timeline import Float32, Pose

# Two poses further apart than this say nothing about the time between them.
MAX_GAP_S = 0.5
# Frame times such as 1001/30000 * n carry rounding; a tick this near to a pose is that pose.
_SAME_TIME_S = 1e-6


@dataclass(frozen=True, slots=True)
class PoseTick:
    """The dancer at tick `index` of the motion rate, t = index / rate seconds.

    points: float32 [33, 2] in image heights and confidence: float32 [33], 0..1; both None when nobody was seen.
    """

    index: int
    t: float
    points: Float32 | None
    confidence: Float32 | None


class PoseResampler:
    """Turns a stream of (time, pose) into one PoseTick per 1 / rate_hz seconds from t = 0, by linear interpolation.

    A tick comes out with the first picture at or after it. It is absent when it lies before the first or after the
    last picture, between poses more than MAX_GAP_S apart, or beside a picture without a dancer. Between two persons
    the nearer pose counts.
    """

    def __init__(self, rate_hz: float) -> None:
        if not rate_hz > 0:
            raise ValueError(f"the motion rate must be above 0 Hz, got {rate_hz}")
        self._rate_hz = rate_hz
        self._next = 0
        self._last: tuple[float, Pose | None] | None = None

    def push(self, t: float, pose: Pose | None) -> list[PoseTick]:
        """Takes what one picture at t seconds showed. ValueError when t is not later than the picture before."""
        if self._last is not None and not t > self._last[0]:
            raise ValueError(f"pictures must come in order of time, got {t} s after {self._last[0]} s")
        ticks = []
        while (tick_t := self._next / self._rate_hz) <= t + _SAME_TIME_S:
            ticks.append(self._between(tick_t, t, pose))
        self._last = (t, pose)
        return ticks

    def finish(self, t_end: float) -> list[PoseTick]:
        """The absent ticks between the last picture and t_end (exclusive)."""
        ticks = []
        while (tick_t := self._next / self._rate_hz) < t_end - _SAME_TIME_S:
            ticks.append(self._tick(tick_t, None, None))
        return ticks

    def _between(self, tick_t: float, t: float, pose: Pose | None) -> PoseTick:
        if pose is not None and abs(tick_t - t) <= _SAME_TIME_S:
            return self._tick(tick_t, pose.points, pose.confidence)
        last_t, last = self._last or (t, None)
        if pose is None or last is None or t - last_t > MAX_GAP_S:
            return self._tick(tick_t, None, None)
        part = (tick_t - last_t) / (t - last_t)
        if last.person != pose.person:
            near = last if part < 0.5 else pose
            return self._tick(tick_t, near.points, near.confidence)
        points = last.points + part * (pose.points - last.points)
        confidence = last.confidence + part * (pose.confidence - last.confidence)
        return self._tick(tick_t, points.astype("float32"), confidence.astype("float32"))

    def _tick(self, t: float, points: Float32 | None, confidence: Float32 | None) -> PoseTick:
        tick = PoseTick(self._next, t, points, confidence)
        self._next += 1
        return tick
