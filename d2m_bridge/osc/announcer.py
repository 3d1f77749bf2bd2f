"""Tells OSC targets what a live session does: a listener of the session."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from d2m_bridge.osc.messages import (
    DownbeatMessage,
    Heartbeat,
    NextBeatMessage,
    Outgoing,
    PlayingMessage,
    RecordingMessage,
    StateMessage,
    TempoMessage,
    joint_messages,
    person_messages,
)
from d2m_bridge.osc.targets import OscTargets
from d2m_bridge.pipeline.perception import Look
from d2m_bridge.timeline import BeatEvent, EnergyEvent, Event

if TYPE_CHECKING:
    from d2m_bridge.pipeline.live import LiveStatus


class OscAnnouncer:
    """Beats ahead and when they are heard, notes, sections; accents, energy and joints as soon as they are seen."""

    def __init__(
        self,
        targets: OscTargets,
        now: Callable[[], float],
        wall_offset: Callable[[], float],
        status: Callable[[], LiveStatus],
    ) -> None:
        """now: the session clock. wall_offset: Unix time minus session time, for the time tags of bundles."""
        self._targets, self._now, self._wall_offset, self._status = targets, now, wall_offset, status
        self._told: tuple[Outgoing, ...] = ()
        self._lock = threading.Lock()
        self._bpm = 0.0
        self._seconds = -1

    def ahead(self, event: Event, due: float) -> None:
        """A beat that was decided: its address is told at once, dated with the time at which it is heard."""
        if isinstance(event, BeatEvent):
            message = NextBeatMessage(event.bar, event.beat, event.bpm, max(0.0, due - self._now()))
            self._send((message,), due + self._wall_offset())

    def heard(self, event: Event, due: float) -> None:
        """An event, at its time."""
        if isinstance(event, EnergyEvent):
            self._send_continuous(event)
            return
        messages: list[Outgoing] = [event]
        if isinstance(event, BeatEvent):
            if event.beat == 0:
                messages.append(DownbeatMessage(event.bar))
            if event.bpm != self._bpm:
                self._bpm = event.bpm
                messages.append(TempoMessage(event.bpm))
        self._send(messages, None)
        if isinstance(event, BeatEvent):  # also while no picture comes
            self._tell_changes()

    def seen(self, look: Look) -> None:
        """Everybody's joints."""
        self._tell_changes()
        second = int(look.t)
        if second > self._seconds:
            self._seconds = second
            self._send((Heartbeat(second),), None)
        if look.people:
            self._send(person_messages(look.people), None)
            self._send_continuous(*joint_messages(look.people[0]))

    def _tell_changes(self) -> None:
        """Playing, recording and state, when they are others than those told last."""
        status = self._status()
        state = status.error or ("playing" if status.playing else "stopped")
        now: tuple[Outgoing, ...] = (
            PlayingMessage(status.playing),
            RecordingMessage(status.recording is not None),
            StateMessage(state),
        )
        before, self._told = self._told, now
        self._send([one for one in now if one not in before], None)

    def _send(self, messages: Sequence[Outgoing], unix_s: float | None) -> None:
        with self._lock:
            self._targets.send(messages, unix_s)

    def _send_continuous(self, *messages: Outgoing) -> None:
        with self._lock:
            self._targets.send_continuous(messages, self._now())
