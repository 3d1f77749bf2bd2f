"""Fréchet audio distance (Kilgour et al., Interspeech 2019) in an embedding that is named with the figure.

Figures in different embeddings, or against different references, cannot be compared. The default, `mfcc40-1s`, needs no
download: for every second (every half second) the mean and the standard deviation of 20 cepstral coefficients. It
hears timbre and density, neither pitch nor rhythm. Another is any ONNX graph from mono sound to vectors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import soxr
from scipy.fft import dct

from d2m_bridge.errors import InputError
from training.scores.hearing import FRAME_RATE_HZ, Float32, Float64, log_mel

_COEFFICIENTS = 20
_LEVEL = 0.1  # root mean square that every sound is brought to: loudness is measured elsewhere
_SILENT = 1e-6


class Embedding(Protocol):
    """Sound to vectors. name: what a figure is quoted with."""

    name: str

    def __call__(self, audio: Float32, rate: int) -> Float64:
        """Mono float32 [N] -> float64 [windows, D]."""
        ...


class CepstralEmbedding:
    """mfcc40-1s."""

    name = "mfcc40-1s"

    def __call__(self, audio: Float32, rate: int) -> Float64:
        """At least one second of sound -> float64 [windows, 40]."""
        mel = log_mel(levelled(audio), rate)
        cepstra = dct(mel.astype(np.float64), axis=1, norm="ortho")[:, :_COEFFICIENTS]
        window = round(FRAME_RATE_HZ)
        pieces = np.lib.stride_tricks.sliding_window_view(cepstra, window, axis=0)[:: window // 2]
        return np.concatenate([pieces.mean(axis=2), pieces.std(axis=2)], axis=1)


class OnnxEmbedding:
    """A user's graph: one input, float32 [1, N] mono; one output whose last axis is the vector, all others windows.

    Its metadata must say `sample_rate`; `name`, if there, names the figure, else the file does.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime

        try:
            self._session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise InputError(f"{path}: cannot be read as an ONNX graph ({str(error).splitlines()[0]})") from error
        facts = self._session.get_modelmeta().custom_metadata_map
        if not facts.get("sample_rate", "").isdigit():
            raise InputError(
                f"{path}: its metadata needs sample_rate, a whole number of Hz, got {facts.get('sample_rate')!r}; "
                "add it with onnx.helper.set_model_props"
            )
        self._rate = int(facts["sample_rate"])
        self._input = self._session.get_inputs()[0].name
        self.name = facts.get("name", path.name)

    def __call__(self, audio: Float32, rate: int) -> Float64:
        """Mono float32 [N] -> float64 [windows, D]."""
        heard = soxr.resample(levelled(audio), rate, self._rate).astype(np.float32)
        vectors = np.asarray(self._session.run(None, {self._input: heard[None]})[0], np.float64)
        return vectors.reshape(-1, vectors.shape[-1])


def levelled(audio: Float32) -> Float32:
    """At a common root mean square; silence stays silence."""
    level = float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))
    return audio * np.float32(_LEVEL / level) if level > _SILENT else audio


def frechet_distance(first: Float64, second: Float64) -> float:
    """Squared 2-Wasserstein distance of the Gaussians fitted to two sets float64 [windows >= 2, D]; at least 0."""
    gap = first.mean(axis=0) - second.mean(axis=0)
    a, b = np.cov(first, rowvar=False, ddof=1), np.cov(second, rowvar=False, ddof=1)
    a, b = np.atleast_2d(a), np.atleast_2d(b)
    # The trace of sqrt(ab) is the sum of the roots of its eigenvalues, which are real and not negative.
    roots = np.sqrt(np.maximum(np.linalg.eigvals(a @ b).real, 0.0))
    return max(0.0, float(gap @ gap + np.trace(a) + np.trace(b) - 2 * roots.sum()))
