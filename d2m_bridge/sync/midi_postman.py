"""The process that plays a session's notes and clock to a MIDI port when they are due; see postman.py.

    python -m d2m_bridge.sync.midi_postman NAME new|there CHANNEL...

NAME: of a port that is to be made, or that is there. CHANNEL: from 0, those that it may silence.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from d2m_bridge.sync.midi_ports import MidiOutDevice
from d2m_bridge.sync.midi_voices import MidiVoices
from d2m_bridge.sync.post import Fate, Letter
from d2m_bridge.sync.postman import serve


class _Port:
    def __init__(self, name: str, *, virtual: bool, channels: Iterable[int]) -> None:
        self._device = MidiOutDevice(name, virtual=virtual)
        self._voices = MidiVoices(channels)
        self.name = self._device.name

    def deliver(self, letter: Letter) -> Fate:
        taken = [self._device.send(data) for data in self._voices.play(letter)]
        return Fate.SENT if all(taken) else Fate.FAILED

    def forget(self) -> None:
        for data in self._voices.silence():
            self._device.send(data)


if __name__ == "__main__":
    name, kind, *channels = sys.argv[1:]
    serve(lambda: _Port(name, virtual=kind == "new", channels=map(int, channels)))
