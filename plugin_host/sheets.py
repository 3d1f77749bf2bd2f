"""The sheet that lies over the pages, if one does."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QWidget

from plugin_host import theme
from plugin_host.messages import Messages
from plugin_host.widgets.overlay import Overlay, keys_overlay, log_overlay


class Sheets(QObject):
    """shown: the one that lies there. over: what it covers; scale: of its letters, see theme.fit."""

    def __init__(self, over: QWidget, messages: Messages, scale: Callable[[], float]) -> None:
        super().__init__(over)
        self.shown: Overlay | None = None
        self._over, self._messages, self._scale = over, messages, scale

    def turn(self, name: str) -> None:
        """Shows the sheet "help" or "log", or puts away the one that is there."""
        if self.shown is not None:
            self.put_away()
            return
        self.shown = keys_overlay(self._over) if name == "help" else log_overlay(self._over, self._messages.history)
        self.shown.closed.connect(self._forget)
        theme.fit(self.shown, self._scale())
        self.shown.show()
        self.shown.raise_()

    def put_away(self) -> None:
        """Whatever lies there."""
        if self.shown is not None:
            self.shown.close()

    def _forget(self) -> None:
        self.shown = None
