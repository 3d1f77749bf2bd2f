"""What may rule a session's time (--sync), and how each master is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from d2m_bridge.osc.sender import Clock
from d2m_bridge.sync.host_follow import HostFollower
from d2m_bridge.sync.link import LinkPeer
from d2m_bridge.sync.master import FixedMaster, Master
from d2m_bridge.sync.midi_master import MidiMaster


class SyncKind(Enum):
    """The values of --sync."""

    FOLLOW = "follow"  # the dancer
    LINK = "link"
    MIDI = "midi"
    OSC = "osc"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class MasterOptions:
    """What a master may want to know. clock: the session's. midi_in: name of a port, or None to make one of ours."""

    clock: Clock
    bpm: float
    midi_in: str | None = None


# The dancer is not here: that master lives on motion frames, which only the session has.
MASTERS: dict[SyncKind, Callable[[MasterOptions], Master]] = {
    SyncKind.LINK: lambda options: LinkPeer(options.bpm, options.clock),
    SyncKind.MIDI: lambda options: MidiMaster(options.midi_in),
    SyncKind.OSC: lambda options: HostFollower(),
    SyncKind.FIXED: lambda options: FixedMaster(options.bpm, options.clock.now()),
}
