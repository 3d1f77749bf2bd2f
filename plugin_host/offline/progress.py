"""How far a render is as a whole, and how long it still takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

# Parts of a render's time, measured on two slow cores.
_WEIGHTS = {"watching": 0.62, "playing": 0.28, "finishing": 0.1}
_WORDS = {"watching": "Watching the dance", "playing": "Playing", "finishing": "Writing files"}
_KNOWN_FROM = 0.04  # below this share nothing can be said about the time left


def stage_words(stage: str) -> str:
    """A stage for people."""
    return _WORDS.get(stage, stage.capitalize())


@dataclass(slots=True)
class RenderProgress:
    """begun: when the render began, in seconds of any steady clock."""

    begun: float
    stage: str = ""
    whole: float = 0.0

    def push(self, stage: str, part: float) -> None:
        """What the render tells; never goes back."""
        self.stage = stage
        before = 0.0
        for name, weight in _WEIGHTS.items():
            if name == stage:
                self.whole = max(self.whole, before + weight * part)
            before += weight

    def left_s(self, now: float) -> float | None:
        """Seconds; None while nobody can know."""
        if self.whole < _KNOWN_FROM:
            return None
        return (now - self.begun) * (1 - self.whole) / self.whole


def spoken(seconds: float) -> str:
    """A time left, as exact as it can be."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s left"
    if seconds < 5400:
        return f"{round(seconds / 60)} min left"
    return f"{seconds / 3600:.1f} h left"
