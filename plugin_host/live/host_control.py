"""A session's control that also remembers what takes until the next bar, so that a pressed button can show it."""

from __future__ import annotations

from d2m_bridge.osc import commands as do
from d2m_bridge.pipeline.control import Control


class HostControl(Control):
    """asked: the section that somebody asked for; the window clears it when it is heard, "" before any."""

    asked = ""

    def obey(self, command: do.Command) -> None:
        """See Control."""
        super().obey(command)
        if isinstance(command, do.SetSection):
            self.asked = command.section
