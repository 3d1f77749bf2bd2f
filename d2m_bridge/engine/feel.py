"""How the music is played, as a performer turns it while it runs. All of it counts from the next 16th on."""

from __future__ import annotations

from dataclasses import dataclass

from d2m_bridge.errors import InputError

INTENSITY_DB = 6.0  # louder at full intensity
HARDER = 0.35  # and this part more velocity
SOFTEST = 0.05


@dataclass(frozen=True, slots=True)
class Feel:
    """0 everywhere: as the dancer moves and the style is.

    intensity: -1 soft .. 1 hard, in level and strokes. density: -1 few notes .. 1 many. complexity: -1 on the beat ..
    1 between the beats. swing: 0 straight .. 1 the second of two 16ths as late as in triplets. hold: the section that
    plays goes on.
    """

    intensity: float = 0.0
    density: float = 0.0
    complexity: float = 0.0
    swing: float = 0.0
    hold: bool = False

    def __post_init__(self) -> None:
        """Raises InputError for a value that is out of range."""
        for name, low in (("intensity", -1.0), ("density", -1.0), ("complexity", -1.0), ("swing", 0.0)):
            value = getattr(self, name)
            if not low <= value <= 1.0:
                raise InputError(f"{name}: expected {low:g} to 1, got {value:g}")

    @property
    def level_db(self) -> float:
        """What intensity adds to the level."""
        return INTENSITY_DB * self.intensity

    def stroke(self, velocity: float) -> float:
        """A velocity, 0 or SOFTEST..1, as it is played; silence stays silence."""
        return velocity and min(1.0, max(SOFTEST, velocity * (1.0 + HARDER * self.intensity)))

    def delay(self, step: int, length: float) -> float:
        """How much later than the grid a step sounds; length: of a 16th, in the unit that comes back."""
        return self.swing * length / 3 if step % 2 else 0.0


AS_DANCED = Feel()
