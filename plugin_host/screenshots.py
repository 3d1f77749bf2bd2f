"""Pictures of every page from the real window, while a session plays and a clip is rendered."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.osc import commands as do
from plugin_host.live.controller import LiveController
from plugin_host.offline.runner import Runner
from plugin_host.script import Steps

if TYPE_CHECKING:
    from plugin_host.window import MainWindow

log = logging.getLogger(__name__)

SIZES = ((1280, 720), (1920, 1080))
PLAYED_MS, SETTLED_MS = 12_000, 700
LAST_SHOWN_AT = 0.3  # how far the last clip is when the queue is shown


def take_screenshots(
    window: MainWindow, controller: LiveController, runner: Runner, folder: Path, videos: list[Path]
) -> Steps:
    """Steps for script.run_script; they open the session themselves."""
    folder.mkdir(parents=True, exist_ok=True)
    examined: list[bool] = []
    window.setup.examined.connect(lambda: examined.append(True))
    window.setup.examine()
    yield lambda: bool(examined)
    if videos[:-1]:
        window.offline.add(videos[:-1])
        yield lambda: not any(job.state in ("waiting", "running") for job in runner.queue.jobs)
    window.open_session()
    yield lambda: not controller.is_opening
    controller.obey(do.Play())
    yield PLAYED_MS // 2
    _turn(controller)
    yield PLAYED_MS // 2
    window.connect_page.choose("reaper")
    yield from _grab_all(window, folder, ("live", "connect", "setup", "stage"))
    window.show_page("live")
    window.press("help")
    yield SETTLED_MS
    _grab(window, folder / "keys.png")
    window.press("help")
    if videos:
        window.offline.add(videos[-1:])
        yield lambda: runner.progress.whole > LAST_SHOWN_AT or runner.queue.jobs[-1].state == "failed"
    yield from _grab_all(window, folder, ("offline",))
    return 0


def _turn(controller: LiveController) -> None:
    """Some of the controls, so that it is seen what they do."""
    at = controller.positions
    if at.styles:
        second = at.styles[(at.styles.index(at.style) + 1) % len(at.styles)]
        controller.obey(do.BlendStyles(at.style, second, 0.3))
    for command in (do.SetDensity(0.3), do.SetSwing(0.2), do.SetStemGain("lead", -3.0)):
        controller.obey(command)


def _grab_all(window: MainWindow, folder: Path, pages: tuple[str, ...]) -> Iterator[int]:
    for width, height in SIZES:
        window.resize(width, height)
        for page in pages:
            window.show_page(page)
            yield SETTLED_MS
            _grab(window, folder / f"{page}-{width}x{height}.png")


def _grab(window: MainWindow, path: Path) -> None:
    if not window.grab().save(str(path)):
        log.error("%s: cannot be written", path)
