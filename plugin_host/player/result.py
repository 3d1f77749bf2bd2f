"""What a render left in its folder, as a time line needs it. Knows no Qt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from d2m_bridge.engine.plan import DRUM_NOTES, STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Float32

BINS = 4096  # of the wave, over the whole clip: more than a screen has columns


@dataclass(frozen=True, slots=True)
class Note:
    """start and length: seconds. stem: index into STEMS. pitch: MIDI note, for drums the voice from 0."""

    stem: int
    pitch: int
    start: float
    length: float
    velocity: float


@dataclass(frozen=True, slots=True)
class Result:
    """peaks: float32 [BINS, 2], least and greatest sample, -1..1. beats: (seconds, whether a bar begins).

    sections: (seconds, name) where it changes. energy: (seconds, 0..1). All in order of time.
    """

    seconds: float
    peaks: Float32
    beats: tuple[tuple[float, bool], ...]
    sections: tuple[tuple[float, str], ...]
    notes: tuple[Note, ...]
    energy: tuple[tuple[float, float], ...]


def load_result(wav: Path, log: Path) -> Result:
    """Raises InputError, one line, when a file is gone or is not what was rendered."""
    peaks, seconds = _peaks(wav)
    try:
        records = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        return Result(
            seconds,
            peaks,
            tuple((float(one["t"]), one["beat"] == 0) for one in records if one["type"] == "beat"),
            tuple(_sections(records)),
            tuple(_note(one) for one in records if one["type"] == "note"),
            tuple((float(one["t"]), float(one["value"])) for one in records if one["type"] == "energy"),
        )
    except OSError as error:
        raise InputError(f"{log}: cannot be read ({error.strerror}); render the clip again") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{log}: this is not what d2m wrote ({error}); render the clip again") from error


def _peaks(wav: Path) -> tuple[Float32, float]:
    import soundfile

    peaks = np.zeros((BINS, 2), np.float32)
    try:
        with soundfile.SoundFile(wav) as sound:
            edges = np.linspace(0, sound.frames, BINS + 1).round().astype(np.int64)
            for index, count in enumerate(np.diff(edges)):
                block = sound.read(int(count), dtype="float32", always_2d=True)
                if block.size:
                    peaks[index] = block.min(), block.max()
            return peaks, sound.frames / sound.samplerate
    except soundfile.LibsndfileError as error:
        raise InputError(f"{wav}: cannot be read ({error.error_string}); render the clip again") from error


def _sections(records: list[dict[str, Any]]) -> Iterator[tuple[float, str]]:
    """The log names the section at every bar."""
    before = None
    for one in records:
        if one["type"] == "section" and one["section"] != before:
            before = str(one["section"])
            yield float(one["t"]), before


def _note(record: dict[str, Any]) -> Note:
    stem = STEMS.index(record["stem"])
    pitch = int(record["pitch"])
    if stem == 0:
        pitch = DRUM_NOTES.index(pitch) if pitch in DRUM_NOTES else 0
    return Note(stem, pitch, float(record["t"]), float(record["duration"]), float(record["velocity"]))
