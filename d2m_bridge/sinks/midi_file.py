"""The plan as a Standard MIDI File, note for note on its grid of 16ths.

Tick 0 is beat 0 of the grid and step n is tick 120 n exactly, whatever the tempo does. Beat 0 may lie before the video
begins, so seconds of the video = seconds of the MIDI file + grid.time_at(0); the tempo map carries the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.sinks.atomic import whole_file
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BEAT, NoteEvent

if TYPE_CHECKING:
    from mido import Message, MetaMessage, MidiTrack

TICKS_PER_BEAT = 480
TICKS_PER_STEP = TICKS_PER_BEAT // STEPS_PER_BEAT
MICROSECONDS = 1_000_000
# A tempo is whole microseconds a beat: a new one is written only when the old would drift further than this.
TEMPO_TOLERANCE_S = 1e-4
# MIDI channel and General MIDI program of each stem, both counted from 0: drums have channel 10 and need no program.
CHANNELS = {"drums": 9, "bass": 0, "harmony": 1, "lead": 2}
PROGRAMS = {"bass": 38, "harmony": 88, "lead": 80}  # synth bass, new age pad, square lead


def write_midi(path: Path, notes: Iterable[NoteEvent], grid: BeatGrid, end_s: float, style: str) -> None:
    """Write notes and tempo map (type 1, a track for tempo and one for each stem) up to end_s or the last note's end.

    style: goes into the name of the piece. Raises ValueError for a note before beat 0, InputError if `path` cannot be
    written.
    """
    from mido import MidiFile

    notes = list(notes)
    beats = max(1, math.ceil(grid.beat_at(end_s)))
    end = max([beats * TICKS_PER_BEAT, *((note.step + note.steps) * TICKS_PER_STEP for note in notes)])
    file = MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    file.tracks.append(_track(_conducting(grid, beats, style), end))
    for stem in STEMS:
        file.tracks.append(_track(_playing(stem, [note for note in notes if note.stem == stem]), end))
    with whole_file(path) as temporary:
        file.save(temporary)


Timed = tuple[int, "Message | MetaMessage"]  # tick from the start


def _conducting(grid: BeatGrid, beats: int, style: str) -> Iterator[Timed]:
    from mido import MetaMessage

    yield 0, MetaMessage("track_name", name=f"d2m, {style}")
    yield 0, MetaMessage("time_signature", numerator=BEATS_PER_BAR, denominator=4)
    for beat, tempo in _tempos(grid, beats):
        yield beat * TICKS_PER_BEAT, MetaMessage("set_tempo", tempo=tempo)


def _tempos(grid: BeatGrid, beats: int) -> Iterator[tuple[int, int]]:
    """Beats at which the tempo changes, with microseconds a beat; rounding never adds up."""
    origin = grid.time_at(0)
    reached, tempo = 0, 0
    for beat in range(beats):
        wanted = (grid.time_at(beat + 1) - origin) * MICROSECONDS
        if abs(reached + tempo - wanted) > TEMPO_TOLERANCE_S * MICROSECONDS:
            tempo = round(wanted - reached)
            yield beat, tempo
        reached += tempo


def _playing(stem: str, notes: list[NoteEvent]) -> Iterator[Timed]:
    from mido import Message, MetaMessage

    channel = CHANNELS[stem]
    yield 0, MetaMessage("track_name", name=stem)
    if stem in PROGRAMS:
        yield 0, Message("program_change", channel=channel, program=PROGRAMS[stem])
    for note in notes:
        if note.step < 0:
            raise ValueError(f"a note before beat 0 has no place in a MIDI file: {note}")
        velocity = min(127, max(1, round(note.velocity * 127)))  # velocity 0 would be a note off
        start = note.step * TICKS_PER_STEP
        yield start, Message("note_on", channel=channel, note=note.pitch, velocity=velocity)
        yield start + note.steps * TICKS_PER_STEP, Message("note_off", channel=channel, note=note.pitch)


def _track(timed: Iterable[Timed], end: int) -> MidiTrack:
    from mido import MetaMessage, MidiTrack

    track = MidiTrack()
    now = 0
    # At one tick a note ends before the next of the same pitch begins; what else happens there keeps its order.
    for tick, message in sorted(timed, key=lambda item: (item[0], item[1].type != "note_off" and item[0] > 0)):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(MetaMessage("end_of_track", time=end - now))
    return track
