"""From degrees to pitches: scales, chord voicings and ranges. Pure functions of key, mode and tokens."""

from __future__ import annotations

from collections.abc import Sequence

from d2m_bridge.engine.feel import AS_DANCED, Feel
from d2m_bridge.engine.plan import DRUMS, SECTIONS, Chord, PlanStep, Tone
from d2m_bridge.engine.tokens import BASS_DEGREES, HEAD_INDEX, LENGTHS, VELOCITIES

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}

_BASS_LOWEST = 28  # E1, the lowest string of a bass guitar
_CHORD_LOWEST = 55  # G3: chords stay clear of the bass and below the lead
_LEAD_LOWEST = 67
_CHORD_TONES = {"root": 0, "third": 2, "fifth": 4, "seventh": 6}


def degree_pitch_class(key: int, mode: str, degree: int) -> int:
    """Pitch class 0..11 of a scale degree counted from 0."""
    scale = MODES[mode]
    return (key + scale[degree % len(scale)]) % 12


def lowest_above(pitch_class: int, floor: int) -> int:
    """The lowest MIDI note of a pitch class that is not below floor."""
    return floor + (pitch_class - floor) % 12


def chord_at(key: int, mode: str, degree: int) -> Chord:
    """The diatonic seventh chord on a degree, in close position above G3, so that neighbours move little."""
    tones = [degree_pitch_class(key, mode, degree + offset) for offset in _CHORD_TONES.values()]
    return Chord(tones[0], tuple(sorted(lowest_above(tone, _CHORD_LOWEST) for tone in tones)))


def bass_pitch(key: int, mode: str, chord_degree: int, bass_degree: str) -> int:
    """MIDI note of a bass degree over a chord."""
    root = lowest_above(degree_pitch_class(key, mode, chord_degree), _BASS_LOWEST)
    if bass_degree == "octave":
        return root + 12
    return lowest_above(degree_pitch_class(key, mode, chord_degree + _CHORD_TONES[bass_degree]), root)


def lead_pitch(key: int, mode: str, degree: int) -> int:
    """MIDI note of a lead degree, 0 = the key's root above G4."""
    scale = MODES[mode]
    octave, index = divmod(degree, len(scale))
    return lowest_above(key, _LEAD_LOWEST) + 12 * octave + scale[index]


def plan_step(step: int, tokens: Sequence[int], key: int, mode: str, feel: Feel = AS_DANCED) -> PlanStep:
    """What a row of tokens (one per tokens.HEADS) means in a key, struck as hard as the performer wants."""

    def token(name: str) -> int:
        return int(tokens[HEAD_INDEX[name]])

    def tone(stem: str, pitches: tuple[int, ...]) -> Tone:
        return Tone(pitches, LENGTHS[token(f"{stem}_length")], feel.stroke(VELOCITIES[token(f"{stem}_velocity")]))

    degree = token("chord")
    chord = chord_at(key, mode, degree)
    bass = harmony = lead = None
    if token("bass"):
        bass = tone("bass", (bass_pitch(key, mode, degree, BASS_DEGREES[token("bass") - 1]),))
    if token("harmony"):
        harmony = tone("harmony", chord.pitches)
    if token("lead"):
        lead = tone("lead", (lead_pitch(key, mode, token("lead") - 1),))
    drums = tuple(feel.stroke(VELOCITIES[token(voice) - 1]) if token(voice) else 0.0 for voice in DRUMS)
    return PlanStep(step, SECTIONS[token("section")], chord, drums, bass, harmony, lead)
