"""Audio as OSC blobs, for receivers of our own (d2m receive, Pd, SuperCollider); no DAW takes blobs. Sans-IO.

A datagram has at most 1400 bytes: with its headers it passes Ethernet (1500), most tunnels and Wi-Fi as one IP packet.
A fragmented one would be lost whole with any of its fragments.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from d2m_bridge.osc.table import Address, Argument, encode_row
from d2m_bridge.timeline import AudioBlock, Float32

MAX_BLOCK_BYTES = 1400
MAX_CHANNELS = 32
# A larger hole is a sender that began anew; it is not filled with silence.
MAX_GAP_S = 10.0
# Sample indices are counted modulo this: an int32 would end after 13 hours.
START_MODULUS = 2**31

_SAMPLE_TYPES: dict[int, np.dtype[Any]] = {16: np.dtype(">i2"), 32: np.dtype(">f4")}
_FULL_SCALE = 32767.0
_HEAD = b"/d2m/audio\0\0,iiiiiib\0\0\0\0"
_FIELDS = struct.Struct(">6iI")
_BODY = len(_HEAD) + _FIELDS.size


@dataclass(frozen=True, slots=True)
class AudioPacket:
    """One block. The table below says what the fields are."""

    stream: int
    sequence: int
    start: int
    rate: int
    channels: int
    bits: int
    samples: bytes


AUDIO = Address(
    "/d2m/audio",
    AudioPacket,
    "all the time while the music runs, where audio is sent as OSC",
    (
        Argument("stream", "i", "another number after each new start of the sender"),
        Argument("sequence", "i", "from 0, one more for each block"),
        Argument("start", "i", "index of the first sample, modulo 2^31"),
        Argument("rate", "i", "samples a second"),
        Argument("channels", "i", "interleaved"),
        Argument("bits", "i", "16: int16 of which 32767 is full scale; 32: float32, -1 to 1"),
        Argument("samples", "b", "big endian, as everything in OSC"),
    ),
)


class AudioEncoder:
    """Cuts audio into datagrams. Nothing is kept back, so that it adds no delay."""

    def __init__(self, stream: int, rate: int, channels: int, bits: int = 16) -> None:
        """Takes a stream number (another one at every start), 1 to 32 channels, 16 or 32 bits."""
        if bits not in _SAMPLE_TYPES or not 1 <= channels <= MAX_CHANNELS:
            raise ValueError(f"expected 16 or 32 bits and 1 to {MAX_CHANNELS} channels, got {bits} and {channels}")
        self._stream, self._rate, self._channels, self._bits = stream, rate, channels, bits
        self._frames = (MAX_BLOCK_BYTES - _BODY) // (channels * bits // 8)
        self._sequence = 0

    def encode(self, block: AudioBlock) -> list[bytes]:
        """The block, float32 [N, channels], as datagrams."""
        datagrams = []
        for first in range(0, len(block.samples), self._frames):
            samples = _to_bytes(block.samples[first : first + self._frames], self._bits)
            start = (block.start + first) % START_MODULUS
            packet = AudioPacket(
                self._stream, self._sequence, start, self._rate, self._channels, self._bits, samples
            )  # fmt: skip
            datagrams.append(encode_row(AUDIO, packet, MAX_BLOCK_BYTES))
            self._sequence = (self._sequence + 1) % START_MODULUS
        return datagrams


def decode(datagram: bytes) -> AudioPacket | None:
    """The packet; None when it is not one of ours, whole and plausible."""
    if not datagram.startswith(_HEAD) or len(datagram) < _BODY:
        return None
    stream, sequence, start, rate, channels, bits, size = _FIELDS.unpack_from(datagram, len(_HEAD))
    packet = AudioPacket(stream, sequence, start, rate, channels, bits, datagram[_BODY : _BODY + size])
    plausible = (
        packet.bits in _SAMPLE_TYPES
        and 1 <= packet.channels <= MAX_CHANNELS
        and 1 <= packet.rate <= 768_000
        and min(packet.sequence, packet.start) >= 0
        and 0 < size == len(packet.samples)
        and size % (packet.channels * packet.bits // 8) == 0
    )
    return packet if plausible else None


class AudioReceiver:
    """Puts packets back into order and silence in the place of lost ones, so that the length is right.

    depth: how many packets wait for a missing one before it counts as lost. A new stream number begins anew. rate and
    channels: those of the first packet, before it 0. lost: packets that never came. late: packets that came again or
    too late. ignored: what was no packet, or of another rate or number of channels than the first.
    """

    def __init__(self, depth: int = 8) -> None:
        self._depth = depth
        self._stream: int | None = None
        self._waiting: dict[int, AudioPacket] = {}
        self._next: int | None = None
        self._position = 0
        self.rate = self.channels = 0
        self.lost = self.late = self.ignored = 0

    def push(self, datagram: bytes) -> list[AudioBlock]:
        """What can be played now; blocks follow each other without a gap, apart from a new stream."""
        packet = decode(datagram)
        if packet is not None and self.rate == 0:
            self.rate, self.channels = packet.rate, packet.channels
        if packet is None or (packet.rate, packet.channels) != (self.rate, self.channels):
            self.ignored += 1
            return []
        ready: list[AudioBlock] = []
        if packet.stream != self._stream:
            ready = self.finish()
            self._stream, self._next = packet.stream, None
        if packet.sequence in self._waiting or (self._next is not None and packet.sequence < self._next):
            self.late += 1
            return ready
        self._waiting[packet.sequence] = packet
        return ready + self._in_order(self._depth)

    def finish(self) -> list[AudioBlock]:
        """What is left when nothing more will come."""
        return self._in_order(1)

    def _in_order(self, depth: int) -> list[AudioBlock]:
        ready: list[AudioBlock] = []
        if self._next is None and 0 in self._waiting:
            self._next, self._position = 0, self._waiting[0].start
        while self._waiting and (self._next in self._waiting or len(self._waiting) >= depth):
            sequence = min(self._waiting)
            packet = self._waiting.pop(sequence)
            if self._next is None:
                self._position = packet.start
            else:
                self.lost += sequence - self._next
                ready += self._gap(packet)
            samples = _from_bytes(packet)
            ready.append(AudioBlock(self._position, samples))
            self._position += len(samples)
            self._next = sequence + 1
        return ready

    def _gap(self, packet: AudioPacket) -> list[AudioBlock]:
        """Silence up to the packet's first sample."""
        half = START_MODULUS // 2
        missing = (packet.start - self._position + half) % START_MODULUS - half
        if missing > MAX_GAP_S * packet.rate or missing < 0:
            self._position += missing
            return []
        silence = AudioBlock(self._position, np.zeros((missing, packet.channels), np.float32))
        self._position += missing
        return [silence] if missing else []


def _to_bytes(samples: Float32, bits: int) -> bytes:
    if bits == 16:
        samples = np.rint(np.clip(samples, -1.0, 1.0) * _FULL_SCALE)
    data: bytes = samples.astype(_SAMPLE_TYPES[bits]).tobytes()
    return data


def _from_bytes(packet: AudioPacket) -> Float32:
    samples: Float32 = np.frombuffer(packet.samples, _SAMPLE_TYPES[packet.bits]).astype(np.float32)
    if packet.bits == 16:
        samples /= np.float32(_FULL_SCALE)
    return samples.reshape(-1, packet.channels)
