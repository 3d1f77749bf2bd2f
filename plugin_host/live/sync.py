"""How a session stands with whoever leads its tempo, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from d2m_bridge.sync.master import MasterState
from plugin_host.words import translate

if TYPE_CHECKING:
    from d2m_bridge.pipeline.live import LiveSession

Level = Literal["ok", "warn", "error"]
_STATES: dict[MasterState, tuple[Level, str]] = {
    MasterState.WAITING: ("warn", QT_TRANSLATE_NOOP("Sync", "waiting for its transport")),
    MasterState.LOCKED: ("ok", QT_TRANSLATE_NOOP("Sync", "locked")),
    MasterState.FREEWHEELING: ("warn", QT_TRANSLATE_NOOP("Sync", "silent for a moment, tempo is held")),
    MasterState.LOST: ("error", QT_TRANSLATE_NOOP("Sync", "lost, tempo is held")),
}


def sync_state(session: LiveSession, source: str) -> tuple[Level, str]:
    """How well it is, and a few words for the performer."""
    master = session.musician.master
    if master is None:
        if session.musician.dancer.bpm is None:
            return "warn", translate("Sync", "looking for the dancer's beat")
        return "ok", translate("Sync", "on the dancer's beat")
    if source == "fixed":
        return "ok", translate("Sync", "steady")
    level, words = _STATES[master.state]
    return level, translate("Sync", words)
