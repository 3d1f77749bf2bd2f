"""Tells the status strip how things stand, at a pace that can be read, and the performer what is wrong for long."""

from __future__ import annotations

import time
from datetime import datetime

from PyQt6.QtCore import QT_TRANSLATE_NOOP

from plugin_host.keys import SYNC_NAMES
from plugin_host.live.controller import LiveLook
from plugin_host.live.headroom import Headroom
from plugin_host.messages import Messages
from plugin_host.widgets.basics import DASH
from plugin_host.widgets.status_strip import StatusStrip
from plugin_host.words import translate, word

EVERY_S = 0.4
_SCARCE = 0.1  # of the processor
_SYNC_WORDS = {
    "ok": QT_TRANSLATE_NOOP("Status", "locked"),
    "warn": QT_TRANSLATE_NOOP("Status", "waiting"),
    "error": QT_TRANSLATE_NOOP("Status", "lost"),
}
_TROUBLE_S = 3.0  # a single drop-out is a number; for so long it is a warning


class StatusReporter:
    """Call `report` as often as you like."""

    def __init__(self, strip: StatusStrip, messages: Messages) -> None:
        self._strip, self._messages = strip, messages
        self._next = 0.0
        self._rate = self._buffer_ms = 0
        self._headroom = Headroom()
        self._underruns = 0
        self._trouble_since: float | None = None
        self._told: set[str] = set()

    def begin(self, sample_rate: int, buffer_ms: int) -> None:
        """A new session."""
        self._rate, self._buffer_ms = sample_rate, buffer_ms
        self._underruns, self._trouble_since = 0, None

    def report(self, look: LiveLook | None) -> None:
        """look: None without a session."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY_S
        show = self._strip.show_value
        show("clock", datetime.now().astimezone().strftime("%H:%M:%S"))
        show("errors", str(self._messages.errors), "error" if self._messages.errors else "")
        free = self._headroom()
        show("free", f"{100 * free:.0f} %", "warn" if free < _SCARCE else "")
        if look is None:
            self._strip.show_names(DASH, DASH, sound_lost=False)
            for name in ("rate", "buffer", "latency", "underruns", "poses", "sync"):
                show(name, DASH)
            return
        self._report_session(look, now)

    def _report_session(self, look: LiveLook, now: float) -> None:
        show, status = self._strip.show_value, look.status
        self._strip.show_names(status.output, status.watch.camera, sound_lost=status.output_lost)
        show("rate", f"{self._rate / 1000:g} kHz")
        show("buffer", f"{self._buffer_ms} ms")
        show("latency", f"{1000 * look.delay_s - look.positions.latency_ms:.0f} ms")
        show("underruns", str(status.underruns), "warn" if status.underruns > self._underruns else "")
        show(
            "poses",
            translate("Status", "none") if status.watch.stalled else f"{status.watch.fps:.1f}/s",
            "warn" if status.watch.stalled else "",
        )
        source, (level, _) = word(SYNC_NAMES[look.positions.sync]), look.sync
        show("sync", f"{source}: {translate('Status', _SYNC_WORDS[level])}", level)
        self._watch_underruns(status.underruns, now)
        lost = translate("Status", "The sound device {} is gone: plug it in again").format(status.output)
        self._tell("error", lost, there=status.output_lost)
        self._tell("error", status.error or "", there=status.error is not None)

    def _watch_underruns(self, underruns: int, now: float) -> None:
        more, self._underruns = underruns > self._underruns, underruns
        if not more:
            self._trouble_since = None
        elif self._trouble_since is None:
            self._trouble_since = now
        lasting = self._trouble_since is not None and now - self._trouble_since > _TROUBLE_S
        advice = translate("Status", "The sound breaks up: close other programs, or choose a longer delay in Set-up")
        self._tell("warn", advice, there=lasting)

    def _tell(self, level: str, text: str, *, there: bool) -> None:
        """Once when it begins, and clear it when it is over."""
        topic = f"status-{level}-{text[:12]}" if text else "status-error-"
        if there and topic not in self._told:
            self._told.add(topic)
            self._messages.say("error" if level == "error" else "warn", text, topic=topic, lasts=True)
        elif not there and topic in self._told:
            self._told.discard(topic)
            self._messages.settle(topic)
