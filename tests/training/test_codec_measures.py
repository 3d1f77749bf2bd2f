"""The figures must know music from what only resembles it in one respect: every fake fails the goals, and is seen
through by the figure whose business its fault is.
"""

import librosa
import numpy as np
import pytest

from training.codec_measures import FIGURES, SAMPLE_RATE, compare, listen

SECONDS, BPM = 4.9, 101.0  # backwards the grid does not fall on itself
LENGTH = int(SECONDS * SAMPLE_RATE)
SIXTEENTH_S = 60 / BPM / 4
# The figures to reach: the worst value that is still good.
LOWEST = {"chroma_cos": 0.97, "partial_corr": 0.45, "si_sdr_150_db": 12.0, "onset_f1": 0.96}
HIGHEST = {"mel_l1": 0.13, "hf_error_db": 1.0, "comb": 0.05}
PROGRESSION = ((45, 57, 60, 64), (41, 57, 60, 65), (48, 55, 60, 64), (43, 55, 59, 62))  # bass, then the chord
KICKS, SNARES, HATS = (0, 3, 6, 11), (4, 12, 15), (0, 2, 4, 7, 8, 10, 13, 14)


def place(track, sound, at_s):
    start = int(at_s * SAMPLE_RATE)
    track[start : start + len(sound)] += sound[: max(0, len(track) - start)]


def tone(pitch, length_s):
    """A string that dies away: harmonics, the higher the faster."""
    t = np.arange(int(length_s * SAMPLE_RATE)) / SAMPLE_RATE
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    harmonics = range(1, min(20, int(9000 / hertz)))
    wave = sum(np.sin(2 * np.pi * h * hertz * t + h * h) / h * np.exp(-t * (0.7 + 0.3 * h)) for h in harmonics)
    return wave * np.minimum(1, t / 0.005) * np.minimum(1, (length_s - t) / 0.02)


