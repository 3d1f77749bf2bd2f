"""The table of keys: shortcuts, tooltips, the help overlay and docs/keys.md come from it.

A row either makes a command from where the controls stand, or names what the window itself does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from d2m_bridge.engine.plan import SECTIONS, STEMS
from d2m_bridge.settings import PAGES
from plugin_host.live import moves
from plugin_host.live.moves import MakeCommand
from plugin_host.words import translate, word

PANIC_HOLD_S = 0.5
SYNC_NAMES = {"follow": "Dancer", "link": "Link", "midi": "MIDI", "osc": "OSC", "fixed": "Fixed"}
PAGE_NAMES = dict(zip(PAGES, ("Live", "Offline", "Connect", "Set-up"), strict=True))
_ARROWS = {"Up": "\u2191", "Down": "\u2193", "Left": "\u2190", "Right": "\u2192"}
_DIGITS, _STEM_KEYS, _PAN_KEYS = "1234567890", "ASDF", "ZXCV"


@dataclass(frozen=True, slots=True)
class Key:
    """name: what a control calls it by. keys: as Qt writes it. make: None where the window does it.

    text: see meaning; {} in it stands for `about`, a term of words.word. series: what it does together with its
    neighbours, which share a line on the sheet of keys. everywhere: also where no live control is in sight.
    hold: it must be held down. repeats: while it is held down.
    """

    name: str
    group: str
    keys: str
    text: str
    make: MakeCommand | None = None
    about: str = ""
    series: str = ""
    everywhere: bool = False
    hold: bool = False
    repeats: bool = False

    @property
    def meaning(self) -> str:
        """What it does, in the user's language."""
        return translate("Keys", self.text).format(word(self.about))


def tip(text: str, *names: str) -> str:
    """A tooltip: what the control does, and its keys."""
    keys = " / ".join(spelled(BY_NAME[name]) for name in names)
    return f"{text} [{keys}]" if keys else text


def spelled(row: Key) -> str:
    """The key as people write it."""
    held, key = split(row)
    whole = held + key
    return translate("Keys", "{}, held").format(whole) if row.hold else whole


def split(row: Key) -> tuple[str, str]:
    """What is held down, with its plus sign, and the key that is hit."""
    held, plus, key = row.keys.rpartition("+")
    return (held + plus, _ARROWS.get(key, key)) if key else ("", row.keys)


def _show() -> Iterator[Key]:
    row = partial(Key, group="Show")
    text = QT_TRANSLATE_NOOP("Keys", "play and stop")
    yield row("play", keys="Space", text=text, make=moves.play, everywhere=True)
    text = QT_TRANSLATE_NOOP("Keys", "panic: silence, now")
    yield row("panic", keys="Esc", text=text, make=moves.panic, everywhere=True, hold=True)
    yield row("record", keys="R", text=QT_TRANSLATE_NOOP("Keys", "begin and end a take"), make=moves.record)


def _style() -> Iterator[Key]:
    row = partial(Key, group="Style")
    for name, held, text, make, series in (
        (
            "style", "", QT_TRANSLATE_NOOP("Keys", "style {}"), moves.style,
            QT_TRANSLATE_NOOP("Keys", "style 1 to 10"),
        ),
        (
            "blend", "Shift+", QT_TRANSLATE_NOOP("Keys", "a step towards style {}"), moves.blend,
            QT_TRANSLATE_NOOP("Keys", "a step towards style 1 to 10"),
        ),
    ):  # fmt: skip
        for index, digit in enumerate(_DIGITS):
            yield row(
                f"{name}{index}", keys=held + digit, text=text, make=partial(make, index), about=str(index + 1),
                series=series,
            )  # fmt: skip
    series = QT_TRANSLATE_NOOP("Keys", "less and more of the second style")
    for name, keys, text, step in (
        ("unblend", "Left", QT_TRANSLATE_NOOP("Keys", "less of the second style"), -moves.FADE_STEP),
        ("blend", "Right", QT_TRANSLATE_NOOP("Keys", "more of the second style"), moves.FADE_STEP),
    ):
        yield row(name, keys=keys, text=text, make=partial(moves.fade, step), series=series, repeats=True)
    series = QT_TRANSLATE_NOOP("Keys", "key: up, down, the piece's own")
    for name, keys, text, make_key in (
        ("key_up", "K", QT_TRANSLATE_NOOP("Keys", "a key higher"), partial(moves.key, 1)),
        ("key_down", "Shift+K", QT_TRANSLATE_NOOP("Keys", "a key lower"), partial(moves.key, -1)),
        ("key_own", "Ctrl+K", QT_TRANSLATE_NOOP("Keys", "the piece's own key"), moves.own_key),
    ):
        yield row(name, keys=keys, text=text, make=make_key, series=series)
    yield row("seed", keys="N", text=QT_TRANSLATE_NOOP("Keys", "another piece of music"), make=moves.another)


