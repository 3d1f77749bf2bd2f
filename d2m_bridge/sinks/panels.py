"""The four panels of the picture: movement, melody, drums and sound. Each is given its axes with time along x."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from d2m_bridge.audio.spectrogram import log_spectrogram
from d2m_bridge.engine.plan import DRUM_NOTES, DRUMS
from d2m_bridge.timeline import AccentEvent, EnergyEvent, Event, NoteEvent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_PX = 1408  # of a panel on the page
RULE = "#34383E"
COLOURS = {
    "energy": "#FF8A70",
    "accents": "#FFE3DA",
    "bass": "#5FA8FF",
    "harmony": "#A78BFA",
    "lead": "#FFC23C",
    "drums": "#57D6A5",
}
SOUND = ("#141517", "#20263F", "#47377A", "#943F83", "#E0606B", "#FFB26B", "#FFF3CF")
BANDS, LOW_HZ, HIGH_HZ = 220, 40.0, 16_000.0
DYNAMIC_RANGE_DB = 65.0
# What lies closer than this is gathered, so that a long clip stays readable.
POINT_GAP_PX, HIT_GAP_PX = 3, 5


def draw_movement(panel: Axes, events: list[Event]) -> None:
    """Energy as a curve, the dancer's accents as ticks above it."""
    energy = np.array([(event.t, event.value) for event in events if isinstance(event, EnergyEvent)]).reshape(-1, 2)
    gathered = max(1, math.ceil(POINT_GAP_PX * len(energy) / WIDTH_PX))
    whole = len(energy) // gathered * gathered
    energy = energy[:whole].reshape(-1, gathered, 2).mean(axis=1)
    panel.set_ylim(0, 1.3)
    panel.set_yticks([0, 0.5, 1])
    panel.fill_between(energy[:, 0], energy[:, 1], color=COLOURS["energy"], alpha=0.28, linewidth=0)
    panel.plot(energy[:, 0], energy[:, 1], color=COLOURS["energy"], linewidth=1.6)
    accents = [event for event in events if isinstance(event, AccentEvent)]
    crowded = len(accents) * POINT_GAP_PX > WIDTH_PX / 2
    panel.vlines(
        [accent.t for accent in accents],
        1.06,
        [1.06 + 0.2 * accent.strength for accent in accents],
        color=COLOURS["accents"],
        linewidth=0.7 if crowded else 2,
    )


def draw_melody(panel: Axes, notes: list[NoteEvent], duration_s: float) -> None:
    """Bass, harmony and lead as a piano roll."""
    pitches = [note.pitch for note in notes] or [48]
    low, high = min(pitches) - 3, max(max(pitches) + 6, min(pitches) + 24)
    panel.set_ylim(low, high)
    octaves = [pitch for pitch in range(low, high) if pitch % 12 == 0]
    panel.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    panel.hlines(octaves, 0, duration_s, color=RULE, linewidth=0.8, zorder=0)
    shortest = 2 * duration_s / WIDTH_PX
    for stem in ("harmony", "bass", "lead"):
        own = [note for note in notes if note.stem == stem]
        boxes = [(note.t, note.pitch - 0.42, max(note.duration * 0.96, shortest), 0.84) for note in own]
        _boxes(panel, boxes, [note.velocity for note in own], COLOURS[stem])


def draw_drums(panel: Axes, notes: list[NoteEvent], duration_s: float) -> None:
    """A box for each hit; in a long clip a box for each few pixels, as bright as what is played there."""
    rows = range(len(DRUMS))
    panel.set_ylim(-0.6, len(DRUMS) - 0.4)
    panel.set_yticks(rows, [voice.replace("_", " ") for voice in DRUMS])
    panel.hlines(rows, 0, duration_s, color=RULE, linewidth=0.6, zorder=0)
    bin_s = HIT_GAP_PX * duration_s / WIDTH_PX
    crowded = bool(notes) and bin_s > min(note.duration for note in notes)
    boxes, strengths = [], []
    for row, pitch in enumerate(DRUM_NOTES):
        hits = np.array([(note.t, note.velocity) for note in notes if note.pitch == pitch]).reshape(-1, 2)
        width = max(0.045, 3 * duration_s / WIDTH_PX)
        if crowded:
            edges = np.arange(0, duration_s + bin_s, bin_s)
            played, _ = np.histogram(hits[:, 0], edges, weights=hits[:, 1])
            hits = np.stack([edges[:-1], played / max(played.max(), 1e-9)], axis=1)[played > 0]
            width = bin_s
        for t, strength in hits:
            height = 0.3 + 0.5 * strength
            boxes.append((t, row - height / 2, width, height))
            strengths.append(strength)
    _boxes(panel, boxes, strengths, COLOURS["drums"])


def draw_sound(panel: Axes, wav: Path, duration_s: float) -> None:
    """The sound as a spectrogram, frequency on a log axis."""
    from matplotlib.colors import LinearSegmentedColormap

    levels = log_spectrogram(wav, WIDTH_PX, BANDS, LOW_HZ, HIGH_HZ)
    # Music falls by about 3 dB an octave: levelled, the highs are as easy to see as the lows.
    levels += np.linspace(0, 3 * np.log2(HIGH_HZ / LOW_HZ), BANDS, dtype=np.float32)[:, None]
    top = max(float(np.percentile(levels, 99.8)), -60.0)
    panel.imshow(
        levels,
        cmap=LinearSegmentedColormap.from_list("sound", SOUND),
        aspect="auto",
        origin="lower",
        extent=(0, duration_s, 0, BANDS),
        vmin=top - DYNAMIC_RANGE_DB,
        vmax=top,
        interpolation="bilinear",
    )
    marks = {"50": 50, "100": 100, "200": 200, "500": 500, "1 k": 1000, "2 k": 2000, "5 k": 5000, "10 k": 10_000}
    panel.set_yticks([np.log(hz / LOW_HZ) / np.log(HIGH_HZ / LOW_HZ) * BANDS for hz in marks.values()], list(marks))


def _boxes(panel: Axes, boxes: list[tuple[float, float, float, float]], strengths: list[float], colour: str) -> None:
    """Rectangles (x, y, width, height); a stronger note is more opaque."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgba

    corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes]
    colours = [to_rgba(colour, 0.4 + 0.6 * min(1.0, strength)) for strength in strengths]
    panel.add_collection(PolyCollection(corners, facecolors=colours, linewidths=0, zorder=3), autolim=False)
