"""How a session stands with whoever leads its tempo, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from d2m_bridge.sync.master import MasterState

if TYPE_CHECKING:
    from d2m_bridge.pipeline.live import LiveSession

Level = Literal["ok", "warn", "error"]
_STATES: dict[MasterState, tuple[Level, str]] = {
    MasterState.WAITING: ("warn", "waiting for its transport"),
    MasterState.LOCKED: ("ok", "locked"),
    MasterState.FREEWHEELING: ("warn", "silent for a moment, tempo is held"),
    MasterState.LOST: ("error", "lost, tempo is held"),
}


def sync_state(session: LiveSession, source: str) -> tuple[Level, str]:
    """How well it is, and a few words for the performer."""
    master = session.musician.master
    if master is None:
        known = session.musician.dancer.bpm
        return ("warn", "looking for the dancer's beat") if known is None else ("ok", "on the dancer's beat")
    if source == "fixed":
        return "ok", "steady"
    return _STATES[master.state]
