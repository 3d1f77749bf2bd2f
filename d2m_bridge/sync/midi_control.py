"""Knobs, faders and pads of a MIDI desk: told from a port on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from d2m_bridge.errors import D2MError
from d2m_bridge.osc.learn import midi_source
from d2m_bridge.sync.midi_ports import MidiInPort, parse_port

log = logging.getLogger(__name__)

_POLL_S = 0.005
_COMPLAIN_EVERY_S = 5.0

Hear = Callable[[str, Sequence[object]], bool]


class MidiControl:
    """A context manager that tells `hear` of every controller and note, on its own thread.

    hear: source and value as in osc.learn.Learned.hear; when it raises a D2MError that is logged. received: messages.
    """

    def __init__(self, port: str, hear: Hear) -> None:
        """port: a name, or a part of one; new:NAME makes one. Raises InputError."""
        name, is_new = parse_port(port)
        self._port = MidiInPort(name, virtual=is_new)
        self._hear = hear
        self.received = 0
        self._complained = -_COMPLAIN_EVERY_S
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="midi-control", daemon=True)

    @property
    def name(self) -> str:
        """Of the port."""
        return self._port.name

    def __enter__(self) -> MidiControl:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the port. Safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._port.close()

    def _run(self) -> None:
        while not self._stopping.wait(_POLL_S):
            for _, data in self._port.take(time.monotonic()):
                told = midi_source(data)
                if told is not None:
                    self.received += 1
                    self._tell(*told)

    def _tell(self, source: str, value: float) -> None:
        try:
            self._hear(source, (value,))
        except D2MError as error:
            now = time.monotonic()
            if now - self._complained >= _COMPLAIN_EVERY_S:
                self._complained = now
                log.warning("MIDI %s: %s", source, error)
