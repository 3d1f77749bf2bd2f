"""Sends events over UDP, without ever waiting for the receiver."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from typing import Protocol

from d2m_bridge.errors import InputError
from d2m_bridge.osc.messages import Outgoing
from d2m_bridge.osc.protocol import encode
from d2m_bridge.osc.udp import send
from d2m_bridge.sync.post import Fate
from d2m_bridge.timeline import Event


class Clock(Protocol):
    """Time that passes: real in the program, moved by hand in tests."""

    def now(self) -> float:
        """Seconds since any fixed moment."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after this time."""
        ...


class MonotonicClock:
    """The real time of this machine."""

    def now(self) -> float:
        """Seconds since any fixed moment; never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after this time."""
        time.sleep(seconds)


def parse_target(text: str) -> tuple[str, int]:
    """Host and port from HOST:PORT, with an IPv6 host in brackets. Raises InputError if it is not that."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    bracketed = host == f"[{bare}]"
    if not colon or not bare or (":" in bare) != bracketed or not port.isascii() or not port.isdecimal():
        raise InputError(f"--osc {text!r}: expected HOST:PORT, for example 127.0.0.1:9000")
    if not 1 <= int(port) <= 65535:
        raise InputError(f"--osc {text!r}: a port lies between 1 and 65535, got {port}")
    return bare, int(port)


class OscSender:
    """A UDP socket to one receiver, which may be absent or go away: that costs nothing and raises nothing.

    sent: datagrams that the system took. failed: those that it did not take, or that came back refused.
    """

    def __init__(self, host: str, port: int) -> None:
        """Raises InputError if the host is unknown or has no route."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
            # Most OSC programs listen on IPv4 only, and "localhost" is often ::1 first.
            family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
            self._socket = socket.socket(family, kind, protocol)
        except OSError as error:
            raise InputError(f"--osc: cannot find the host {host!r}: {error.strerror}; check its name") from error
        try:
            self._socket.setblocking(False)
            self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise InputError(f"--osc: cannot send to {host}:{port}: {error.strerror}; check the network") from error
        self.sent = 0
        self.failed = 0
        self._lock = threading.Lock()

    def send(self, event: Outgoing) -> None:
        """Send the event now; never blocks."""
        self.send_datagram(encode(event))

    def send_datagram(self, datagram: bytes) -> None:
        """Send these bytes now; never blocks."""
        self.count(send(self._socket, datagram))

    def count(self, fate: Fate) -> None:
        """Of a datagram that somebody else sent over this socket, too."""
        with self._lock:
            self.sent += fate.has_left
            self.failed += fate in (Fate.RETURNED, Fate.FAILED)

    def fileno(self) -> int:
        """The socket's file descriptor, for a process that inherits it."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close the socket; safe to call twice."""
        self._socket.close()

    def __enter__(self) -> OscSender:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def play_events(events: Iterable[Event], sender: OscSender, clock: Clock) -> None:
    """Send events, sorted by time, each when its t has passed since this call; what lies before t = 0 goes at once."""
    start = clock.now()
    for event in events:
        wait = event.t - (clock.now() - start)
        if wait > 0:
            clock.sleep(wait)
        sender.send(event)
