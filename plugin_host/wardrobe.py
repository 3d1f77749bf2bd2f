"""Letters and controls grow with the window, a piece at a time: all at once would stop its pictures for a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PyQt6.QtCore import QObject, Qt, QTimer
from PyQt6.QtWidgets import QWidget

from plugin_host import theme

LARGEST = 3.0
_STEPS = 8  # of scale between a window and one of twice its size
_SETTLED_MS = 80  # an edge that is being dragged moves sooner again


class Wardrobe(QObject):
    """pages: in order of importance, dressed by their children. parts: of the window, dressed whole."""

    def __init__(self, parent: QWidget, parts: Iterable[QWidget], pages: Callable[[], Iterable[QWidget]]) -> None:
        super().__init__(parent)
        self.scale = 1.0
        self._window, self._parts, self._pages = parent, tuple(parts), pages
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLED_MS)
        self._settling.timeout.connect(lambda: self._turn.start())
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._dress_next)

    def fit(self) -> None:
        """The window has another size: at once while nobody sees it, else when it rests."""
        larger = min(self._window.width() / 1280, self._window.height() / 720)
        scale = min(LARGEST, max(1.0, int(larger * _STEPS) / _STEPS))
        if not self._window.isVisible():
            self.scale = scale
            for part in self._parts:
                theme.fit(part, scale)
            self.dress(next(iter(self._pages())))
        elif scale != self.scale or self._settling.isActive():
            self.scale = scale
            self._settling.start()

    def dress(self, page: QWidget) -> None:
        """A page that is about to be seen, now."""
        for piece in _pieces(page):
            theme.fit(piece, self.scale)

    def _dress_next(self) -> None:
        for piece in (*self._parts, *(piece for page in self._pages() for piece in _pieces(page))):
            if piece.property("scale") != self.scale:
                theme.fit(piece, self.scale)
                return
        self._turn.stop()


def _pieces(page: QWidget) -> list[QWidget]:
    return page.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
