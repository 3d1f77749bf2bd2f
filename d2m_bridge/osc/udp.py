"""UDP sockets: one that listens, on loopback unless another address is named; and sending without ever waiting."""

from __future__ import annotations

import socket

from d2m_bridge.errors import InputError
from d2m_bridge.sync.post import Fate

LOOPBACK = "127.0.0.1"
POLL_S = 0.1

# The kernel keeps this much while a thread waits for its turn; its usual 200 kB hold 256 small datagrams.
_BUFFER_BYTES = 1 << 20


def listen(host: str, port: int) -> socket.socket:
    """A bound socket whose recvfrom raises TimeoutError every POLL_S seconds; port 0 takes a free one.

    Raises InputError when the port is taken or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InputError(f"cannot listen on {host}: {error.strerror}; use an address of this machine") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        opened.settimeout(POLL_S)
        opened.bind(address)
    except OSError as error:
        opened.close()
        raise InputError(
            f"cannot listen on UDP port {port} of {host}: {error.strerror}; close what uses it or choose another port"
        ) from error
    return opened


def send(opened: socket.socket, datagram: bytes) -> Fate:
    """Sends these bytes now, over a connected socket that does not block. Raises nothing."""
    try:
        try:
            opened.send(datagram)
        except ConnectionRefusedError:
            # It tells of an earlier datagram; this one has not left yet, and the receiver may be back.
            opened.send(datagram)
            return Fate.RETURNED
    except OSError:
        return Fate.FAILED
    return Fate.SENT
