"""The measures must know right from wrong: the right sound scores high, and trivial or wrong sounds do not."""

import numpy as np
import pytest

pytest.importorskip("librosa")

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import DRUMS, Chord, PlanStep, Tone
from d2m_bridge.timeline import STEPS_PER_BEAT, MotionFrame
from tests.dancers import dance, steady_beats
from training.musical_measures import beat_f1, chroma_match, energy_rank, onset_f1, tempo_found

RATE = 22050
SECONDS = 12
GRID = BeatGrid.steady(100.0, 0.0, "fixed")
STEPS = range(int(SECONDS / 60 * 100 * STEPS_PER_BEAT))
C_MAJOR, FIS_MAJOR = (60, 64, 67), (66, 70, 73)


def plan(pattern, chord=C_MAJOR):
    def drums(step):
        return tuple(1.0 if voice == "snare" and pattern(step) else 0.0 for voice in DRUMS)

    held = Tone(chord, 8, 1.0)
    return [
        PlanStep(s, "groove", Chord(chord[0] % 12, chord), drums(s), None, held if s % 8 == 0 else None, None)
        for s in STEPS
    ]


def hits(pattern, late=0.0):
    rng = np.random.default_rng(0)
    wave = np.zeros(SECONDS * RATE, np.float32)
    burst = rng.standard_normal(1500) * np.exp(-np.arange(1500) / 300)
    for step in STEPS:
        at = int((GRID.time_at(step / STEPS_PER_BEAT) + late) * RATE)
        if pattern(step) and at + len(burst) < len(wave):
            wave[at : at + len(burst)] += burst
    return wave


def chord_sound(pitches):
    t = np.arange(SECONDS * RATE) / RATE
    return sum(np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * t) for p in pitches).astype(np.float32)


def on_beats(step):
    return step % 4 == 0


def syncopated(step):
    return step % 16 in (0, 3, 6, 10, 13)


def test_the_planned_hits_score_high_and_late_or_other_hits_do_not():
    right = onset_f1(hits(syncopated), RATE, plan(syncopated), GRID)
    assert right > 0.95
    assert onset_f1(hits(syncopated, late=0.06), RATE, plan(syncopated), GRID) < 0.3
    assert onset_f1(hits(on_beats), RATE, plan(syncopated), GRID) < 0.6


def test_a_sine_and_silence_have_no_planned_onsets():
    for sound in (chord_sound((69,)), np.zeros(SECONDS * RATE, np.float32)):
        assert onset_f1(sound, RATE, plan(syncopated), GRID) < 0.2


def test_the_planned_chord_scores_high_and_noise_or_another_chord_do_not():
    noise = np.random.default_rng(0).standard_normal(SECONDS * RATE).astype(np.float32)
    assert chroma_match(chord_sound(C_MAJOR), RATE, plan(on_beats), GRID) > 0.9
    assert chroma_match(noise, RATE, plan(on_beats), GRID) < 0.6
    assert chroma_match(chord_sound(FIS_MAJOR), RATE, plan(on_beats), GRID) < 0.3


def test_beats_on_the_grid_score_high_and_beats_between_do_not():
    assert beat_f1(hits(on_beats), RATE, GRID) > 0.9
    assert beat_f1(hits(on_beats, late=0.15), RATE, GRID) < 0.2


def test_tempo_is_found_in_hits_on_the_grid_but_not_at_another_tempo():
    assert tempo_found(hits(on_beats), RATE, GRID) == 1.0
    assert tempo_found(hits(on_beats), RATE, BeatGrid.steady(117.0, 0.0, "fixed")) == 0.0


def test_music_that_grows_with_the_dance_ranks_high_and_steady_music_says_nothing():
    motion = dance(SECONDS, steady_beats(100.0))
    swelling = [MotionFrame(f.index, f.t, f.features, f.t / SECONDS, 0.0, True) for f in motion]
    ramp = np.linspace(0, 1, SECONDS * RATE, dtype=np.float32)
    tone = chord_sound((57,))
    assert energy_rank(tone * ramp, RATE, swelling, 1.0) > 0.9
    assert energy_rank(tone * ramp[::-1], RATE, swelling, 0.0) < -0.9


def test_music_that_follows_a_second_late_ranks_high_when_it_is_heard_so():
    waves = np.repeat([0.1, 0.9, 0.2, 0.8, 0.3, 0.7], 2)
    motion = [
        MotionFrame(f.index, f.t, f.features, waves[min(int(f.t), len(waves) - 1)], 0.0, True)
        for f in dance(SECONDS, steady_beats(100.0))
    ]
    late = chord_sound((57,)) * np.repeat(np.roll(waves, 1), RATE).astype(np.float32)
    assert energy_rank(late, RATE, motion, 1.0) > 0.95
    assert energy_rank(late, RATE, motion, 0.0) < 0.7
