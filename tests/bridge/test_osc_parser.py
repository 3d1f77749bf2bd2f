import dataclasses
import random
import struct
import time

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from d2m_bridge.osc import commands
from d2m_bridge.osc.commands import (
    BY_ADDRESS,
    BY_COMMAND,
    COMMANDS,
    BlendStyles,
    Nudge,
    Panic,
    Ping,
    Play,
    QueryState,
    SetComplexity,
    SetDensity,
    SetHold,
    SetIntensity,
    SetKey,
    SetLatency,
    SetRecord,
    SetSection,
    SetSeed,
    SetStemGain,
    SetStemMute,
    SetStemPan,
    SetStemSolo,
    SetStyle,
    SetSwing,
    SetSync,
    SetTempo,
    Stop,
    Tap,
)
from d2m_bridge.osc.parser import Foreign, Problem, parse
from d2m_bridge.osc.protocol import bundle
from d2m_bridge.osc.table import encode_row

EVERY_COMMAND = [
    (Play(), "/d2m/play"),
    (Stop(), "/d2m/stop"),
    (Panic(), "/d2m/panic"),
    (SetStyle("house"), "/d2m/style"),
    (BlendStyles("house", "jazz", 0.25), "/d2m/style/blend"),
    (SetKey("F#"), "/d2m/key"),
    (SetIntensity(-0.5), "/d2m/intensity"),
    (SetDensity(0.25), "/d2m/density"),
    (SetComplexity(-1.0), "/d2m/complexity"),
    (SetSwing(0.5), "/d2m/swing"),
    (SetHold(True), "/d2m/hold"),
    (SetStemGain("drums", -6.0), "/d2m/stem/drums/gain"),
    (SetStemPan("harmony", -0.25), "/d2m/stem/harmony/pan"),
    (SetStemMute("lead", True), "/d2m/stem/lead/mute"),
    (SetStemSolo("bass", False), "/d2m/stem/bass/solo"),
    (SetSection("drop"), "/d2m/section"),
    (SetTempo(97.5), "/d2m/tempo"),
    (SetSync("link"), "/d2m/sync"),
    (SetLatency(-12.5), "/d2m/latency"),
    (SetSeed(2**31 - 1), "/d2m/seed"),
    (SetRecord(False), "/d2m/record"),
    (Tap(), "/d2m/tap"),
    (Nudge(5.0), "/d2m/nudge"),
    (Ping(), "/d2m/ping"),
    (QueryState(), "/d2m/state"),
]
DATAGRAMS = [encode_row(BY_COMMAND[type(command)], command) for command, _ in EVERY_COMMAND]


def message(address, *arguments):
    builder = OscMessageBuilder(address)
    for tag, value in arguments:
        builder.add_arg(value, tag)
    return builder.build().dgram


@pytest.mark.parametrize(("command", "address"), EVERY_COMMAND)
def test_every_command_comes_back_as_it_was_sent(command, address):
    datagram = encode_row(BY_COMMAND[type(command)], command)
    assert datagram.startswith(address.encode() + b"\0")
    (back,) = parse(datagram)
    assert back == command
    types = [type(getattr(back, field.name)) for field in dataclasses.fields(command)]
    assert types == [type(getattr(command, field.name)) for field in dataclasses.fields(command)]


def test_every_command_is_tried_above():
    assert {type(command) for command, _ in EVERY_COMMAND} == {row.event for row in COMMANDS}


@pytest.mark.parametrize(
    ("datagram", "command"),
    [
        (message("/d2m/tempo", ("i", 120)), SetTempo(120.0)),
        (message("/d2m/tempo", ("d", 120.5)), SetTempo(120.5)),
        (message("/d2m/seed", ("f", 7.0)), SetSeed(7)),
        (message("/d2m/seed", ("h", 7)), SetSeed(7)),
        (message("/d2m/record", ("T", True)), SetRecord(True)),
        (message("/d2m/record", ("F", False)), SetRecord(False)),
        (message("/d2m/record", ("f", 1.0)), SetRecord(True)),
        (message("/d2m/stem/bass/mute", ("f", 0.0)), SetStemMute("bass", False)),
        (message("/d2m/play", ("f", 1.0)), Play()),
        (message("/d2m/play", ("i", 1)), Play()),
        (message("/d2m/play", ("T", True)), Play()),
        (b"/d2m/play\0\0\0", Play()),
    ],
)
def test_what_controllers_send_is_understood(datagram, command):
    assert parse(datagram) == [command]
    assert [type(value) for value in dataclasses.astuple(parse(datagram)[0])] == [
        type(value) for value in dataclasses.astuple(command)
    ]


