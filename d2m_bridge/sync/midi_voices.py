"""Which notes sound at a MIDI port, so that none is cut short or left over. Bytes only: no port is opened here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

from d2m_bridge.sync.post import Letter

NOTE_OFF, NOTE_ON, CONTROL = 0x80, 0x90, 0xB0
_ALL_SOUND_OFF, _ALL_NOTES_OFF = 120, 123


class Rank(IntEnum):
    """Of what is due at one moment: a note ends before the next of its pitch begins, a beat's clock comes before its
    notes.
    """

    OFF = 0
    PLAIN = 1
    ON = 2


class MidiVoices:
    """The notes of some channels (from 0). A letter's target is the number of the note that it starts or ends."""

    def __init__(self, channels: Iterable[int]) -> None:
        self._channels = tuple(channels)
        self._sounding: dict[bytes, int] = {}  # channel and pitch -> number of its note

    def play(self, letter: Letter) -> Iterator[bytes]:
        """What is to be sent for it. A note cuts an older one of its pitch, whose end then is none of its business."""
        if letter.rank == Rank.PLAIN:
            yield letter.data
            return
        key = bytes([letter.data[0] & 0x0F, letter.data[1]])
        if letter.rank == Rank.ON:
            if key in self._sounding:
                yield _off(key)
            self._sounding[key] = letter.target
            yield letter.data
        elif self._sounding.get(key) == letter.target:
            del self._sounding[key]
            yield letter.data

    def silence(self) -> Iterator[bytes]:
        """What ends all notes, those too that somebody else has begun."""
        yield from map(_off, self._sounding)
        self._sounding.clear()
        for channel in self._channels:
            yield bytes([CONTROL | channel, _ALL_NOTES_OFF, 0])
            yield bytes([CONTROL | channel, _ALL_SOUND_OFF, 0])


def _off(key: bytes) -> bytes:
    return bytes([NOTE_OFF | key[0], key[1], 0])
