"""Starts, feeds and ends the process that plays (player.py)."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections import deque
from typing import IO

from d2m_bridge.audio.player import RECORD_BYTES, Facts, Report
from d2m_bridge.errors import DeviceError
from d2m_bridge.timeline import Float32

_OPENS_WITHIN_S = 20.0
_ENDS_WITHIN_S = 1.0
_REPORTS_KEPT = 2048


class PlayerProcess:
    """A device that plays. facts: of the device. Write and take from one thread."""

    def __init__(self, device: str | int | None, sample_rate: int) -> None:
        """Raises DeviceError when there is no such device or it does not open."""
        name = "" if device is None else str(device)
        self._process = subprocess.Popen(  # noqa: S603 - our own module, started without a shell
            [sys.executable, "-m", "d2m_bridge.audio.player", name, str(sample_rate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101 - they are pipes
        self._in, self._out = self._process.stdin, self._process.stdout
        self._hello: queue.Queue[bytes] = queue.Queue(1)
        self._reports: deque[Report] = deque(maxlen=_REPORTS_KEPT)
        self._thread = threading.Thread(target=self._listen, args=(self._out,), name="audio reports", daemon=True)
        self._thread.start()
        try:
            said = json.loads(self._hello.get(timeout=_OPENS_WITHIN_S) or b'{"error": "the player has ended"}')
            if "error" in said:
                raise DeviceError(said["error"])
        except queue.Empty:
            self.close()
            raise DeviceError(
                f"the sound device {name or 'default'!r} does not open within {_OPENS_WITHIN_S:g} s; "
                "see `d2m devices`, or use --audio null"
            ) from None
        except DeviceError:
            self.close()
            raise
        self.facts = Facts(**said)

    def write(self, frames: Float32) -> None:
        """Gives it float32 [N, 2] at the device's rate. Raises DeviceError when it has ended."""
        try:
            self._in.write(frames.tobytes())
        except OSError:
            raise DeviceError("it has stopped") from None

    def take(self) -> list[Report]:
        """What it has reported since the last call. Raises DeviceError when it has ended."""
        if not self._reports and not self._thread.is_alive():
            raise DeviceError("it has stopped")
        return [self._reports.popleft() for _ in range(len(self._reports))]

    def close(self) -> None:
        """Ends it. Safe to call twice."""
        self._in.close()
        try:
            self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()
        self._out.close()

    def _listen(self, out: IO[bytes]) -> None:
        line = b""
        while not line.endswith(b"\n") and (data := out.read(1)):
            line += data
        self._hello.put(line)
        record = b""
        while data := out.read(RECORD_BYTES - len(record)):
            record += data
            if len(record) == RECORD_BYTES:
                self._reports.append(Report.unpack(record))
                record = b""
