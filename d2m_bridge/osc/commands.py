"""What other programs may ask of us: the table of incoming addresses. The parser and docs/osc.md come from it.

The same values come from keys and buttons. A command without arguments is a trigger: it also takes one number, and
0 (a button let go) does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from d2m_bridge.engine.plan import KEYS, SECTIONS, SEEDS_KEY, STEMS
from d2m_bridge.osc.table import Address, Argument

SYNC_SOURCES = ("follow", "link", "midi", "osc", "fixed")
MIN_BPM, MAX_BPM = 40.0, 240.0
MIN_GAIN_DB, MAX_GAIN_DB = -60.0, 12.0
MAX_LATENCY_MS = 1000.0
MAX_NUDGE_MS = 500.0


@dataclass(frozen=True, slots=True)
class Play:
    """Start the music."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Fade out and stop."""


@dataclass(frozen=True, slots=True)
class Panic:
    """Silence, now."""


@dataclass(frozen=True, slots=True)
class SetStyle:
    """Change the style; the model's manifest names them."""

    name: str


@dataclass(frozen=True, slots=True)
class BlendStyles:
    """Between two styles: 0 all the first .. 1 all the second, from the next bar on."""

    first: str
    second: str
    amount: float


@dataclass(frozen=True, slots=True)
class SetKey:
    """The key that the music is in from the next bar on; "auto": the seed's own."""

    key: str


@dataclass(frozen=True, slots=True)
class SetIntensity:
    """-1 soft .. 0 as the dancer moves .. 1 hard."""

    value: float


@dataclass(frozen=True, slots=True)
class SetDensity:
    """-1 few notes .. 0 as the dancer moves .. 1 many."""

    value: float


@dataclass(frozen=True, slots=True)
class SetComplexity:
    """-1 on the beat .. 0 as the style is .. 1 between the beats."""

    value: float


@dataclass(frozen=True, slots=True)
class SetSwing:
    """0 straight .. 1 as in triplets."""

    value: float


@dataclass(frozen=True, slots=True)
class SetHold:
    """Stay in the section that plays, or go on."""

    hold: bool


@dataclass(frozen=True, slots=True)
class SetStemGain:
    """Level of a stem."""

    stem: str
    gain_db: float


@dataclass(frozen=True, slots=True)
class SetStemPan:
    """A stem's place: -1 left .. 1 right."""

    stem: str
    pan: float


@dataclass(frozen=True, slots=True)
class SetStemMute:
    """Silence a stem, or let it sound again."""

    stem: str
    mute: bool


@dataclass(frozen=True, slots=True)
class SetStemSolo:
    """While any stem is solo, only those are heard that are."""

    stem: str
    solo: bool


@dataclass(frozen=True, slots=True)
class SetSection:
    """Go to a section at the next bar."""

    section: str


@dataclass(frozen=True, slots=True)
class SetTempo:
    """A tempo of its own, for the sources fixed and osc."""

    bpm: float


@dataclass(frozen=True, slots=True)
class SetSync:
    """Choose who leads the tempo."""

    source: str


@dataclass(frozen=True, slots=True)
class SetLatency:
    """The signed latency offset; positive: all that we send comes earlier."""

    offset_ms: float


@dataclass(frozen=True, slots=True)
class SetSeed:
    """Another number, another piece of music, from the next bar on."""

    seed: int


