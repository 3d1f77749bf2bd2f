"""The plan: what the music plays on each 16th note. The generator sounds it; DAW users get it as notes."""

from __future__ import annotations

from dataclasses import dataclass

STEMS = ("drums", "bass", "harmony", "lead")
SECTIONS = ("intro", "groove", "build", "drop", "break")

KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
SEEDS_KEY = "auto"  # each seed has a key of its own

# Voices of the drum roll and their General MIDI percussion notes.
DRUMS = ("kick", "snare", "hat_closed", "hat_open", "tom_low", "tom_high", "crash", "ride")
DRUM_NOTES = (36, 38, 42, 46, 45, 48, 49, 51)


@dataclass(frozen=True, slots=True)
class Chord:
    """root: pitch class 0..11 (C = 0). pitches: MIDI notes of the voicing, low to high."""

    root: int
    pitches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tone:
    """An onset in a melodic stem. steps: its length in 16ths, at least 1. velocity: 0..1."""

    pitches: tuple[int, ...]
    steps: int
    velocity: float


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One 16th. step counts from 0 at the grid's origin. drums: velocity 0..1 of each voice of DRUMS, 0 = silent.

    bass, harmony and lead hold what *starts* here; a tone that began earlier may still sound.
    """

    step: int
    section: str
    chord: Chord
    drums: tuple[float, ...]
    bass: Tone | None
    harmony: Tone | None
    lead: Tone | None
