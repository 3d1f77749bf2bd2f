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
from d2m_bridge.engine.plan import SEEDS_KEY, STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.osc import commands as do
from d2m_bridge.pipeline.live import LiveSession
from d2m_bridge.sync.link import LinkPeer
from d2m_bridge.sync.master import FixedMaster, Master
from d2m_bridge.sync.tap import TapTempo
from d2m_bridge.timeline import Float32

log = logging.getLogger(__name__)

# Opens a master by the name of its sync source; None: the dancer.
OpenMaster = Callable[[str], Master | None]


class Control:
    """Obeys from any thread, one command at a time."""

    def __init__(self, session: LiveSession, open_master: OpenMaster, takes: Path, sync: str = "follow") -> None:
        """takes: the folder into which SetRecord records. sync: who leads when the session starts."""
        self.sync = sync
        self.style: do.SetStyle | do.BlendStyles = do.SetStyle(session.style)
        self.key = SEEDS_KEY
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
            self.style,
            do.SetKey(self.key),
            do.SetIntensity(desk.feel.intensity),
            do.SetDensity(desk.feel.density),
            do.SetComplexity(desk.feel.complexity),
            do.SetSwing(desk.feel.swing),
            do.SetHold(desk.feel.hold),
            *(do.SetStemGain(stem, gain) for stem, gain in zip(STEMS, desk.gains_db, strict=True)),
            *(do.SetStemPan(stem, pan) for stem, pan in zip(STEMS, desk.pans, strict=True)),
            *(do.SetStemMute(stem, mute) for stem, mute in zip(STEMS, desk.mutes, strict=True)),
            *(do.SetStemSolo(stem, solo) for stem, solo in zip(STEMS, desk.solos, strict=True)),
            do.SetSync(self.sync),
            do.SetLatency(1000 * desk.latency_s),
            do.SetRecord(self._session.status.recording is not None),
        ]

    def _desk(self, **changes: Any) -> None:  # noqa: ANN401 - replace() checks the names, the desk's types the rest
        self._session.desk = replace(self._session.desk, **changes)

    def _feel(self, **changes: Any) -> None:  # noqa: ANN401
        self._desk(feel=replace(self._session.desk.feel, **changes))

    def _set_style(self, command: do.SetStyle) -> None:
        self._session.wish(Wishes(style=self._weights(command.name)))
        self.style = command

    def _blend(self, command: do.BlendStyles) -> None:
        first, second = self._weights(command.first), self._weights(command.second)
        amount = np.float32(command.amount)
        self._session.wish(Wishes(style=(1 - amount) * first + amount * second))
        self.style = command

    def _weights(self, name: str) -> Float32:
        styles = self._session.styles
        if name not in styles:
            raise InputError(f"style {name!r}: expected one of {', '.join(styles)}")
        weights: Float32 = np.eye(len(styles), dtype=np.float32)[styles.index(name)]
        return weights

    def _set_key(self, command: do.SetKey) -> None:
        self._session.wish(Wishes(key=command.key))
        self.key = command.key

    def _set_stem(self, row: str, stem: str, value: object) -> None:
        before = getattr(self._session.desk, row)
        self._desk(**{row: tuple(value if name == stem else old for name, old in zip(STEMS, before, strict=True))})

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


_DEEDS: dict[type, Callable[[Control, Any], None]] = {
    do.Play: lambda self, _: self._desk(playing=True),
    do.Stop: lambda self, _: self._desk(playing=False),
    do.Panic: lambda self, _: self._session.panic(),
    do.SetStyle: Control._set_style,
    do.BlendStyles: Control._blend,
    do.SetKey: Control._set_key,
    do.SetIntensity: lambda self, command: self._feel(intensity=command.value),
    do.SetDensity: lambda self, command: self._feel(density=command.value),
    do.SetComplexity: lambda self, command: self._feel(complexity=command.value),
    do.SetSwing: lambda self, command: self._feel(swing=command.value),
    do.SetHold: lambda self, command: self._feel(hold=command.hold),
    do.SetStemGain: lambda self, command: self._set_stem("gains_db", command.stem, command.gain_db),
    do.SetStemPan: lambda self, command: self._set_stem("pans", command.stem, command.pan),
    do.SetStemMute: lambda self, command: self._set_stem("mutes", command.stem, command.mute),
    do.SetStemSolo: lambda self, command: self._set_stem("solos", command.stem, command.solo),
    do.SetSection: lambda self, command: self._session.wish(Wishes(section=command.section)),
    do.SetTempo: Control._set_tempo,
    do.SetSync: Control._set_sync,
    do.SetLatency: lambda self, command: self._desk(latency_s=command.offset_ms / 1000),
    do.SetSeed: lambda self, command: self._session.wish(Wishes(seed=command.seed)),
    do.SetRecord: Control._set_record,
    do.Tap: Control._tap,
    do.Nudge: Control._nudge,
}
