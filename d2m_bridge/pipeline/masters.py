"""Opens whoever is to lead the tempo of a session, by the name of the sync source."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from d2m_bridge.errors import InputError
from d2m_bridge.osc.sender import Clock
from d2m_bridge.sync.host_follow import HostFollower
from d2m_bridge.sync.kinds import MASTERS, MasterOptions, SyncKind
from d2m_bridge.sync.master import FixedMaster, Master
from d2m_bridge.sync.osc_transport import OscTransport


class Masters:
    """What each sync source needs: the session's clock and first tempo, and the name of a MIDI port."""

    def __init__(self, clock: Clock, bpm: float, fixed: Callable[[float], FixedMaster], midi_in: str | None) -> None:
        """fixed: makes a number the master; midi_in: None makes a port of our own."""
        self._options, self._fixed = MasterOptions(clock, bpm, midi_in), fixed
        self._transport: OscTransport | None = None

    def open(self, source: str) -> Master | None:
        """None: the dancer leads. Raises InputError when that source cannot be had here."""
        self._transport = None
        try:
            kind = SyncKind(source)
        except ValueError as error:
            known = ", ".join(kind.value for kind in SyncKind)
            raise InputError(f"sync source {source!r}: expected one of {known}") from error
        if kind is SyncKind.FOLLOW:
            return None
        if kind is SyncKind.FIXED:
            return self._fixed(self._options.bpm)
        master = MASTERS[kind](self._options)
        if isinstance(master, HostFollower):
            self._transport = OscTransport(master)
        return master

    def hear(self, address: str, arguments: Sequence[object]) -> bool:
        """An OSC message of a DAW; whether it was one about its transport, and OSC leads."""
        transport = self._transport
        return transport is not None and transport.receive(self._options.clock.now(), address, arguments)