def _feel() -> Iterator[Key]:
    as_danced = QT_TRANSLATE_NOOP("Keys", "as the dancer moves")
    for field, held, more, less, none, series in (
        (
            "intensity", "", QT_TRANSLATE_NOOP("Keys", "harder"), QT_TRANSLATE_NOOP("Keys", "softer"), as_danced,
            QT_TRANSLATE_NOOP("Keys", "intensity: more, less, as danced"),
        ),
        (
            "density", "Shift+", QT_TRANSLATE_NOOP("Keys", "more notes"), QT_TRANSLATE_NOOP("Keys", "fewer notes"),
            as_danced, QT_TRANSLATE_NOOP("Keys", "density: more, less, as danced"),
        ),
        (
            "complexity", "Ctrl+", QT_TRANSLATE_NOOP("Keys", "more between the beats"),
            QT_TRANSLATE_NOOP("Keys", "more on the beats"), QT_TRANSLATE_NOOP("Keys", "as the style is"),
            QT_TRANSLATE_NOOP("Keys", "complexity: more, less, as the style"),
        ),
        (
            "swing", "Alt+", QT_TRANSLATE_NOOP("Keys", "more swing"), QT_TRANSLATE_NOOP("Keys", "less swing"),
            QT_TRANSLATE_NOOP("Keys", "straight"), QT_TRANSLATE_NOOP("Keys", "swing: more, less, none"),
        ),
    ):  # fmt: skip
        for name, arrow, text, step in (
            ("more", "Up", more, moves.FEEL_STEP),
            ("less", "Down", less, -moves.FEEL_STEP),
            ("no", "Home", none, None),
        ):
            make = partial(moves.feel, field, step)
            yield Key(f"{name}_{field}", "Feel", held + arrow, text, make, series=series, repeats=step is not None)


def _section() -> Iterator[Key]:
    text = QT_TRANSLATE_NOOP("Keys", "go to {}")
    series = QT_TRANSLATE_NOOP("Keys", "the sections, in their order")
    for index, section in enumerate(SECTIONS):
        yield Key(section, "Section", f"F{index + 2}", text, partial(moves.section, section), section, series)
    yield Key("hold", "Section", "H", QT_TRANSLATE_NOOP("Keys", "hold the section that plays"), moves.hold)


