"""Where a time lies on the time line: pure. All lengths in the units of the widget."""

from __future__ import annotations

from dataclasses import dataclass, replace

SHORTEST_S = 2.0  # more is not enlarged


@dataclass(frozen=True, slots=True)
class Ruler:
    """What is seen: `span` seconds from `begin` on, of a clip of `seconds`, over `width`."""

    seconds: float
    width: float
    begin: float = 0.0
    span: float = 0.0

    @property
    def shown_s(self) -> float:
        """How much is seen; all of it where span is 0."""
        return self.span or max(self.seconds, 1e-3)

    def x(self, t: float) -> float:
        """Of a time."""
        return (t - self.begin) / self.shown_s * self.width

    def t(self, x: float) -> float:
        """The time there, within the clip."""
        return min(self.seconds, max(0.0, self.begin + x / max(1.0, self.width) * self.shown_s))

    def enlarged(self, factor: float, x: float) -> Ruler:
        """Larger by the factor (smaller below 1), with the time under x where it was."""
        span = min(self.seconds, max(min(SHORTEST_S, self.seconds), self.shown_s / factor))
        return self.moved(self.t(x) - x / max(1.0, self.width) * span, span)

    def moved(self, begin: float, span: float | None = None) -> Ruler:
        """From there on, as far as the clip goes."""
        span = self.shown_s if span is None else span
        return replace(self, begin=min(max(0.0, begin), max(0.0, self.seconds - span)), span=span)

    def following(self, t: float) -> Ruler:
        """Turned over to the page on which t lies."""
        if self.begin <= t <= self.begin + self.shown_s:
            return self
        return self.moved(t)


def clock(seconds: float) -> str:
    """As in 1:02.3, minutes and seconds."""
    minutes, rest = divmod(max(0.0, seconds), 60)
    return f"{int(minutes)}:{rest:04.1f}"
