"""OSC of a running session, out and in: may be plugged and unplugged while it plays. Knows no Qt."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2m_bridge.osc.inlet import Hear, OscInlet
    from d2m_bridge.osc.targets import OscTargets
    from d2m_bridge.pipeline.control import Control
    from d2m_bridge.pipeline.live import Listener, LiveSession
    from d2m_bridge.sync.session_clock import SessionClock


class Wires:
    """Public methods may be called from any thread, and may wait for a port."""

    def __init__(self, session: LiveSession, control: Control, clock: SessionClock, hear: Hear) -> None:
        self._session, self._control, self._clock, self._hear = session, control, clock, hear
        self._targets: OscTargets | None = None
        self._announcer: Listener | None = None
        self._inlet: OscInlet | None = None
        self._lock = threading.Lock()

    def send(self, target: str, dialect: str) -> None:
        """To HOST:PORT from now on, or to nobody (""). Raises InputError and goes on as before."""
        from d2m_bridge.osc.announcer import OscAnnouncer
        from d2m_bridge.osc.sender import parse_target
        from d2m_bridge.osc.targets import OscTargets, Target

        with self._lock:
            targets = OscTargets([Target(*parse_target(target), dialect)]) if target else None
            announcer = None
            if targets is not None:
                clock, session = self._clock, self._session
                announcer = OscAnnouncer(targets, clock.now, clock.wall_offset, lambda: session.status)
            others = [one for one in self._session.listeners if one is not self._announcer]
            # The session's threads go through the list meanwhile: it is replaced, not changed.
            self._session.listeners = [*others, announcer] if announcer else others
            before, self._targets, self._announcer = self._targets, targets, announcer
        if before is not None:
            before.close()

    def listen(self, port: int) -> None:
        """Obeys what comes to this port of this machine; 0: none. Raises InputError when it is taken."""
        from d2m_bridge.osc.inlet import OscInlet

        with self._lock:
            if self._inlet is not None:
                self._inlet.close()
                self._inlet = None
            if port:
                take = lambda command, _: self._control.obey(command)  # noqa: E731
                self._inlet = OscInlet(port, take, self._control.state, hear=self._hear)
                self._inlet.__enter__()

    @property
    def sent(self) -> tuple[int, int]:
        """Datagrams that went out, and that failed."""
        targets = self._targets
        counts = targets.status() if targets is not None else ()
        return sum(one.sent for one in counts), sum(one.failed for one in counts)

    @property
    def received(self) -> tuple[int, int, str]:
        """Datagrams that came in, that were refused or malformed, and the latest reason."""
        inlet = self._inlet
        return (inlet.received, inlet.refused + inlet.malformed, inlet.last_problem) if inlet else (0, 0, "")

    def close(self) -> None:
        """Safe to call twice."""
        self.send("", "generic")
        self.listen(0)
