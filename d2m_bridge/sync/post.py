"""What a session and a process that sends for it (postman.py) say to each other, as bytes. No pipe is opened here."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from d2m_bridge.sync.schedule import LATEST_S

_LETTER = struct.Struct("<QddBIH")
_REPORT = struct.Struct("<QdB")
REPORT_BYTES = _REPORT.size


@dataclass(frozen=True, slots=True)
class Letter:
    """Bytes that are to leave at `due`, by time.perf_counter, which all processes share.

    target: which of several receivers, or whatever else the sender has to know. rank, latest_s: see Schedule.
    number: each letter's own, from the one who posts it.
    """

    due: float
    data: bytes
    target: int = 0
    rank: int = 0
    latest_s: float = LATEST_S
    number: int = 0

    def pack(self) -> bytes:
        """As LetterReader takes it."""
        head = _LETTER.pack(self.number, self.due, self.latest_s, self.rank, self.target, len(self.data))
        return head + self.data


FORGET = Letter(0.0, b"")  # in place of a letter: all before it that are not due yet are not sent


class LetterReader:
    """Letters from bytes that may be cut anywhere."""

    def __init__(self) -> None:
        self._rest = b""

    def push(self, data: bytes) -> Iterator[Letter]:
        """Those that are complete."""
        self._rest += data
        while len(self._rest) >= _LETTER.size:
            number, due, latest_s, rank, target, size = _LETTER.unpack_from(self._rest)
            end = _LETTER.size + size
            if len(self._rest) < end:
                return
            data, self._rest = self._rest[_LETTER.size : end], self._rest[end:]
            yield Letter(due, data, target, rank, latest_s, number)


class Fate(IntEnum):
    """What became of a letter. RETURNED: the system took it, and told that an earlier one had come back. FAILED: the
    system did not take it. MISSED: it was not sent, for its time was over.
    """

    SENT = 0
    RETURNED = 1
    FAILED = 2
    MISSED = 3

    @property
    def has_left(self) -> bool:
        """The system took it."""
        return self in (Fate.SENT, Fate.RETURNED)


@dataclass(frozen=True, slots=True)
class Report:
    """t: when the system had taken the letter of this number, or it was given up, by time.perf_counter."""

    number: int
    t: float
    fate: Fate

    def pack(self) -> bytes:
        """REPORT_BYTES bytes."""
        return _REPORT.pack(self.number, self.t, self.fate)

    @classmethod
    def unpack(cls, record: bytes) -> Report:
        """The inverse of pack."""
        number, t, fate = _REPORT.unpack(record)
        return cls(number, t, Fate(fate))
