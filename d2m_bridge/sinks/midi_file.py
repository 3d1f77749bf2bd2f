"""The plan as a Standard MIDI File, note for note on its grid of 16ths.

Tick 0 is beat 0 of the grid and step n is tick 120 n exactly, whatever the tempo does. Beat 0 may lie before the video
begins, so seconds of the video = seconds of the MIDI file + grid.time_at(0); the tempo map carries the rest.
"""

from __future__ import annotations

import heapq
import itertools
import math
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.sinks.atomic import whole_file
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BEAT, NoteEvent

if TYPE_CHECKING:
    from mido import Message, MetaMessage

TICKS_PER_BEAT = 480
TICKS_PER_STEP = TICKS_PER_BEAT // STEPS_PER_BEAT
MICROSECONDS = 1_000_000
# A tempo is whole microseconds a beat: a new one is written only when the old would drift further than this.
TEMPO_TOLERANCE_S = 1e-4
# MIDI channel and General MIDI program of each stem, both counted from 0: drums have channel 10 and need no program.
CHANNELS = {"drums": 9, "bass": 0, "harmony": 1, "lead": 2}
PROGRAMS = {"bass": 38, "harmony": 88, "lead": 80}  # synth bass, new age pad, square lead


class Score:
    """A MIDI file as it grows, beat by beat and note by note, which can be written whole at any moment.

    What came is kept as the bytes of the file, so that an hour of music costs neither memory nor time. Type 1: a track
    for the tempo and one for each stem.
    """

    def __init__(self, style: str) -> None:
        """style: goes into the name of the piece."""
        from mido import MetaMessage

        self._conducting = _Track(f"d2m, {style}")
        self._conducting.add(0, MetaMessage("time_signature", numerator=BEATS_PER_BAR, denominator=4))
        self._stems = {stem: _StemTrack(stem) for stem in STEMS}
        self._origin = 0.0
        self._beats = -1  # the last one known
        self._reached, self._tempo = 0, 0

    def beat(self, t: float) -> None:
        """The next beat, in seconds; the first is beat 0. A tempo is known with the beat that ends it."""
        from mido import MetaMessage

        self._beats += 1
        if self._beats == 0:
            self._origin = t
            return
        # Whole microseconds a beat; what is rounded off never adds up.
        wanted = (t - self._origin) * MICROSECONDS
        if abs(self._reached + self._tempo - wanted) > TEMPO_TOLERANCE_S * MICROSECONDS:
            self._tempo = round(wanted - self._reached)
            self._conducting.add((self._beats - 1) * TICKS_PER_BEAT, MetaMessage("set_tempo", tempo=self._tempo))
        self._reached += self._tempo

    def note(self, note: NoteEvent) -> None:
        """A note; those of a stem in order of their steps. Raises ValueError for one before beat 0."""
        if note.step < 0:
            raise ValueError(f"a note before beat 0 has no place in a MIDI file: {note}")
        self._stems[note.stem].note(note)

    def write(self, path: Path) -> None:
        """Up to the last beat or the last note's end. Raises InputError if `path` cannot be written."""
        end = max([max(1, self._beats) * TICKS_PER_BEAT, *(track.end for track in self._stems.values())])
        tracks = [self._conducting.ended(end), *(track.ended(end) for track in self._stems.values())]
        with whole_file(path) as temporary:
            temporary.write_bytes(struct.pack(">4sLHHH", b"MThd", 6, 1, len(tracks), TICKS_PER_BEAT) + b"".join(tracks))


def write_midi(path: Path, notes: Iterable[NoteEvent], grid: BeatGrid, end_s: float, style: str) -> None:
    """Write notes and tempo map up to end_s or the last note's end.

    Raises ValueError for a note before beat 0, InputError if `path` cannot be written.
    """
    score = Score(style)
    for beat in range(max(1, math.ceil(grid.beat_at(end_s))) + 1):
        score.beat(grid.time_at(beat))
    for note in sorted(notes, key=lambda note: note.step):
        score.note(note)
    score.write(path)


class _Track:
    """Bytes of a track chunk; events come in order of their ticks."""

    def __init__(self, name: str) -> None:
        from mido import MetaMessage

        self._bytes, self._now = bytearray(), 0
        self.add(0, MetaMessage("track_name", name=name))

    def add(self, tick: int, message: Message | MetaMessage) -> None:
        if tick < self._now:
            raise ValueError(f"tick {tick} after tick {self._now}: a MIDI file is written in order")
        self._bytes += _variable_length(tick - self._now) + bytes(message.bytes())
        self._now = tick

    def ended(self, end: int) -> bytes:
        """The chunk as it would be if nothing came any more."""
        from mido import MetaMessage

        content = bytes(self._bytes) + _variable_length(end - self._now) + bytes(MetaMessage("end_of_track").bytes())
        return struct.pack(">4sL", b"MTrk", len(content)) + content


class _StemTrack(_Track):
    """Notes that still sound wait for their end; at one tick a note ends before the next of its pitch begins."""

    def __init__(self, stem: str) -> None:
        from mido import Message

        super().__init__(stem)
        self._channel = CHANNELS[stem]
        if stem in PROGRAMS:
            self.add(0, Message("program_change", channel=self._channel, program=PROGRAMS[stem]))
        self._sounding: list[tuple[int, int, int]] = []  # a heap: end, order, pitch
        self._order = itertools.count()
        self.end = 0

    def note(self, note: NoteEvent) -> None:
        from mido import Message

        start = note.step * TICKS_PER_STEP
        self._release(start)
        velocity = min(127, max(1, round(note.velocity * 127)))  # velocity 0 would be a note off
        self.add(start, Message("note_on", channel=self._channel, note=note.pitch, velocity=velocity))
        end = start + note.steps * TICKS_PER_STEP
        heapq.heappush(self._sounding, (end, next(self._order), note.pitch))
        self.end = max(self.end, end)

    def ended(self, end: int) -> bytes:
        kept = self._bytes.copy(), self._now, self._sounding.copy()
        self._release(end)
        chunk = super().ended(end)
        self._bytes, self._now, self._sounding = kept
        return chunk

    def _release(self, until: int) -> None:
        from mido import Message

        while self._sounding and self._sounding[0][0] <= until:
            end, _, pitch = heapq.heappop(self._sounding)
            self.add(end, Message("note_off", channel=self._channel, note=pitch))


def _variable_length(number: int) -> bytes:
    """Seven bits a byte, the first bit set in all but the last (Standard MIDI Files 1.0)."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))
