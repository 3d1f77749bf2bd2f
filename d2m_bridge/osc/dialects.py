"""How each program wants to hear it: which of our messages become which of its addresses. Tables only.

Beats go to no DAW by OSC: REAPER and AbletonOSC look at their messages every few tens of milliseconds, and Ardour has
no address for them. Ableton Link or MIDI clock carries the beat. scsynth, which is no DAW, obeys the dates of bundles
to the sample.
"""

from __future__ import annotations

from dataclasses import dataclass

from d2m_bridge.osc.messages import NextBeatMessage, Outgoing, PlayingMessage, RecordingMessage, TempoMessage
from d2m_bridge.osc.protocol import TABLE
from d2m_bridge.osc.table import Address, Argument, Constant, encode_row
from d2m_bridge.timeline import SectionEvent


@dataclass(frozen=True, slots=True)
class Check:
    """A question that changes nothing in the program, and how to recognise the answer.

    query: its address, with the arguments. reply: how the address of the answer begins. reply_port: where the program
    sends it on our machine; None: to the port that asked. remedy: what to look at when nothing comes.
    """

    query: str
    arguments: tuple[Constant, ...]
    reply: str
    reply_port: int | None
    remedy: str

    def encode(self) -> bytes:
        """The question as one OSC message."""
        return encode_row(Address(self.query, Check, "to see whether it answers", self.arguments), self)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One program's addresses. port: where it listens by default. bundles: it is sent bundles, not single messages."""

    name: str
    program: str
    port: int
    table: tuple[Address, ...]
    check: Check
    bundles: bool = False

    def encode(self, message: Outgoing) -> list[bytes]:
        """The messages that this program gets for it, often none. Raises InputError when one is too long."""
        return [encode_row(row, message) for row in self.table if row.takes(message)]


_PLAYS, _STOPS = ("playing", True), ("playing", False)
_RECORDS, _ENDS = ("recording", True), ("recording", False)
_BPM = Argument("bpm", "f", "beats a minute")
_SECTION = Argument("section", "s", "name of the section")
_ON, _OFF = Constant("i", 1), Constant("i", 0)

GENERIC = Dialect(
    "generic",
    "anything that speaks OSC, with our own namespace",
    9000,
    TABLE,
    Check("/d2m/ping", (), "/d2m/pong", None, "start d2m live with --osc-in PORT"),
    bundles=True,
)

REAPER = Dialect(
    "reaper",
    "REAPER, Default.ReaperOSC",
    8000,
    (
        Address("/play", PlayingMessage, "starts the transport", (), _PLAYS),
        Address("/stop", PlayingMessage, "stops the transport", (), _STOPS),
        Address("/record", RecordingMessage, "toggles recording", (), _RECORDS),
        Address("/record", RecordingMessage, "toggles recording", (), _ENDS),
        Address("/tempo/raw", TempoMessage, "sets the tempo", (_BPM,)),
        Address("/action", SectionEvent, "inserts a marker where it plays", (Constant("i", 40157),)),
        Address("/lastmarker/name", SectionEvent, "names that marker", (_SECTION,)),
    ),
    Check(
        "/action/41743",
        (),
        "/",
        9000,
        "in REAPER: Preferences > Control/OSC/web > Add > OSC, mode 'Configure device IP+local port', device IP "
        "127.0.0.1, device port 9000, local listen port 8000",
    ),
)

ABLETON = Dialect(
    "ableton",
    "Ableton Live 11 or later with AbletonOSC",
    11000,
    (
        Address("/live/song/start_playing", PlayingMessage, "starts the transport", (), _PLAYS),
        Address("/live/song/stop_playing", PlayingMessage, "stops the transport", (), _STOPS),
        Address("/live/song/set/record_mode", RecordingMessage, "records into the arrangement", (_ON,), _RECORDS),
        Address("/live/song/set/record_mode", RecordingMessage, "ends that", (_OFF,), _ENDS),
        Address("/live/song/set/tempo", TempoMessage, "sets the tempo", (_BPM,)),
    ),
    Check(
        "/live/test",
        (),
        "/live/test",
        11001,
        "install AbletonOSC as a remote script and choose it in Live: Settings > Link, Tempo & MIDI > Control Surface",
    ),
)

BITWIG = Dialect(
    "bitwig",
    "Bitwig Studio with DrivenByMoss",
    8000,
    (
        Address("/play", PlayingMessage, "starts the transport", (_ON,), _PLAYS),
        # Its /stop rewinds when the transport stands already.
        Address("/play", PlayingMessage, "stops the transport", (_OFF,), _STOPS),
        Address("/record", RecordingMessage, "toggles recording", (), _RECORDS),
        Address("/record", RecordingMessage, "toggles recording", (), _ENDS),
        Address("/tempo/raw", TempoMessage, "sets the tempo", (_BPM,)),
    ),
    Check(
        "/refresh",
        (_ON,),
        "/",
        9000,
        "in Bitwig: Settings > Controllers > Add > Open Sound Control (DrivenByMoss), receive port 8000, send to "
        "127.0.0.1 port 9000",
    ),
)

ARDOUR = Dialect(
    "ardour",
    "Ardour 7 or later",
    3819,
    (
        Address("/transport_play", PlayingMessage, "starts the transport", (), _PLAYS),
        Address("/transport_stop", PlayingMessage, "stops the transport", (), _STOPS),
        Address("/rec_enable_toggle", RecordingMessage, "toggles recording", (), _RECORDS),
        Address("/rec_enable_toggle", RecordingMessage, "toggles recording", (), _ENDS),
        Address("/add_marker", SectionEvent, "sets a marker where it plays", (_SECTION,)),
    ),
    Check(
        "/transport_speed",
        (),
        "/transport_speed",
        8000,
        "in Ardour: Edit > Preferences > Control Surfaces > Open Sound Control (OSC) > Enabled; port mode 'manual', "
        "reply port 8000",
    ),
)

# A node number of scsynth's choice, as the last one of the root group.
_NEW_NODE = (Constant("i", -1), Constant("i", 1), Constant("i", 0))

SUPERCOLLIDER = Dialect(
    "supercollider",
    "the server of SuperCollider (scsynth or supernova)",
    57110,
    (
        Address(
            "/s_new",
            NextBeatMessage,
            "starts the synth d2m_beat when the beat is heard (the bundle is dated)",
            (
                Constant("s", "d2m_beat"),
                *_NEW_NODE,
                Constant("s", "bar"),
                Argument("bar", "i", "bar, from 0"),
                Constant("s", "beat"),
                Argument("beat", "i", "beat in the bar, 0 to 3"),
                Constant("s", "bpm"),
                _BPM,
            ),
        ),
    ),
    Check("/status", (), "/status.reply", None, "in SuperCollider: s.boot, then run examples/osc/d2m_beat.scd"),
    bundles=True,
)

DIALECTS = {dialect.name: dialect for dialect in (GENERIC, REAPER, ABLETON, BITWIG, ARDOUR, SUPERCOLLIDER)}
