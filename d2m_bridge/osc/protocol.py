"""Our OSC namespace as one table; the encoder and docs/osc.md come from it. No socket here.

Only int32, float32 and ASCII strings: the types that every receiver understands. A continuous value has an address of
its own with a single float, as TouchDesigner, TouchOSC and Max like it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from d2m_bridge.timeline import AccentEvent, BeatEvent, EnergyEvent, Event, NoteEvent, SectionEvent

TYPE_NAMES = {"i": "int32", "f": "float32", "s": "string"}


@dataclass(frozen=True, slots=True)
class Argument:
    """One OSC argument: a field of the event. type: OSC type tag."""

    field: str
    type: Literal["i", "f", "s"]
    meaning: str


@dataclass(frozen=True, slots=True)
class Address:
    """What is sent for one type of event, and when."""

    address: str
    event: type
    when: str
    arguments: tuple[Argument, ...]


_TIME = Argument("t", "f", "when it sounds, seconds from the start of the video")

TABLE = (
    Address(
        "/d2m/beat",
        BeatEvent,
        "on every beat",
        (
            Argument("bar", "i", "bar, from 0"),
            Argument("beat", "i", "beat in the bar, 0 to 3"),
            Argument("bpm", "f", "tempo at this beat, beats a minute"),
            _TIME,
        ),
    ),
    Address(
        "/d2m/note",
        NoteEvent,
        "when a note starts; there is no note off, the duration says when it ends",
        (
            Argument("stem", "s", "drums, bass, harmony or lead"),
            Argument("pitch", "i", "MIDI note, 60 = middle C; drums: General MIDI percussion"),
            Argument("velocity", "f", "0 to 1"),
            Argument("duration", "f", "seconds"),
            Argument("step", "i", "16th note on which it starts, from bar 0"),
            _TIME,
        ),
    ),
    Address(
        "/d2m/accent",
        AccentEvent,
        "when the dancer marks a moment",
        (Argument("strength", "f", "0 to 1"),),
    ),
    Address(
        "/d2m/energy",
        EnergyEvent,
        "at a steady rate",
        (Argument("value", "f", "how much the dancer moves, 0 (still) to 1"),),
    ),
    Address(
        "/d2m/section",
        SectionEvent,
        "at the bar where the music enters a section",
        (Argument("bar", "i", "bar, from 0"), Argument("section", "s", "intro, groove, build, drop or break"), _TIME),
    ),
)
BY_EVENT = {row.event: row for row in TABLE}


def encode(event: Event) -> bytes:
    """The event as one OSC message."""
    from pythonosc.osc_message_builder import OscMessageBuilder

    row = BY_EVENT[type(event)]
    builder = OscMessageBuilder(row.address)
    for argument in row.arguments:
        builder.add_arg(getattr(event, argument.field), argument.type)
    datagram: bytes = builder.build().dgram
    return datagram


def reference_markdown() -> str:
    """docs/osc.md, from the table."""
    lines = [
        "# OSC messages",
        "",
        "`--osc HOST:PORT` sends these over UDP, one message a datagram, no bundles, each at the moment it describes.",
        "Argument types are int32, float32 and ASCII strings only.",
    ]
    for row in TABLE:
        tags = "".join(argument.type for argument in row.arguments)
        lines += ["", f"## {row.address} `,{tags}`", "", f"Sent {row.when}.", "", "| argument | type | meaning |"]
        lines += ["|---|---|---|"]
        lines += [f"| {a.field} | {TYPE_NAMES[a.type]} | {a.meaning} |" for a in row.arguments]
    return "\n".join(lines) + "\n"
