"""A list of devices that come and go."""

from __future__ import annotations

from PyQt6.QtWidgets import QComboBox


def offer(box: QComboBox, entries: list[tuple[str, str]], wanted: str, missing: str) -> None:
    """Fills a list with (value, text); what was wanted stays listed when it is not there. Leaves an open list alone."""
    if wanted not in (value for value, _ in entries):
        entries = [*entries, (wanted, missing.format(wanted))]
    present = [(str(box.itemData(index)), box.itemText(index)) for index in range(box.count())]
    view = box.view()
    if (present == entries and box.currentData() == wanted) or (view is not None and view.isVisible()):
        return
    box.clear()
    for value, text in entries:
        box.addItem(text, value)
    box.setCurrentIndex(box.findData(wanted))
