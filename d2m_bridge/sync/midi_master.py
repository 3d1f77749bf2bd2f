"""A MIDI clock at a port as master."""

from __future__ import annotations

from d2m_bridge.conductor.live_grid import MACHINE, Target
from d2m_bridge.sync.host_follow import HostFollower
from d2m_bridge.sync.master import MasterState
from d2m_bridge.sync.midi_clock import MidiClockIn
from d2m_bridge.sync.midi_ports import MidiInPort

OWN_PORT = "d2m clock in"


class MidiMaster:
    """Follows the clock that comes in at a port."""

    turn = MACHINE

    def __init__(self, port: str | None) -> None:
        """port: its name or a part of it; None makes a port of ours that others connect to. Raises InputError."""
        self._port = MidiInPort(port or OWN_PORT, virtual=port is None)
        self._follower = HostFollower()
        self._clock_in = MidiClockIn(self._follower)

    @property
    def state(self) -> MasterState:
        """How things stood when `target` was last asked."""
        return self._follower.state

    @property
    def playing(self) -> bool | None:
        """Whether the sender's transport runs; None when nothing was heard of it."""
        return self._follower.playing

    def target(self, now: float) -> Target | None:
        """Takes in what has come and says where the sender is at `now`."""
        for t, data in self._port.take(now):
            self._clock_in.receive(t, data)
        return self._follower.target(now)

    def close(self) -> None:
        """Close the port; safe to call twice."""
        self._port.close()
