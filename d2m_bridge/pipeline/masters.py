"""Opens whoever is to lead the tempo of a session, by the name of the sync source."""

from __future__ import annotations

from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.live import LiveSession
from d2m_bridge.sync.master import Master


def open_master(source: str, session: LiveSession, bpm: float) -> Master | None:
    """None: the dancer leads. Raises InputError when that source cannot be had here."""
    if source == "follow":
        return None
    if source == "fixed":
        return session.fixed_master(bpm)
    raise InputError(f"--sync {source}: not available; choose follow or fixed")
