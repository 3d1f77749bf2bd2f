"""One way to a beat grid, whichever master was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.errors import InputError
from d2m_bridge.timeline import MotionFrame

TempoSource = Literal["follow", "soundtrack", "fixed"]
TEMPO_SOURCES: tuple[TempoSource, ...] = get_args(TempoSource)
_LISTENING_RATE = 22050  # enough for beats; the soundtrack is only listened to


@dataclass(frozen=True, slots=True)
class Tempo:
    """confidence 0..1 (1: given, not found). note: what to say about the tempo, such as that its octave was chosen."""

    grid: BeatGrid
    source: TempoSource
    confidence: float
    note: str | None = None


def find_tempo(source: TempoSource, bpm: float | None, motion: Sequence[MotionFrame], video: Path) -> Tempo:
    """InputError when the source cannot serve: no tempo given, or no soundtrack in the video."""
    if source == "fixed":
        from d2m_bridge.conductor.fixed import fixed_grid

        if bpm is None:
            raise InputError("--tempo fixed needs a tempo: add --bpm, for instance --bpm 100")
        return Tempo(fixed_grid(bpm, motion), source, 1.0)
    if bpm is not None:
        raise InputError(f"--bpm {bpm:g} and --tempo {source} exclude each other; leave one of them out")
    if source == "soundtrack":
        from d2m_bridge.capture.soundtrack import read_soundtrack
        from d2m_bridge.conductor.soundtrack import soundtrack_grid

        audio = read_soundtrack(video, _LISTENING_RATE)
        try:
            return Tempo(soundtrack_grid(audio, _LISTENING_RATE), source, 1.0)
        except InputError as error:
            raise InputError(f"{video}: {error}") from error
    from d2m_bridge.conductor.follow import follow

    found = follow(motion)
    return Tempo(found.grid, source, found.confidence, found.octave_note)
