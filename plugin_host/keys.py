"""The table of keys: shortcuts, tooltips, the help overlay and the documentation come from it.

A row either makes a command from where the controls stand, or names what the window itself does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from d2m_bridge.engine.plan import SECTIONS, STEMS
from d2m_bridge.osc import commands as do
from plugin_host.live.positions import Positions

INTENSITY_STEP, GAIN_STEP_DB, NUDGE_MS, LATENCY_STEP_MS = 0.1, 1.0, 10.0, 5.0
PANIC_HOLD_S = 0.5
SYNC_NAMES = {"follow": "Dancer", "link": "Link", "midi": "MIDI", "osc": "OSC", "fixed": "Fixed"}
PAGES = ("live", "offline", "connect", "setup")
PAGE_NAMES = dict(zip(PAGES, ("Live", "Offline", "Connect", "Set-up"), strict=True))

MakeCommand = Callable[[Positions], "do.Command | None"]


@dataclass(frozen=True, slots=True)
class Key:
    """name: what a control calls it by. keys: as Qt writes it. make: None where the window does it.

    everywhere: also where no live control is in sight. hold: it must be held down.
    """

    name: str
    group: str
    keys: str
    text: str
    make: MakeCommand | None = None
    everywhere: bool = False
    hold: bool = False


def _bounded(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


def _play(at: Positions) -> do.Command:
    return do.Stop() if at.playing else do.Play()


def _style(index: int, at: Positions) -> do.Command | None:
    return do.SetStyle(at.styles[index]) if index < len(at.styles) else None


def _intensity(step: float, at: Positions) -> do.Command:
    return do.SetIntensity(round(_bounded(at.intensity + step, -1.0, 1.0), 3))


def _gain(index: int, step_db: float, at: Positions) -> do.Command:
    gain_db = _bounded(at.gains_db[index] + step_db, do.MIN_GAIN_DB, do.MAX_GAIN_DB)
    return do.SetStemGain(STEMS[index], gain_db)


def _mute(index: int, at: Positions) -> do.Command:
    return do.SetStemMute(STEMS[index], not at.mutes[index])


def _tempo(step: float, at: Positions) -> do.Command:
    return do.SetTempo(_bounded(round(at.bpm) + step, do.MIN_BPM, do.MAX_BPM))


def _latency(step_ms: float, at: Positions) -> do.Command:
    return do.SetLatency(_bounded(at.latency_ms + step_ms, -do.MAX_LATENCY_MS, do.MAX_LATENCY_MS))


def _rows() -> Iterator[Key]:
    show = "Show"
    yield Key("play", show, "Space", "play and stop", _play, everywhere=True)
    yield Key("panic", show, "Esc", "panic: silence, now", lambda at: do.Panic(), everywhere=True, hold=True)
    yield Key("record", show, "R", "begin and end a take", lambda at: do.SetRecord(not at.recording))
    yield Key("seed", show, "N", "another piece of music", lambda at: do.SetSeed(random.randrange(2**31)))  # noqa: S311
    yield Key("more", show, "Up", "denser and louder", partial(_intensity, INTENSITY_STEP))
    yield Key("less", show, "Down", "sparser and quieter", partial(_intensity, -INTENSITY_STEP))
    yield Key("as_danced", show, "Home", "as dense as the dancer moves", lambda at: do.SetIntensity(0.0))
    for index, key in enumerate("1234567890"):
        yield Key(f"style{index}", "Style", key, f"style {index + 1}", partial(_style, index))
    for index, section in enumerate(SECTIONS):
        yield Key(section, "Section", f"F{index + 2}", f"go to {section}", lambda at, to=section: do.SetSection(to))  # type: ignore[misc]
    for index, (stem, key) in enumerate(zip(STEMS, "ASDF", strict=True)):
        yield Key(f"mute_{stem}", "Mixer", key, f"mute {stem}", partial(_mute, index))
        yield Key(f"louder_{stem}", "Mixer", f"Shift+{key}", f"{stem} 1 dB up", partial(_gain, index, GAIN_STEP_DB))
        yield Key(f"softer_{stem}", "Mixer", f"Ctrl+{key}", f"{stem} 1 dB down", partial(_gain, index, -GAIN_STEP_DB))
    yield Key("tap", "Tempo", "T", "tap the beat", lambda at: do.Tap())
    yield Key("faster", "Tempo", "+", "1 BPM faster", partial(_tempo, 1.0))
    yield Key("slower", "Tempo", "-", "1 BPM slower", partial(_tempo, -1.0))
    yield Key("later", "Tempo", ".", "our beat 10 ms later", lambda at: do.Nudge(NUDGE_MS))
    yield Key("sooner", "Tempo", ",", "our beat 10 ms earlier", lambda at: do.Nudge(-NUDGE_MS))
    yield Key("ahead", "Tempo", "Ctrl+.", "everything 5 ms earlier", partial(_latency, LATENCY_STEP_MS))
    yield Key("behind", "Tempo", "Ctrl+,", "everything 5 ms later", partial(_latency, -LATENCY_STEP_MS))
    for index, (source, name) in enumerate(SYNC_NAMES.items()):
        yield Key(
            f"sync_{source}", "Tempo", f"Alt+{index + 1}", f"the tempo comes from: {name}",
            lambda at, to=source: do.SetSync(to),  # type: ignore[misc]
        )  # fmt: skip
    yield Key("mirror", "Window", "M", "mirror the picture")
    yield Key("stage", "Window", "F11", "stage mode: large and dark", everywhere=True)
    yield Key("help", "Window", "F1", "show all keys", everywhere=True)
    yield Key("log", "Window", "Ctrl+L", "show what was said", everywhere=True)
    for index, page in enumerate(PAGES):
        yield Key(page, "Window", f"Ctrl+{index + 1}", f"the page {PAGE_NAMES[page]}", everywhere=True)


KEYS = tuple(_rows())
BY_NAME = {row.name: row for row in KEYS}


def tip(text: str, *names: str) -> str:
    """A tooltip: what the control does, and its keys."""
    keys = " / ".join(spelled(BY_NAME[name]) for name in names)
    return f"{text} [{keys}]" if keys else text


def spelled(row: Key) -> str:
    """The key in words."""
    return f"{row.keys}, held" if row.hold else row.keys
