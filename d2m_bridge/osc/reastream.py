"""ReaStream packets: audio over UDP as REAPER's ReaStream plug-in reads and writes it. Sans-IO.

Cockos published the format with the plug-in. It has no sequence numbers: a lost packet is a piece of sound that is
missing, and nobody can tell. Use it on one machine or a cable.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Float32

PORT = 58710
MAX_CHANNELS = 64
DEFAULT_IDENTIFIER = "default"

_MAGIC = b"MRSR"
# magic, size of the whole packet, identifier (zero padded, the last byte is 0), channels, rate, bytes of samples
_HEAD = struct.Struct("<4si32sBih")
_IDENTIFIER_BYTES = 31
_MAX_SAMPLE_BYTES = 1200
_FLOAT = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class ReaStreamPacket:
    """samples: float32 [N, C]. identifier: the name under which sender and receiver find each other."""

    identifier: str
    rate: int
    samples: Float32


def encode(samples: Float32, rate: int, identifier: str = DEFAULT_IDENTIFIER) -> list[bytes]:
    """Packets of float32 [N, C], bit exact. Raises InputError for an identifier that does not fit."""
    name = identifier.encode("ascii", "replace")
    if not 0 < len(name) <= _IDENTIFIER_BYTES or b"?" in name:
        raise InputError(f"ReaStream identifier {identifier!r}: expected 1 to {_IDENTIFIER_BYTES} ASCII characters")
    channels = samples.shape[1]
    if not 1 <= channels <= MAX_CHANNELS:
        raise ValueError(f"ReaStream carries 1 to {MAX_CHANNELS} channels, got {channels}")
    step = _MAX_SAMPLE_BYTES // (channels * _FLOAT.itemsize)
    packets = []
    for first in range(0, len(samples), step):
        planar = samples[first : first + step].T.astype(_FLOAT).tobytes()  # [N, C] -> [C, N]
        packets.append(_HEAD.pack(_MAGIC, _HEAD.size + len(planar), name, channels, rate, len(planar)) + planar)
    return packets


def decode(datagram: bytes) -> ReaStreamPacket | None:
    """The packet; None when it is not a whole ReaStream packet of audio."""
    if not datagram.startswith(_MAGIC) or len(datagram) < _HEAD.size:
        return None
    _, size, name, channels, rate, count = _HEAD.unpack_from(datagram)
    if (
        size != len(datagram)
        or size != _HEAD.size + count
        or not 1 <= channels <= MAX_CHANNELS
        or not 1 <= rate <= 768_000
        or count % (channels * _FLOAT.itemsize)
    ):
        return None
    samples = np.frombuffer(datagram, _FLOAT, offset=_HEAD.size).astype(np.float32)
    identifier = name.split(b"\0", 1)[0].decode("ascii", "replace")
    return ReaStreamPacket(identifier, rate, np.ascontiguousarray(samples.reshape(channels, -1).T))
