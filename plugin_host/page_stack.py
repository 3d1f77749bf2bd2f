"""The pages of the window, of which one is shown. While the window is resized they keep the size that they had: laid
out anew at every step of an edge that is dragged, they would also have to be painted anew.
"""

from __future__ import annotations

from PyQt6.QtCore import QRect, QSize
from PyQt6.QtWidgets import QStackedLayout, QWidget


class _Patient(QStackedLayout):
    """Passes a size on at once, except to pages that are seen in a window of another size than before."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._widget = parent
        self._of = QSize()  # the window's size that the pages know

    def setGeometry(self, rect: QRect) -> None:
        if not self._widget.isVisible() or self._size_of_window == self._of:
            self.settle(rect)

    def settle(self, rect: QRect) -> None:
        self._of = self._size_of_window
        super().setGeometry(rect)

    @property
    def _size_of_window(self) -> QSize:
        window = self._widget.window()
        return QSize() if window is None else window.size()


class PageStack(QWidget):
    """One page at a time, as large as this; settle() when the window rests."""

    def __init__(self) -> None:
        super().__init__()
        self._pages = _Patient(self)

    def add(self, page: QWidget) -> None:
        """One more; the first is shown."""
        self._pages.addWidget(page)

    def show_page(self, page: QWidget) -> None:
        """One of those that were added."""
        self.settle()
        self._pages.setCurrentWidget(page)

    @property
    def page(self) -> QWidget | None:
        """The one that is shown."""
        return self._pages.currentWidget()

    def settle(self) -> None:
        """The pages take the size that there is."""
        self._pages.settle(self.rect())
