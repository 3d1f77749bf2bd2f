"""Where the sound goes: a sound device through PortAudio, or an output of our own that keeps time in silence.

An output asks for samples by their position on the music's timeline and says how long after that they are heard. Its
thread fills a ring ahead of time; the device's callback is C (rtmixer) and only ever reads that ring.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

import numpy as np

from d2m_bridge.errors import DeviceError
from d2m_bridge.sync.session_clock import SessionClock
from d2m_bridge.timeline import Float32

if TYPE_CHECKING:
    from rtmixer import Mixer

log = logging.getLogger(__name__)

# Fills float32 [N, 2] with the samples from a position on; returns how many were missing.
Fill = Callable[[int, Float32], int]
BLOCK_S = 0.01
RING_S = 0.1  # kept filled: our thread may be kept waiting this long before the device runs dry
STEER_OVER_S = 10.0
_RETRY_S = 1.0


@dataclass(slots=True)
class OutputStats:
    """underruns: how often sound was missing, for whatever reason; missing: samples of silence played instead."""

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
                _note(self.stats, fill(position, np.zeros((until - position, 2), np.float32)))
                position = until


class DeviceOutput:
    """A PortAudio device, by name or number. Where it does not take our sample rate the sound is converted."""

    def __init__(self, device: str | int | None, sample_rate: int, clock: SessionClock) -> None:
        """Raises DeviceError when there is no such device or it does not open."""
        self.sample_rate = sample_rate
        self.stats = OutputStats()
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._device = device
        self._mixer: Mixer | None
        self._mixer, self.name = _open(device, sample_rate)
        self.latency_s = RING_S + _believable(float(self._mixer.latency))

    def start(self, fill: Fill, delay_s: float) -> None:
        """See Output."""
        self._thread = threading.Thread(target=self._run, args=(fill, delay_s), name="audio output", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """See Output."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._drop()

    def _run(self, fill: Fill, delay_s: float) -> None:
        while not self._stop.is_set():
            try:
                if self._mixer is None:
                    self._mixer, self.name = _open(self._device, self.sample_rate)
                    log.warning("the sound device %s is back", self.name)
                self.stats.lost = False
                self._feed(self._mixer, fill, delay_s)
            except DeviceError as error:
                if not self.stats.lost:
                    self.stats.lost = True
                    self.stats.underruns += 1
                    log.warning("the sound device is gone (%s); looking for it", error)
                self._drop()
                self._stop.wait(_RETRY_S)

    def _feed(self, mixer: Mixer, fill: Fill, delay_s: float) -> None:
        """Plays until the session ends or the device fails, which raises DeviceError."""
        import rtmixer

        rate = int(mixer.samplerate)
        convert = _converter(self.sample_rate, rate)
        ring = rtmixer.RingBuffer(8, 1 << int(np.ceil(np.log2(2 * RING_S * rate))))
        block = np.zeros((round(BLOCK_S * self.sample_rate), 2), np.float32)
        position, ahead_s, played = self._due(delay_s), 0.0, 0
        action = None
        while not self._stop.is_set():
            if not mixer.active:
                raise DeviceError("it has stopped")
            if ring.read_available >= RING_S * rate:
                self._stop.wait(BLOCK_S / 2)
                continue
            if action is not None and action not in mixer.actions:
                self.stats.underruns += 1  # the ring ran dry: what should have sounded meanwhile is over
                position, action = max(position, self._due(delay_s)), None
            _note(self.stats, fill(position, block))
            position += len(block)
            ring.write(convert(block))
            if action is None and ring.read_available >= RING_S * rate / 2:
                action = mixer.play_ringbuffer(ring)
            elif action is not None:
                # What was written last is heard when all that lies in ring and device has been played.
                buffered_s = ring.read_available / rate + self.latency_s - RING_S
                error_s = self._clock.now() + buffered_s - (position / self.sample_rate + delay_s)
                played += 1
                ahead_s += (error_s - ahead_s) / min(played, STEER_OVER_S / BLOCK_S)
                if played % round(1 / BLOCK_S) == 0:
                    self._clock.steer(ahead_s, STEER_OVER_S)

    def _due(self, delay_s: float) -> int:
        """The sample that is heard when what is written now has gone through ring and device."""
        return round((self._clock.now() + self.latency_s - delay_s) * self.sample_rate)

    def _drop(self) -> None:
        import sounddevice

        mixer, self._mixer = self._mixer, None
        if mixer is not None:
            try:
                mixer.abort()
                mixer.close()
            except sounddevice.PortAudioError as error:
                log.info("closing the sound device: %s", error)


def _converter(source: int, target: int) -> Callable[[Float32], Float32]:
    """A streaming change of sample rate."""
    if source == target:
        return lambda block: block
    import soxr

    convert: Callable[[Float32], Float32] = soxr.ResampleStream(source, target, 2, dtype="float32").resample_chunk
    return convert


def open_output(text: str, sample_rate: int, clock: SessionClock) -> Output:
    """null, default, or a device by number or (part of) its name. Raises DeviceError."""
    if text == "null":
        return NullOutput(sample_rate, clock)
    if text == "default":
        return DeviceOutput(None, sample_rate, clock)
    return DeviceOutput(int(text) if text.isdecimal() else text, sample_rate, clock)


@dataclass(frozen=True, slots=True)
class OutputDevice:
    """One entry of `d2m devices`. host: PortAudio's name of the system it belongs to; rate: its usual one, in Hz."""

    number: int
    name: str
    host: str
    rate: int
    channels: int


def output_devices() -> list[OutputDevice]:
    """All devices that can play. Raises DeviceError when PortAudio is missing."""
    sounddevice = _portaudio()
    hosts = sounddevice.query_hostapis()
    return [
        OutputDevice(
            number,
            str(facts["name"]),
            str(hosts[facts["hostapi"]]["name"]),
            int(facts["default_samplerate"]),
            int(facts["max_output_channels"]),
        )
        for number, facts in enumerate(sounddevice.query_devices())
        if facts["max_output_channels"] >= 2
    ]


def _portaudio() -> ModuleType:
    try:
        import sounddevice
    except OSError as error:
        raise DeviceError(
            f"no sound: the PortAudio library is missing ({error}); install libportaudio2, or use --audio null"
        ) from error
    module: ModuleType = sounddevice
    return module


def _open(device: str | int | None, sample_rate: int) -> tuple[Mixer, str]:
    """A running stream and its name."""
    sounddevice = _portaudio()
    import rtmixer

    try:
        facts = sounddevice.query_devices(device, "output")
        rate = sample_rate
        try:
            sounddevice.check_output_settings(device, channels=2, samplerate=rate, dtype="float32")
        except sounddevice.PortAudioError:
            rate = int(facts["default_samplerate"])
        mixer = rtmixer.Mixer(device=device, samplerate=rate, channels=2)
        mixer.start()
    except (sounddevice.PortAudioError, ValueError) as error:
        raise DeviceError(
            f"the sound device {device if device is not None else 'default'!r} does not open ({error}); "
            "see `d2m devices`, or use --audio null"
        ) from error
    return mixer, str(facts["name"])


def _believable(latency_s: float) -> float:
    """Some host APIs report nothing, or seconds."""
    return min(0.5, max(0.005, latency_s))


def _note(stats: OutputStats, missing: int) -> None:
    if missing:
        stats.underruns += 1
        stats.missing += missing
