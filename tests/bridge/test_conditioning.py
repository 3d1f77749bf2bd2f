import numpy as np
import pytest

from d2m_bridge.engine.conditioning import CONDITIONS, VOICES, Conditioner
from d2m_bridge.engine.plan import DRUMS, STEMS, Chord, PlanStep, Tone

HOP = 1024
SILENT = (0.0,) * len(DRUMS)
DRUM_WIDTH, TONE_WIDTH = 7 * len(DRUMS), 21
KICK = DRUMS.index("kick")


def step(index, kick=0.0, **tones):
    drums = tuple(kick if voice == KICK else 0.0 for voice in range(len(DRUMS)))
    chord = Chord(0, (60, 64, 67, 71))
    return PlanStep(index, "groove", chord, drums, *(tones.get(stem) for stem in ("bass", "harmony", "lead")))


def frames(steps, count):
    """steps: (PlanStep, sample) each -> float32 [count, 4, CONDITIONS], steps pushed as late as allowed."""
    conditioner, waiting = Conditioner(HOP), list(steps)
    rows = []
    for index in range(count):
        while waiting and waiting[0][1] < (index + 1) * HOP:
            conditioner.push(*waiting.pop(0))
        rows.append(conditioner.frame(index))
    return np.stack(rows)


def drum(rows, voice=KICK):
    return rows[..., 0, :DRUM_WIDTH].reshape(*rows.shape[:-2], len(DRUMS), 7)[..., voice, :]


def tone(rows, stem, voice=0):
    part = rows[..., STEMS.index(stem), DRUM_WIDTH : DRUM_WIDTH + VOICES * TONE_WIDTH]
    return part.reshape(*part.shape[:-1], VOICES, TONE_WIDTH)[..., voice, :]


def test_rows_name_their_stem_and_nothing_else_when_nothing_plays():
    rows = frames([], 3)
    assert rows.shape == (3, len(STEMS), CONDITIONS) and rows.dtype == np.float32
    assert np.array_equal(rows[0, :, -4:], np.eye(4))
    assert not rows[:, :, :-4].any()


def test_a_row_holds_its_own_stems_notes_only():
    bass, lead = Tone((40,), 4, 1.0), Tone((80,), 4, 0.5)
    rows = frames([(step(0, kick=1.0, bass=bass, lead=lead), 0)], 1)[0]
    for index, stem in enumerate(STEMS):
        assert rows[index, :DRUM_WIDTH].any() == (stem == "drums")
        assert rows[index, DRUM_WIDTH:-4].any() == (stem in ("bass", "lead"))


@pytest.mark.parametrize("sample", [0, 1, 511, 1023])
def test_an_onset_is_told_in_its_own_frame_with_its_place_in_it(sample):
    rows = frames([(step(0, kick=0.8), 3 * HOP + sample)], 6)
    fresh, offset = drum(rows)[:, 0], drum(rows)[:, 1]
    assert np.nonzero(fresh)[0].tolist() == [3]
    assert fresh[3] == pytest.approx(0.8)
    assert offset[3] == pytest.approx(0.8 * sample / HOP)


def test_a_drum_rings_down_slowly_and_quickly():
    rows = drum(frames([(step(0, kick=1.0), 0)], 40))
    np.testing.assert_allclose(rows[:, 2], np.exp(-np.arange(40) / 2), rtol=1e-5)
    np.testing.assert_allclose(rows[:, 3], np.exp(-np.arange(40) / 12), rtol=1e-5)


def test_a_tone_sounds_until_its_step_ends_and_then_fades():
    plan = [(step(0, bass=Tone((40,), 2, 0.7)), 0), (step(1), 5000), (step(2), 10_000), (step(3), 15_000)]
    rows = tone(frames(plan, 30), "bass")
    assert np.nonzero(rows[:, 0])[0].tolist() == list(range(10))  # frame 9 holds sample 10 000
    np.testing.assert_allclose(rows[:, 0][:10], 0.7)
    assert (np.diff(rows[10:, 1]) < 0).all() and rows[10, 1] < 0.7


def test_a_new_tone_ends_the_one_before():
    plan = [(step(0, bass=Tone((40,), 8, 0.7)), 0), (step(1, bass=Tone((47,), 8, 0.9)), 4 * HOP)]
    rows = tone(frames(plan, 8), "bass")
    np.testing.assert_allclose(rows[:, 0], [0.7] * 4 + [0.9] * 4, rtol=1e-6)
    assert [int(np.argmax(row[9:])) for row in rows] == [4] * 4 + [11] * 4


def test_a_chord_has_a_voice_for_each_tone():
    rows = frames([(step(0, harmony=Tone((60, 64, 67, 71), 16, 1.0)), 0)], 1)[0]
    for voice, pitch in enumerate((60, 64, 67, 71)):
        features = tone(rows, "harmony", voice)
        assert np.nonzero(features[9:])[0].tolist() == [pitch % 12]
        assert features[7] == pytest.approx((pitch - 60) / 24)


def test_a_smaller_chord_silences_the_voices_it_lacks():
    plan = [(step(0, harmony=Tone((60, 64, 67, 71), 4, 1.0)), 0), (step(4, harmony=Tone((62,), 4, 1.0)), 4 * HOP)]
    rows = frames(plan, 5)[4]
    assert tone(rows, "harmony", 0).any()
    assert not any(tone(rows, "harmony", voice).any() for voice in (1, 2, 3))


def test_a_row_does_not_know_what_begins_later():
    early = [(step(0, kick=1.0, lead=Tone((70,), 4, 1.0)), 0)]
    later = [*early, (step(4, kick=0.5, lead=Tone((75,), 4, 1.0)), 6 * HOP)]
    assert np.array_equal(frames(early, 6), frames(later, 6))
    assert not np.array_equal(frames(early, 7), frames(later, 7))


def test_steps_may_be_pushed_long_before_they_sound():
    plan = [(step(i, kick=0.5, bass=Tone((40 + i,), 1, 0.5)), round(i * 1500.5)) for i in range(12)]
    conditioner = Conditioner(HOP)
    for entry in plan:
        conditioner.push(*entry)
    assert np.array_equal(np.stack([conditioner.frame(i) for i in range(18)]), frames(plan, 18))


def test_hours_later_all_is_silent_and_finite():
    conditioner = Conditioner(HOP)
    conditioner.push(step(0, kick=1.0, lead=Tone((70,), 1, 1.0)), 0)
    conditioner.push(step(1), 5000)
    conditioner.frame(0)
    row = conditioner.frame(10**7)
    assert np.isfinite(row).all()
    assert np.abs(row[:, :-4]).max() < 1e-6
