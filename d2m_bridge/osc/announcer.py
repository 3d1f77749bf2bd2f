"""Tells OSC targets what a live session does: a listener of the session."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from d2m_bridge.errors import InputError
from d2m_bridge.osc.messages import (
    ClipMessage,
    ClockMessage,
    DownbeatMessage,
    HealthMessage,
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
from d2m_bridge.sinks.clips import Clip
from d2m_bridge.sync.postman_process import moment
from d2m_bridge.timeline import AccentEvent, BeatEvent, EnergyEvent, Event

if TYPE_CHECKING:
    from d2m_bridge.pipeline.live import LiveStatus

log = logging.getLogger(__name__)


class OscAnnouncer:
    """Beats ahead and when they are heard, notes, sections; accents, energy and joints as soon as they are seen; clips
    when their files are whole; once a second a heartbeat, how we stand to the leader of the tempo, and whether the
    machine keeps up.
    """

    def __init__(
        self,
        targets: OscTargets,
        now: Callable[[], float],
        wall_offset: Callable[[], float],
        status: Callable[[], LiveStatus],
        standing: Callable[[], ClockMessage],
    ) -> None:
        """now: the session clock. wall_offset: Unix time minus session time, for the time tags of bundles. standing:
        how we stand to the leader of the tempo.
        """
        self._targets, self._now, self._wall_offset = targets, now, wall_offset
        self._status, self._standing = status, standing
        self._told: tuple[Outgoing, ...] = (RecordingMessage(False),)  # to DAWs it toggles: what is so is not said
        self._lock = threading.Lock()
        self._bpm = 0.0
        self._seconds, self._beats = -1, 0

    @property
    def lateness(self) -> Sequence[float]:
        """See Sender."""
        return self._targets.postman.lateness

    @property
    def missed(self) -> int:
        """See Sender."""
        return self._targets.postman.missed

    @property
    def problem(self) -> str | None:
        """See Sender."""
        return self._targets.postman.problem

    def forget(self) -> None:
        """See Sender."""
        with self._lock:
            self._targets.postman.forget()
            self._bpm = 0.0  # whether it was told is not known

    def ahead(self, event: Event, due: float) -> None:
        """An event that was decided: posted for its time. The address of a beat is told at once, too, dated with the
        time at which it is heard.
        """
        messages: list[Outgoing] = [event]
        if isinstance(event, BeatEvent):
            message = NextBeatMessage(event.bar, event.beat, event.bpm, max(0.0, due - self._now()))
            self._send((message,), due + self._wall_offset())
            if event.beat == 0:
                messages.append(DownbeatMessage(event.bar))
            if event.bpm != self._bpm:
                self._bpm = event.bpm
                messages.append(TempoMessage(event.bpm))
        with self._lock:
            self._targets.post(messages, moment(due, self._now))

    def heard(self, event: Event, due: float) -> None:
        """What the dancer did goes out now; the rest is on its way already."""
        match event:
            case EnergyEvent():
                self._send_continuous(event)
                return
            case AccentEvent():
                self._send((event,), None)
            case BeatEvent():  # also while no picture comes
                self.tell_changes()
        self._tell_time()

    def seen(self, look: Look) -> None:
        """Everybody's joints."""
        self.tell_changes()
        self._tell_time()
        if look.people:
            self._send(person_messages(look.people), None)
            self._send_continuous(*joint_messages(look.people[0]))

    def clip(self, clip: Clip) -> None:
        """A file is ready. One whose path is too long for OSC is told of in the log only."""
        try:
            self._send((ClipMessage(str(clip.path), clip.bar, clip.beats, clip.bpm, clip.stem),), None)
        except InputError as error:
            log.warning("%s", error)

    def _tell_time(self) -> None:
        """Once a second, with the first thing that happens in it."""
        second = int(self._now())
        with self._lock:
            is_told = second <= self._seconds
            self._seconds = max(second, self._seconds)
        if not is_told:
            status = self._status()
            health = HealthMessage(status.underruns, status.late_blocks, status.watch.fps, status.cpu_share)
            self._send((Heartbeat(self._beats), self._standing(), health), None)
            self._beats += 1

    def tell_changes(self) -> None:
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
