"""A take as a Lua script for Ardour, which imports it at the bar of the playhead.

Ardour's session files change from version to version; what its scripts can call has stayed.
"""

from __future__ import annotations

from pathlib import Path

from d2m_bridge.daw.kit import ARDOUR_SCRIPT


def ardour_script(log: Path, name: str) -> str:
    """The text of the script. log: absolute path of the take's event log."""
    script = ARDOUR_SCRIPT.content().decode()
    for before, after in (
        ("local TAKE = nil", f"local TAKE = {_quoted(str(log))}"),
        ('name = "Insert d2m take"', f"name = {_quoted(f'Insert d2m take {name}')}"),
    ):
        script = script.replace(before, after, 1)
    return script


def _quoted(text: str) -> str:
    """As Lua writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
