"""The process that sends a session's OSC when it is due; see sync/postman.py.

    python -m d2m_bridge.osc.postman FD...

FD: file descriptors of the targets' sockets, which are connected, and inherited.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence

from d2m_bridge.osc.udp import send
from d2m_bridge.sync.post import Fate, Letter
from d2m_bridge.sync.postman import serve


class _Targets:
    """A letter's target is the place of its socket."""

    name = "OSC"

    def __init__(self, descriptors: Sequence[int]) -> None:
        self._sockets = [socket.socket(fileno=number) for number in descriptors]
        for opened in self._sockets:
            opened.setblocking(False)

    def deliver(self, letter: Letter) -> Fate:
        return send(self._sockets[letter.target], letter.data)

    def forget(self) -> None:
        """A datagram begins nothing that would have to be ended."""


if __name__ == "__main__":
    serve(lambda: _Targets([int(number) for number in sys.argv[1:]]))
