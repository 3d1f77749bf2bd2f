"""Records audio that comes over the network, as /d2m/audio blobs or ReaStream packets, into a WAV file."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from d2m_bridge.audio.wav import WavWriter
from d2m_bridge.errors import InputError
from d2m_bridge.osc import reastream
from d2m_bridge.osc.audio_stream import AudioReceiver
from d2m_bridge.osc.udp import LOOPBACK, listen
from d2m_bridge.timeline import Float32

QUIET_S = 10.0
_LARGEST_DATAGRAM = 65535


@dataclass(frozen=True, slots=True)
class Received:
    """What was recorded. frames: samples of each channel.

    lost: blocks of /d2m/audio that never came; the file has silence there. ignored: datagrams that were no audio, or
    of another rate or number of channels than the first.
    """

    path: Path
    rate: int
    channels: int
    frames: int
    lost: int
    ignored: int


def receive(
    port: int,
    path: Path,
    seconds: float | None = None,
    *,
    host: str = LOOPBACK,
    quiet_s: float = QUIET_S,
    stop: threading.Event | None = None,
) -> Received:
    """Records what comes to a UDP port into a WAV file of 32-bit floats; blocks.

    It waits for the first sound as long as it takes, and ends after this many seconds of sound, or when nothing came
    for quiet_s, on stop, or on Ctrl-C. The file appears when it ends. Raises InputError when the port or the file
    cannot be used, or nothing came at all.
    """
    with listen(host, port) as opened, ExitStack() as stack:
        take = _Take(path, seconds, stack)
        with suppress(KeyboardInterrupt):  # the usual way to end a recording
            for datagram in _datagrams(opened, quiet_s, stop or threading.Event()):
                take.push(datagram)
                if take.is_full:
                    break
        return take.finish(port)


def _datagrams(opened: socket.socket, quiet_s: float, stop: threading.Event) -> Iterator[bytes]:
    last = float("inf")
    while not stop.is_set() and time.monotonic() - last < quiet_s:
        try:
            yield opened.recvfrom(_LARGEST_DATAGRAM)[0]
        except TimeoutError:
            continue
        last = time.monotonic()


class _Take:
    """The file being written; it is opened by the first sound, which decides rate and channels."""

    def __init__(self, path: Path, seconds: float | None, stack: ExitStack) -> None:
        self._path, self._seconds, self._stack = path, seconds, stack
        self._stream = AudioReceiver()
        self._writer: WavWriter | None = None
        self._rate = self._channels = self._frames = self._ignored = 0

    @property
    def is_full(self) -> bool:
        return self._seconds is not None and self._rate > 0 and self._frames >= round(self._seconds * self._rate)

    def push(self, datagram: bytes) -> None:
        packet = reastream.decode(datagram)
        if packet is not None:
            self._write(packet.rate, [packet.samples])
        else:
            blocks = self._stream.push(datagram)
            self._write(self._stream.rate, [block.samples for block in blocks])

    def finish(self, port: int) -> Received:
        if not self.is_full:
            self._write(self._stream.rate, [block.samples for block in self._stream.finish()])
        if self._writer is None:
            raise InputError(f"no sound came to port {port}; does the sender send to this machine and port?")
        ignored = self._ignored + self._stream.ignored
        return Received(self._path, self._rate, self._channels, self._frames, self._stream.lost, ignored)

    def _write(self, rate: int, parts: Iterable[Float32]) -> None:
        for samples in parts:
            channels = samples.shape[1]
            if self._writer is None:
                self._rate, self._channels = rate, channels
                self._writer = self._stack.enter_context(WavWriter(self._path, rate, channels, "FLOAT"))
            if (rate, channels) != (self._rate, self._channels):
                self._ignored += 1
                continue
            if self._seconds is not None:
                samples = samples[: max(round(self._seconds * rate) - self._frames, 0)]
            self._writer.write(samples)
            self._frames += len(samples)
