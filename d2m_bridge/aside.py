"""Questions to libraries that this process had better not ask: another one asks, and a show that plays goes first.

Some keep Python's lock while they look for a sound system, some know only what there was when they began, some cannot
let go of a server that died. A module that answers ends with `answer(...)` where it is run by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from d2m_bridge.errors import D2MError

_WITHIN_S = 20.0
_NICE = 10


def ask(module: str, otherwise: str) -> Mapping[str, Any]:
    """What the module answers: facts, or {"error": one line}. otherwise: that line where no answer comes."""
    command = [sys.executable, "-m", module]
    try:
        asked = subprocess.run(  # noqa: S603 - our own module, started without a shell
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_WITHIN_S, check=True
        )
        said: Mapping[str, Any] = json.loads(asked.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        return {"error": f"{otherwise} ({error})"}
    return said


def answer(find: Callable[[], Mapping[str, Any]]) -> None:
    """Prints what `find` finds, or why it cannot, as JSON."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    with own_output() as out:
        try:
            json.dump(find(), out)
        except D2MError as error:
            json.dump({"error": str(error)}, out)


def own_output() -> TextIO:
    """Standard output for us alone: what libraries print goes to standard error from now on."""
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return ours
