"""Asks a DAW something over OSC that changes nothing, and waits a second for its answer."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

from d2m_bridge.errors import InputError
from d2m_bridge.osc.dialects import Check
from d2m_bridge.osc.table import MAX_DATAGRAM_BYTES
from d2m_bridge.osc.udp import listen

WAIT_S = 1.0
_LONGEST = 64 * MAX_DATAGRAM_BYTES


@dataclass(frozen=True, slots=True)
class Answer:
    """address: of the message that came back; after_ms: how long that took."""

    address: str
    after_ms: float


def ask(check: Check, host: str, port: int, wait_s: float = WAIT_S) -> Answer | None:
    """The answer, or None when nothing came in time.

    Raises InputError when the host is not known, or somebody else listens where the answer will come.
    """
    target = _resolve(host, port)
    with listen(_our_address(target), check.reply_port or 0) as opened:
        begin = time.monotonic()
        try:
            opened.sendto(check.encode(), target)
        except OSError as error:
            raise InputError(f"{host}:{port}: cannot send there ({error.strerror}); choose another host") from error
        while (left := begin + wait_s - time.monotonic()) > 0:
            opened.settimeout(left)
            try:
                datagram, sender = opened.recvfrom(_LONGEST)
            except OSError:  # the time is over, or Windows reports that nobody listens there
                continue
            after_ms = 1000 * (time.monotonic() - begin)
            for address in _addresses(datagram):
                if sender[0] == target[0] and address.startswith(check.reply):
                    return Answer(address, after_ms)
    return None


def _resolve(host: str, port: int) -> tuple[str, int]:
    if not 0 < port < 1 << 16:
        raise InputError(f"{host}:{port}: there is no such port; give one from 1 to 65535")
    try:
        found = socket.getaddrinfo(host, port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise InputError(f"{host}:{port}: there is no such host; give its name or address") from error
    address, number = found[0][4][:2]
    return str(address), int(number)


def _our_address(target: tuple[str, int]) -> str:
    """The address of this machine that the other one sees: loopback for loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(target)  # sends nothing
        except OSError as error:
            raise InputError(f"{target[0]}: no way there ({error.strerror}); choose another host") from error
        return str(probe.getsockname()[0])


def _addresses(datagram: bytes) -> list[str]:
    """Of the messages in a datagram; none of what is no OSC."""
    from pythonosc.osc_packet import OscPacket, ParseError

    try:
        return [timed.message.address for timed in OscPacket(datagram).messages]
    except ParseError:
        return []
