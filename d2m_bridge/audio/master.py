"""From the raw float mix to the finished file: loudness to a target, true peak under a ceiling, 24 bit.

Streams from file to file, so that memory does not grow with the length of the clip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from d2m_bridge.audio.limiter import Limiter
from d2m_bridge.audio.loudness import BLOCK, Loudness, LoudnessMeter, measure
from d2m_bridge.audio.wav import WavWriter

MAX_GAIN_DB = 30.0  # a nearly silent clip stays quiet: beyond this only its noise would grow
TOLERANCE_LU = 0.5
PASSES = 6


class _MissedError(Exception):
    """A pass missed the target."""


@dataclass(frozen=True, slots=True)
class Master:
    """loudness: what the written file measures. gain_db: the gain before the limiter, for the stems."""

    loudness: Loudness
    gain_db: float


def master(raw: Path, out: Path, target_lufs: float = -14.0, ceiling_dbtp: float = -1.0) -> Master:
    """Write the float32 WAV `raw` (one or two channels) as a finished 24-bit WAV `out`.

    What the limiter takes from the loudness is given back by more gain, in further passes. Silence, and clips too
    short to have a loudness (0.4 s), keep their level.

    Raises InputError if `out` cannot be written.
    """
    lufs = measure(raw).lufs
    gain_db = 0.0 if np.isinf(lufs) else min(target_lufs - lufs, MAX_GAIN_DB)
    tried: list[tuple[float, float]] = []
    while True:
        with suppress(_MissedError), _written(raw, out, gain_db, ceiling_dbtp) as loudness:
            tried.append((gain_db, loudness.lufs))
            missing = target_lufs - loudness.lufs
            in_reach = np.isfinite(missing) and (missing < 0 or gain_db < MAX_GAIN_DB)
            if in_reach and abs(missing) > TOLERANCE_LU and len(tried) < PASSES:
                raise _MissedError  # the file of this pass vanishes
            return Master(loudness, gain_db)
        gain_db = min(gain_db + missing * _slope(tried), MAX_GAIN_DB)


def write_stems(raw: Mapping[Path, Path], gain_db: float) -> float:
    """Write float32 stem files (keys) as 24-bit files (values), all with one gain; returns that gain in dB.

    It is gain_db, or less where a stem alone would go over full scale: so the stems add up to the mix before the
    limiter, up to one known gain.

    Raises InputError if a file cannot be written.
    """
    loudest = max((_peak(path) for path in raw), default=0.0)
    if loudest > 0:
        gain_db = min(gain_db, -20 * float(np.log10(loudest)))
    for source, out in raw.items():
        with _written(source, out, gain_db, ceiling_dbtp=None):
            pass
    return gain_db


def _slope(tried: list[tuple[float, float]]) -> float:
    """Gain in dB that one LU costs, from the last two passes; a limiter at work makes it more than 1."""
    if len(tried) < 2:
        return 1.5
    (gain_a, lufs_a), (gain_b, lufs_b) = tried[-2:]
    return float(np.clip((gain_b - gain_a) / (lufs_b - lufs_a), 1.0, 6.0)) if lufs_a != lufs_b else 6.0


@contextmanager
def _written(raw: Path, out: Path, gain_db: float, ceiling_dbtp: float | None) -> Iterator[Loudness]:
    """One pass: gain, the limiter where a ceiling is given, the file. It stays if the block ends well."""
    import soundfile

    factor = np.float32(10 ** (gain_db / 20))
    with soundfile.SoundFile(raw) as file, WavWriter(out, file.samplerate, file.channels, "PCM_24") as writer:
        meter = LoudnessMeter(file.samplerate, file.channels)
        limiter = None if ceiling_dbtp is None else Limiter(ceiling_dbtp, file.samplerate, file.channels)
        for block in file.blocks(BLOCK, dtype="float32", always_2d=True):
            finished = block * factor if limiter is None else limiter.push(block * factor)
            meter.push(finished)
            writer.write(finished)
        if limiter is not None:
            rest = limiter.flush()
            meter.push(rest)
            writer.write(rest)
        yield meter.result()


def _peak(wav: Path) -> float:
    import soundfile

    with soundfile.SoundFile(wav) as file:
        blocks = file.blocks(BLOCK, dtype="float32", always_2d=True)
        return max((float(np.abs(block).max(initial=0.0)) for block in blocks), default=0.0)
