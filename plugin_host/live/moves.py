"""What a key asks for, given where the controls stand: each turns Positions into a command, or None for nothing.

Values stop at their ends. The first arguments are bound by the table of keys.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from d2m_bridge.engine.plan import KEYS, SEEDS_KEY, STEMS
from d2m_bridge.osc import commands as do
from plugin_host.live.positions import Positions

FEEL_STEP, BLEND_STEP, FADE_STEP, PAN_STEP = 0.1, 0.25, 0.05, 0.1
GAIN_STEP_DB, NUDGE_MS, LATENCY_STEP_MS = 1.0, 10.0, 5.0

Feeling = type[do.SetIntensity] | type[do.SetDensity] | type[do.SetComplexity] | type[do.SetSwing]
FEELINGS: dict[str, Feeling] = {
    "intensity": do.SetIntensity,
    "density": do.SetDensity,
    "complexity": do.SetComplexity,
    "swing": do.SetSwing,
}
LOWEST = {"intensity": -1.0, "density": -1.0, "complexity": -1.0, "swing": 0.0}

MakeCommand = Callable[[Positions], "do.Command | None"]


def bounded(value: float, low: float, high: float) -> float:
    """The value, or the end that it has passed."""
    return min(high, max(low, value))


def play(at: Positions) -> do.Command:
    """Play, or stop."""
    return do.Stop() if at.playing else do.Play()


def record(at: Positions) -> do.Command:
    """Begin a take, or end it."""
    return do.SetRecord(not at.recording)


def another(at: Positions) -> do.Command:
    """Another piece of music."""
    return do.SetSeed(random.randrange(2**31))  # noqa: S311


def style(index: int, at: Positions) -> do.Command | None:
    """All of one style."""
    return do.SetStyle(at.styles[index]) if index < len(at.styles) else None


def blend(index: int, at: Positions) -> do.Command | None:
    """A step towards a style: between the two that sound, or from the stronger one to a third."""
    if index >= len(at.styles) or (at.styles[index] == at.style and not at.second):
        return None
    towards = at.styles[index]
    if towards == at.style:
        return fade(-BLEND_STEP, at)
    if towards == at.second:
        return fade(BLEND_STEP, at)
    return do.BlendStyles(at.leading, towards, BLEND_STEP)


def fade(step: float, at: Positions) -> do.Command | None:
    """More of the second style, or less."""
    if not at.second:
        return None
    return do.BlendStyles(at.style, at.second, round(bounded(at.amount + step, 0.0, 1.0), 3))


def key(step: int, at: Positions) -> do.Command:
    """The next key; after the last comes the piece's own."""
    keys = (SEEDS_KEY, *KEYS)
    return do.SetKey(keys[(keys.index(at.key) + step) % len(keys)])


def own_key(at: Positions) -> do.Command:
    """The key of the piece."""
    return do.SetKey(SEEDS_KEY)


def feel(field: str, step: float | None, at: Positions) -> do.Command:
    """One of FEELINGS; step: None is back to 0."""
    value = 0.0 if step is None else round(bounded(getattr(at, field) + step, LOWEST[field], 1.0), 3)
    return FEELINGS[field](value)


def section(name: str, at: Positions) -> do.Command:
    """Go there."""
    return do.SetSection(name)


def hold(at: Positions) -> do.Command:
    """Stay in the section, or go on."""
    return do.SetHold(not at.hold)


def mute(index: int, at: Positions) -> do.Command:
    """A stem mute, or not."""
    return do.SetStemMute(STEMS[index], not at.mutes[index])


def solo(index: int, at: Positions) -> do.Command:
    """A stem solo, or not."""
    return do.SetStemSolo(STEMS[index], not at.solos[index])


def gain(step_db: float, index: int, at: Positions) -> do.Command:
    """A stem louder or softer."""
    return do.SetStemGain(STEMS[index], bounded(at.gains_db[index] + step_db, do.MIN_GAIN_DB, do.MAX_GAIN_DB))


def pan(step: float, index: int, at: Positions) -> do.Command:
    """A stem to one side."""
    return do.SetStemPan(STEMS[index], round(bounded(at.pans[index] + step, -1.0, 1.0), 3))


def tap(at: Positions) -> do.Command:
    """One beat."""
    return do.Tap()


def tempo(step: float, at: Positions) -> do.Command:
    """A tempo of one's own, whole beats a minute."""
    return do.SetTempo(bounded(round(at.bpm) + step, do.MIN_BPM, do.MAX_BPM))


def nudge(shift_ms: float, at: Positions) -> do.Command:
    """Our beat against the master's."""
    return do.Nudge(shift_ms)


def latency(step_ms: float, at: Positions) -> do.Command:
    """The latency offset."""
    return do.SetLatency(bounded(at.latency_ms + step_ms, -do.MAX_LATENCY_MS, do.MAX_LATENCY_MS))


def sync(source: str, at: Positions) -> do.Command:
    """Who leads the tempo."""
    return do.SetSync(source)


def panic(at: Positions) -> do.Command:
    """Silence, now."""
    return do.Panic()
