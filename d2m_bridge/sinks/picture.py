"""One page that shows a render: movement, plan and sound on one time axis."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.sinks.atomic import whole_file
from d2m_bridge.sinks.panels import COLOURS, WIDTH_PX, draw_drums, draw_melody, draw_movement, draw_sound
from d2m_bridge.timeline import BEATS_PER_BAR, Event, NoteEvent, SectionEvent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES, DPI = (16.0, 12.0), 100
LEFT, BOTTOM, TOP = 0.095, 0.05, 0.865
RIGHT = LEFT + WIDTH_PX / (INCHES[0] * DPI)
PANELS = (1.2, 2.4, 1.5, 2.2)  # relative heights: movement, melody, drums, sound
PAGE, PANEL, TEXT, MUTED = "#141517", "#1B1D20", "#E9EBEE", "#A4A9B1"
# Lines and labels that would lie closer than this are left out, so that a long clip stays readable.
LINE_GAP_PX, LABEL_GAP_PX = 9, 46
LONGEST_NAME = 34
_QUICK = 3  # of 9: the file is a tenth larger and done in half the time
TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)


def load_drawing() -> None:
    """Loads the drawing library, which takes half a second: to be called beside other work."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401


def write_picture(
    path: Path,
    wav: Path,
    events: Iterable[Event],
    grid: BeatGrid,
    *,
    name: str,
    style: str,
    seed: int,
    lufs: float,
) -> None:
    """Draw a PNG of 1600 x 1200 pixels from the finished sound and all events of its render.

    lufs: integrated loudness, -inf for silence. Raises InputError if `path` cannot be written.
    """
    import soundfile
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    events = list(events)
    notes = [event for event in events if isinstance(event, NoteEvent)]
    duration_s = max(soundfile.info(wav).duration, 0.1)
    figure = Figure(figsize=INCHES, dpi=DPI, facecolor=PAGE)
    FigureCanvasAgg(figure)
    movement, melody, drums, sound = panels = _panels(figure, duration_s)
    draw_movement(movement, events)
    draw_melody(melody, [note for note in notes if note.stem != "drums"], duration_s)
    draw_drums(drums, [note for note in notes if note.stem == "drums"], duration_s)
    draw_sound(sound, wav, duration_s)
    _draw_grid(panels, grid, duration_s)
    _draw_sections(melody, [event for event in events if isinstance(event, SectionEvent)], duration_s)
    loudness = f"{lufs:.1f} LUFS" if np.isfinite(lufs) else "silent"
    _draw_head(figure, name, f"{grid.bpm:.1f} bpm ({grid.source})     {style}     seed {seed}     {loudness}")
    with whole_file(path) as temporary, warnings.catch_warnings():
        # A name in a script that the font lacks is shown as boxes; nobody can act on the warning.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(temporary, format="png", pil_kwargs={"compress_level": _QUICK})


def _draw_head(figure: Figure, name: str, facts: str) -> None:
    from matplotlib.lines import Line2D

    shown = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    figure.text(LEFT, 0.953, shown, color=TEXT, fontsize=24, fontweight="bold", va="center", parse_math=False)
    figure.text(RIGHT, 0.953, facts, color=TEXT, fontsize=14, va="center", ha="right", parse_math=False)
    handles = [Line2D([], [], color=colour, linewidth=7, label=label) for label, colour in COLOURS.items()]
    figure.legend(
        handles=handles,
        loc="center left",
        bbox_to_anchor=(LEFT - 0.008, 0.916),
        ncols=len(handles),
        frameon=False,
        fontsize=12,
        labelcolor=MUTED,
        handlelength=1.2,
        columnspacing=1.6,
    )


def _panels(figure: Figure, duration_s: float) -> list[Axes]:
    rows = figure.add_gridspec(4, 1, height_ratios=PANELS, left=LEFT, right=RIGHT, bottom=BOTTOM, top=TOP, hspace=0.06)
    panels = [figure.add_subplot(rows[row]) for row in range(4)]
    every = next((s for s in TICKS_S if s * WIDTH_PX / duration_s >= 2 * LABEL_GAP_PX), TICKS_S[-1])
    ticks = np.arange(0, duration_s, every)
    for panel, caption in zip(panels, ("movement", "melody", "drums", "sound (Hz)"), strict=True):
        panel.set_facecolor(PANEL)
        panel.set_xlim(0, duration_s)
        panel.set_xticks(ticks, [])
        panel.tick_params(colors=MUTED, labelsize=11, length=0, pad=6)
        panel.set_ylabel(caption, color=TEXT, fontsize=13)
        panel.yaxis.set_label_coords(-0.072, 0.5)
        panel.spines[:].set_visible(False)
    panels[-1].set_xticks(ticks, [f"{int(t) // 60}:{int(t) % 60:02d}" for t in ticks])
    return panels


def _draw_grid(panels: list[Axes], grid: BeatGrid, duration_s: float) -> None:
    """Bars and beats through all panels, and the numbers of the bars, from 1."""
    beats = np.arange(math.ceil(grid.beat_at(0.0)), math.floor(grid.beat_at(duration_s)) + 1)
    times = np.array([grid.time_at(float(beat)) for beat in beats])
    beat_px = WIDTH_PX / duration_s * 60 / grid.bpm
    every = BEATS_PER_BAR
    while every * beat_px < LINE_GAP_PX:
        every *= 2
    strong = beats % every == 0
    for panel in panels:
        # The sound is bright, so its lines are stronger.
        alpha = 0.5 if panel is panels[-1] else 0.22
        across = panel.get_xaxis_transform()
        panel.vlines(times[strong], 0, 1, transform=across, color=TEXT, alpha=alpha, linewidth=0.9)
        if beat_px >= LINE_GAP_PX:
            panel.vlines(times[~strong], 0, 1, transform=across, color=TEXT, alpha=alpha * 0.4, linewidth=0.7)
    while every * beat_px < LABEL_GAP_PX:
        every *= 2
    top = panels[0]
    for beat, t in zip(beats, times, strict=True):
        if beat % every == 0:
            number = str(beat // BEATS_PER_BAR + 1)
            top.text(t, 1.04, number, transform=top.get_xaxis_transform(), color=MUTED, fontsize=11, ha="center")
    top.text(-0.008, 1.04, "bar", transform=top.transAxes, color=MUTED, fontsize=11, ha="right")


def _draw_sections(panel: Axes, sections: list[SectionEvent], duration_s: float) -> None:
    """A line where each section begins, with its name where the section is long enough to hold it."""
    second_px = WIDTH_PX / duration_s
    across = panel.get_xaxis_transform()
    starts = [max(section.t, 0.0) for section in sections]
    roomy = np.diff([*starts, duration_s]) * second_px > 1.6 * LABEL_GAP_PX
    feet = np.where(roomy, 0.0, 0.94)
    panel.vlines(starts, feet, 1, transform=across, color=TEXT, alpha=0.55, linewidth=1.2, linestyle=(0, (4, 3)))
    for section, start in compress(zip(sections, starts, strict=True), roomy):
        place = start + 6 / second_px
        panel.text(place, 0.975, section.section, transform=across, color=TEXT, fontsize=12, va="top")
