"""What a live session tells its listeners, kept for whoever draws the next picture."""

from __future__ import annotations

from d2m_bridge.pipeline.perception import Look
from d2m_bridge.timeline import AccentEvent, EnergyEvent, Event, SectionEvent


class Witness:
    """A session listener. Written by the session's threads and read by the window: each value is replaced whole.

    accent: the dancer's latest. energy: 0..1. section: the one that is heard, "" before any.
    """

    def __init__(self) -> None:
        self.accent: AccentEvent | None = None
        self.energy = 0.0
        self.section = ""

    def ahead(self, event: Event, due: float) -> None:
        """See Listener."""

    def heard(self, event: Event, due: float) -> None:
        """See Listener."""
        match event:
            case AccentEvent():
                self.accent = event
            case EnergyEvent():
                self.energy = event.value
            case SectionEvent():
                self.section = event.section

    def seen(self, look: Look) -> None:
        """See Listener."""