@pytest.mark.parametrize("released", [("f", 0.0), ("i", 0), ("F", False)])
def test_letting_a_button_go_does_nothing(released):
    assert parse(message("/d2m/panic", released)) == []


REFUSED = {
    "unknown address": (message("/d2m/polka"), "unknown OSC address '/d2m/polka'"),
    "unknown stem": (message("/d2m/stem/vocals/gain", ("f", 0.0)), "unknown OSC address"),
    "a line break in the address": (message("/d2m/\nERROR all is lost"), r"unknown OSC address '/d2m/\\nERROR"),
    "a long address": (message("/d2m/" + "x" * 5000), "unknown OSC address"),
    "a text for a number": (message("/d2m/tempo", ("s", "fast")), "/d2m/tempo: expected a number, got a text"),
    "a number for a text": (message("/d2m/style", ("f", 1.0)), "/d2m/style: expected a text"),
    "a switch for a number": (message("/d2m/tempo", ("T", True)), "expected a number, got true or false"),
    "unknown key": (
        message("/d2m/key", ("s", "H")),
        "/d2m/key: expected one of auto, C, C#, D",
    ),
    "above the range": (message("/d2m/intensity", ("f", 1.5)), "/d2m/intensity: expected -1 to 1, got 1.5"),
    "below the range": (message("/d2m/tempo", ("f", 12.0)), "expected 40 to 240, got 12"),
    "not a number": (message("/d2m/tempo", ("f", float("nan"))), "expected a number, got nan"),
    "endless": (message("/d2m/latency", ("d", float("inf"))), "expected a number, got inf"),
    "half a seed": (message("/d2m/seed", ("f", 0.5)), "expected a whole number, got 0.5"),
    "a seed of 64 bits": (message("/d2m/seed", ("h", 2**40)), "expected 0 to "),
    "a half switch": (message("/d2m/record", ("f", 0.5)), "expected 1 or 0, got 0.5"),
    "unknown section": (message("/d2m/section", ("s", "chorus")), "expected one of intro, groove"),
    "unknown sync": (message("/d2m/sync", ("s", "sun")), "expected one of follow, link"),
    "a missing argument": (message("/d2m/tempo"), "expected one argument, got 0"),
    "too many arguments": (message("/d2m/tempo", ("f", 90.0), ("f", 91.0)), "expected one argument, got 2"),
    "too many for a trigger": (message("/d2m/play", ("f", 1.0), ("f", 1.0)), "expected no argument"),
    "a text for a trigger": (message("/d2m/play", ("s", "now")), "expected a number"),
    "an empty style": (message("/d2m/style", ("s", "")), "1 to 64 printable characters"),
    "a long style": (message("/d2m/style", ("s", "x" * 65)), "1 to 64 printable characters"),
    "control characters": (message("/d2m/style", ("s", "a\x1b[2J")), "1 to 64 printable characters"),
    "a blob": (message("/d2m/style", ("b", b"abc")), "OSC argument of type 'b'"),
}


