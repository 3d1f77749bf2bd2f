"""d2m live --sink count: a sink that counts beats and accents, and says how many at the end."""

from __future__ import annotations

from collections import Counter

from d2m_bridge.pipeline.live import LiveSession
from d2m_bridge.pipeline.perception import Look
from d2m_bridge.timeline import Event


class Count:
    """See d2m_bridge.pipeline.live.Listener: called on the session's threads, so it returns at once."""

    def __init__(self) -> None:
        self.heard_of: Counter[str] = Counter()

    def ahead(self, event: Event, due: float) -> None:
        """An event was decided; it will be heard at `due` on the session clock."""

    def heard(self, event: Event, due: float) -> None:
        """It is heard now."""
        self.heard_of[type(event).__name__] += 1

    def seen(self, look: Look) -> None:
        """The latest picture, and everyone in it."""

    def close(self) -> None:
        """The session ends."""
        print(", ".join(f"{count} {name}" for name, count in sorted(self.heard_of.items())))


def open_sink(session: LiveSession) -> Count:
    """session: has started; its clock is session.now()."""
    return Count()
