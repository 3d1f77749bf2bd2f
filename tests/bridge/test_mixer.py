import numpy as np
import pytest

from d2m_bridge.audio.mixer import Mixer, StemSettings
from d2m_bridge.engine.plan import STEMS
from tests.sounds import CHUNKS

RATE = 44100
FLAT = [StemSettings()] * 4
BENT = [StemSettings(-3, -0.5), StemSettings(2, 0.1), StemSettings(0, 0.7), StemSettings(-6, -0.2)]


@pytest.fixture
def stems():
    return np.random.default_rng(1).uniform(-0.3, 0.3, (4, 20000)).astype(np.float32)


def only(stem, stems):
    alone = np.zeros_like(stems)
    alone[STEMS.index(stem)] = stems[STEMS.index(stem)]
    return alone


@pytest.mark.parametrize("size", CHUNKS)
def test_any_chunking_gives_the_same_bits(stems, size):
    stems = stems[:, : 4000 if size == 1 else None]
    whole = Mixer(BENT, RATE).push(stems)
    mixer = Mixer(BENT, RATE)
    parts = [mixer.push(stems[:, start : start + size]) for start in range(0, stems.shape[1], size)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert whole.dtype == np.float32 and whole.shape == (stems.shape[1], 2)


def test_no_samples_in_no_samples_out(stems):
    mixer = Mixer(FLAT, RATE)
    assert mixer.push(stems[:, :0]).shape == (0, 2)
    assert np.array_equal(mixer.push(stems), Mixer(FLAT, RATE).push(stems))


def test_the_stem_outputs_add_up_to_the_mix(stems):
    parts = Mixer(BENT, RATE).push_stems(stems)
    assert parts.shape == (4, stems.shape[1], 2)
    np.testing.assert_allclose(parts.sum(axis=0), Mixer(BENT, RATE).push(stems), rtol=0, atol=1e-6)


@pytest.mark.parametrize("pan", [-1.0, -0.4, 0.0, 0.25, 1.0])
def test_pan_keeps_the_power(stems, pan):
    settings = [StemSettings(pan=pan), *FLAT[1:]]
    mix = Mixer(settings, RATE).push(only("drums", stems))
    assert np.square(mix).sum() == pytest.approx(np.square(stems[0]).sum(), rel=1e-5)
    left, right = np.square(mix).sum(axis=0)
    assert (left < right) == (pan > 0) or pan == 0


def test_full_pan_silences_the_other_side(stems):
    mix = Mixer([StemSettings(pan=-1), *FLAT[1:]], RATE).push(only("drums", stems))
    assert np.abs(mix[:, 1]).max() < 1e-7


def test_gain_is_in_decibels(stems):
    louder = Mixer([StemSettings(gain_db=6)] * 4, RATE).push(stems)
    np.testing.assert_allclose(louder, Mixer(FLAT, RATE).push(stems) * 10 ** (6 / 20), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("stem", STEMS)
def test_a_muted_stem_is_silent_with_its_ambience(stems, stem):
    settings = [StemSettings(mute=name == stem) for name in STEMS]
    assert not Mixer(settings, RATE).push(only(stem, stems)).any()


@pytest.mark.parametrize("stem", ["drums", "bass"])
def test_drums_and_bass_stay_in_the_centre(stems, stem):
    mix = Mixer(FLAT, RATE).push(only(stem, stems))
    assert np.array_equal(mix[:, 0], mix[:, 1])


@pytest.mark.parametrize("stem", ["harmony", "lead"])
def test_harmony_and_lead_are_wide_but_not_hollow(stems, stem):
    mix = Mixer(FLAT, RATE).push(only(stem, stems))
    assert 0.6 < np.corrcoef(mix.T)[0, 1] < 0.97
    balance_db = 10 * np.log10(np.square(mix[:, 0]).sum() / np.square(mix[:, 1]).sum())
    assert abs(balance_db) < 0.5


def test_in_mono_the_ambience_vanishes_and_the_stems_remain(stems):
    mono = Mixer(FLAT, RATE).push(stems).sum(axis=1)
    np.testing.assert_allclose(mono, np.sqrt(2) * stems.sum(axis=0), rtol=0, atol=1e-6)


def test_the_low_end_of_the_wide_stems_stays_narrow():
    t = np.arange(RATE) / RATE
    stems = np.zeros((4, RATE), np.float32)
    stems[STEMS.index("harmony")] = 0.3 * np.sin(2 * np.pi * 50 * t)
    left, right = Mixer(FLAT, RATE).push(stems).T
    assert np.square(left - right).sum() < 0.05 * np.square(left + right).sum()


@pytest.mark.parametrize("size", CHUNKS)
def test_a_pan_glides_without_a_click_in_any_chunking(size):
    stems = np.zeros((4, 4000), np.float32)
    stems[0] = 0.5
    whole, mixer = Mixer(FLAT, RATE), Mixer(FLAT, RATE)
    for one in (whole, mixer):
        one.push(stems[:, :100])
        one.pan((1.0, 0.0, 0.0, 0.0))
    moved = whole.push(stems)
    parts = [mixer.push(stems[:, start : start + size]) for start in range(0, stems.shape[1], size)]
    assert np.array_equal(np.concatenate(parts), moved)
    begin = np.float32(0.5 * np.cos(np.pi / 4))
    assert abs(moved[0] - begin).max() < 0.002 and np.abs(np.diff(moved, axis=0)).max() < 0.001
    np.testing.assert_allclose(moved[-1], (0.0, 0.5), atol=1e-6)


def test_a_pan_that_turns_back_on_its_way_does_not_jump():
    stems = np.zeros((4, 300), np.float32)
    stems[0] = 0.5
    mixer = Mixer(FLAT, RATE)
    mixer.pan((1.0, 0.0, 0.0, 0.0))
    there = mixer.push(stems)
    mixer.pan((-1.0, 0.0, 0.0, 0.0))
    back = mixer.push(stems)
    assert there[-1, 1] > there[0, 1] + 0.02
    assert np.abs(np.diff(np.concatenate([there, back]), axis=0)).max() < 0.001
    assert back[-1, 0] > back[0, 0]


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="pan"):
        StemSettings(pan=1.5)
    with pytest.raises(ValueError, match="4 stems"):
        Mixer(FLAT[:3], RATE)
