"""Which foot stands on the floor, and when one lands."""

from __future__ import annotations

from collections import deque

import numpy as np

from d2m_bridge.motion.body import Float64

_STANDING_SPEED = 0.8  # torsos per second
_STANDING_HEIGHT = 0.35  # torsos above the floor
_FLOOR_S = 1.0
_STRIKE = 10.0  # torsos per second squared


class Feet:
    """A foot stands when it is slow and near the lowest place that a foot had in the last second."""

    def __init__(self, rate_hz: float) -> None:
        self._low: deque[float] = deque(maxlen=max(1, round(_FLOOR_S * rate_hz)))
        self._contacts: Float64 = np.ones(2)

    def reset(self) -> None:
        """Forgets the floor: somebody else stands elsewhere."""
        self._low.clear()
        self._contacts = np.ones(2)

    def update(self, ankles: Float64, velocity: Float64, torso: float, *, is_sure: bool) -> tuple[Float64, float]:
        """ankles: [2, 2], y down; velocity: [2, 2] torsos per second -> contacts 0..1 of both feet, strike >= 0."""
        self._low.append(float(ankles[:, 1].max()))
        height = (max(self._low) - ankles[:, 1]) / torso
        slow = np.exp(-((np.linalg.norm(velocity, axis=1) / _STANDING_SPEED) ** 2))
        contacts = slow * np.clip(1.5 - height / _STANDING_HEIGHT, 0.0, 1.0)
        strike = _STRIKE * float(np.maximum(contacts - self._contacts, 0.0).sum())
        # A foot must have been seen in the air before it can land.
        self._contacts = contacts if is_sure else np.ones(2)
        return contacts, strike if is_sure else 0.0