@pytest.mark.parametrize(("datagram", "text"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_one_clear_line(datagram, text):
    (problem,) = parse(datagram)
    assert isinstance(problem, Problem)
    assert not problem.malformed
    assert text.replace("\\\\", "\\") in problem.text
    assert problem.text.isprintable()
    assert len(problem.text) < 200


MALFORMED = {
    "nothing": b"",
    "noise": b"\xff\x00\x17hello",
    "a page of HTTP": b"GET / HTTP/1.1\r\n\r\n",
    "no end of the address": b"/d2m/play",
    "no comma": b"/d2m/play\0\0\0xyz\0",
    "types without an end": b"/d2m/tempo\0\0,f",
    "a missing value": b"/d2m/seed\0\0\0,i\0\0",
    "bytes that are no text": message("/d2m/style", ("s", "abc")).replace(b"abc", b"\xff\xfe\xfd"),
    "half a bundle": b"#bundle\0\0\0",
    "an element of -4 bytes": b"#bundle\0" + struct.pack(">Qi", 1, -4),
    "an empty element": b"#bundle\0" + struct.pack(">Qi", 1, 0),
    "an element longer than all": b"#bundle\0" + struct.pack(">Qi", 1, 2**31 - 1) + b"/d2m",
    "64 kB": b"/d2m/play" + bytes(65000),
}


@pytest.mark.parametrize("datagram", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_osc_is_said_to_be_malformed(datagram):
    (problem,) = parse(datagram)
    assert problem.malformed
    assert problem.text.isprintable()


def test_bundles_keep_their_order_also_nested_and_dated_ahead():
    inner = b"#bundle\0" + struct.pack(">Q", 2**63) + b"".join(element(d) for d in DATAGRAMS[3:6])
    datagram = b"#bundle\0" + struct.pack(">Q", 2**63 + 1)
    datagram += b"".join(map(element, [*DATAGRAMS[:3], inner, *DATAGRAMS[6:]]))
    assert parse(datagram) == [command for command, _ in EVERY_COMMAND]


def test_a_bad_part_of_a_bundle_does_not_spoil_the_others():
    (datagram,) = bundle([DATAGRAMS[0], message("/d2m/unknown"), DATAGRAMS[1]])
    first, problem, last = parse(datagram)
    assert (first, last) == (Play(), Stop())
    assert "/unknown" in problem.text


def test_what_others_say_is_handed_on_as_it_is():
    assert parse(message("/live/song/get/tempo", ("f", 120.0))) == [Foreign("/live/song/get/tempo", (120.0,))]


def test_bundles_nested_four_hundred_deep_do_no_harm():
    datagram = DATAGRAMS[0]
    while len(datagram) < 8000:
        datagram = b"#bundle\0" + struct.pack(">Q", 1) + element(datagram)
    assert parse(datagram) == [Play()]


def test_a_hundred_thousand_mutated_packets_never_raise_or_hang(caplog):
    random_ = random.Random(5)
    seeds = [*DATAGRAMS, *(d for d, _ in REFUSED.values()), *MALFORMED.values(), *bundle(DATAGRAMS, 1.0)]
    seeds = [seed for seed in seeds if len(seed) < 500]
    kinds = {"command": 0, "problem": 0, "malformed": 0}
    slowest = 0.0
    for _ in range(100_000):
        datagram = mutate(random_, random_.choice(seeds))
        begun = time.perf_counter()
        found = parse(datagram)
        slowest = max(slowest, time.perf_counter() - begun)
        for one in found:
            if isinstance(one, Problem):
                kinds["malformed" if one.malformed else "problem"] += 1
                assert one.text.isprintable()
            elif not isinstance(one, Foreign):
                kinds["command"] += 1
                assert type(one) in BY_COMMAND
    assert min(kinds.values()) > 1000
    assert slowest < 1
    assert not caplog.records  # no library may fill the log from outside


def test_the_numbers_in_commands_lie_in_their_ranges_whatever_comes():
    random_ = random.Random(6)
    for _ in range(20_000):
        address = random_.choice(list(BY_ADDRESS))
        tag = random_.choice("fd")
        raw = random_.randbytes({"f": 4, "d": 8}[tag])
        for one in parse(message(address)[: len(address) // 4 * 4 + 4] + f",{tag}\0\0".encode() + raw):
            if isinstance(one, SetTempo):
                assert commands.MIN_BPM <= one.bpm <= commands.MAX_BPM
            if isinstance(one, SetStemGain):
                assert commands.MIN_GAIN_DB <= one.gain_db <= commands.MAX_GAIN_DB


def element(datagram):
    return struct.pack(">i", len(datagram)) + datagram


def mutate(random_, datagram):
    changed = bytearray(datagram)
    for _ in range(random_.randrange(4)):
        at = random_.randrange(len(changed) + 1)
        action = random_.randrange(4)
        if action == 0 and at < len(changed):
            changed[at] = random_.randrange(256)
        elif action == 1:
            changed[at:at] = random_.randbytes(random_.choice([1, 4]))
        elif action == 2:
            del changed[at : at + random_.choice([1, 4, 7])]
        else:
            changed[at : at + 4] = struct.pack(">i", random_.choice([-1, -4, 0, 1, 2**31 - 1, -(2**31)]))
    return bytes(changed)
