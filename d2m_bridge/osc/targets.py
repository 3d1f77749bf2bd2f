"""Several receivers at once, each in its own dialect. One thread uses it; no call ever waits for a receiver.

What is to go now leaves from here; what is due later leaves from a process of its own (postman.py), over the same
sockets.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from d2m_bridge.errors import InputError
from d2m_bridge.osc.dialects import DIALECTS, GENERIC, Dialect
from d2m_bridge.osc.messages import Outgoing
from d2m_bridge.osc.protocol import BY_EVENT, bundle
from d2m_bridge.osc.sender import OscSender
from d2m_bridge.osc.table import address_of
from d2m_bridge.osc.throttle import Throttle
from d2m_bridge.sync.post import Fate, Letter
from d2m_bridge.sync.postman_process import PostmanProcess

CONTINUOUS_HZ = 20.0
Watch = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send, and in which dialect (a key of dialects.DIALECTS)."""

    host: str
    port: int
    dialect: str = GENERIC.name


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """sent, failed: datagrams so far, as OscSender counts them."""

    target: Target
    sent: int
    failed: int


class OscTargets:
    """A context manager around one socket for each target."""

    def __init__(
        self, targets: Sequence[Target], continuous_hz: float = CONTINUOUS_HZ, watch: Watch = lambda _: None
    ) -> None:
        """continuous_hz: how often a value given to send_continuous goes out at most.

        watch: is shown every datagram of `send` on its way out and of `post` when it has left; on any thread, and
        returns at once.
        Raises InputError when a host or dialect is unknown.
        """
        self._watch = watch
        self._throttle = Throttle[Outgoing](1.0 / continuous_hz)
        with ExitStack() as opened:
            self._senders = [
                (target, _dialect(target), opened.enter_context(OscSender(target.host, target.port)))
                for target in targets
            ]
            sockets = [sender.fileno() for _, _, sender in self._senders]
            self.postman = PostmanProcess("d2m_bridge.osc.postman", [*map(str, sockets)], self._left, sockets)
            opened.callback(self.postman.close)
            self._opened = opened.pop_all()

    def send(self, messages: Iterable[Outgoing], due_unix_s: float | None = None) -> None:
        """Send these now, in bundles where the dialect has them.

        due_unix_s: the wall-clock time (seconds since 1970) with which bundles are dated; see protocol.bundle.
        Raises InputError when a message is too long for OSC.
        """
        for target, datagram in self._encode(messages, due_unix_s):
            self._watch(datagram)
            self._senders[target][2].send_datagram(datagram)

    def post(self, messages: Iterable[Outgoing], due: float) -> None:
        """Send these at `due`, by time.perf_counter; what is not due yet can be taken back by postman.forget().

        Raises InputError when a message is too long for OSC.
        """
        for target, datagram in self._encode(messages, None):
            self.postman.post(Letter(due, datagram, target))

    def send_continuous(self, messages: Iterable[Outgoing], now: float) -> None:
        """Send the values of these addresses now, or the last of each when it is due again.

        now: seconds on any steady clock. Call it steadily, with nothing new too, so that the last values go out.
        """
        self.send(self._throttle.offer(((address_of(BY_EVENT[type(one)], one), one) for one in messages), now))

    def status(self) -> tuple[TargetStatus, ...]:
        """What became of the datagrams, target by target."""
        return tuple(TargetStatus(target, sender.sent, sender.failed) for target, _, sender in self._senders)

    def close(self) -> None:
        """Close all sockets; safe to call twice."""
        self._opened.close()

    def _encode(self, messages: Iterable[Outgoing], due_unix_s: float | None) -> Iterator[tuple[int, bytes]]:
        """Place of the target, and what it is sent."""
        messages = tuple(messages)
        ready: dict[str, list[bytes]] = {}
        for place, (_, dialect, _) in enumerate(self._senders):
            if dialect.name not in ready:
                singles = [datagram for message in messages for datagram in dialect.encode(message)]
                ready[dialect.name] = bundle(singles, due_unix_s) if dialect.bundles else singles
            for datagram in ready[dialect.name]:
                yield place, datagram

    def _left(self, letter: Letter, fate: Fate) -> None:
        self._senders[letter.target][2].count(fate)
        if fate.has_left:
            self._watch(letter.data)

    def __enter__(self) -> OscTargets:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def leaves_this_machine(host: str) -> bool:
    """Whether what is sent there can leave this machine. Raises InputError if the host is unknown."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise InputError(f"--osc: cannot find the host {host!r}: {error.strerror}; check its name") from error
    return not all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_loopback for entry in found)


def _dialect(target: Target) -> Dialect:
    if target.dialect not in DIALECTS:
        raise InputError(f"--dialect {target.dialect!r}: expected one of {', '.join(DIALECTS)}")
    return DIALECTS[target.dialect]
