"""A JACK server of a test's own, without a sound card (Debian: apt install jackd2)."""

import os
import shutil
import signal
import subprocess
import time
from types import TracebackType
from typing import Self

import pytest


class JackPorts:
    """Whatever speaks JACK. environment: for the programs that are to use it."""

    environment: dict[str, str]

    def ports(self) -> list[str]:
        """What is there to connect."""
        listed = subprocess.run(["jack_lsp"], env=self.environment, capture_output=True, text=True, check=False)
        return [line for line in listed.stdout.splitlines() if ":" in line] if not listed.returncode else []

    def wait_for(self, start: str) -> list[str]:
        """The ports whose names begin so, once there are any."""
        until = time.monotonic() + 30
        while not (found := [port for port in self.ports() if port.startswith(start)]):
            assert time.monotonic() < until, f"no JACK port {start}..."
            time.sleep(0.3)  # each look is a client that comes and goes
        return found

    def connect(self, source: str, sink: str) -> None:
        """From port to port."""
        subprocess.run(["jack_connect", source, sink], env=self.environment, capture_output=True, check=True)


class JackServer(JackPorts):
    """A context manager; environment: for the programs that are to use it. It can be killed and started again."""

    def __init__(self, rate: int = 44100, period: int = 1024) -> None:
        if not shutil.which("jackd"):
            pytest.skip("jackd is not installed")
        self._name = f"d2m-test-{os.getpid()}"
        self._process: subprocess.Popen[bytes] | None = None
        self.environment = {**os.environ, "JACK_DEFAULT_SERVER": self._name, "JACK_NO_START_SERVER": "1"}
        self.rate, self.period = rate, period

    def __enter__(self) -> Self:
        self.start(self.rate)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def start(self, rate: int) -> None:
        """Skips the test where JACK does not start, as on a machine without shared memory."""
        realtime = ["-R", "-P", "60"] if os.geteuid() == 0 else ["-r"]
        command = ["jackd", "-n", self._name, *realtime, "-d", "dummy", "-r", str(rate), "-p", str(self.period)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while not self.ports():
            if self._process.poll() is not None or time.monotonic() > until:
                self.end()
                pytest.skip("jackd does not start here")
            time.sleep(0.1)

    def end(self) -> None:
        """Safe to call twice."""
        if self._process is not None:
            if self._process.poll() == -signal.SIGKILL:
                self.start(self.rate)  # or JACK would remember it: eight servers that died are too many
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """As if the sound card were pulled out."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
