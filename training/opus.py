"""A round trip through Opus, the yardstick of the codec."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import soxr
from numpy.typing import NDArray

OPUS_RATE = 48000
_FRAME = 960  # 20 ms


def through_opus(
    audio: NDArray[np.float32], sample_rate: int, nominal_kbps: float
) -> tuple[NDArray[np.float32], float]:
    """Mono audio [N] through libopus (application audio, VBR): decoded float32 [N] aligned with the input, real kbit/s.

    The real rate is that of the packets, without a container's overhead.
    """
    at_opus_rate = soxr.resample(audio, sample_rate, OPUS_RATE).astype(np.float32)
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = OPUS_RATE, "mono", "flt"
    encoder.time_base, encoder.bit_rate = Fraction(1, OPUS_RATE), round(nominal_kbps * 1000)
    encoder.options = {"application": "audio", "vbr": "on"}
    encoder.open()
    packets = []
    for start in range(0, len(at_opus_rate), _FRAME):
        frame = av.AudioFrame.from_ndarray(at_opus_rate[None, start : start + _FRAME], format="flt", layout="mono")
        frame.sample_rate, frame.pts = OPUS_RATE, start
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    # The header in extradata tells the decoder how many samples of encoder delay to drop.
    decoder = av.CodecContext.create("opus", "r")
    decoder.extradata = encoder.extradata
    decoded = np.concatenate([frame.to_ndarray()[0] for packet in [*packets, None] for frame in decoder.decode(packet)])
    out = np.zeros(len(audio), np.float32)
    back = soxr.resample(decoded, OPUS_RATE, sample_rate)[: len(out)]
    out[: len(back)] = back
    return out, sum(packet.size for packet in packets) * 8 / (len(packets) * _FRAME / OPUS_RATE) / 1000
