"""Notes and clock to a MIDI port, each on its time."""

from __future__ import annotations

import itertools
import math
from typing import Protocol

from d2m_bridge.osc.sender import Clock
from d2m_bridge.sinks.midi_file import CHANNELS
from d2m_bridge.sync.midi_voices import NOTE_OFF, NOTE_ON, Rank
from d2m_bridge.sync.post import Letter
from d2m_bridge.sync.postman_process import moment
from d2m_bridge.sync.sender import Sender
from d2m_bridge.timeline import NoteEvent

_STEADY_S = 1e-4  # clocks that have drifted apart by less count as one, so that what is due at once stays so


class Port(Sender, Protocol):
    """Where messages go; MidiOutPort is one. What it forgets is silent."""

    def post(self, *letters: Letter) -> bool:
        """To be sent when they are due: all of them or none. Does not wait."""
        ...

    def close(self) -> None:
        """Everything silent, then the port closed; safe to call twice."""
        ...


class MidiOut:
    """Plays to a port."""

    def __init__(self, port: Port, clock: Clock) -> None:
        """Times given to the methods are this clock's. The port is closed with this."""
        self.port = port
        self._clock = clock
        self._numbers = itertools.count(1)
        self._offset = -math.inf

    def send_note(self, note: NoteEvent, due: float) -> None:
        """A note that starts at `due` and lasts note.duration; note.t is not looked at."""
        channel = CHANNELS[note.stem]
        velocity = min(127, max(1, round(note.velocity * 127)))  # velocity 0 would be a note off
        on = bytes([NOTE_ON | channel, note.pitch, velocity])
        off = bytes([NOTE_OFF | channel, note.pitch, 0])
        number = next(self._numbers)
        self.port.post(
            Letter(self._moment(due), on, number, Rank.ON),
            Letter(self._moment(due + note.duration), off, number, Rank.OFF, math.inf),
        )

    def send(self, data: bytes, due: float) -> None:
        """Any other message, such as a clock, at `due`."""
        # A receiver counts clocks: a late one, too, keeps it in its place.
        self.port.post(Letter(self._moment(due), data, 0, Rank.PLAIN, math.inf))

    def panic(self) -> None:
        """Everything silent now; what was waiting is forgotten."""
        self.port.forget()

    def close(self) -> None:
        """Everything silent, then the port closed; safe to call twice."""
        self.port.close()

    def _moment(self, due: float) -> float:
        offset = moment(0.0, self._clock.now)
        if abs(offset - self._offset) > _STEADY_S:
            self._offset = offset
        return due + self._offset
