"""Integrated loudness (EBU R128, ITU-R BS.1770) and true peak of a stream, by FFmpeg's ebur128 filter."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from d2m_bridge.timeline import Float32

BLOCK = 1 << 16  # samples read at a time
FLOOR_LUFS = -70.0  # the absolute gate: what the meter says when nothing passed it


@dataclass(frozen=True, slots=True)
class Loudness:
    """lufs: integrated; -inf below the gate, or under 0.4 s of audio. dbtp: true peak; -inf below -66 dB."""

    lufs: float
    dbtp: float


class LoudnessMeter:
    """Measures float32 [N, C] blocks of one or two channels; memory does not grow."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        import av.filter

        self._layout = "mono" if channels == 1 else "stereo"
        self._channels = channels
        self._sample_rate = sample_rate
        self._pushed = 0
        self._reading: dict[str, str] = {}
        self._graph = av.filter.Graph()
        self._graph.link_nodes(
            self._graph.add_abuffer(
                sample_rate=sample_rate, format="flt", layout=self._layout, time_base=Fraction(1, sample_rate)
            ),
            self._graph.add("ebur128", "peak=true:metadata=1"),
            self._graph.add("abuffersink"),
        ).configure()

    def push(self, samples: Float32) -> None:
        """Measure float32 [N, C]."""
        import av

        if len(samples) == 0:
            return
        packed = np.ascontiguousarray(samples, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=self._layout)
        frame.sample_rate = self._sample_rate
        frame.time_base = Fraction(1, self._sample_rate)
        frame.pts = self._pushed
        self._pushed += len(samples)
        self._graph.push(frame)
        self._pull()

    def result(self) -> Loudness:
        """The measurement of all that was pushed; ends the stream."""
        # The filter reports every 100 ms: silence fills the last one, so that its peak counts.
        report = max(1, self._sample_rate // 10)
        self.push(np.zeros((-self._pushed % report, self._channels), np.float32))
        lufs = float(self._reading.get("lavfi.r128.I", FLOOR_LUFS))
        peak = float(self._reading.get("lavfi.r128.true_peak", 0.0))
        return Loudness(
            lufs=lufs if lufs > FLOOR_LUFS else -np.inf,
            dbtp=float(20 * np.log10(peak)) if peak > 0 else -np.inf,
        )

    def _pull(self) -> None:
        import av

        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            self._reading = frame.metadata or self._reading


def measure(wav: Path) -> Loudness:
    """Loudness of a WAV file of one or two channels."""
    import soundfile

    with soundfile.SoundFile(wav) as file:
        meter = LoudnessMeter(file.samplerate, file.channels)
        for block in file.blocks(BLOCK, dtype="float32", always_2d=True):
            meter.push(block)
    return meter.result()
