"""docs/keys.md, written from the table of keys.

`python -m plugin_host.keys_reference > docs/keys.md` renews it.
"""

from __future__ import annotations

import sys
from itertools import groupby

from plugin_host.keys import KEYS, spelled
from plugin_host.words import word

_HEAD = """# Keys of the desktop host

F1 shows them on a sheet. Every control of the live page has one, and its tooltip names it; the same controls obey
[OSC](osc.md). Space and Esc work on every page, the other keys of the music on the live page and in stage mode. While
you type into a field the keys are the field's.
"""


def keys_markdown() -> str:
    """The whole page."""
    parts = [_HEAD]
    for group, rows in groupby(KEYS, key=lambda row: row.group):
        lines = [f"| {spelled(row)} | {row.meaning} |" for row in rows]
        parts.append("\n".join((f"\n## {word(group)}\n", "| key | |", "|---|---|", *lines, "")))
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(keys_markdown())
