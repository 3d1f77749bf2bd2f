"""One row of an address table, and the message that it makes of a value. Code, docs and tests read the tables.

Only int32, float32 and ASCII strings: the types that every receiver understands. (A file path may hold UTF-8 where
the user's folders do.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from d2m_bridge.errors import InputError

Kind = Literal["i", "f", "s", "switch", "b"]
TAGS: dict[Kind, str] = {"i": "i", "f": "f", "s": "s", "switch": "i", "b": "b"}
TYPE_NAMES: dict[Kind, str] = {
    "i": "int32",
    "f": "float32",
    "s": "string",
    "switch": "int32, 0 or 1",
    "b": "blob",
}

# REAPER drops a datagram of more than 1024 bytes, and what comes after it. 20 of them are for the bundle around it.
MAX_DATAGRAM_BYTES = 1024
BUNDLE_BYTES, ELEMENT_BYTES = 16, 4
MAX_MESSAGE_BYTES = MAX_DATAGRAM_BYTES - BUNDLE_BYTES - ELEMENT_BYTES

_WRITERS = {"i": "write_int", "f": "write_float", "s": "write_string", "b": "write_blob"}
_FIELD = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Argument:
    """One OSC argument: a field of the value.

    type: OSC type tag; "switch" is an int32, 0 or 1. count: that many arguments, from a sequence. low, high and
    choices: what is accepted where the message comes in.
    """

    field: str
    type: Kind
    meaning: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Constant:
    """An OSC argument that is always the same."""

    type: Literal["i", "f", "s"]
    value: int | float | str


@dataclass(frozen=True, slots=True)
class Address:
    """The message for one type of value.

    address: may name fields in braces. only: a field, and the value that it must have.
    """

    address: str
    event: type
    when: str
    arguments: tuple[Argument | Constant, ...]
    only: tuple[str, object] | None = None

    @property
    def tags(self) -> str:
        """The OSC type tags, without the comma."""
        return "".join(TAGS[a.type] * (a.count if isinstance(a, Argument) else 1) for a in self.arguments)

    def takes(self, value: object) -> bool:
        """Whether the row is for this value."""
        return self.event is type(value) and (self.only is None or getattr(value, self.only[0]) == self.only[1])


def address_of(row: Address, value: object) -> str:
    """The address with the fields filled in."""
    return row.address.format_map({name: getattr(value, name) for name in _FIELD.findall(row.address)})


def encode_row(row: Address, value: object, limit_bytes: int = MAX_MESSAGE_BYTES) -> bytes:
    """The value as one OSC message. Raises InputError when it is too long, or a text cannot be written."""
    # The builder of python-osc reads every message again that it wrote, which costs three times as much.
    from pythonosc.parsing import osc_types

    address = address_of(row, value)
    try:
        parts = [osc_types.write_string(address), osc_types.write_string(f",{row.tags}")]
        parts += [getattr(osc_types, _WRITERS[tag])(content) for tag, content in _contents(row, value)]
    except osc_types.BuildError as error:
        raise InputError(f"{address}: cannot be sent over OSC: {error}") from error
    datagram = b"".join(parts)
    if len(datagram) > limit_bytes:
        raise InputError(
            f"{address}: {len(datagram)} bytes are too long for an OSC message of at most {limit_bytes}; "
            "choose a shorter path or name"
        )
    return datagram


def _contents(row: Address, value: object) -> Iterator[tuple[str, Any]]:
    for argument in row.arguments:
        tag = TAGS[argument.type]
        if isinstance(argument, Constant):
            yield tag, argument.value
        elif argument.count > 1:
            yield from ((tag, part) for part in getattr(value, argument.field))
        else:
            content = getattr(value, argument.field)
            yield tag, int(content) if argument.type == "switch" else content
