"""Datagrams to commands. Nothing that comes from the network makes it raise, wait or recurse; there is no socket here.

Dates of bundles are ignored: a command takes effect when it arrives.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from d2m_bridge.osc.commands import BY_ADDRESS, Command
from d2m_bridge.osc.table import Argument

# All our commands fit twenty times over; a longer datagram is no command, and would only cost time.
MAX_COMMAND_BYTES = 8192
_MAX_TEXT = 64
NAMESPACE = "/d2m/"
_BUNDLE = b"#bundle\0"
_BUNDLE_HEAD_BYTES = 16
_KNOWN_TAGS = frozenset(b"ifsTFdh")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing was done. text: one line. malformed: it was not OSC at all."""

    text: str
    malformed: bool = False


@dataclass(frozen=True, slots=True)
class Foreign:
    """A message outside our namespace: perhaps a DAW that tells of its transport."""

    address: str
    arguments: tuple[object, ...]


class _RefusalError(Exception):
    """Carries the text of a Problem."""


def parse(datagram: bytes) -> list[Command | Foreign | Problem]:
    """Every command of a message or bundle, in its order; a Problem in place of each that cannot be used.

    A trigger with the argument 0 gives nothing. Never raises.
    """
    if len(datagram) > MAX_COMMAND_BYTES:
        return [Problem(f"a datagram of {len(datagram)} bytes; a command has at most {MAX_COMMAND_BYTES}", True)]
    found = (part if isinstance(part, Problem) else _command(part) for part in messages(datagram))
    return [one for one in found if one is not None]


def messages(datagram: bytes) -> Iterator[bytes | Problem]:
    """The messages of nested bundles, each in bytes. Never raises.

    python-osc's own reader of bundles loops for ever on a negative size.
    """
    waiting = [datagram]
    while waiting:
        part = waiting.pop()
        if part.startswith(b"/"):
            yield part
        elif part.startswith(_BUNDLE) and len(part) >= _BUNDLE_HEAD_BYTES:
            elements: list[bytes] = []
            at = _BUNDLE_HEAD_BYTES
            while at + 4 <= len(part):
                (size,) = struct.unpack_from(">i", part, at)
                at += 4
                if not 0 < size <= len(part) - at:
                    yield Problem(f"a bundle whose element claims {size} bytes", malformed=True)
                    break
                elements.append(part[at : at + size])
                at += size
            waiting.extend(reversed(elements))
        else:
            yield Problem(f"{len(part)} bytes that are neither an OSC message nor a bundle", malformed=True)


def _command(message: bytes) -> Command | Foreign | Problem | None:
    from pythonosc.osc_message import OscMessage, ParseError

    tags = _tags(message)
    if tags is None:
        return Problem("an OSC message without type tags", malformed=True)
    unknown = tags - _KNOWN_TAGS
    if unknown:
        return Problem(f"an OSC argument of type {chr(min(unknown))!r}; send int32, float32 or string")
    try:
        read = OscMessage(message)
        address, values = read.address, read.params
    except (ParseError, UnicodeDecodeError):
        return Problem("an OSC message that ends too early or is no text", malformed=True)
    if not address.startswith(NAMESPACE):
        return Foreign(address, tuple(values))
    if address not in BY_ADDRESS:
        return Problem(f"unknown OSC address {address[:_MAX_TEXT]!r}; docs/osc.md lists what d2m understands")
    row, fields = BY_ADDRESS[address]
    arguments = [argument for argument in row.arguments if isinstance(argument, Argument)]
    try:
        if not arguments:
            made: Command | None = row.event(**fields) if _is_pressed(values) else None
            return made
        if len(values) != len(arguments):
            raise _RefusalError(f"expected {_count(len(arguments))}, got {len(values)}")
        made = row.event(**fields, **{a.field: _value(a, v) for a, v in zip(arguments, values, strict=True)})
    except _RefusalError as refusal:
        return Problem(f"{address}: {refusal}")
    return made


def _tags(message: bytes) -> frozenset[int] | None:
    """The type tags; none where a message ends after its address, as old senders leave it; None where it is broken."""
    end = message.find(0)
    start = (end // 4 + 1) * 4
    if end < 0 or len(message) <= start:
        return frozenset() if end > 0 else None
    stop = message.find(0, start)
    if stop < 0 or message[start] != ord(","):
        return None
    return frozenset(message[start + 1 : stop])


def _is_pressed(values: list[object]) -> bool:
    """Whether a button is pressed (no argument, or not 0) and not let go."""
    if len(values) > 1:
        raise _RefusalError(f"expected no argument, or 1 and 0 from a button, got {len(values)}")
    return not values or bool(_number(values[0], allow_bool=True))


def _value(argument: Argument, given: object) -> float | str:
    if argument.type == "s":
        return _text(argument, given)
    if argument.type == "switch":
        number = _number(given, allow_bool=True)
        if number not in (0, 1):
            raise _RefusalError(f"expected 1 or 0, got {number:g}")
        return bool(number)
    number = _number(given, allow_bool=False)
    if argument.type == "i":
        if number != int(number):
            raise _RefusalError(f"expected a whole number, got {number:g}")
        number = int(number)
    if argument.low is not None and argument.high is not None and not argument.low <= number <= argument.high:
        raise _RefusalError(f"expected {argument.low:g} to {argument.high:g}, got {number:g}")
    return number if argument.type == "i" else float(number)


def _number(given: object, *, allow_bool: bool) -> float:
    if not isinstance(given, int | float) or (isinstance(given, bool) and not allow_bool):
        raise _RefusalError(f"expected a number, got {_kind(given)}")
    if not math.isfinite(given):
        raise _RefusalError(f"expected a number, got {given}")
    return given


def _text(argument: Argument, given: object) -> str:
    if not isinstance(given, str):
        raise _RefusalError(f"expected a text, got {_kind(given)}")
    if not 0 < len(given) <= _MAX_TEXT or not given.isprintable():
        raise _RefusalError(f"expected a text of 1 to {_MAX_TEXT} printable characters")
    if argument.choices and given not in argument.choices:
        raise _RefusalError(f"expected one of {', '.join(argument.choices)}, got {given!r}")
    return given


def _kind(given: object) -> str:
    return "a text" if isinstance(given, str) else "true or false"


def _count(count: int) -> str:
    return "one argument" if count == 1 else f"{count} arguments"
