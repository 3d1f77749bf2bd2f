import numpy as np
import pytest

from d2m_bridge.engine.plan import STEMS
from training.effects import Mixing, ducking, mix, random_mixing, style_mixing
from training.styles import STYLES

RATE = 44100
ONSETS = (500, 22050, 43007)
# A low-pass filter softens the attack of noise; this is far below what a listener or an onset detector resolves.
SOFTENED_S = 0.004


def bursts():
    rng = np.random.default_rng(1)
    sound = np.zeros(ONSETS[-1] + RATE, np.float32)
    for onset in ONSETS:
        sound[onset : onset + 4000] += (0.3 * rng.normal(size=4000) * np.exp(-np.arange(4000) / 600)).astype(np.float32)
    return sound


def onset_near(sound, place):
    heard = np.abs(sound[place - 400 : place + 2000])
    return place - 400 + int(np.argmax(heard > 0.3 * heard.max()))


def mixings():
    yield from ((name, style_mixing(name)) for name in STYLES)
    yield from ((seed, random_mixing(np.random.default_rng(seed))) for seed in range(30))


@pytest.mark.parametrize(("name", "mixing"), list(mixings()))
def test_effects_move_no_onset_and_do_not_clip(name, mixing):
    stems = np.stack([bursts()] * len(STEMS))
    mixed = mix(stems, [], mixing, RATE)
    assert mixed.shape == stems.shape
    assert np.abs(mixed.sum(axis=0)).max() <= 0.951
    for row in mixed:
        for onset in ONSETS:
            assert abs(onset_near(row, onset) - onset_near(stems[0], onset)) <= SOFTENED_S * RATE


def test_a_mixing_sounds_the_same_every_time():
    stems = np.stack([bursts()] * len(STEMS))
    first = mix(stems, ONSETS, style_mixing("house"), RATE)
    assert np.array_equal(first, mix(stems, ONSETS, style_mixing("house"), RATE))
    one, other = (mix(stems, ONSETS, random_mixing(np.random.default_rng(seed)), RATE) for seed in (5, 5))
    assert np.array_equal(one, other)


def test_every_kick_pushes_down_and_lets_go():
    gains = ducking([1000], RATE, 0.6, RATE)
    assert (gains[:1000] == 1).all()
    assert gains.min() == pytest.approx(0.4, abs=0.01) and gains.argmin() < 1000 + 0.01 * RATE
    assert (gains[1000 + RATE // 4 :] == 1).all()


def test_kicks_close_together_do_not_add_up_and_the_last_may_be_cut_off():
    assert ducking([1000, 1200, 4900], 5000, 0.6, RATE).min() >= 0.399


def test_only_bass_and_harmony_are_ducked():
    flat = np.full((len(STEMS), RATE), 0.1, np.float32)
    mixed = mix(flat, [RATE // 2], Mixing(dict.fromkeys(STEMS, ()), 0.5), RATE)
    ducked = [stem for stem, row in zip(STEMS, mixed, strict=True) if row.min() < 0.09]
    assert ducked == ["bass", "harmony"]


def test_a_loud_mix_is_turned_down_as_a_whole():
    loud = np.stack([bursts() * gain for gain in (4, 2, 2, 1)]).astype(np.float32)
    mixed = mix(loud, [], Mixing(dict.fromkeys(STEMS, ()), 0.0), RATE)
    assert np.abs(mixed.sum(axis=0)).max() == pytest.approx(0.95, abs=1e-3)
    assert np.allclose(mixed[0], 4 * mixed[3], atol=1e-5)


def test_kicks_outside_the_song_duck_nothing():
    alone = ducking([4000], 20_000, 0.5, 44100)
    assert alone.min() < 0.6
    np.testing.assert_array_equal(ducking([-300, 4000, 20_000, 25_000], 20_000, 0.5, 44100), alone)
