"""Plays a live session's notes and clock to a MIDI port: a listener of the session."""

from __future__ import annotations

import math
from collections.abc import Sequence

from d2m_bridge.conductor.grid import StepClock
from d2m_bridge.pipeline.perception import Look
from d2m_bridge.sync.midi_clock import STOP, MidiClockOut
from d2m_bridge.sync.midi_out import MidiOut
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BAR, BeatEvent, Event, NoteEvent


class MidiListener:
    """Notes at the time at which they are heard, and 24 clocks a beat, started on a bar."""

    def __init__(self, out: MidiOut, grid: StepClock, delay_s: float) -> None:
        """delay_s: from the time of the music to the time at which it is heard."""
        self._out, self._delay_s = out, delay_s
        self._clock = MidiClockOut(grid)
        self._is_running = False
        self._is_cut = False
        self._beat = 0

    @property
    def lateness(self) -> Sequence[float]:
        """See Sender."""
        return self._out.port.lateness

    @property
    def missed(self) -> int:
        """See Sender."""
        return self._out.port.missed

    @property
    def problem(self) -> str | None:
        """See Sender."""
        return self._out.port.problem

    def forget(self) -> None:
        """Silence, and the clock stops."""
        self._is_cut = True
        self._out.panic()
        self._out.send(bytes([STOP]), -math.inf)

    def ahead(self, event: Event, due: float) -> None:
        """Queues it for its time."""
        if isinstance(event, NoteEvent):
            self._out.send_note(event, due)
        elif isinstance(event, BeatEvent):
            self._tick(event)

    def heard(self, event: Event, due: float) -> None:
        """Everything was sent ahead."""

    def seen(self, look: Look) -> None:
        """Nothing of it goes over MIDI."""

    def _tick(self, beat: BeatEvent) -> None:
        """Starts with a bar; and again when the music has stood, for who counts clocks has lost its place."""
        number = beat.bar * BEATS_PER_BAR + beat.beat
        if self._is_running and (self._is_cut or number - self._beat > BEATS_PER_BAR):
            self._is_running = False
            self._out.send(self._clock.stop(0.0).data, -math.inf)
        self._is_cut = False
        self._beat = number
        if not self._is_running and beat.beat == 0:
            self._is_running = True
            self._clock.start(beat.bar * STEPS_PER_BAR)
        for message in self._clock.due(math.inf):  # all that is decided: this beat at least
            self._out.send(message.data, message.due + self._delay_s)
