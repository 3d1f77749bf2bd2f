"""Where the controls of a live session stand: what keys, buttons and OSC all show and change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeVar

from d2m_bridge.engine.plan import SEEDS_KEY, STEMS
from d2m_bridge.osc import commands as do

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Positions:
    """gains_db, pans, mutes and solos in the order of STEMS; styles: all that the model knows.

    second: the style that is mixed in, "" none; amount: how much of it, 0..1.
    """

    styles: tuple[str, ...] = ()
    playing: bool = False
    style: str = ""
    second: str = ""
    amount: float = 0.0
    key: str = SEEDS_KEY
    intensity: float = 0.0
    density: float = 0.0
    complexity: float = 0.0
    swing: float = 0.0
    hold: bool = False
    gains_db: tuple[float, ...] = (0.0,) * len(STEMS)
    pans: tuple[float, ...] = (0.0,) * len(STEMS)
    mutes: tuple[bool, ...] = (False,) * len(STEMS)
    solos: tuple[bool, ...] = (False,) * len(STEMS)
    sync: str = "follow"
    latency_ms: float = 0.0
    recording: bool = False
    bpm: float = 0.0

    @property
    def leading(self) -> str:
        """The stronger of the two styles."""
        return self.second if self.second and self.amount > 0.5 else self.style

    @property
    def silent(self) -> tuple[bool, ...]:
        """The stems that are not heard: they are mute, or others play solo."""
        alone = any(self.solos)
        return tuple(mute or (alone and not solo) for mute, solo in zip(self.mutes, self.solos, strict=True))


def positions_of(state: Iterable[do.Command], styles: tuple[str, ...], bpm: float) -> Positions:
    """From the commands that would set the controls as they stand (pipeline.control.Control.state)."""
    return reduce(moved, state, Positions(styles, bpm=bpm))


def moved(at: Positions, command: do.Command) -> Positions:
    """Where the controls will stand when the command has been obeyed."""
    match command:
        case do.Play():
            return replace(at, playing=True)
        case do.Stop() | do.Panic():
            return replace(at, playing=False)
        case do.SetStyle(name):
            return replace(at, style=name, second="", amount=0.0)
        case do.BlendStyles(first, second, amount):
            return replace(at, style=first, second=second, amount=amount)
        case do.SetKey(key):
            return replace(at, key=key)
        case do.SetIntensity(value):
            return replace(at, intensity=value)
        case do.SetDensity(value):
            return replace(at, density=value)
        case do.SetComplexity(value):
            return replace(at, complexity=value)
        case do.SetSwing(value):
            return replace(at, swing=value)
        case do.SetHold(hold):
            return replace(at, hold=hold)
        case do.SetStemGain(stem, gain_db):
            return replace(at, gains_db=_placed(at.gains_db, stem, gain_db))
        case do.SetStemPan(stem, pan):
            return replace(at, pans=_placed(at.pans, stem, pan))
        case do.SetStemMute(stem, mute):
            return replace(at, mutes=_placed(at.mutes, stem, mute))
        case do.SetStemSolo(stem, solo):
            return replace(at, solos=_placed(at.solos, stem, solo))
        case do.SetSync(source):
            return replace(at, sync=source)
        case do.SetTempo(bpm):
            return replace(at, bpm=bpm, sync="fixed")
        case do.SetLatency(offset_ms):
            return replace(at, latency_ms=offset_ms)
        case do.Nudge(shift_ms):
            return replace(at, latency_ms=at.latency_ms - shift_ms)
        case do.SetRecord(record):
            return replace(at, recording=record)
    return at


def _placed(row: tuple[Value, ...], stem: str, value: Value) -> tuple[Value, ...]:
    return tuple(value if name == stem else old for name, old in zip(STEMS, row, strict=True))
