"""What a running session is connected to: OSC, MIDI and sinks, plugged and unplugged while it plays. Knows no Qt."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from d2m_bridge import plugins
from d2m_bridge.osc.learn import Learned, Lesson
from plugin_host.live.monitor import Tap

if TYPE_CHECKING:
    from d2m_bridge.osc.inlet import Hear, OscInlet
    from d2m_bridge.osc.targets import OscTargets
    from d2m_bridge.pipeline.control import Control
    from d2m_bridge.pipeline.live import Listener, LiveSession
    from d2m_bridge.sync.midi_control import MidiControl
    from d2m_bridge.sync.midi_out import MidiOut
    from d2m_bridge.sync.session_clock import SessionClock


class Wires:
    """Public methods may be called from any thread, and may wait for a port.

    tap: sees all that passes. learned: what foreign controls mean.
    """

    def __init__(self, session: LiveSession, control: Control, clock: SessionClock, hear: Hear) -> None:
        self.tap = Tap()
        self.learned = Learned((), control.obey)
        self._session, self._control, self._clock, self._masters_hear = session, control, clock, hear
        self._targets: OscTargets | None = None
        self._inlet: OscInlet | None = None
        self._midi_out: MidiOut | None = None
        self._midi_control: MidiControl | None = None
        self._plugged: dict[str, Listener] = {}
        self._lock = threading.Lock()

    def send(self, target: str, dialect: str) -> None:
        """To HOST:PORT from now on, or to nobody (""). Raises InputError and goes on as before."""
        from d2m_bridge.osc.announcer import OscAnnouncer
        from d2m_bridge.osc.sender import parse_target
        from d2m_bridge.osc.targets import OscTargets, Target
        from d2m_bridge.pipeline.standing import standing

        with self._lock:
            targets, announcer = None, None
            clock, session = self._clock, self._session
            if target:
                watch = lambda datagram: self.tap.put(clock.now(), "out", datagram)  # noqa: E731
                targets = OscTargets([Target(*parse_target(target), dialect)], watch=watch)
                announcer = OscAnnouncer(
                    targets, clock.now, clock.wall_offset, lambda: session.status,
                    lambda: standing(session, self._control.sync),
                )  # fmt: skip
            self._plug("osc", announcer)
            session.clip_listeners = [announcer.clip] if announcer else []
            before, self._targets = self._targets, targets
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
                watch = lambda datagram: self.tap.put(self._clock.now(), "in", datagram)  # noqa: E731
                self._inlet = OscInlet(port, take, self._control.state, hear=self._hear, watch=watch)
                self._inlet.__enter__()

    def play_midi(self, port: str) -> None:
        """Notes and clock to this MIDI port; "": to none. Raises InputError and goes on without."""
        from d2m_bridge.sync.midi_listener import MidiListener
        from d2m_bridge.sync.midi_out import MidiOut
        from d2m_bridge.sync.midi_ports import MidiOutPort, parse_port

        with self._lock:
            self._plug("midi", None)
            if self._midi_out is not None:
                self._midi_out.close()
                self._midi_out = None
            if port:
                name, is_new = parse_port(port)
                self._midi_out = MidiOut(MidiOutPort(name, virtual=is_new), self._clock)
                grid = self._session.musician.grid
                self._plug("midi", MidiListener(self._midi_out, grid, self._session.delay_s))

    def take_midi(self, port: str) -> None:
        """Knobs and pads of this MIDI port mean what was learnt; "": of none. Raises InputError and goes on without."""
        from d2m_bridge.sync.midi_control import MidiControl

        with self._lock:
            if self._midi_control is not None:
                self._midi_control.close()
                self._midi_control = None
            if port:
                self._midi_control = MidiControl(port, self._hear_midi)
                self._midi_control.__enter__()

    def teach(self, lessons: Iterable[Lesson]) -> None:
        """These count from now on."""
        self.learned.teach(lessons)

    def add_sink(self, name: str) -> None:
        """One of a plug-in. Raises InputError when it does not work."""
        self._plug(f"sink {name}", plugins.open_sink(name, self._session))

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

    @property
    def link_peers(self) -> int | None:
        """How many others share the beat; None while Link does not lead."""
        from d2m_bridge.sync.link import LinkPeer

        master = self._session.musician.master
        return master.peers if isinstance(master, LinkPeer) else None

    def close(self) -> None:
        """Safe to call twice."""
        self.send("", "generic")
        self.listen(0)
        self.play_midi("")
        self.take_midi("")
        for name, sink in tuple(self._plugged.items()):
            self._plug(name, None)
            plugins.close_sink(sink)

    def _plug(self, name: str, listener: Listener | None) -> None:
        """In place of the one of this name, or of none."""
        before = self._plugged.pop(name, None)
        if listener is not None:
            self._plugged[name] = listener
        others = [one for one in self._session.listeners if one is not before]
        # The session's threads go through the list meanwhile: it is replaced, not changed.
        self._session.listeners = [*others, listener] if listener is not None else others

    def _hear(self, address: str, arguments: Sequence[object]) -> bool:
        return self._masters_hear(address, arguments) or self.learned.hear(address, arguments)

    def _hear_midi(self, source: str, values: Sequence[object]) -> bool:
        value = values[0] if values else 0.0
        self.tap.put(self._clock.now(), "in", (source, value if isinstance(value, float) else 0.0))
        return self.learned.hear(source, values)
