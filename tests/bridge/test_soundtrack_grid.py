import numpy as np
import pytest

from d2m_bridge.conductor.onsets import onset_strength
from d2m_bridge.conductor.soundtrack import soundtrack_grid
from d2m_bridge.errors import InputError

RATE = 22050
# Beats this far apart count as the same, as in the usual beat tracking scores.
TOLERANCE_S = 0.07


def beat_times(bpm, seconds, first=0.2, drift=0.0):
    t = np.linspace(0, seconds, 100_000)
    position = bpm / 60 * (t - first + drift * 20 / (2 * np.pi) * np.sin(2 * np.pi * t / 20))
    return np.interp(np.arange(np.ceil(position[0]), position[-1]), position, t)


def drums(beats, seconds, rate=RATE, seed=0):
    """Kick on 1 and 3, snare on 2 and 4, hats on eighths, a little noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(0.15 * rate)) / rate
    kick = np.sin(2 * np.pi * (50 * t - 8 / 40 * np.exp(-40 * t))) * np.exp(-25 * t)
    snare = 0.7 * rng.standard_normal(len(t)) * np.exp(-30 * t)
    hat = 0.25 * np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-80 * t)
    sound = 0.02 * rng.standard_normal(int(seconds * rate) + len(t))
    for number, beat in enumerate(beats[:-1]):
        for time, hit in ((beat, snare if number % 2 else kick), (beat, hat), ((beat + beats[number + 1]) / 2, hat)):
            sound[int(time * rate) :][: len(hit)] += hit
    sound = sound[: int(seconds * rate)]
    return (sound / np.abs(sound).max()).astype(np.float32)


def inside(times, seconds):
    return times[(times >= 0) & (times < seconds)]


def agreement(found, true):
    """F-measure; both lists have gaps far longer than the tolerance."""
    hits = sum(np.abs(true - beat).min() <= TOLERANCE_S for beat in found)
    return 2 * hits / (len(found) + len(true))


@pytest.mark.parametrize("bpm", [80, 93, 100, 111.5, 120, 135, 150])
@pytest.mark.parametrize("drift", [0.0, 0.04])
def test_the_beats_of_drums_are_found(bpm, drift):
    beats = beat_times(bpm, 20, drift=drift)
    grid = soundtrack_grid(drums(beats, 20), RATE)
    assert grid.bpm == pytest.approx(bpm, rel=0.04)
    assert agreement(inside(grid.times, 20), beats) > 0.95
    assert grid.source == "soundtrack"


def test_beats_agree_with_librosa():
    librosa = pytest.importorskip("librosa")
    for bpm in (90, 100, 120, 140):
        sound = drums(beat_times(bpm, 10), 10)
        theirs = librosa.beat.beat_track(y=sound, sr=RATE, units="time")[1]
        assert agreement(inside(soundtrack_grid(sound, RATE).times, 10), theirs) > 0.9


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_any_sample_rate_gives_the_same_beats(rate):
    beats = beat_times(104, 12)
    assert agreement(inside(soundtrack_grid(drums(beats, 12, rate), rate).times, 12), beats) > 0.95


def test_loudness_does_not_matter():
    sound = drums(beat_times(100, 12), 12)
    np.testing.assert_array_equal(soundtrack_grid(sound, RATE).times, soundtrack_grid(sound / 4, RATE).times)


def test_beats_go_on_through_a_silent_middle():
    beats = beat_times(100, 24)
    sound = drums(beats, 24)
    sound[8 * RATE : 16 * RATE] = 0
    assert agreement(inside(soundtrack_grid(sound, RATE).times, 24), beats) > 0.9


@pytest.mark.parametrize(
    "sound", [np.zeros(0), np.zeros(10 * RATE), np.random.default_rng(0).normal(size=2 * RATE)], ids=len
)
def test_silence_and_snippets_are_refused_in_one_line(sound):
    with pytest.raises(InputError, match="no beat in the soundtrack") as error:
        soundtrack_grid(sound.astype(np.float32), RATE)
    assert "\n" not in str(error.value)


def test_an_onset_shows_at_its_time():
    sound = np.zeros(3 * RATE, np.float32)
    sound[int(1.5 * RATE) :] = np.random.default_rng(0).normal(size=len(sound) - int(1.5 * RATE))
    strength, rate_hz = onset_strength(sound, RATE)
    assert strength.argmax() / rate_hz == pytest.approx(1.5, abs=0.03)


def test_blocks_of_a_long_sound_join_without_a_false_onset():
    sound = np.sin(2 * np.pi * 440 * np.arange(90 * RATE) / RATE).astype(np.float32)
    strength, rate_hz = onset_strength(sound, RATE)
    assert strength[round(rate_hz) : -round(rate_hz)].max() < 0.01 * strength.max()
