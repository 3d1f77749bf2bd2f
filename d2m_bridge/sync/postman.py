"""The inside of a process that sends what is due, at its moment, and says of each thing when it left.

In, on its standard input: letters (post.py). Out: one line of JSON, the name of what it sends to or why that does not
open, then a report of each letter that was not forgotten. It ends when its input ends; what waits then is not sent.

It is a process of its own because a thread of the session gets its turn late: Python's lock is held by whatever looks
and composes, for ten milliseconds and more on a busy machine. This process has nothing else to do, and where it may
(Linux: a limit `rtprio`, as users of JACK have it) it goes before all those that do.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Protocol

from d2m_bridge.errors import InputError
from d2m_bridge.sync.post import FORGET, Fate, Letter, LetterReader, Report
from d2m_bridge.sync.schedule import Schedule

_AWAKE_S = 0.0002  # the last stretch is waited for awake: Linux lets a sleeper lie 0.05 ms longer than it asked
_READ_BYTES = 1 << 12  # sorting in more than this at once would keep what is due


class Round(Protocol):
    """What a postman goes to. name: of it."""

    name: str

    def deliver(self, letter: Letter) -> Fate:
        """Sends it now, without waiting. Raises nothing."""
        ...

    def forget(self) -> None:
        """Ends what letters have begun that are forgotten, or that no process will send any more."""
        ...


def serve(open_round: Callable[[], Round]) -> None:
    """Sends until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the session, which then closes our input
    out = os.dup(1)
    os.dup2(2, 1)  # libraries that talk must not talk into the reports
    try:
        opened = open_round()
    except InputError as error:
        os.write(out, json.dumps({"error": str(error)}).encode() + b"\n")
        return
    if sys.platform == "linux":
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    with contextlib.suppress(BrokenPipeError):  # nobody listens any more
        os.write(out, json.dumps({"name": opened.name}).encode() + b"\n")
        _Postman(opened, out).work()
    opened.forget()


class _Postman:
    def __init__(self, opened: Round, out: int) -> None:
        self._round, self._out = opened, out
        self._waiting = Schedule[Letter]()
        self._reader = LetterReader()

    def work(self) -> None:
        while True:
            due = self._waiting.next_due
            wait_s = None if due is None else max(0.0, due - time.perf_counter() - _AWAKE_S)
            if select.select([0], [], [], wait_s)[0]:
                data = os.read(0, _READ_BYTES)
                if not data:
                    return
                for letter in self._reader.push(data):
                    self._sort(letter)
            while (due := self._waiting.next_due) is not None and due - time.perf_counter() <= _AWAKE_S:
                while (now := time.perf_counter()) < due:
                    pass
                letter, is_missed = self._waiting.take(now)
                self._report(letter, Fate.MISSED if is_missed else self._round.deliver(letter))

    def _sort(self, letter: Letter) -> None:
        if letter == FORGET:
            self._waiting.clear()
            self._round.forget()
        else:
            now = time.perf_counter()
            if not self._waiting.put(letter, letter.due, now, rank=letter.rank, latest_s=letter.latest_s):
                self._report(letter, Fate.MISSED)

    def _report(self, letter: Letter, fate: Fate) -> None:
        os.write(self._out, Report(letter.number, time.perf_counter(), fate).pack())
