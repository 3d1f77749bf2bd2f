"""Works on the queue: one process at a time, asked and heard through its pipes."""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QProcess, QTimer, pyqtSignal

from plugin_host.live.opening import Parts
from plugin_host.offline.jobs import Job, JobOptions, JobQueue
from plugin_host.offline.progress import RenderProgress

log = logging.getLogger(__name__)

WORKER = (sys.executable, "-m", "plugin_host.offline.worker")
_TIDY_MS = 5000  # to stop and remove what is half made
_LAST_WORDS = 400


class Runner(QObject):
    """changed: a job is another now (its number). progressed: number, RenderProgress."""

    changed = pyqtSignal(int)
    progressed = pyqtSignal(int, object)

    def __init__(self, queue: JobQueue, parts: Parts, worker: tuple[str, ...] = WORKER) -> None:
        super().__init__()
        self.queue = queue
        self._parts, self._worker = parts, worker
        self._process: QProcess | None = None
        self._job: Job | None = None
        self._progress = RenderProgress(0.0)
        self._unread = b""
        self._ending: dict[str, Any] | None = None
        self._finished = False

    @property
    def progress(self) -> RenderProgress:
        """Of the render that runs, or ran last."""
        return self._progress

    def start(self) -> None:
        """Renders what waits, until nothing does."""
        job = self.queue.next_waiting()
        if self._process is not None or job is None or self._finished:
            return
        self._job, self._ending, self._unread = replace(job, state="running", note=""), None, b""
        self._progress = RenderProgress(time.monotonic())
        self._set(self._job)
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._end)
        process.errorOccurred.connect(self._end_without_start)
        self._process = process
        process.start(self._worker[0], list(self._worker[1:]))
        process.write(json.dumps(self._task(job)).encode() + b"\n")

    def cancel(self, number: int) -> None:
        """The job that runs stops and leaves nothing half made; one that waits is taken out of the queue."""
        job = self.queue.get(number)
        if self._job is not None and self._job.number == number and self._process is not None:
            self._job = replace(self._job, state="cancelled")
            self._stop(self._process)
        elif job.state == "waiting":
            self._set(replace(job, state="cancelled"))

    def retry(self, number: int) -> None:
        """Once more."""
        self._set(replace(self.queue.get(number), state="waiting", note="", facts="", files=()))
        self.start()

    def change_options(self, number: int, options: JobOptions) -> None:
        """Renders it, or renders it again, with these."""
        self._set(replace(self.queue.get(number), options=options))
        self.retry(number)

    def add(self, path: Path, options: JobOptions) -> Job:
        """To the end of the queue. Raises InputError, see JobQueue.add."""
        job = self.queue.add(path, options)
        self.changed.emit(job.number)
        self.start()
        return job

    def finish(self) -> None:
        """The window closes: what runs stops tidily and goes on with the next start."""
        self._finished = True
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.closeWriteChannel()
            if not process.waitForFinished(_TIDY_MS):
                process.kill()
                process.waitForFinished(_TIDY_MS)

    def _task(self, job: Job) -> dict[str, object]:
        parts = self._parts
        return {
            "path": job.path, "model": str(parts.model), "device": parts.device, "pose": parts.pose,
            **asdict(job.options),
        }  # fmt: skip

    def _stop(self, process: QProcess) -> None:
        process.closeWriteChannel()
        QTimer.singleShot(_TIDY_MS, process.kill)

    def _read(self) -> None:
        if self._process is None or self._job is None:
            return
        *lines, self._unread = (self._unread + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:
                log.debug("render: %s", line)  # a library that prints
                continue
            if "stage" in said:
                self._progress.push(said["stage"], said["part"])
                self.progressed.emit(self._job.number, self._progress)
            else:
                self._ending = said

    def _end(self) -> None:
        process, job = self._process, self._job
        if process is None or job is None:
            return
        self._read()
        self._process, self._job = None, None
        words = process.readAllStandardError().data().decode(errors="replace").strip()
        process.deleteLater()
        ending = self._ending or {}
        if "done" in ending:
            done = ending["done"]
            job = replace(job, state="done", note=done["note"], facts=done["facts"], files=tuple(done["files"]))
        elif job.state != "cancelled":
            last = words.splitlines()[-1][:_LAST_WORDS] if words else "no reason given"
            job = replace(job, state="failed", note=ending.get("error", f"the renderer ended: {last}"))
        self._set(job)
        self.start()

    def _end_without_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end()

    def _set(self, job: Job) -> None:
        self.queue.change(job)
        self.changed.emit(job.number)
