"""Our outgoing OSC namespace as one table; the encoder and docs/osc.md come from it. No socket and no clock here.

A continuous value has an address of its own with a single float, as TouchDesigner, TouchOSC and Max like it; a person
is one message, so that no frame mixes the joints of two people.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from d2m_bridge.osc.messages import (
    PERSON_FLOATS,
    ClipMessage,
    ClockMessage,
    DownbeatMessage,
    HealthMessage,
    Heartbeat,
    JointMessage,
    NextBeatMessage,
    Outgoing,
    PersonMessage,
    PlayingMessage,
    Pong,
    RecordingMessage,
    StateMessage,
    TempoMessage,
)
from d2m_bridge.osc.table import BUNDLE_BYTES, ELEMENT_BYTES, MAX_DATAGRAM_BYTES, Address, Argument, encode_row
from d2m_bridge.timeline import AccentEvent, BeatEvent, EnergyEvent, NoteEvent, SectionEvent

_TIME = Argument("t", "f", "when it sounds, seconds from the start of the video or session")
_BAR = Argument("bar", "i", "bar, from 0")
_BEAT = Argument("beat", "i", "beat in the bar, 0 to 3")
_BPM = Argument("bpm", "f", "tempo at this beat, beats a minute")

TABLE = (
    Address("/d2m/beat", BeatEvent, "on every beat", (_BAR, _BEAT, _BPM, _TIME)),
    Address(
        "/d2m/beat/next",
        NextBeatMessage,
        "ahead of every beat of a live session",
        (_BAR, _BEAT, _BPM, Argument("due_in", "f", "seconds from the sending of this message until it sounds")),
    ),
    Address("/d2m/downbeat", DownbeatMessage, "on the first beat of every bar of a live session", (_BAR,)),
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
        (_BAR, Argument("section", "s", "intro, groove, build, drop or break"), _TIME),
    ),
    Address(
        "/d2m/tempo",
        TempoMessage,
        "when the tempo changes, at a limited rate",
        (Argument("bpm", "f", "beats a minute"),),
    ),
    Address(
        "/d2m/playing",
        PlayingMessage,
        "when the music starts and stops",
        (Argument("playing", "switch", "the music runs"),),
    ),
    Address(
        "/d2m/recording",
        RecordingMessage,
        "when a take begins and ends",
        (Argument("recording", "switch", "a take is being recorded"),),
    ),
    Address(
        "/d2m/state",
        StateMessage,
        "when the session's state changes",
        (Argument("text", "s", "what it does, or what is wrong"),),
    ),
    Address("/d2m/heartbeat", Heartbeat, "once a second", (Argument("count", "i", "from 0, one more each time"),)),
    Address(
        "/d2m/person/{person}",
        PersonMessage,
        "at every camera frame for every person in view; the number stays with the person",
        (
            Argument(
                "joints",
                "f",
                "x, y, confidence of the 17 COCO keypoints in turn: x right and y down in image heights, 0 to 1",
                count=PERSON_FLOATS,
            ),
        ),
    ),
    Address(
        "/d2m/joint/{joint}/{axis}",
        JointMessage,
        "for the 17 COCO keypoints of the followed dancer, axes x and y, at a limited rate",
        (Argument("value", "f", "x right, y down, in image heights"),),
    ),
    Address(
        "/d2m/clip",
        ClipMessage,
        "while a take is recorded, for the mix and each stem: at every fourth bar, and at the end of the take, when a "
        "WAV file of whole bars is ready",
        (
            Argument("path", "s", "absolute path; UTF-8 where your folders are"),
            Argument("bar", "i", "bar on which it starts, from 0"),
            Argument("beats", "i", "its length"),
            Argument("bpm", "f", "its tempo, beats a minute"),
            Argument("stem", "s", "mix, drums, bass, harmony or lead"),
        ),
    ),
    Address(
        "/d2m/clock",
        ClockMessage,
        "once a second",
        (
            Argument("source", "s", "who leads the tempo: follow, link, midi, osc or fixed"),
            Argument("locked", "switch", "its beat is known and held"),
            Argument("phase_ms", "f", "how much our beats lie after the master's"),
            Argument("latency_ms", "f", "measured delay of the output"),
            Argument("offset_ms", "f", "your signed latency offset"),
        ),
    ),
    Address(
        "/d2m/health",
        HealthMessage,
        "once a second",
        (
            Argument("underruns", "i", "gaps in the sound since the beginning"),
            Argument("late_blocks", "i", "blocks of music that came after their time"),
            Argument("fps", "f", "pictures a second in which poses are looked for"),
            Argument(
                "cpu_share", "f", "of one core, since the beginning; the processes that play and send not counted"
            ),
        ),
    ),
    Address(
        "/d2m/pong",
        Pong,
        "back to whoever sent /d2m/ping",
        (Argument("version", "s", "version of d2m"),),
    ),
)
BY_EVENT = {row.event: row for row in TABLE}

_IMMEDIATELY = 1
_SECONDS_1900_TO_1970 = 2_208_988_800


def encode(event: Outgoing) -> bytes:
    """The event as one OSC message. Raises InputError when it is longer than any receiver takes."""
    return encode_row(BY_EVENT[type(event)], event)


def bundle(datagrams: Iterable[bytes], due_unix_s: float | None = None) -> list[bytes]:
    """Packs messages, in their order, into flat bundles of at most 1024 bytes.

    due_unix_s: the wall-clock time (seconds since 1970, UTC) at which they take effect; None is at once, and then a
    message that is alone stays a plain message: some receivers misread the date "immediately".
    """
    timetag = _IMMEDIATELY if due_unix_s is None else int((due_unix_s + _SECONDS_1900_TO_1970) * 2**32) % 2**64
    head = struct.pack(">8sQ", b"#bundle", timetag)
    packed: list[list[bytes]] = []
    size = MAX_DATAGRAM_BYTES
    for datagram in datagrams:
        size += ELEMENT_BYTES + len(datagram)
        if size > MAX_DATAGRAM_BYTES:
            packed.append([])
            size = BUNDLE_BYTES + ELEMENT_BYTES + len(datagram)
        packed[-1].append(datagram)
    return [one[0] if len(one) == 1 and due_unix_s is None else head + _elements(one) for one in packed]


def _elements(datagrams: Sequence[bytes]) -> bytes:
    return b"".join(struct.pack(">i", len(datagram)) + datagram for datagram in datagrams)
