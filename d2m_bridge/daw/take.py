"""A rendered clip or a recorded take, as a DAW needs it: files, tempo map, bars, markers, and where the sound begins.

The project of a take begins on a bar line, at or before the first sample; bar 1 of the DAW is that bar. The sound
begins `offset` samples after it.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from d2m_bridge.daw.tempo_map import TOLERANCE_S, TempoMap
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BAR, STEPS_PER_BEAT, NoteEvent

_LOG = ".events.jsonl"


@dataclass(frozen=True, slots=True)
class Sound:
    """One audio file of a take. name: mix, drums, bass, harmony or lead; frames: its length in samples."""

    name: str
    path: Path
    frames: int
    channels: int


@dataclass(frozen=True, slots=True)
class Marker:
    """A section begins. beat: from the beginning of the project."""

    beat: int
    name: str


@dataclass(frozen=True, slots=True)
class Take:
    """offset: samples from the first bar line to the first sample. bar: the session's number of that bar, from 0.

    notes: in the order of the log, steps counted from the first bar line.
    """

    name: str
    mix: Sound
    stems: tuple[Sound, ...]
    sample_rate: int
    offset: int
    bar: int
    tempo: TempoMap
    markers: tuple[Marker, ...]
    notes: tuple[NoteEvent, ...]

    @property
    def start_s(self) -> float:
        """Where the sound begins in the project."""
        return self.offset / self.sample_rate

    @property
    def beats(self) -> int:
        """Length of the project: whole bars that hold all sound and notes."""
        sound = self.tempo.beat_at((self.offset + self.mix.frames) / self.sample_rate)
        note = max(((note.step + note.steps) / STEPS_PER_BEAT for note in self.notes), default=0.0)
        return BEATS_PER_BAR * max(1, math.ceil(max(sound, note) / BEATS_PER_BAR - TOLERANCE_S))


def load_take(path: Path) -> Take:
    """The take of FOLDER/NAME.wav; the suffix may be left out. Raises InputError, in one line, for what is none."""
    mix = find_take(path)
    name = mix.name.removesuffix(".wav")
    sound, rate = _sound("mix", mix)
    stems = [
        _sound(stem, file)[0]
        for stem in STEMS
        if (file := mix.parent / "stems" / f"{name}.{stem}.wav").exists()
    ]  # fmt: skip
    log = mix.with_name(name + _LOG)
    records = _read(log)
    try:
        return _place(name, sound, tuple(stems), rate, records)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{log}: this is not what d2m wrote ({error}); render or record again") from error


def find_take(path: Path) -> Path:
    """The take's WAV file. Raises InputError if there is none, or no event log beside it."""
    mix = path if path.suffix == ".wav" else path.with_name(path.name + ".wav")
    if not mix.is_file():
        raise InputError(f"{mix}: no such file; name a take as FOLDER/NAME.wav or FOLDER/NAME")
    log = mix.with_name(mix.name.removesuffix(".wav") + _LOG)
    if not log.is_file():
        raise InputError(f"{mix}: {log.name} is missing; name the WAV that d2m render or d2m live --record wrote")
    return mix


def _sound(name: str, path: Path) -> tuple[Sound, int]:
    import soundfile

    try:
        info = soundfile.info(path)
    except soundfile.LibsndfileError as error:
        raise InputError(f"{path}: cannot be read as audio ({error.error_string})") from error
    return Sound(name, path, info.frames, info.channels), info.samplerate


def _read(path: Path) -> list[dict[str, Any]]:
    """The event log. A last line that a crash cut off is left out."""
    records = []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                break
            raise InputError(f"{path}: line {number} is damaged; render or record again") from error
        records.append(record)
    return records


def _place(name: str, mix: Sound, stems: tuple[Sound, ...], rate: int, records: list[dict[str, Any]]) -> Take:
    beats = [record for record in records if record["type"] == "beat"]
    if not beats:
        raise ValueError("no beat is in it")
    indices = [BEATS_PER_BAR * int(beat["bar"]) + int(beat["beat"]) for beat in beats]
    times = [float(beat["t"]) for beat in beats]
    if any(b <= a for a, b in itertools.pairwise(indices)) or sorted(set(times)) != times:
        raise ValueError("its beats do not rise")
    bpm = float(beats[0]["bpm"])
    period = (times[1] - times[0]) / (indices[1] - indices[0]) if len(beats) > 1 else 60.0 / bpm
    bar = math.floor((indices[0] - (times[0] - TOLERANCE_S) / period) / BEATS_PER_BAR)
    before = (indices[0] - bar * BEATS_PER_BAR) * period - times[0]  # the bar line before the first sample, in seconds
    # The sound begins on a whole sample of the project, so that no DAW has to round: all beats move by half a sample.
    offset = max(0, round(before * rate))
    played = [(index - bar * BEATS_PER_BAR, t + offset / rate) for index, t in zip(indices, times, strict=True)]
    knots = [(0, 0.0), *(knot for knot in played if knot[0] > 0)]
    return Take(
        name=name,
        mix=mix,
        stems=stems,
        sample_rate=rate,
        offset=offset,
        bar=bar,
        tempo=TempoMap.of_beats([beat for beat, _ in knots], [t for _, t in knots], bpm),
        markers=_markers(records, bar),
        notes=_notes(records, bar),
    )


def _markers(records: list[dict[str, Any]], bar: int) -> tuple[Marker, ...]:
    """One where the section changes; what is in force before the first bar line stands on it."""
    sections = {
        max(0, int(record["bar"]) - bar) * BEATS_PER_BAR: str(record["section"])
        for record in records
        if record["type"] == "section"
    }
    markers: list[Marker] = []
    for beat, name in sorted(sections.items()):
        if not markers or markers[-1].name != name:  # the log says it at every bar
            markers.append(Marker(beat, name))
    return tuple(markers)


def _notes(records: list[dict[str, Any]], bar: int) -> tuple[NoteEvent, ...]:
    notes = [
        NoteEvent(**{key: value for key, value in record.items() if key != "type"})
        for record in records
        if record["type"] == "note"
    ]
    moved = (replace(note, step=note.step - bar * STEPS_PER_BAR) for note in notes)
    return tuple(note for note in moved if note.step >= 0)
