"""Plays a live session's notes and clock to a MIDI port: a listener of the session."""

from __future__ import annotations

import math

from d2m_bridge.conductor.grid import StepClock
from d2m_bridge.pipeline.perception import Look
from d2m_bridge.sync.midi_clock import MidiClockOut
from d2m_bridge.sync.midi_out import MidiOut
from d2m_bridge.timeline import STEPS_PER_BAR, BeatEvent, Event, NoteEvent


class MidiListener:
    """Notes at the time at which they are heard, and 24 clocks a beat, started on a bar."""

    def __init__(self, out: MidiOut, grid: StepClock, delay_s: float) -> None:
        """delay_s: from the time of the music to the time at which it is heard."""
        self._out, self._delay_s = out, delay_s
        self._clock = MidiClockOut(grid)
        self._is_running = False

    def ahead(self, event: Event, due: float) -> None:
        """Queues it for its time."""
        if isinstance(event, NoteEvent):
            self._out.send_note(event, due)
        elif isinstance(event, BeatEvent):
            if not self._is_running and event.beat == 0:
                self._is_running = True
                self._clock.start(event.bar * STEPS_PER_BAR)
            for message in self._clock.due(math.inf):  # all that is decided: this beat at least
                self._out.send(message.data, message.due + self._delay_s)

    def heard(self, event: Event, due: float) -> None:
        """Everything was sent ahead."""

    def seen(self, look: Look) -> None:
        """Nothing of it goes over MIDI."""
