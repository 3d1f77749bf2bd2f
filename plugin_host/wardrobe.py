"""Letters and controls grow with the window, a piece at a time: all at once would stop its pictures for a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PyQt6.QtCore import QObject, Qt, QTimer
from PyQt6.QtWidgets import QWidget

from plugin_host import theme
from plugin_host.curtain import Curtain
from plugin_host.page_stack import PageStack

LARGEST = 3.0
_STEPS = 8  # of scale between a window and one of twice its size
_SETTLED_MS = 80  # an edge that is being dragged moves sooner again
_TURN_MS = 5  # between two pieces: other events come first


class Wardrobe(QObject):
    """stack: of the pages. curtain: hides them meanwhile. parts: of the window, dressed whole. pages: the one that is
    shown first, dressed by their children.
    """

    def __init__(
        self,
        parent: QWidget,
        stack: PageStack,
        curtain: Curtain,
        parts: Iterable[QWidget],
        pages: Callable[[], Sequence[QWidget]],
    ) -> None:
        super().__init__(parent)
        self.scale = 1.0
        self._window, self._stack, self._curtain = parent, stack, curtain
        self._parts, self._pages = tuple(parts), pages
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLED_MS)
        self._settling.timeout.connect(self._settle)
        # Its picture costs as much as the first painting at another size: one after the other.
        self._hanging = QTimer(self)
        self._hanging.setSingleShot(True)
        self._hanging.setInterval(_TURN_MS)
        self._hanging.timeout.connect(curtain.draw)
        self._turn = QTimer(self)
        self._turn.setInterval(_TURN_MS)
        self._turn.timeout.connect(self._dress_next)

    def fit(self) -> None:
        """The window has another size: at once while nobody sees it, else when it rests."""
        larger = min(self._window.width() / 1280, self._window.height() / 720)
        scale = min(LARGEST, max(1.0, int(larger * _STEPS) / _STEPS))
        self.scale = scale
        if self._window.isVisible():
            self._turn.stop()
            if not self._hanging.isActive():
                self._hanging.start()
            self._settling.start()
        else:
            for part in self._parts:
                theme.fit(part, scale)
            self.dress(self._pages()[0])
            self._turn.start()  # the others: once the window is seen, and before somebody wants to see them

    def dress(self, page: QWidget) -> None:
        """A page that is about to be seen, now."""
        for piece in _pieces(page):
            theme.fit(piece, self.scale)

    def present(self, page: QWidget) -> None:
        """A page that is seen from now on, a piece at a time."""
        if self._window.isVisible():
            self._curtain.rise(_pieces(page))

    def _settle(self) -> None:
        self._stack.settle()
        self._turn.start()

    def _dress_next(self) -> None:
        shown, *others = self._pages()
        if not self._dressed((*self._parts, *_pieces(shown))):
            return
        self._curtain.open(_pieces(shown))
        if self._dressed(piece for page in others for piece in _pieces(page)):
            self._turn.stop()

    def _dressed(self, pieces: Iterable[QWidget]) -> bool:
        """All of them; if not, one more is now."""
        for piece in pieces:
            if piece.property("scale") != self.scale:
                theme.fit(piece, self.scale)
                for part in piece.findChildren(QWidget):
                    part.ensurePolished()  # else a page pays for all of them when it is first shown
                return False
        return True


def _pieces(page: QWidget) -> list[QWidget]:
    return page.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
