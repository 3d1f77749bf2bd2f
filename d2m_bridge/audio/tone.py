"""A tone to test the sound with: quiet, short, through the same output as the music."""

from __future__ import annotations

import time

import numpy as np

from d2m_bridge.audio.output import open_output
from d2m_bridge.manifest import ASSETS, load_manifest
from d2m_bridge.sync.session_clock import SessionClock
from d2m_bridge.timeline import Float32

SECONDS, PITCH_HZ, LEVEL_DB = 0.8, 440.0, -20.0
_RAMP_S = 0.03  # no click at either end
_LEAD_S = 0.4  # the output finds its feet
_TAIL_S = 0.2
_NAP_S = 0.02


def tone(position: int, count: int, sample_rate: int) -> Float32:
    """float32 [count, 2]: the tone's samples from `position` on; silence before 0 and after SECONDS."""
    t = (position + np.arange(count)) / sample_rate
    ramp = np.clip(np.minimum(t, SECONDS - t) / _RAMP_S, 0.0, 1.0)
    wave = 10 ** (LEVEL_DB / 20) * np.sin(2 * np.pi * PITCH_HZ * t) * ramp
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def play_tone(device: str) -> str:
    """Plays it, and returns the name of the device when it is over. device: as open_output takes it.

    Raises DeviceError when the device does not open.
    """
    sample_rate = load_manifest(ASSETS).sample_rate  # that of the music
    clock = SessionClock()
    output = open_output(device, sample_rate, clock)

    def fill(position: int, block: Float32) -> int:
        block[:] = tone(position, len(block), sample_rate)
        return 0

    try:
        delay_s = clock.now() + output.latency_s + _LEAD_S
        output.start(fill, delay_s)
        while clock.now() < delay_s + SECONDS + _TAIL_S:
            time.sleep(_NAP_S)
    finally:
        output.close()
    return output.name