@dataclass(frozen=True, slots=True)
class SetRecord:
    """Begin or end a take."""

    record: bool


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap on the beat."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """Move our beat against the master's; positive: later."""

    shift_ms: float


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you there? Answered with /d2m/pong."""


@dataclass(frozen=True, slots=True)
class QueryState:
    """What is going on? Answered with the whole state."""


Command = (
    Play
    | Stop
    | Panic
    | SetStyle
    | BlendStyles
    | SetKey
    | SetIntensity
    | SetDensity
    | SetComplexity
    | SetSwing
    | SetHold
    | SetStemGain
    | SetStemPan
    | SetStemMute
    | SetStemSolo
    | SetSection
    | SetTempo
    | SetSync
    | SetLatency
    | SetSeed
    | SetRecord
    | Tap
    | Nudge
    | Ping
    | QueryState
)

COMMANDS = (
    Address("/d2m/play", Play, "starts the music", ()),
    Address("/d2m/stop", Stop, "fades out and stops", ()),
    Address("/d2m/panic", Panic, "silence, now", ()),
    Address("/d2m/style", SetStyle, "changes the style", (Argument("name", "s", "a style of the model"),)),
    Address(
        "/d2m/style/blend",
        BlendStyles,
        "mixes two styles",
        (
            Argument("first", "s", "a style of the model"),
            Argument("second", "s", "another"),
            Argument("amount", "f", "0: all the first, 1: all the second", low=0.0, high=1.0),
        ),
    ),
    Address(
        "/d2m/key",
        SetKey,
        "changes the key at the next bar",
        (Argument("key", "s", "auto: the seed's own", choices=(SEEDS_KEY, *KEYS)),),
    ),
    Address(
        "/d2m/intensity",
        SetIntensity,
        "makes the music softer or harder than the dance asks for",
        (Argument("value", "f", "-1 soft, 0 as the dancer moves, 1 hard", low=-1.0, high=1.0),),
    ),
    Address(
        "/d2m/density",
        SetDensity,
        "makes the notes fewer or more than the dance asks for",
        (Argument("value", "f", "-1 few, 0 as the dancer moves, 1 many", low=-1.0, high=1.0),),
    ),
    Address(
        "/d2m/complexity",
        SetComplexity,
        "moves the notes onto the beats or between them",
        (Argument("value", "f", "-1 on the beat, 0 as the style is, 1 between the beats", low=-1.0, high=1.0),),
    ),
    Address(
        "/d2m/swing",
        SetSwing,
        "delays every second 16th",
        (Argument("value", "f", "0 straight, 1 as in triplets", low=0.0, high=1.0),),
    ),
    Address("/d2m/hold", SetHold, "stays in the section that plays", (Argument("hold", "switch", "1: stay"),)),
    Address(
        "/d2m/stem/{stem}/gain",
        SetStemGain,
        "sets the level of a stem",
        (Argument("gain_db", "f", "dB", low=MIN_GAIN_DB, high=MAX_GAIN_DB),),
    ),
    Address(
        "/d2m/stem/{stem}/pan",
        SetStemPan,
        "places a stem",
        (Argument("pan", "f", "-1 left, 1 right", low=-1.0, high=1.0),),
    ),
    Address(
        "/d2m/stem/{stem}/mute",
        SetStemMute,
        "silences a stem",
        (Argument("mute", "switch", "1: silent"),),
    ),
    Address(
        "/d2m/stem/{stem}/solo",
        SetStemSolo,
        "lets a stem sound alone, or with others that are solo",
        (Argument("solo", "switch", "1: solo"),),
    ),
    Address(
        "/d2m/section",
        SetSection,
        "goes to a section at the next bar",
        (Argument("section", "s", "the section", choices=SECTIONS),),
    ),
    Address(
        "/d2m/tempo",
        SetTempo,
        "sets the tempo where the sync source is fixed or osc",
        (Argument("bpm", "f", "beats a minute", low=MIN_BPM, high=MAX_BPM),),
    ),
    Address(
        "/d2m/sync",
        SetSync,
        "chooses who leads the tempo",
        (Argument("source", "s", "the leader", choices=SYNC_SOURCES),),
    ),
    Address(
        "/d2m/latency",
        SetLatency,
        "sets the latency offset",
        (Argument("offset_ms", "f", "milliseconds; positive: earlier", low=-MAX_LATENCY_MS, high=MAX_LATENCY_MS),),
    ),
    Address(
        "/d2m/seed",
        SetSeed,
        "chooses another piece of music",
        (Argument("seed", "i", "any number", low=0, high=2**31 - 1),),
    ),
    Address("/d2m/record", SetRecord, "begins and ends a take", (Argument("record", "switch", "1: record"),)),
    Address("/d2m/tap", Tap, "taps the tempo", ()),
    Address(
        "/d2m/nudge",
        Nudge,
        "moves our beat against the leader's",
        (Argument("shift_ms", "f", "milliseconds; positive: later", low=-MAX_NUDGE_MS, high=MAX_NUDGE_MS),),
    ),
    Address("/d2m/ping", Ping, "is answered with /d2m/pong", ()),
    Address("/d2m/state", QueryState, "is answered with the state, to the port that asked", ()),
)
BY_COMMAND = {row.event: row for row in COMMANDS}

# Every literal address, with its row and the fields that stand in the address.
BY_ADDRESS: dict[str, tuple[Address, dict[str, str]]] = {
    row.address.format(stem=stem): (row, {"stem": stem} if "{stem}" in row.address else {})
    for row in COMMANDS
    for stem in STEMS
}
