"""Place and size of the window in a word, WIDTHxHEIGHT+X+Y, as X11 has it."""

from __future__ import annotations

import re

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QGuiApplication

_WORD = re.compile(r"(\d{2,5})x(\d{2,5})([+-]\d{1,5})([+-]\d{1,5})")
_SEEN = 80  # pixels of it that must lie on a screen


def spoken_geometry(place: QRect) -> str:
    """For the settings."""
    return f"{place.width()}x{place.height()}{place.x():+d}{place.y():+d}"


def geometry_of(text: str) -> QRect | None:
    """None for what is no such word, and for a place on a screen that is no longer there."""
    found = _WORD.fullmatch(text)
    if found is None:
        return None
    width, height, x, y = (int(number) for number in found.groups())
    place = QRect(x, y, width, height)
    parts = (place & screen.availableGeometry() for screen in QGuiApplication.screens())
    return place if any(part.width() >= _SEEN and part.height() >= _SEEN for part in parts) else None
