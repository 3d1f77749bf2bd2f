"""A PipeWire of a test's own, without a sound card (Debian: apt install pipewire pipewire-jack pipewire-pulse
wireplumber pulseaudio-utils dbus)."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.jack_server import JackPorts

LIBJACK = next(iter(Path("/usr/lib").glob("*/pipewire-0.3/jack")), None)
PROGRAMS = ("dbus-daemon", "pipewire", "wireplumber", "pipewire-pulse", "pactl", "pw-metadata", "pw-record", "jack_lsp")
SINK = "d2m"
_STARTED_WITHIN_S = 15.0


class PipeWire(JackPorts):
    """A context manager: a server whose only device is a sink called D2mTest, at that rate, also as JACK."""

    def __init__(self, rate: int) -> None:
        missing = [program for program in PROGRAMS if not shutil.which(program)]
        if missing or LIBJACK is None:
            pytest.skip(f"not installed: {', '.join(missing) or 'pipewire-jack'}")
        self._rate = rate
        self._opened = ExitStack()
        self.folder = self._opened.enter_context(tempfile.TemporaryDirectory(dir="/tmp"))  # sockets have short names
        self.environment = {
            **os.environ, "XDG_RUNTIME_DIR": self.folder, "HOME": self.folder, "LD_LIBRARY_PATH": str(LIBJACK),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus",
        }  # fmt: skip

    def __enter__(self) -> Self:
        bus = self.environment["DBUS_SESSION_BUS_ADDRESS"]
        self._start("dbus-daemon", "--session", f"--address={bus}", "--nofork", "--nopidfile")
        time.sleep(0.5)
        self._start("pipewire")
        time.sleep(1)
        self._start("wireplumber")
        self._start("pipewire-pulse")
        facts = (f"sink_name={SINK}", "sink_properties=device.description=D2mTest", f"rate={self._rate}")
        self._try("pactl", "load-module", "module-null-sink", *facts)
        self._try("pactl", "set-default-sink", SINK)
        self._try("pw-metadata", "-n", "settings", "0", "clock.force-rate", str(self._rate))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def _start(self, *command: str) -> None:
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, env=self.environment, stdout=quiet, stderr=quiet)
        self._opened.callback(process.wait, 10)
        self._opened.callback(process.terminate)

    def _try(self, *command: str) -> None:
        until = time.monotonic() + _STARTED_WITHIN_S
        while subprocess.run(command, env=self.environment, capture_output=True, check=False).returncode:
            if time.monotonic() > until:
                self._opened.close()
                pytest.skip(f"{command[0]} does not work here")
            time.sleep(0.2)
