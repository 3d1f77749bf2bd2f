"""Where the controls of a live session stand: what keys, buttons and OSC all show and change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeVar

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.osc import commands as do

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Positions:
    """gains_db and mutes in the order of STEMS; styles: all that the model knows."""

    styles: tuple[str, ...] = ()
    playing: bool = False
    style: str = ""
    intensity: float = 0.0
    gains_db: tuple[float, ...] = (0.0,) * len(STEMS)
    mutes: tuple[bool, ...] = (False,) * len(STEMS)
    sync: str = "follow"
    latency_ms: float = 0.0
    recording: bool = False
    bpm: float = 0.0


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
            return replace(at, style=name)
        case do.SetIntensity(value):
            return replace(at, intensity=value)
        case do.SetStemGain(stem, gain_db):
            return replace(at, gains_db=_placed(at.gains_db, stem, gain_db))
        case do.SetStemMute(stem, mute):
            return replace(at, mutes=_placed(at.mutes, stem, mute))
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
