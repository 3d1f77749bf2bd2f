"""Sound to a PortAudio device, in step with the session clock, whatever becomes of the device.

    timeline ─ fill ─> this thread ─ pipe ─> player process ─ ring ─> the device's callback, which is C (rtmixer)
                            ^ reports: how far the device is

The first frames are silence, until it is known when what is written now will be heard. From there every sample is
heard at its time: small errors are those of the clocks and turn the session clock; a large one (the machine slept, the
device lost a period) is made good by leaving out what is late.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import numpy as np

from d2m_bridge.audio.output import BLOCK_S, Fill, OutputStats, note_missing
from d2m_bridge.audio.player_process import PlayerProcess
from d2m_bridge.audio.playhead import Playhead
from d2m_bridge.errors import DeviceError
from d2m_bridge.sync.session_clock import SessionClock
from d2m_bridge.timeline import Float32

log = logging.getLogger(__name__)

RING_S = 0.1  # kept filled: our thread may be kept waiting this long before the device runs dry
STEER_OVER_S = 10.0
_REJOIN_S = 0.003  # more than clocks drift apart: the device has lost time, or we have
_RETRY_S = 1.0
_STALLED_LOOKS = 200  # of BLOCK_S / 2: a device that takes nothing for that long is gone, whatever its host says
_UNKNOWN_LATENCY_S = 0.05


class DeviceOutput:
    """A device by name or number, None the default. Where it does not take our sample rate the sound is converted.

    latency_s is an estimate until the first sample was placed, then measured.
    """

    def __init__(self, device: str | int | None, sample_rate: int, clock: SessionClock) -> None:
        """Raises DeviceError when there is no such device or it does not open."""
        self.sample_rate = sample_rate
        self.stats = OutputStats()
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._player: PlayerProcess | None = PlayerProcess(device, sample_rate)
        facts = self._player.facts
        self.name = facts.name
        # Numbers change with what is plugged in; the default is whatever it is then.
        self._device = None if device is None else facts.name
        self.latency_s = RING_S + (_UNKNOWN_LATENCY_S if facts.latency_s is None else facts.latency_s)
        self._position = 0

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
        self._position = min(0, self._now(delay_s))
        while not self._stop.is_set():
            try:
                if self._player is None:
                    self._player = PlayerProcess(self._device, self.sample_rate)
                    self._tell_back(self._player)
                self.stats.lost = False
                self._feed(self._player, fill, delay_s)
            except DeviceError as error:
                if not self.stats.lost:
                    self.stats.lost = True
                    self.stats.underruns += 1
                    log.warning("the sound device is gone (%s); looking for it", error)
                self._drop()
                self._do_without(fill, delay_s)

    def _feed(self, player: PlayerProcess, fill: Fill, delay_s: float) -> None:
        """Plays until the session ends or the device fails, which raises DeviceError."""
        rate, written, waited = player.facts.rate, 0, 0
        playhead = Playhead(rate, player.facts.latency_s)
        block = np.zeros((round(BLOCK_S * self.sample_rate), 2), np.float32)
        silence = np.zeros((round(BLOCK_S * rate), 2), np.float32)
        step: _Step | None = None
        while not self._stop.is_set():
            for report in player.take():
                waited = 0 if report.taken > playhead.taken else waited
                if step is not None and report.run != playhead.run:
                    self.stats.underruns += 1  # it ran dry
                    step = None
                slips = playhead.slips
                playhead.push(report)
                self.stats.underruns += playhead.slips - slips
            if written - playhead.taken >= RING_S * rate:
                waited += 1
                if waited > _STALLED_LOOKS:
                    raise DeviceError("it takes no more sound")
                self._stop.wait(BLOCK_S / 2)
                continue
            heard_s = self._heard_s(playhead, written)
            if step is not None and heard_s is not None and step.is_out(heard_s, written, delay_s, self._clock):
                self.stats.underruns += 1
                step = None
            if step is None:
                position = None if heard_s is None else round((heard_s - delay_s) * self.sample_rate)
                if position is None or position < self._position:
                    player.write(silence)
                    written += len(silence)
                    continue
                assert heard_s is not None  # noqa: S101 - the position comes from it
                self.latency_s = heard_s - self._clock.now()
                self._position = position
                step = _Step(position, written, self.sample_rate, rate)
            note_missing(self.stats, fill(self._position, block))
            self._position += len(block)
            frames = step.convert(block)
            player.write(frames)
            written += len(frames)

    def _heard_s(self, playhead: Playhead, frame: int) -> float | None:
        """When a frame is heard, on the session clock."""
        heard_at = playhead.heard_at(frame)
        return None if heard_at is None else self._clock.now() + heard_at - time.perf_counter()

    def _now(self, delay_s: float) -> int:
        """The sample that is to be heard now."""
        return round((self._clock.now() - delay_s) * self.sample_rate)

    def _do_without(self, fill: Fill, delay_s: float) -> None:
        """The music goes on, unheard, until it is time to look for the device again."""
        until = self._clock.now() + _RETRY_S
        while self._clock.now() < until and not self._stop.wait(BLOCK_S):
            now = self._now(delay_s)
            if now > self._position:
                fill(self._position, np.zeros((now - self._position, 2), np.float32))
                self._position = now

    def _tell_back(self, player: PlayerProcess) -> None:
        facts = player.facts
        self.name = facts.name
        converted = "" if facts.rate == self.sample_rate else f", at {facts.rate} Hz: the sound is converted"
        log.warning("the sound device %s is back%s", facts.name, converted)

    def _drop(self) -> None:
        player, self._player = self._player, None
        if player is not None:
            player.close()


class _Step:
    """A stretch of music that is in step: sample `position` was written as the device's frame `frame`."""

    def __init__(self, position: int, frame: int, sample_rate: int, rate: int) -> None:
        self._position, self._frame, self._sample_rate, self._rate = position, frame, sample_rate, rate
        self.convert = _converter(sample_rate, rate)
        self._ahead_s, self._looks = 0.0, 0

    def is_out(self, heard_s: float, frame: int, delay_s: float, clock: SessionClock) -> bool:
        """Whether a frame that is heard at heard_s lies too far from its time; turns the clock where it does not."""
        due_s = self._position / self._sample_rate + (frame - self._frame) / self._rate + delay_s
        error_s = heard_s - due_s
        self._looks += 1
        self._ahead_s += (error_s - self._ahead_s) / min(self._looks, STEER_OVER_S / BLOCK_S)
        if self._looks % round(1 / BLOCK_S) == 0:
            clock.steer(self._ahead_s, STEER_OVER_S)
        return abs(error_s) > _REJOIN_S


def _converter(source: int, target: int) -> Callable[[Float32], Float32]:
    """A streaming change of sample rate."""
    if source == target:
        return lambda block: block
    import soxr

    convert: Callable[[Float32], Float32] = soxr.ResampleStream(source, target, 2, dtype="float32").resample_chunk
    return convert
