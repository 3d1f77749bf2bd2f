"""Listens for commands on a UDP port, in a thread of its own that waits for nothing but the socket.

python-osc's servers are not used: they sleep on bundles dated ahead, and start a thread for every datagram.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from d2m_bridge import __version__
from d2m_bridge.errors import D2MError
from d2m_bridge.osc.commands import BY_COMMAND, Command, Ping, QueryState
from d2m_bridge.osc.messages import Outgoing, Pong
from d2m_bridge.osc.parser import MAX_COMMAND_BYTES, Foreign, Problem, parse
from d2m_bridge.osc.protocol import BY_EVENT, bundle, encode
from d2m_bridge.osc.table import encode_row
from d2m_bridge.osc.udp import LOOPBACK, listen

# Time of arrival on the caller's clock is the callee's business; says whether it understood.
Hear = Callable[[str, Sequence[object]], bool]
Take = Callable[[Command, "tuple[str, int]"], None]
Watch = Callable[[bytes], None]
State = Callable[[], "Iterable[Outgoing | Command]"]

log = logging.getLogger(__name__)

_COMPLAIN_EVERY_S = 5.0
_BY_TYPE = {**BY_EVENT, **BY_COMMAND}


class OscInlet:
    """A context manager that hands every command to `take`, with the sender's host and port.

    take runs in the inlet's thread and returns at once; when it raises a D2MError the command counts as refused.
    hear gets messages outside our namespace: a DAW may tell of its transport. state gives what a query of the state is
    answered with: messages, and commands for the controls' positions. Pings and queries are answered here and not
    handed on.

    received: datagrams. malformed: parts of them that are no OSC. refused: commands that cannot be used.
    last_problem: the latest reason, one line.
    """

    def __init__(
        self,
        port: int,
        take: Take,
        state: State = tuple,
        host: str = LOOPBACK,
        hear: Hear = lambda *_: False,
        watch: Watch = lambda _: None,
    ) -> None:
        """Port 0 takes a free one (see port). watch: is shown every datagram, and returns at once.

        Raises InputError when the port is taken or the host is not ours.
        """
        self._take, self._state, self._hear, self._watch = take, state, hear, watch
        self._socket = listen(host, port)
        self.received = self.malformed = self.refused = 0
        self.last_problem = ""
        self._complained = -_COMPLAIN_EVERY_S
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="osc-in", daemon=True)

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self._socket.getsockname()[1])

    def __enter__(self) -> OscInlet:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                datagram, sender = self._socket.recvfrom(MAX_COMMAND_BYTES + 1)
            except TimeoutError:
                continue
            except OSError as error:
                # Windows reports here that somebody whom we answered is gone.
                log.debug("OSC in: %s", error)
                self._stopping.wait(0.001)
                continue
            self.received += 1
            self._watch(datagram)
            for one in parse(datagram):
                if isinstance(one, Problem):
                    self._complain(one, sender)
                else:
                    self._do(one, sender)

    def _do(self, command: Command | Foreign, sender: tuple[str, int]) -> None:
        try:
            if isinstance(command, Foreign):
                if not self._hear(command.address, command.arguments):
                    text = f"unknown OSC address {command.address[:64]!r}; docs/osc.md lists what d2m understands"
                    self._complain(Problem(text), sender)
            elif isinstance(command, Ping):
                self._answer([encode(Pong(__version__))], sender)
            elif isinstance(command, QueryState):
                self._answer([encode_row(_BY_TYPE[type(one)], one) for one in self._state()], sender)
            else:
                self._take(command, sender)
        except D2MError as error:
            self._complain(Problem(str(error)), sender)
        except Exception as error:  # the next command may be "stop", so the thread must live
            log.exception("OSC in: %s failed", command)
            self._complain(Problem(f"{type(error).__name__}: {error}"), sender)

    def _answer(self, messages: list[bytes], sender: tuple[str, int]) -> None:
        for datagram in bundle(messages):
            try:
                self._socket.sendto(datagram, sender)
            except OSError as error:
                log.debug("OSC in: cannot answer %s: %s", sender, error)

    def _complain(self, problem: Problem, sender: tuple[str, int]) -> None:
        self.malformed += problem.malformed
        self.refused += not problem.malformed
        self.last_problem = problem.text
        now = time.monotonic()
        if now - self._complained >= _COMPLAIN_EVERY_S:
            self._complained = now
            log.warning(
                "OSC from %s:%s: %s (%d refused, %d malformed so far)",
                *sender[:2], problem.text, self.refused, self.malformed,
            )  # fmt: skip
