"""What a performer may ask of a live session, whoever asks: keys, buttons, OSC. One table from command to deed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from d2m_bridge.engine.composer import Wishes
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.osc import commands as do
from d2m_bridge.pipeline.live import LiveSession
from d2m_bridge.sync.link import LinkPeer
from d2m_bridge.sync.master import FixedMaster, Master
from d2m_bridge.sync.tap import TapTempo

log = logging.getLogger(__name__)

# Opens a master by the name of its sync source; None: the dancer.
OpenMaster = Callable[[str], Master | None]


class Control:
    """Obeys from any thread, one command at a time."""

    def __init__(self, session: LiveSession, open_master: OpenMaster, takes: Path, sync: str = "follow") -> None:
        """takes: the folder into which SetRecord records. sync: who leads when the session starts."""
        self.sync = sync
        self.style = ""
        self._session, self._open_master, self._takes = session, open_master, takes
        self._taps = TapTempo()
        self._lock = threading.Lock()

    def obey(self, command: do.Command) -> None:
        """Raises InputError, one clear line, for what cannot be done; everything else goes on."""
        with self._lock:
            deed = _DEEDS.get(type(command))
            if deed is not None:
                deed(self, command)

    def state(self) -> list[do.Command]:
        """The controls' positions, as the commands that would set them."""
        desk = self._session.desk
        return [
            do.Play() if desk.playing else do.Stop(),
            do.SetStyle(self.style or self._session.styles[0]),
            do.SetIntensity(desk.intensity),
            *(do.SetStemGain(stem, gain) for stem, gain in zip(STEMS, desk.gains_db, strict=True)),
            *(do.SetStemMute(stem, mute) for stem, mute in zip(STEMS, desk.mutes, strict=True)),
            do.SetSync(self.sync),
            do.SetLatency(1000 * desk.latency_s),
            do.SetRecord(self._session.status.recording is not None),
        ]

    def _desk(self, **changes: float | bool | tuple[float, ...] | tuple[bool, ...]) -> None:
        self._session.desk = replace(self._session.desk, **changes)  # type: ignore[arg-type]

    def _set_style(self, command: do.SetStyle) -> None:
        styles = self._session.styles
        if command.name not in styles:
            raise InputError(f"style {command.name!r}: expected one of {', '.join(styles)}")
        self.style = command.name
        self._session.wish(Wishes(style=np.eye(len(styles), dtype=np.float32)[styles.index(command.name)]))

    def _set_gain(self, command: do.SetStemGain) -> None:
        self._desk(gains_db=_placed(self._session.desk.gains_db, command.stem, command.gain_db))

    def _set_mute(self, command: do.SetStemMute) -> None:
        self._desk(mutes=_placed(self._session.desk.mutes, command.stem, command.mute))

    def _set_sync(self, command: do.SetSync) -> None:
        self._session.follow_master(self._open_master(command.source))
        self.sync = command.source

    def _set_tempo(self, command: do.SetTempo) -> None:
        master = self._session.musician.master
        if isinstance(master, LinkPeer):
            master.set_tempo(command.bpm, self._session.now())
        else:
            self._fixed().set_bpm(command.bpm, self._session.now())

    def _tap(self, command: do.Tap) -> None:
        target = self._taps.tap(self._session.now())
        if target is not None:
            self._fixed().set_target(target)

    def _fixed(self) -> FixedMaster:
        """A tempo of one's own makes the number the master."""
        master = self._session.musician.master
        if not isinstance(master, FixedMaster):
            master = self._session.fixed_master(self._session.status.bpm)
            self._session.follow_master(master)
        self.sync = "fixed"
        return master

    def _nudge(self, command: do.Nudge) -> None:
        self._desk(latency_s=self._session.desk.latency_s - command.shift_ms / 1000)

    def _set_record(self, command: do.SetRecord) -> None:
        self._session.record(self._takes if command.record else None)


def _placed(row: tuple[Any, ...], stem: str, value: object) -> tuple[Any, ...]:
    return tuple(value if name == stem else old for name, old in zip(STEMS, row, strict=True))


_DEEDS: dict[type, Callable[[Control, Any], None]] = {
    do.Play: lambda self, _: self._desk(playing=True),
    do.Stop: lambda self, _: self._desk(playing=False),
    do.Panic: lambda self, _: self._session.panic(),
    do.SetStyle: Control._set_style,
    do.SetIntensity: lambda self, command: self._desk(intensity=command.value),
    do.SetStemGain: Control._set_gain,
    do.SetStemMute: Control._set_mute,
    do.SetSection: lambda self, command: self._session.wish(Wishes(section=command.section)),
    do.SetTempo: Control._set_tempo,
    do.SetSync: Control._set_sync,
    do.SetLatency: lambda self, command: self._desk(latency_s=command.offset_ms / 1000),
    do.SetSeed: lambda self, command: self._session.wish(Wishes(seed=command.seed)),
    do.SetRecord: Control._set_record,
    do.Tap: Control._tap,
    do.Nudge: Control._nudge,
}