def _mixer() -> Iterator[Key]:
    for name, keys, held, text, make, series in (
        (
            "mute", _STEM_KEYS, "", QT_TRANSLATE_NOOP("Keys", "mute {}"), moves.mute,
            QT_TRANSLATE_NOOP("Keys", "mute a stem"),
        ),
        (
            "solo", _STEM_KEYS, "Alt+", QT_TRANSLATE_NOOP("Keys", "{} solo"), moves.solo,
            QT_TRANSLATE_NOOP("Keys", "a stem solo"),
        ),
        (
            "louder", _STEM_KEYS, "Shift+", QT_TRANSLATE_NOOP("Keys", "{} 1 dB up"),
            partial(moves.gain, moves.GAIN_STEP_DB), QT_TRANSLATE_NOOP("Keys", "1 dB up"),
        ),
        (
            "softer", _STEM_KEYS, "Ctrl+", QT_TRANSLATE_NOOP("Keys", "{} 1 dB down"),
            partial(moves.gain, -moves.GAIN_STEP_DB), QT_TRANSLATE_NOOP("Keys", "1 dB down"),
        ),
        (
            "left", _PAN_KEYS, "", QT_TRANSLATE_NOOP("Keys", "{} to the left"),
            partial(moves.pan, -moves.PAN_STEP), QT_TRANSLATE_NOOP("Keys", "to the left"),
        ),
        (
            "right", _PAN_KEYS, "Shift+", QT_TRANSLATE_NOOP("Keys", "{} to the right"),
            partial(moves.pan, moves.PAN_STEP), QT_TRANSLATE_NOOP("Keys", "to the right"),
        ),
    ):  # fmt: skip
        for index, (stem, letter) in enumerate(zip(STEMS, keys, strict=True)):
            yield Key(
                f"{name}_{stem}", "Mixer", held + letter, text, partial(make, index), stem, series,
                repeats=name not in ("mute", "solo"),
            )  # fmt: skip
    yield Key("clips", "Mixer", "Backspace", QT_TRANSLATE_NOOP("Keys", "put out the clip lights"))


def _tempo() -> Iterator[Key]:
    yield Key("tap", "Tempo", "T", QT_TRANSLATE_NOOP("Keys", "tap the beat"), moves.tap)
    step = moves.LATENCY_STEP_MS
    for name, keys, text, make in (
        ("faster", "+", QT_TRANSLATE_NOOP("Keys", "1 BPM faster"), partial(moves.tempo, 1.0)),
        ("slower", "-", QT_TRANSLATE_NOOP("Keys", "1 BPM slower"), partial(moves.tempo, -1.0)),
        ("later", ".", QT_TRANSLATE_NOOP("Keys", "our beat 10 ms later"), partial(moves.nudge, moves.NUDGE_MS)),
        ("sooner", ",", QT_TRANSLATE_NOOP("Keys", "our beat 10 ms earlier"), partial(moves.nudge, -moves.NUDGE_MS)),
        ("ahead", "Ctrl+.", QT_TRANSLATE_NOOP("Keys", "everything 5 ms earlier"), partial(moves.latency, step)),
        ("behind", "Ctrl+,", QT_TRANSLATE_NOOP("Keys", "everything 5 ms later"), partial(moves.latency, -step)),
    ):
        yield Key(name, "Tempo", keys, text, make, repeats=True)
    text = QT_TRANSLATE_NOOP("Keys", "the tempo comes from: {}")
    series = QT_TRANSLATE_NOOP("Keys", "who leads the tempo")
    for index, (source, name) in enumerate(SYNC_NAMES.items()):
        yield Key(f"sync_{source}", "Tempo", f"Alt+{index + 1}", text, partial(moves.sync, source), name, series)


def _window() -> Iterator[Key]:
    row = partial(Key, group="Window", everywhere=True)
    yield Key("mirror", "Window", "M", QT_TRANSLATE_NOOP("Keys", "mirror the picture"))
    yield row("stage", keys="F11", text=QT_TRANSLATE_NOOP("Keys", "stage mode: large and dark"))
    yield row("help", keys="F1", text=QT_TRANSLATE_NOOP("Keys", "show all keys"))
    yield row("log", keys="Ctrl+L", text=QT_TRANSLATE_NOOP("Keys", "show what was said"))
    text, series = QT_TRANSLATE_NOOP("Keys", "the page {}"), QT_TRANSLATE_NOOP("Keys", "the pages, in their order")
    for index, page in enumerate(PAGES):
        yield row(page, keys=f"Ctrl+{index + 1}", text=text, about=PAGE_NAMES[page], series=series)


KEYS = (*_show(), *_style(), *_feel(), *_section(), *_mixer(), *_tempo(), *_window())
BY_NAME = {row.name: row for row in KEYS}
