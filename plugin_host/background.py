"""Work off the GUI thread, with its result back on it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, pyqtSignal

from d2m_bridge.errors import D2MError

log = logging.getLogger(__name__)


class _Outcome(QObject):
    done = pyqtSignal(object)
    failed = pyqtSignal(str)


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
    outcome = _Outcome(parent)
    for signal, slot in ((outcome.done, done), (outcome.failed, failed)):
        signal.connect(slot)
        signal.connect(outcome.deleteLater)
    pool = QThreadPool.globalInstance()
    assert pool is not None  # noqa: S101 - it is None only after the application has gone
    pool.start(_Task(work, outcome))


def _tell(outcome: _Outcome, signal: str, what: object) -> None:
    try:
        getattr(outcome, signal).emit(what)
    except RuntimeError:
        log.debug("nobody waits any more for %s", what)  # the window was closed meanwhile
