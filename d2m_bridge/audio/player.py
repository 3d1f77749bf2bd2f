"""A process that plays what comes on its standard input to a sound device, and says how far it is.

    python -m d2m_bridge.audio.player DEVICE RATE        (DEVICE: a number, part of a name, or nothing for the default)

In: float32 [N, 2] frames. Out: one line of JSON, either the facts of the device or why it does not open, then a Report
every few milliseconds. It ends when its input ends, or when the device has gone.

It is a process of its own because PortAudio cannot let go of a JACK server that died: closing the stream waits for ten
minutes and then aborts the process, and so does ending PortAudio (19.6, pa_jack.c). This process can be killed, and the
next one finds the new server.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
import sys
import threading
import time
from dataclasses import asdict, astuple, dataclass
from typing import TYPE_CHECKING, Any

from d2m_bridge.aside import own_output
from d2m_bridge.audio.portaudio import open_mixer
from d2m_bridge.errors import DeviceError

if TYPE_CHECKING:
    from rtmixer import Mixer, RingBuffer

FRAME_BYTES = 8
_RING_FRAMES = 1 << 16
_BEGIN_S = 0.05  # of sound must lie there before a run begins
_LOOK_S, _SAY_AFTER_S = 0.004, 0.02  # a look is reported when it shows something new, or after a while
_CLOSELY_FOR_S = 0.3
_PROBE_S = 0.5
_LONGEST_LATENCY_S = 0.5  # some hosts tell of hours
_SILENCE = bytes(FRAME_BYTES)
_RECORD = struct.Struct("<qdqqdq")
RECORD_BYTES = _RECORD.size


@dataclass(frozen=True, slots=True)
class Facts:
    """name: the device can be opened again by it. rate: of the stream, Hz. latency_s: None where none is to be had."""

    name: str
    rate: int
    latency_s: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """A look at the device. t: when, by time.perf_counter, which all processes share.

    A run is a stretch without a hole: number `run` (from 1; 0 before the first), its first frame `begin`, which is
    heard at `heard` by the host's account (0 while it has given none). taken: frames that the device has taken so far.
    Frames are counted from the first that came in. slips: how often in this run the host did not keep up with its
    device, and sound was lost.
    """

    run: int
    t: float
    begin: int
    taken: int
    heard: float
    slips: int

    def pack(self) -> bytes:
        """RECORD_BYTES bytes."""
        return _RECORD.pack(*astuple(self))

    @classmethod
    def unpack(cls, record: bytes) -> Report:
        """The inverse of pack."""
        return cls(*_RECORD.unpack(record))


def main() -> None:
    """Plays until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the session, which then closes our input
    ours = own_output()
    out = ours.fileno()
    device, rate = sys.argv[1:]
    try:
        mixer, name = open_mixer(int(device) if device.isdecimal() else device or None, int(rate))
        facts = Facts(name, int(mixer.samplerate), _latency_s(mixer))
    except DeviceError as error:
        os.write(out, json.dumps({"error": str(error)}).encode() + b"\n")
        return
    os.write(out, json.dumps(asdict(facts)).encode() + b"\n")
    with contextlib.suppress(BrokenPipeError):  # nobody listens any more
        _play(mixer, out)
    os._exit(0)  # the device may hang; the system lets go of it all the same


def _play(mixer: Mixer, out: int) -> None:
    import rtmixer

    ring = rtmixer.RingBuffer(FRAME_BYTES, _RING_FRAMES)
    ended = threading.Event()
    threading.Thread(target=_take_in, args=(ring, ended), daemon=True).start()
    run, count, begin, said = None, 0, 0, Report(-1, 0.0, 0, 0, 0.0, 0)
    while not ended.is_set() and mixer.active:
        if run is not None and run.is_over:  # the ring ran dry
            begin, run = run.taken, None
        if run is None and ring.read_available >= _BEGIN_S * mixer.samplerate:
            count += 1
            run = _Run(mixer, ring, count, begin)
        seen = Report(count, time.perf_counter(), begin, begin, 0.0, 0) if run is None else run.look()
        if (seen.run, seen.taken) != (said.run, said.taken) or seen.t - said.t > _SAY_AFTER_S:
            os.write(out, seen.pack())
            said = seen
        time.sleep(_LOOK_S)


class _Run:
    """Plays from the ring until that is empty."""

    def __init__(self, mixer: Mixer, ring: RingBuffer, number: int, begin: int) -> None:
        self._mixer, self._number, self._begin = mixer, number, begin
        self._action = mixer.play_ringbuffer(ring)
        self._until = time.perf_counter() + _CLOSELY_FOR_S
        self._probe: Any = None
        self._heard = 0.0
        self.taken = begin

    @property
    def is_over(self) -> bool:
        return self._action not in self._mixer.actions

    @property
    def is_young(self) -> bool:
        return time.perf_counter() < self._until

    def look(self) -> Report:
        now, taken = time.perf_counter(), self._begin + self._action.done_frames
        if taken > self.taken:
            if not self._heard:
                self._heard = self._action.actual_time + _since_stream_began(self._mixer)
            self._listen_closely()
            self.taken = taken
        return Report(self._number, now, self._begin, taken, self._heard, self._action.stats.output_underflows)

    def _listen_closely(self) -> None:
        """The host may have been late when it told when the first frame is heard: asks again with every period."""
        probe = self._probe
        if probe is not None and probe not in self._mixer.actions:
            ahead_s = (self.taken - self._begin) / self._mixer.samplerate
            self._heard = min(self._heard, probe.actual_time + _since_stream_began(self._mixer) - ahead_s)
        self._probe = self._mixer.play_buffer(_SILENCE, 2) if self.is_young else None


def _take_in(ring: RingBuffer, ended: threading.Event) -> None:
    rest = b""
    while data := os.read(0, 1 << 16):
        data = rest + data
        whole = len(data) - len(data) % FRAME_BYTES
        data, rest = data[:whole], data[whole:]
        while data:
            data = data[FRAME_BYTES * ring.write(data) :]
            if data:
                time.sleep(_LOOK_S)
    ended.set()


def _since_stream_began(mixer: Mixer) -> float:
    """The time by perf_counter at second 0 of the stream's own clock."""
    looks: list[tuple[float, float]] = []
    for _ in range(3):
        before, stream, after = time.perf_counter(), mixer.time, time.perf_counter()
        looks.append((after - before, (before + after) / 2 - stream))
    return min(looks)[1]


def _latency_s(mixer: Mixer) -> float | None:
    """From giving a frame to the device to hearing it."""
    probe = mixer.play_buffer(_SILENCE, 2)
    until = time.perf_counter() + _PROBE_S
    while probe in mixer.actions and time.perf_counter() < until:
        time.sleep(_LOOK_S)
    for latency_s in (probe.actual_time - mixer.time, mixer.latency):
        if 0 < latency_s <= _LONGEST_LATENCY_S:
            return float(latency_s)
    return None


if __name__ == "__main__":
    main()
