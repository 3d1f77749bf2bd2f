"""A UDP socket that listens, on loopback unless another address is named."""

from __future__ import annotations

import socket

from d2m_bridge.errors import InputError

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
