import pytest

from d2m_bridge.engine.harmony import (
    MODES,
    bass_pitch,
    chord_at,
    degree_pitch_class,
    lead_pitch,
    lowest_above,
    plan_step,
)
from d2m_bridge.engine.plan import DRUMS, SECTIONS
from d2m_bridge.engine.tokens import BASS_DEGREES, HEAD_INDEX, HEADS, LEAD_DEGREES, LENGTHS, VELOCITIES

EVERYWHERE = [(key, mode) for key in range(12) for mode in MODES]


def in_key(pitch, key, mode):
    return (pitch - key) % 12 in MODES[mode]


def tokens(**named):
    row = [0] * len(HEADS)
    for name, token in named.items():
        row[HEAD_INDEX[name]] = token
    return row


def test_modes_are_seven_notes_that_rise_from_the_root():
    for scale in MODES.values():
        assert len(scale) == 7 and scale[0] == 0
        assert list(scale) == sorted(set(scale)) and scale[-1] < 12


def test_c_major_and_a_minor_are_the_white_keys():
    white = {0, 2, 4, 5, 7, 9, 11}
    assert {degree_pitch_class(0, "major", d) for d in range(7)} == white
    assert {degree_pitch_class(9, "minor", d) for d in range(7)} == white


@pytest.mark.parametrize(("pitch_class", "floor", "pitch"), [(0, 60, 60), (11, 60, 71), (0, 61, 72), (5, 5, 5)])
def test_the_lowest_pitch_of_a_class_above_a_floor(pitch_class, floor, pitch):
    assert lowest_above(pitch_class, floor) == pitch


def test_the_first_chord_of_c_major_is_c_major_seven():
    chord = chord_at(0, "major", 0)
    assert chord.root == 0
    assert sorted(pitch % 12 for pitch in chord.pitches) == [0, 4, 7, 11]


@pytest.mark.parametrize(("key", "mode"), EVERYWHERE)
def test_chords_are_four_tones_of_the_key_within_an_octave_above_g3(key, mode):
    for degree in range(7):
        chord = chord_at(key, mode, degree)
        assert list(chord.pitches) == sorted(set(chord.pitches)) and len(chord.pitches) == 4
        assert chord.pitches[0] >= 55 and chord.pitches[-1] < 67
        assert all(in_key(pitch, key, mode) for pitch in chord.pitches)
        assert chord.root in {pitch % 12 for pitch in chord.pitches}


@pytest.mark.parametrize(("key", "mode"), EVERYWHERE)
def test_the_bass_plays_chord_tones_from_its_lowest_string_up(key, mode):
    for degree in range(7):
        root = bass_pitch(key, mode, degree, "root")
        assert 28 <= root < 40 and root % 12 == chord_at(key, mode, degree).root
        assert bass_pitch(key, mode, degree, "octave") == root + 12
        for name in BASS_DEGREES:
            pitch = bass_pitch(key, mode, degree, name)
            assert root <= pitch <= root + 12
            assert pitch % 12 in {tone % 12 for tone in chord_at(key, mode, degree).pitches}


@pytest.mark.parametrize(("key", "mode"), EVERYWHERE)
def test_the_lead_climbs_two_octaves_of_the_scale_above_the_chords(key, mode):
    pitches = [lead_pitch(key, mode, degree) for degree in range(LEAD_DEGREES)]
    assert pitches == sorted(set(pitches))
    assert 67 <= pitches[0] < 79 and pitches[0] % 12 == key
    assert pitches[7] == pitches[0] + 12
    assert all(in_key(pitch, key, mode) for pitch in pitches)


def test_no_tokens_are_a_silent_step():
    step = plan_step(7, tokens(), 0, "major")
    assert step.step == 7 and step.section == SECTIONS[0]
    assert step.drums == (0.0,) * len(DRUMS)
    assert step.bass is step.harmony is step.lead is None


def test_tokens_become_notes_with_lengths_and_velocities():
    row = tokens(
        section=3, chord=1, kick=3, crash=1, bass=3, bass_length=2, bass_velocity=1, harmony=1, harmony_length=7,
        harmony_velocity=2, lead=8, lead_length=0, lead_velocity=0,
    )  # fmt: skip
    step = plan_step(0, row, 2, "dorian")
    assert step.section == "drop"
    assert step.drums[DRUMS.index("kick")] == VELOCITIES[2] and step.drums[DRUMS.index("crash")] == VELOCITIES[0]
    assert sum(velocity > 0 for velocity in step.drums) == 2
    assert (step.bass.pitches, step.bass.steps) == ((bass_pitch(2, "dorian", 1, "fifth"),), LENGTHS[2])
    assert step.bass.velocity == VELOCITIES[1]
    assert step.harmony.pitches == step.chord.pitches == chord_at(2, "dorian", 1).pitches
    assert (step.harmony.steps, step.harmony.velocity) == (16, 1.0)
    assert (step.lead.pitches, step.lead.steps) == ((lead_pitch(2, "dorian", 7),), 1)
