"""Notes and clock to a MIDI port, each on its time, from a thread of its own."""

from __future__ import annotations

import contextlib
import heapq
import os
import sys
import threading
from dataclasses import dataclass, field
from typing import Protocol

from d2m_bridge.osc.sender import Clock
from d2m_bridge.sinks.midi_file import CHANNELS
from d2m_bridge.timeline import NoteEvent

_NOTE_OFF, _NOTE_ON, _CONTROL = 0x80, 0x90, 0xB0
_ALL_SOUND_OFF, _ALL_NOTES_OFF = 120, 123
_QUEUE = 4096  # messages; a full queue refuses new ones
_CLOSE_S = 2.0
_NOW = float("-inf")
# What is due at one moment: a note ends before the next of its pitch begins, and a beat's clock comes before its notes.
_PANIC, _OFF, _PLAIN, _ON = range(4)


class Port(Protocol):
    """Where messages go; MidiOutPort is one."""

    def send(self, data: bytes) -> None:
        """Send now, without raising."""
        ...

    def close(self) -> None:
        """Close; safe to call twice."""
        ...


@dataclass(order=True, frozen=True, slots=True)
class _Item:
    due: float
    order: int
    serial: int
    data: bytes = field(compare=False, default=b"")
    note: int = field(compare=False, default=0)  # serial of the note on to which this on or off belongs


class MidiOut:
    """Plays to a port; its thread alone may block on it. dropped: messages that a full queue refused."""

    def __init__(self, port: Port, clock: Clock) -> None:
        """Times given to the methods are this clock's. The port is closed with this."""
        self.dropped = 0
        self._port = port
        self._clock = clock
        self._queue: list[_Item] = []
        self._serial = 0
        self._sounding: dict[bytes, int] = {}  # channel and pitch -> serial of its note on; the thread's own
        self._is_closing = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="midi-out", daemon=True)
        self._thread.start()

    def send_note(self, note: NoteEvent, due: float) -> None:
        """A note that starts at `due` and lasts note.duration; note.t is not looked at."""
        channel = CHANNELS[note.stem]
        velocity = min(127, max(1, round(note.velocity * 127)))  # velocity 0 would be a note off
        on = bytes([_NOTE_ON | channel, note.pitch, velocity])
        off = bytes([_NOTE_OFF | channel, note.pitch, 0])
        self._push((due, _ON, on), (due + note.duration, _OFF, off))

    def send(self, data: bytes, due: float) -> None:
        """Any other message, such as a clock, at `due`."""
        self._push((due, _PLAIN, data))

    def panic(self) -> None:
        """Everything silent now; what was waiting is forgotten."""
        with self._wake:
            self._queue.clear()
            self._serial += 1
            heapq.heappush(self._queue, _Item(_NOW, _PANIC, self._serial))
            self._wake.notify()

    def close(self) -> None:
        """Everything silent, then the port closed; safe to call twice."""
        self.panic()
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join(_CLOSE_S)
        self._port.close()

    def _push(self, *messages: tuple[float, int, bytes]) -> None:
        with self._wake:
            if self._is_closing or len(self._queue) + len(messages) > _QUEUE:
                self.dropped += len(messages)
                return
            self._serial += len(messages)
            first = self._serial
            for place, (due, order, data) in enumerate(messages):
                heapq.heappush(self._queue, _Item(due, order, first + place, data, first))
            self._wake.notify()

    def _run(self) -> None:
        if sys.platform == "linux":
            # Between busy processes a normal thread wakes 5 ms late and more; where it may, this one goes first.
            with contextlib.suppress(PermissionError):
                os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        while (item := self._next()) is not None:
            if item.order == _PANIC:
                self._silence()
            elif item.order != _PLAIN:
                self._play(item)
            else:
                self._port.send(item.data)

    def _next(self) -> _Item | None:
        """Waits for the next message that is due; None when closed and empty."""
        with self._wake:
            while True:
                if self._queue:
                    wait = self._queue[0].due - self._clock.now()
                    if wait <= 0:
                        return heapq.heappop(self._queue)
                elif self._is_closing:
                    return None
                else:
                    wait = None
                self._wake.wait(wait)

    def _play(self, item: _Item) -> None:
        """A note, cutting an older one of its pitch; the older one's end then is none of its business."""
        key = bytes([item.data[0] & 0x0F, item.data[1]])
        if item.order == _ON:
            if key in self._sounding:
                self._port.send(bytes([_NOTE_OFF | key[0], key[1], 0]))
            self._sounding[key] = item.note
        elif self._sounding.get(key) != item.note:
            return
        else:
            del self._sounding[key]
        self._port.send(item.data)

    def _silence(self) -> None:
        for channel, pitch in self._sounding:
            self._port.send(bytes([_NOTE_OFF | channel, pitch, 0]))
        self._sounding.clear()
        for channel in CHANNELS.values():
            self._port.send(bytes([_CONTROL | channel, _ALL_NOTES_OFF, 0]))
            self._port.send(bytes([_CONTROL | channel, _ALL_SOUND_OFF, 0]))
