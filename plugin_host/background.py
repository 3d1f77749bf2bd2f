"""Work off the GUI thread, with its result back on it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, pyqtSignal, pyqtSlot

from d2m_bridge.errors import D2MError

log = logging.getLogger(__name__)


class _Outcome(QObject):
    """Lives on the GUI thread, as long as its parent.

    The signals end in its own slots: Qt forgets what is still on its way to an object that has gone. On its way to any
    other callable, a partial above all, PyQt would call what is no longer there.
    """

    done = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, done: Callable[..., None], failed: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._call_done, self._call_failed = done, failed
        self.done.connect(self._when_done)
        self.failed.connect(self._when_failed)

    @pyqtSlot(object)
    def _when_done(self, result: object) -> None:
        self.deleteLater()
        self._call_done(result)

    @pyqtSlot(str)
    def _when_failed(self, text: str) -> None:
        self.deleteLater()
        self._call_failed(text)


class _Task(QRunnable):
    def __init__(self, work: Callable[[], object], outcome: _Outcome) -> None:
        super().__init__()
        self._work, self._outcome = work, outcome

    def run(self) -> None:
        try:
            result = self._work()
        except D2MError as error:
            _tell(self._outcome, "failed", str(error))
        except Exception as error:  # a bug must be seen, and must not end the program
            log.exception("in the background")
            _tell(self._outcome, "failed", f"{type(error).__name__}: {error}")
        else:
            _tell(self._outcome, "done", result)


def run_in_background(
    work: Callable[[], object], done: Callable[..., None], failed: Callable[[str], None], parent: QObject
) -> None:
    """Starts at once; done(result) or failed(one line) is called on the GUI thread unless parent is gone."""
    outcome = _Outcome(done, failed, parent)
    pool = QThreadPool.globalInstance()
    assert pool is not None  # noqa: S101 - it is None only after the application has gone
    pool.start(_Task(work, outcome))


def _tell(outcome: _Outcome, signal: str, what: object) -> None:
    try:
        getattr(outcome, signal).emit(what)
    except RuntimeError:
        log.debug("nobody waits any more for %s", what)  # the window was closed meanwhile
