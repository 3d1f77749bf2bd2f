"""How a level meter moves: up at once, down slowly; the peak stays, then falls; clipping is not forgotten. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

FLOOR_DB, TOP_DB = -60.0, 12.0
FALL_DB_S, HOLD_S, CLIP_DB = 26.0, 1.5, 0.0


def decibels(level: float) -> float:
    """Decibels of a linear level, not below the floor of the scale."""
    return max(FLOOR_DB, 20 * math.log10(level)) if level > 0 else FLOOR_DB


def place(db: float) -> float:
    """Where a level lies on the scale that meters and faders share: 0 at the floor, 1 at the top."""
    return min(1.0, max(0.0, (db - FLOOR_DB) / (TOP_DB - FLOOR_DB)))


@dataclass(slots=True)
class Ballistics:
    """db: what is shown. peak_db: the highest of late. clipped: 0 dB was passed since `forget`."""

    db: float = FLOOR_DB
    peak_db: float = FLOOR_DB
    clipped: bool = False
    _held_until: float = 0.0
    _t: float = 0.0

    def push(self, db: float, t: float) -> None:
        """The level at t seconds."""
        fallen = FALL_DB_S * max(0.0, t - self._t)
        self._t = t
        self.db = max(db, FLOOR_DB, self.db - fallen)
        if db >= self.peak_db:
            self.peak_db, self._held_until = db, t + HOLD_S
        elif t > self._held_until:
            self.peak_db = max(FLOOR_DB, self.db, self.peak_db - fallen)
        self.clipped = self.clipped or db > CLIP_DB

    def forget(self) -> None:
        """The clip light goes out."""
        self.clipped = False
