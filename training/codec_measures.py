"""How far decoded music is from its original, in figures that no trivial sound can please all of.

`listen` hears a sound once; every figure compares what was heard of the original with what was heard of its decoding,
both mono float32 [N] at 44.1 kHz, of equal length, aligned, full scale 1. A figure is None where the original gives
nothing to judge. Mel, spectrum and onsets are blind to pitch, chroma to octaves, partial correlation to drums; all are
needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import librosa
import mir_eval
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt

Float32 = NDArray[np.float32]

SAMPLE_RATE = 44100
FIGURES = (
    "mel_l1", "lsd_db", "chroma_cos", "partial_corr", "si_sdr_150_db", "onset_f1", "hf_error_db", "comb",
)  # fmt: skip

_WINDOW, _HOP = 2048, 512
_FINE_WINDOW, _FINE_HOP = 8192, 2048
_FINE_HZ = SAMPLE_RATE / _FINE_WINDOW
# Multiples of 43.07 and of 86.13 Hz, the rates of the codec's frames, in bins of the fine spectra.
COMB_LAGS = (tuple(range(8, 41, 8)), (16, 32))
BESIDE = 2
_PURE = 1.1  # how far the lines of a pulse a frame stand out: neighbours two bins beside them lie below the mean
_ENVELOPE_BINS = 31
_FLOOR = 1e-5  # a full-scale sine is 0.5
_AUDIBLE_DB = -50.0
_BASS_HZ, _BASS_SHARE = 150.0, 1e-4
_HIGH_HZ, _HIGH_SHARE = (8000.0, 16000.0), 1e-8
_ONSET_HOP, _ONSET_WINDOW_S, _FEWEST_ONSETS = 256, 0.03, 4


@dataclass(frozen=True, slots=True)
class Heard:
    """What the figures need of a sound.

    log_mel [128, frames] and log_spectrum [1025, frames]: log10, 2048-sample windows. From 8192-sample windows: chroma
    [12, frames], fine (log10 spectrum less its envelope) [bins, frames], loud (power) [frames]. bass [N]: below 150 Hz.
    onsets: seconds. high, whole: energy (sum of squares) of 8-16 kHz and of everything.
    """

    log_mel: Float32
    log_spectrum: Float32
    chroma: Float32
    fine: Float32
    loud: Float32
    bass: NDArray[np.float64]
    onsets: NDArray[np.float64]
    high: float
    whole: float

    @property
    def audible(self) -> NDArray[np.bool_]:
        """The fine frames within 50 dB of the loudest."""
        audible: NDArray[np.bool_] = self.loud > self.loud.max() * 10 ** (_AUDIBLE_DB / 10)
        return audible


def listen(audio: Float32) -> Heard:
    """Everything that the figures need of mono audio, float32 [N >= 8192]."""
    spectrum = _magnitude(audio, _WINDOW, _HOP)
    basis = librosa.filters.mel(sr=SAMPLE_RATE, n_fft=_WINDOW, n_mels=128, norm=None)
    basis /= basis.sum(axis=1, keepdims=True)
    hertz = librosa.fft_frequencies(sr=SAMPLE_RATE, n_fft=_WINDOW)
    is_high = (hertz >= _HIGH_HZ[0]) & (hertz < _HIGH_HZ[1])
    energy = np.square(spectrum, dtype=np.float64).sum(axis=1)
    whole = float(np.square(audio, dtype=np.float64).sum())
    detailed = _magnitude(audio, _FINE_WINDOW, _FINE_HOP)
    power = detailed**2
    log_detailed = np.log10(detailed + _FLOOR)
    return Heard(
        log_mel=np.log10(basis @ spectrum + _FLOOR),
        log_spectrum=np.log10(spectrum + _FLOOR),
        # A tuning of its own for either sound would hide that one is out of tune.
        chroma=librosa.feature.chroma_stft(S=power, sr=SAMPLE_RATE, n_fft=_FINE_WINDOW, tuning=0.0, norm=2),
        fine=log_detailed - uniform_filter1d(log_detailed, _ENVELOPE_BINS, axis=0, mode="nearest"),
        loud=power.sum(axis=0),
        bass=sosfiltfilt(butter(4, _BASS_HZ, fs=SAMPLE_RATE, output="sos"), audio),
        onsets=librosa.onset.onset_detect(y=audio, sr=SAMPLE_RATE, hop_length=_ONSET_HOP, units="time"),
        high=whole * float(energy[is_high].sum() / max(energy.sum(), 1e-30)),
        whole=whole,
    )


def compare(original: Heard, decoded: Heard) -> dict[str, float]:
    """Every figure that can be judged, by name; the names and their order are FIGURES."""
    measures = (mel_l1, lsd_db, chroma_cos, partial_corr, si_sdr_150_db, onset_f1, hf_error_db, comb)
    values = {name: measure(original, decoded) for name, measure in zip(FIGURES, measures, strict=True)}
    return {name: value for name, value in values.items() if value is not None}


def mel_l1(original: Heard, decoded: Heard) -> float:
    """Mean absolute difference of log10(mel + 1e-5): 128 Slaney bands of unit sum, 2048-sample Hann windows every 512
    samples, magnitudes of which a full-scale sine is 0.5. 0.1 is 2 dB. Loudness over frequency and time; no pitch.
    """
    return float(np.abs(original.log_mel - decoded.log_mel).mean())


def lsd_db(original: Heard, decoded: Heard) -> float:
    """Log-spectral distance: root mean square over bins of the level difference in dB, mean over (2048, 512) frames."""
    difference = 20 * (original.log_spectrum - decoded.log_spectrum)
    return float(np.sqrt(np.square(difference).mean(axis=0)).mean())


def chroma_cos(original: Heard, decoded: Heard) -> float:
    """Cosine of librosa's chroma vectors (power, 8192-sample windows, tuned to A = 440 Hz), mean over the frames in
    which the original is audible. Flat chroma, such as noise, still has some 0.5-0.9 against music.
    """
    return float((original.chroma * decoded.chroma).sum(axis=0)[original.audible].mean())


def partial_corr(original: Heard, decoded: Heard) -> float:
    """Are the partials where they were? Pearson correlation, bin by bin, of the fine spectra from 60 Hz to 2 kHz, mean
    over the frames in which the original is audible.

    The fine spectrum is the log10 spectrum (8192-sample windows every 2048) less its mean over the 31 bins (167 Hz)
    around. The right envelope without pitch has 0, noise against other noise too.
    """
    band = slice(int(np.ceil(60 / _FINE_HZ)), int(2000 / _FINE_HZ) + 1)
    a, b = (heard.fine[band, original.audible].astype(np.float64) for heard in (original, decoded))
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    norm = np.sqrt(np.square(a).sum(axis=0) * np.square(b).sum(axis=0))
    return float(((a * b).sum(axis=0) / np.maximum(norm, 1e-12)).mean())


def si_sdr_150_db(original: Heard, decoded: Heard) -> float | None:
    """Scale-invariant signal-to-distortion ratio of the waveforms below 150 Hz (8th order, zero phase), -100..100 dB.

    None where the original has less than -40 dB of its energy there.
    """
    bass = original.bass
    energy = float(bass @ bass)
    if energy <= _BASS_SHARE * original.whole:
        return None
    # The share of the decoded energy that is the original's, whatever the gain; silence has none.
    share = float(bass @ decoded.bass) ** 2 / max(energy * float(decoded.bass @ decoded.bass), 1e-30)
    share = min(max(share, 1e-10), 1 - 1e-10)
    return float(10 * np.log10(share / (1 - share)))


def onset_f1(original: Heard, decoded: Heard) -> float | None:
    """F-measure of the onsets that librosa hears in both (hop 256), within 30 ms, each counted once.

    None where it hears fewer than four in the original.
    """
    if len(original.onsets) < _FEWEST_ONSETS:
        return None
    if not len(decoded.onsets):
        return 0.0
    return float(mir_eval.onset.f_measure(original.onsets, decoded.onsets, _ONSET_WINDOW_S)[0])


def hf_error_db(original: Heard, decoded: Heard) -> float:
    """Level of 8-16 kHz over the whole sound against the original's, in dB; what lies 80 dB below the original's whole
    energy counts as silence. Negative: dull.
    """
    silence = _HIGH_SHARE * original.whole
    return float(10 * np.log10((decoded.high + silence) / (original.high + silence)))


def comb(original: Heard, decoded: Heard) -> float:
    """Robotic buzz: spectral lines at multiples of the codec's frame rate, 43.07 or 86.13 Hz; about 1 is nothing else.

    Autocorrelation over frequency of the fine spectra (see partial_corr; here from 60 Hz to 6 kHz) of the frames in
    which the original is audible: how far it stands out at the multiples of 8 and of 16 bins above its values two bins
    beside them, less the same of the original; the larger of both, at least 0. Over many multiples, because a decoder
    that was trained on the first two only learns to hide the comb there.
    """
    ours, theirs = (_prominences(heard.fine[:, original.audible]) for heard in (decoded, original))
    # Tones whose spacing misses the lags stand below 0; to lose those is no buzz.
    return max(0.0, *(a - max(0.0, b) for a, b in zip(ours, theirs, strict=True)))


def _prominences(fine: Float32) -> list[float]:
    band = fine[int(np.ceil(60 / _FINE_HZ)) : int(6000 / _FINE_HZ)].astype(np.float64)
    # Over all frames at once: a frame with hardly any fine structure has hardly a say.
    energy = max(float(np.square(band).mean()), 1e-12)
    lags = {near for family in COMB_LAGS for lag in family for near in (lag - BESIDE, lag, lag + BESIDE)}
    at = {lag: float((band[lag:] * band[:-lag]).mean()) / energy for lag in lags}
    stand_out = ([at[lag] - (at[lag - BESIDE] + at[lag + BESIDE]) / 2 for lag in family] for family in COMB_LAGS)
    return [float(np.mean(family)) / _PURE for family in stand_out]


def _magnitude(audio: Float32, window: int, hop: int) -> Float32:
    magnitude: Float32 = np.abs(librosa.stft(audio, n_fft=window, hop_length=hop)) * np.float32(2 / window)
    return magnitude
