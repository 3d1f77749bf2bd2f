"""The process that renders one clip: python -m plugin_host.offline.worker.

It reads one JSON object from stdin and writes JSON lines to stdout: {"stage", "part"} while it works, then {"done"} or
{"error"}. When stdin ends it stops and tidies up: so it does when it is cancelled, and when the window is gone.
"""

from __future__ import annotations

import _thread
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.cli.interrupt import interrupt
from d2m_bridge.errors import D2MError

if TYPE_CHECKING:
    from d2m_bridge.pipeline.render import Report
    from d2m_bridge.pose.estimator import PoseEstimator

_TELL_EVERY_S = 0.1
_NICE = 10  # a show that plays meanwhile goes first


def main() -> int:
    """The exit code says nothing that the lines do not."""
    task = json.loads(sys.stdin.readline())
    if hasattr(os, "nice"):
        os.nice(_NICE)
    with interrupt.listening():
        threading.Thread(target=_watch_stdin, name="stdin", daemon=True).start()
        try:
            report = _render(task)
        except BaseException as error:  # noqa: BLE001 - the window must hear of everything
            if interrupt.came:
                # All is tidied up; on the usual way out a library's thread cut off in its work aborts the process.
                os._exit(1)
            _say({"error": str(error) if isinstance(error, D2MError) else f"{type(error).__name__}: {error}"})
            return 1
    _say({"done": _facts(report)})
    return 0


def _render(task: dict[str, object]) -> Report:
    from d2m_bridge.engine.feel import Feel
    from d2m_bridge.pipeline.kinds import load_model
    from d2m_bridge.pipeline.render import RenderOptions, render
    from d2m_bridge.pose.choose import pose_opener

    teller = _Teller()
    with interrupt.waiting():
        models = load_model(Path(str(task["model"])), task["device"])  # type: ignore[arg-type]
    open_pose = pose_opener(
        str(task["pose"]),
        task["device"],  # type: ignore[arg-type]
        lambda what, done, total: teller.tell(what, done / total if total else 0.0),
    )
    options = RenderOptions(
        style=str(task["style"] or models.manifest.styles[0].name),
        seed=task["seed"],  # type: ignore[arg-type]
        tempo=task["tempo"],  # type: ignore[arg-type]
        bpm=task["bpm"],  # type: ignore[arg-type]
        stems=bool(task["stems"]),
        key=str(task["key"]),
        feel=Feel(*(float(task[name]) for name in ("intensity", "density", "complexity", "swing"))),  # type: ignore[arg-type]
    )

    def open_estimator() -> PoseEstimator:
        with interrupt.waiting():
            return open_pose()

    return render(Path(str(task["path"])), Path(str(task["out"])), options, models, open_estimator, teller.tell)


def _facts(report: Report) -> dict[str, object]:
    return {
        "files": [str(file) for file in report.files],
        "note": "; ".join((*report.flaws, *report.notes)),
        "facts": f"{report.seconds:.1f} s, {report.tempo.grid.bpm:.1f} BPM, {report.style}, seed {report.seed}",
    }


class _Teller:
    """Progress, at a pace that a window can follow."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def tell(self, stage: str, part: float) -> None:
        now = time.monotonic()
        if now - self._last >= _TELL_EVERY_S or part >= 1.0:
            self._last = now
            _say({"stage": stage, "part": round(part, 4)})


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _watch_stdin() -> None:
    sys.stdin.read()
    _thread.interrupt_main()


if __name__ == "__main__":
    sys.exit(main())
