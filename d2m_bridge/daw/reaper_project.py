"""A take as a REAPER project: text of nested blocks, one setting a line.

Positions are seconds with twelve decimals, tempo is a step envelope; sounds are named relative to the project.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from d2m_bridge.daw.take import Sound, Take
from d2m_bridge.sinks.midi_file import CHANNELS
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BEAT, NoteEvent

TICKS_PER_BEAT = 960
_TICKS_PER_STEP = TICKS_PER_BEAT // STEPS_PER_BEAT
_STEP_SHAPE = 1
_METER = (4 << 16) + BEATS_PER_BAR
_NO_FADES = ("FADEIN 0 0 0 0 0 0 0", "FADEOUT 0 0 0 0 0 0 0")


def reaper_project(take: Take, folder: Path) -> str:
    """The text of the project, to be saved in `folder`."""
    return "".join(f"{line}\n" for line in _block("REAPER_PROJECT 0.1 7.0 0", _project(take, folder)))


def _project(take: Take, folder: Path) -> Iterator[str]:
    yield f"SAMPLERATE {take.sample_rate} 1 0"
    yield f"TEMPO {take.tempo.points[0].bpm:.10f} {BEATS_PER_BAR} 4"
    yield from _block("TEMPOENVEX", ("ACT 1 -1", "VIS 1 0 1", "DEFSHAPE 1 -1 -1", *_tempo(take)))
    for number, marker in enumerate(take.markers, 1):
        yield f"MARKER {number} {take.tempo.time_at(marker.beat):.12f} {_quoted(marker.name)} 0"
    for sound in take.stems:
        yield from _block("TRACK", _sound_track(take, sound, folder, muted=False))
    yield from _block("TRACK", _sound_track(take, take.mix, folder, muted=bool(take.stems)))
    yield from _block("TRACK", ("NAME notes", *_block("ITEM", _note_item(take))))


def _tempo(take: Take) -> Iterator[str]:
    for point in take.tempo.points:
        meter = f" {_METER}" if point.beat == 0 else ""
        yield f"PT {point.t:.12f} {point.bpm:.10f} {_STEP_SHAPE}{meter}"


def _sound_track(take: Take, sound: Sound, folder: Path, *, muted: bool) -> Iterator[str]:
    yield f"NAME {_quoted(sound.name)}"
    yield f"MUTESOLO {int(muted)} 0 0"
    yield f"NCHAN {max(2, sound.channels)}"
    yield from _block(
        "ITEM",
        (
            f"POSITION {take.start_s:.12f}",
            f"LENGTH {sound.frames / take.sample_rate:.12f}",
            "LOOP 0",
            *_NO_FADES,
            f"NAME {_quoted(sound.path.name)}",
            "SOFFS 0",
            "PLAYRATE 1 0 0 -1 0 0.0025",
            *_block("SOURCE WAVE", (f"FILE {_quoted(_beside(sound.path, folder))}",)),
        ),
    )


def _note_item(take: Take) -> Iterator[str]:
    yield "POSITION 0"
    yield f"LENGTH {take.tempo.time_at(take.beats):.12f}"
    yield "LOOP 0"
    yield f"NAME {_quoted(take.name)}"
    yield from _block("SOURCE MIDI", (f"HASDATA 1 {TICKS_PER_BEAT} QN", *_midi(take.notes, take.beats)))


def _midi(notes: Iterable[NoteEvent], beats: int) -> Iterator[str]:
    """Lines of ticks since the line before, and the message in hexadecimal; the last marks the end."""
    # At one tick a note ends before the next of the same pitch begins.
    timed = sorted(
        (tick, status, pitch, velocity)
        for note in notes
        for tick, status, pitch, velocity in (
            (
                note.step * _TICKS_PER_STEP,
                0x90 | CHANNELS[note.stem],
                note.pitch,
                min(127, max(1, round(note.velocity * 127))),
            ),
            ((note.step + note.steps) * _TICKS_PER_STEP, 0x80 | CHANNELS[note.stem], note.pitch, 0),
        )
    )
    now = 0
    for tick, *message in timed:
        yield f"E {tick - now} {bytes(message).hex(' ')}"
        now = tick
    yield f"E {beats * TICKS_PER_BEAT - now} b0 7b 00"


def _block(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"<{head}"
    for line in lines:
        yield f"  {line}"
    yield ">"


def _beside(path: Path, folder: Path) -> str:
    """Relative to the project where there is a way (on Windows not from one drive to another)."""
    try:
        return os.path.relpath(path.resolve(), folder.resolve())
    except ValueError:
        return str(path.resolve())


def _quoted(text: str) -> str:
    """In the quotation mark that the text does not hold, as REAPER does it."""
    for mark in "\"'`":
        if mark not in text:
            return f"{mark}{text}{mark}"
    return "`" + text.replace("`", "'") + "`"
