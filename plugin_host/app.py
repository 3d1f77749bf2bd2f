"""d2m-host: from the command line to the window."""

from __future__ import annotations

import argparse
import faulthandler
import logging
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from d2m_bridge.errors import D2MError
from d2m_bridge.manifest import ASSETS, load_manifest
from d2m_bridge.plugins import model_folder
from d2m_bridge.settings import DEVICES, load_settings, settings_path

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until the window is closed; returns the exit code."""
    options = _parse(arguments)
    logging.basicConfig(format="%(message)s", level=logging.INFO if options.verbose else logging.WARNING)
    if sys.stderr is not None:  # a windowed start on Windows has none
        faulthandler.enable()
    try:
        from PyQt6.QtCore import QEvent
        from PyQt6.QtGui import QIcon
        from PyQt6.QtWidgets import QApplication
    except ImportError as error:
        log.error(
            "no window: %s; install it with `pip install d2m[gui]` and, on Linux, libegl1 and libxkbcommon0", error
        )
        return 2

    from d2m_bridge.memory import keep_flat
    from plugin_host import theme, words
    from plugin_host.live.controller import LiveController
    from plugin_host.live.opening import Parts
    from plugin_host.messages import LogToMessages, Messages
    from plugin_host.offline.jobs import JobQueue, queue_path
    from plugin_host.offline.runner import Runner
    from plugin_host.window import MainWindow

    keep_flat()
    application = QApplication(sys.argv[:1])
    words.speak(application)
    application.setApplicationName("d2m")
    application.setDesktopFileName("d2m-host")
    application.setWindowIcon(QIcon(str(Path(__file__).parent / "assets" / "d2m-host.svg")))
    theme.dress(application)
    messages = Messages()
    logging.getLogger("d2m_bridge").addHandler(LogToMessages(messages))
    loaded = load_settings(settings_path())
    for problem in loaded.problems:
        messages.say("error", problem, topic=problem, lasts=True)
    given = {
        name: getattr(options, name)
        for name in ("camera", "audio", "style", "device")
        if getattr(options, name) is not None
    }
    scripted = options.screenshots is not None or options.measure is not None
    if scripted:
        given.setdefault("audio", "null")
    settings = replace(loaded.settings, **given)
    try:
        parts = Parts(model_folder(options.model), settings.device, pose=settings.pose)
    except D2MError as error:
        log.error("%s", error)
        return 2
    controller = LiveController(parts)
    scratch = None
    if scripted:  # the user's own queue, folders and settings stay as they are
        scratch = TemporaryDirectory(prefix="d2m-")
        settings = replace(settings, renders=scratch.name)
    queue = JobQueue(Path(scratch.name, "queue.json") if scratch else queue_path())
    runner = Runner(queue, parts)
    store = Path(scratch.name, "settings.toml") if scratch else settings_path()
    window = MainWindow(settings, controller, messages, runner, _styles(parts.model), store)

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # Qt would end the program; a performer would rather have the music go on.
        log.error("in the window", exc_info=(kind, error, trace))
        messages.say("error", f"{kind.__name__}: {error}", topic=kind.__name__)

    sys.excepthook = on_error
    signal.signal(signal.SIGINT, lambda *_: application.exit(130))
    window.resize(1280, 720)
    window.show()
    log.info("shown")
    controller.opened.connect(lambda _: log.info("ready"))
    if options.screenshots is not None:
        from plugin_host.screenshots import take_screenshots
        from plugin_host.script import run_script

        run_script(take_screenshots(window, controller, runner, options.screenshots, options.videos))
    elif options.measure is not None:
        from plugin_host.measure import measure
        from plugin_host.script import run_script

        window.open_session()
        run_script(measure(window, controller, queue, options.videos, options.measure))
    else:
        window.go_on()
        if loaded.exists or given:
            window.open_session()
        else:
            window.begin_first_start()
        if options.videos:
            window.show_page("offline")
            window.offline.add(options.videos)
    code = application.exec()
    runner.finish()
    if scratch is not None:
        scratch.cleanup()
    controller.close()
    # While there is a program to belong to: when Python ends, what is left of a window may go after Qt itself.
    window.deleteLater()
    application.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
    return code


def _styles(model: Path) -> tuple[str, ...]:
    try:
        return tuple(style.name for style in load_manifest(model).styles)
    except D2MError:  # opening the session says it to the user
        return ()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="d2m-host", description="Music that follows a dancer: the window.")
    parser.add_argument("videos", nargs="*", type=Path, metavar="VIDEO", help="render these, on the page Offline")
    parser.add_argument("--camera", metavar="N|NAME|FILE", help="number, part of a name, or a video file")
    parser.add_argument("--audio", metavar="DEVICE", help="sound device by number or name, or null")
    parser.add_argument("--style", metavar="NAME", help="the style to begin with")
    parser.add_argument("--model", type=Path, default=ASSETS, metavar="DIR", help="a model of your own, or a plug-in's")
    parser.add_argument("--device", choices=DEVICES, help="where the networks run")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="write pictures of all pages, then end")
    parser.add_argument("--measure", type=Path, metavar="FILE", help="write how long it is blocked at most, then end")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what runs where")
    return parser.parse_args(arguments)