def music(semitones=0.0):
    """Kick, snare, hats; a bass and a chord every half bar. float32 [N]"""
    rng = np.random.default_rng(0)
    track = np.zeros(LENGTH)
    t = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    kick = np.sin(2 * np.pi * (50 * t - 4 * np.exp(-t / 0.02))) * np.exp(-t / 0.08)
    for step in range(int(SECONDS / SIXTEENTH_S)):
        at = step * SIXTEENTH_S
        if step % 16 in KICKS:
            place(track, 0.5 * kick, at)
        if step % 16 in SNARES:
            place(track, 0.2 * rng.standard_normal(len(t)) * np.exp(-t / 0.05), at)
        if step % 16 in HATS:
            place(track, 0.08 * np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-t / 0.02), at)
        if step % 8 == 0:
            bass, *chord = PROGRESSION[step // 8 % len(PROGRESSION)]
            place(track, 0.25 * tone(bass + semitones, 8 * SIXTEENTH_S), at)
            for pitch in chord:
                place(track, 0.1 * tone(pitch + semitones, 8 * SIXTEENTH_S), at)
    return (0.5 * track).astype(np.float32)


def noise(seed=1):
    return np.random.default_rng(seed).standard_normal(LENGTH).astype(np.float32)


def spectrum(audio, window=2048, hop=512):
    return librosa.stft(audio, n_fft=window, hop_length=hop)


def levelled_noise(original):
    """White noise with the level of the music in every 46 ms."""
    level = librosa.feature.rms(y=original, frame_length=2048, hop_length=512)
    return librosa.istft(spectrum(noise()) / np.sqrt(2048 * 0.375) * level, hop_length=512, length=LENGTH)


def vocoded_noise(original, bands=40):
    """Noise with the music's level in every band and frame: the right envelope, no pitch."""
    basis = librosa.filters.mel(sr=SAMPLE_RATE, n_fft=2048, n_mels=bands, norm=None)
    carrier, power = spectrum(noise()), np.abs(spectrum(original)) ** 2
    weights = basis / np.maximum(basis.sum(axis=0), 1e-9)
    gain = weights.T @ np.sqrt((basis @ power) / np.maximum(basis @ np.abs(carrier) ** 2, 1e-9))
    return librosa.istft(carrier * gain, hop_length=512, length=LENGTH)


def metronome():
    track = np.zeros(LENGTH)
    t = np.arange(1500) / SAMPLE_RATE
    for beat in range(int(SECONDS / SIXTEENTH_S / 4)):
        place(track, 0.5 * np.sin(2 * np.pi * 1500 * t) * np.exp(-t / 0.005), 4 * beat * SIXTEENTH_S)
    return track.astype(np.float32)


def pulses(period):
    """A pulse every `period` samples: lines of amplitude 1 at every multiple of its rate."""
    track = np.zeros(LENGTH)
    track[::period] = period / 2
    return track


def same_pulse_a_frame(original, window, hop):
    """What an untrained phase sounds like: right magnitudes, every frame with phase zero."""
    frames = spectrum(original, window, hop)
    centred = np.abs(frames) * (-1.0) ** np.arange(len(frames))[:, None]
    return librosa.istft(centred, hop_length=hop, length=LENGTH)


@pytest.fixture(scope="module")
def original():
    return music()


@pytest.fixture(scope="module")
def heard(original):
    return listen(original)


@pytest.fixture(scope="module")
def figures(original, heard):
    """Name of a fake -> its figures."""
    t = np.arange(LENGTH) / SAMPLE_RATE
    loud = float(np.sqrt(np.mean(original**2)))
    fakes = {
        "sine": loud * np.sqrt(2) * np.sin(2 * np.pi * 220 * t),
        "metronome": metronome(),
        "noise": levelled_noise(original),
        "backwards": original[::-1].copy(),
        "a semitone up": music(1),
        "two semitones down": music(-2),
        "vocoded noise": vocoded_noise(original),
        "silence": np.zeros(LENGTH),
        "buzz at 86 Hz": original + 0.01 * loud * pulses(512),
        "buzz at 43 Hz": original + 0.01 * loud * pulses(1024),
        "a pulse a frame": same_pulse_a_frame(original, 1024, 512),
        "hum at 110 Hz": original + 0.01 * loud * pulses(401),
        "half as loud": 0.5 * original,
        "a little noise": original + 0.01 * loud * noise(),
        "50 ms late": np.roll(original, 2205),
        "dull": librosa.istft(spectrum(original) * (np.arange(1025) < 325)[:, None], hop_length=512, length=LENGTH),
    }
    return {name: compare(heard, listen(fake.astype(np.float32))) for name, fake in fakes.items()}


def failed(figures):
    low = {name for name, least in LOWEST.items() if figures[name] < least}
    return low | {name for name, most in HIGHEST.items() if abs(figures[name]) > most}


def test_music_against_itself_is_perfect(heard):
    perfect = dict.fromkeys(FIGURES, 0.0) | {
        "chroma_cos": 1.0, "partial_corr": 1.0, "onset_f1": 1.0, "si_sdr_150_db": 100.0,
    }  # fmt: skip
    assert compare(heard, heard) == pytest.approx(perfect, abs=1e-5)


@pytest.mark.parametrize(
    ("fake", "seen_by"),
    [
        ("sine", {"mel_l1", "chroma_cos", "partial_corr", "si_sdr_150_db", "onset_f1", "hf_error_db"}),
        ("metronome", {"mel_l1", "chroma_cos", "partial_corr", "si_sdr_150_db", "onset_f1"}),
        ("noise", {"mel_l1", "chroma_cos", "partial_corr", "si_sdr_150_db"}),
        ("backwards", {"mel_l1", "chroma_cos", "partial_corr", "si_sdr_150_db", "onset_f1"}),
        ("a semitone up", {"chroma_cos", "partial_corr", "si_sdr_150_db"}),
        ("two semitones down", {"chroma_cos", "partial_corr", "si_sdr_150_db"}),
        ("vocoded noise", {"chroma_cos", "partial_corr", "si_sdr_150_db"}),
        ("silence", {"mel_l1", "chroma_cos", "partial_corr", "si_sdr_150_db", "onset_f1", "hf_error_db"}),
        ("buzz at 86 Hz", {"comb"}),
        ("buzz at 43 Hz", {"comb"}),
        ("a pulse a frame", {"comb", "partial_corr"}),
        ("50 ms late", {"onset_f1"}),
        ("dull", {"mel_l1", "hf_error_db"}),
    ],
)
def test_a_fake_fails_where_its_fault_is(figures, fake, seen_by):
    assert seen_by <= failed(figures[fake]), figures[fake]


def test_what_hardly_differs_reaches_every_goal(figures):
    assert failed(figures["a little noise"]) == set()


def test_a_figure_is_blind_to_what_is_not_its_business(figures):
    for late_or_loud in ("half as loud", "dull"):
        assert not failed(figures[late_or_loud]) & {"chroma_cos", "partial_corr", "si_sdr_150_db", "comb"}
    for no_buzz in ("sine", "noise", "vocoded noise", "silence", "backwards", "a semitone up", "hum at 110 Hz"):
        assert "comb" not in failed(figures[no_buzz])
    assert figures["a semitone up"]["onset_f1"] == 1.0


def test_no_pitch_and_wrong_pitch_are_far_from_the_goal(figures):
    for fake in ("noise", "vocoded noise", "a semitone up", "two semitones down", "a pulse a frame"):
        assert figures[fake]["partial_corr"] < 0.15
        assert figures[fake]["chroma_cos"] < 0.85


def test_a_sound_without_bass_or_onsets_has_no_such_figures():
    hiss = np.zeros(LENGTH, np.float32)
    place(hiss, (np.diff(noise()) * np.exp(-np.arange(LENGTH - 1) / 4000)).astype(np.float32), 2.0)
    heard = listen(hiss)
    assert set(FIGURES) - set(compare(heard, heard)) == {"si_sdr_150_db", "onset_f1"}
