"""Where the sound goes: a sound device, or an output of our own that keeps time in silence.

An output asks for samples by their position on the music's timeline and says how long after that they are heard.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from d2m_bridge.sync.session_clock import SessionClock
from d2m_bridge.timeline import Float32

# Fills float32 [N, 2] with the samples from a position on; returns how many were missing.
Fill = Callable[[int, Float32], int]
BLOCK_S = 0.01


@dataclass(slots=True)
class OutputStats:
    """underruns: how often sound was missing, for whatever reason; missing: samples of silence played instead.

    lost: the device is gone and looked for.
    """

    underruns: int = 0
    missing: int = 0
    lost: bool = False


class Output(Protocol):
    """latency_s: from asking for a sample to hearing it, measured."""

    name: str
    latency_s: float
    sample_rate: int
    stats: OutputStats

    def start(self, fill: Fill, delay_s: float) -> None:
        """Begin: the sample at position n is to be heard at n / rate + delay_s on the session clock."""
        ...

    def close(self) -> None:
        """Silence; the device is free again. Safe to call twice."""
        ...


class NullOutput:
    """No device: asks for the sound in time with the session clock and throws it away."""

    name = "null"
    latency_s = 0.0

    def __init__(self, sample_rate: int, clock: SessionClock) -> None:
        self.sample_rate = sample_rate
        self.stats = OutputStats()
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, fill: Fill, delay_s: float) -> None:
        """See Output."""
        self._thread = threading.Thread(target=self._run, args=(fill, delay_s), name="null output", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """See Output."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, fill: Fill, delay_s: float) -> None:
        position = min(0, round((self._clock.now() - delay_s) * self.sample_rate))
        while not self._stop.wait(BLOCK_S):
            until = round((self._clock.now() - delay_s) * self.sample_rate)
            if until > position:
                note_missing(self.stats, fill(position, np.zeros((until - position, 2), np.float32)))
                position = until


def note_missing(stats: OutputStats, missing: int) -> None:
    """Counts what a fill lacked."""
    if missing:
        stats.underruns += 1
        stats.missing += missing


def open_output(text: str, sample_rate: int, clock: SessionClock) -> Output:
    """null, default, or a device by number or (part of) its name. Raises DeviceError."""
    from d2m_bridge.audio.device import DeviceOutput

    if text == "null":
        return NullOutput(sample_rate, clock)
    if text == "default":
        return DeviceOutput(None, sample_rate, clock)
    return DeviceOutput(int(text) if text.isdecimal() else text, sample_rate, clock)
