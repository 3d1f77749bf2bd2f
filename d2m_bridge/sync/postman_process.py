"""Starts, feeds and replaces a process that sends what is due (postman.py).

Two threads: one hands the process its letters and may wait for its pipe, the other hears its reports and starts
another when it has ended; one that is stuck is ended. Whoever posts never waits. A letter is kept until its report
comes, so that the next process gets what the last one left.
"""

from __future__ import annotations

import itertools
import json
import logging
import math
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import IO

from d2m_bridge.errors import InputError
from d2m_bridge.sync.post import FORGET, REPORT_BYTES, Fate, Letter, Report
from d2m_bridge.sync.schedule import ROOM

log = logging.getLogger(__name__)

_OPENS_WITHIN_S = 20.0
_ENDS_WITHIN_S = 1.0
_AGAIN_AFTER_S = 1.0  # from start to start, when it does not hold
_STUCK_AFTER_S = 5.0  # without a report, while something should have left so long ago
_SAID_FOR_S = 5.0
_LATENESS_KEPT = 20_000


class PostmanProcess:
    """name: of what it sends to. lateness: seconds after due at which each of the latest letters left that was posted
    in time. missed: letters that were not sent, for their time was over or ROOM others waited.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        told: Callable[[Letter, Fate], None] = lambda letter, fate: None,
        descriptors: Sequence[int] = (),
    ) -> None:
        """module: is run with these arguments, and inherits these file descriptors. told: of every letter what became
        of it; on a thread of this, must return at once. Raises InputError when what it sends to does not open.
        """
        self._command = [sys.executable, "-m", module, *arguments]
        self._descriptors, self._told = tuple(descriptors), told
        self.missed = 0
        self.lateness: deque[float] = deque(maxlen=_LATENESS_KEPT)
        self._numbers = itertools.count(1)
        self._posted: dict[int, tuple[Letter, bool]] = {}  # no report yet; whether it was posted in time
        self._unread: deque[Letter] = deque()  # not handed over yet: a part of _posted, and FORGET
        self._changed = threading.Condition()
        self._is_open = True
        self._heard_at = math.inf  # when it last spoke; inf before it has opened
        self._lost_at: float | None = None  # when a process ended; None: that was made good long ago
        self.name = ""
        self._hello: queue.Queue[dict[str, str]] = queue.Queue(1)  # the first process's
        self._process = self._start()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
        self._thread.start()
        try:
            said = self._hello.get(timeout=_OPENS_WITHIN_S)
        except queue.Empty:
            said = {"error": f"a sender does not start within {_OPENS_WITHIN_S:g} s; close other programs"}
        if "error" in said:
            self.close()
            raise InputError(said["error"])
        self.name = said["name"]

    def post(self, *letters: Letter) -> bool:
        """All or none, when there is no room. Never waits."""
        with self._changed:
            now = time.perf_counter()
            if self._is_stuck(now):
                self._process.kill()
            if not self._is_open or len(self._posted) + len(letters) > ROOM:
                self.missed += len(letters)
                return False
            for letter in letters:
                numbered = replace(letter, number=next(self._numbers))
                self._posted[numbered.number] = numbered, letter.due >= now
                self._unread.append(numbered)
            self._changed.notify_all()
        return True

    def forget(self) -> None:
        """What is not due yet is not sent."""
        with self._changed:
            self._posted.clear()
            self._unread = deque([FORGET])
            self._changed.notify_all()

    @property
    def problem(self) -> str | None:
        """In words, while there is no process, and for some seconds after; None while all is well."""
        lost_at = self._lost_at
        if lost_at is None or time.monotonic() - lost_at > _SAID_FOR_S:
            return None
        return f"the process that sends {self.name} has ended; another takes over"

    def close(self) -> None:
        """What waits is not sent any more. Safe to call twice."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        self._thread.join(_ENDS_WITHIN_S)
        self._process.kill()
        self._thread.join()

    def _is_stuck(self, now: float) -> bool:
        oldest = next(iter(self._posted.values()), None)
        since = now - _STUCK_AFTER_S
        return self._heard_at < since and oldest is not None and oldest[0].due < since

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own module, started without a shell
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pass_fds=self._descriptors,
        )

    def _run(self) -> None:
        while True:
            process, started = self._process, time.monotonic()
            assert process.stdin is not None and process.stdout is not None  # noqa: S101 - they are pipes
            giving = threading.Thread(target=self._give, args=(process,), name="postman's letters", daemon=True)
            giving.start()
            has_opened = self._hear(process.stdout)
            process.kill()
            code = process.wait()
            with self._changed:
                self._changed.notify_all()
            giving.join()
            process.stdout.close()
            if not has_opened and self._lost_at is None:
                return  # the first one: the constructor says why
            if has_opened and self._is_open:
                log.warning("the process that sends %s has ended (%d); another takes over", self.name, code)
            if not self._replace(started):
                return

    def _give(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        with process.stdin as pipe:
            while True:
                with self._changed:
                    while not self._unread and self._is_open and process.returncode is None:
                        self._changed.wait()
                    if not self._is_open or process.returncode is not None:
                        return
                    letters = b"".join(letter.pack() for letter in self._unread)
                    self._unread.clear()
                try:
                    pipe.write(letters)
                except OSError:  # it has ended; the next one is given them again
                    return

    def _hear(self, out: IO[bytes]) -> bool:
        """Until it ends. Whether it has opened what it sends to."""
        line = b""
        while not line.endswith(b"\n") and (data := out.read(1)):
            line += data
        said = json.loads(line or b'{"error": "a sender has ended at its start"}')
        if self._lost_at is None:
            self._hello.put(said)
        self._heard_at = time.perf_counter()
        record = b""
        while data := out.read(REPORT_BYTES - len(record)):
            record += data
            if len(record) == REPORT_BYTES:
                self._heard_at = time.perf_counter()
                self._note(Report.unpack(record))
                record = b""
        return "name" in said

    def _note(self, report: Report) -> None:
        with self._changed:
            posted = self._posted.pop(report.number, None)
        if posted is None:  # forgotten, and gone all the same
            return
        letter, in_time = posted
        if report.fate is Fate.MISSED:
            self.missed += 1
        elif in_time and report.fate.has_left:
            self.lateness.append(report.t - letter.due)
        self._told(letter, report.fate)

    def _replace(self, started: float) -> bool:
        """After a process has ended. Whether there is another."""
        self._lost_at, self._heard_at = time.monotonic(), math.inf
        process = None
        while process is None:
            with self._changed:
                while self._is_open and (wait_s := started + _AGAIN_AFTER_S - time.monotonic()) > 0:
                    self._changed.wait(wait_s)
                if not self._is_open:
                    return False
            started = time.monotonic()
            try:
                process = self._start()
            except OSError as error:
                log.warning("a sender does not start: %s", error)
        with self._changed:
            self._process = process
            oldest = time.perf_counter() - _AGAIN_AFTER_S
            kept = {number: posted for number, posted in self._posted.items() if posted[0].due > oldest}
            self.missed += len(self._posted) - len(kept)
            self._posted = kept
            # FORGET: what the last one has begun it could not end.
            self._unread = deque([FORGET, *(letter for letter, _ in kept.values())])
            if not self._is_open:
                process.kill()
        return True


def moment(due: float, now: Callable[[], float]) -> float:
    """What time.perf_counter shows when the clock `now` shows `due`, as far as that clock goes on as it does."""
    # Another thread may come between the two looks; that can only make the difference too small.
    return due + max(time.perf_counter() - now() for _ in range(3))
