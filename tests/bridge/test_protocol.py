import struct
from pathlib import Path

import numpy as np
import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.osc_packet import OscPacket

from d2m_bridge.errors import InputError
from d2m_bridge.osc.messages import (
    ClipMessage,
    ClockMessage,
    DownbeatMessage,
    HealthMessage,
    Heartbeat,
    JointMessage,
    NextBeatMessage,
    PersonMessage,
    PlayingMessage,
    Pong,
    RecordingMessage,
    StateMessage,
    TempoMessage,
    joint_messages,
    person_messages,
)
from d2m_bridge.osc.protocol import TABLE, bundle, encode
from d2m_bridge.osc.reference import reference_markdown
from d2m_bridge.pose.skeleton import COCO_17, COCO_INDICES
from d2m_bridge.timeline import EVENT_TYPES, AccentEvent, BeatEvent, EnergyEvent, NoteEvent, Pose, SectionEvent

ROOT = Path(__file__).parents[2]

MESSAGES = [
    (BeatEvent(1.5, 2, 3, 120.0), "/d2m/beat", [2, 3, 120.0, 1.5]),
    (NoteEvent(1.5, 0.25, "bass", 40, 0.75, 9, 2), "/d2m/note", ["bass", 40, 0.75, 0.25, 9, 1.5]),
    (AccentEvent(1.5, 0.5), "/d2m/accent", [0.5]),
    (EnergyEvent(1.5, 0.25), "/d2m/energy", [0.25]),
    (SectionEvent(1.5, 4, "drop"), "/d2m/section", [4, "drop", 1.5]),
    (NextBeatMessage(2, 3, 120.0, 0.25), "/d2m/beat/next", [2, 3, 120.0, 0.25]),
    (DownbeatMessage(7), "/d2m/downbeat", [7]),
    (TempoMessage(97.5), "/d2m/tempo", [97.5]),
    (PlayingMessage(True), "/d2m/playing", [1]),
    (RecordingMessage(False), "/d2m/recording", [0]),
    (StateMessage("playing"), "/d2m/state", ["playing"]),
    (Heartbeat(3), "/d2m/heartbeat", [3]),
    (PersonMessage(2, (0.5,) * 51), "/d2m/person/2", [0.5] * 51),
    (JointMessage("left_wrist", "y", 0.25), "/d2m/joint/left_wrist/y", [0.25]),
    (ClipMessage("/tmp/a b.wav", 8, 16, 120.0, "drums"), "/d2m/clip", ["/tmp/a b.wav", 8, 16, 120.0, "drums"]),
    (ClockMessage("link", True, -1.5, 23.0, 10.0), "/d2m/clock", ["link", 1, -1.5, 23.0, 10.0]),
    (HealthMessage(2, 1, 28.5, 0.25), "/d2m/health", [2, 1, 28.5, 0.25]),
    (Pong("0.1.0"), "/d2m/pong", ["0.1.0"]),
]
SINGLES = [encode(TempoMessage(n)) for n in range(200)]


def pose(person=0):
    points = np.arange(66, dtype=np.float32).reshape(33, 2) / 64
    return Pose(0.0, points, np.full(33, 0.5, np.float32), person)


@pytest.mark.parametrize(("event", "address", "arguments"), MESSAGES)
def test_messages_by_an_independent_reader(event, address, arguments):
    message = OscMessage(encode(event))
    assert message.address == address
    assert message.params == arguments
    assert [type(value) for value in message.params] == [type(value) for value in arguments]


def test_every_message_is_tried_above():
    assert {type(event) for event, _, _ in MESSAGES} == {row.event for row in TABLE}


def test_the_bytes_of_one_message_by_hand():
    assert encode(AccentEvent(0.0, 1.0)) == b"/d2m/accent\0,f\0\0\x3f\x80\0\0"


def test_whole_numbers_in_float_fields_and_numpy_numbers_keep_the_declared_types():
    message = OscMessage(encode(BeatEvent(0, np.int64(7), np.int32(1), np.float32(90))))
    assert [type(value) for value in message.params] == [int, int, float, float]


def test_every_event_type_has_one_address_and_only_types_that_all_receivers_know():
    assert {row.event for row in TABLE} >= set(EVENT_TYPES)
    assert len({row.address for row in TABLE}) == len({row.event for row in TABLE}) == len(TABLE)
    assert set("".join(row.tags for row in TABLE)) <= {"i", "f", "s"}


def test_a_person_is_one_message_of_coco_keypoints():
    (message,) = person_messages([pose(person=5)])
    wrist = COCO_17.index("left_wrist")
    x, y = pose().points[COCO_INDICES[wrist]]
    assert message.person == 5
    assert message.joints[3 * wrist : 3 * wrist + 3] == (x, y, 0.5)
    assert len(encode(message)) < 400


def test_joints_have_an_address_for_each_coordinate():
    messages = joint_messages(pose())
    addresses = {OscMessage(encode(message)).address for message in messages}
    assert len(addresses) == len(messages) == 34
    assert {"/d2m/joint/nose/x", "/d2m/joint/right_ankle/y"} <= addresses


def test_a_path_with_other_letters_is_utf_8():
    path = "/home/jürgen/take 1.wav"
    assert OscMessage(encode(ClipMessage(path, 0, 4, 120.0, "mix"))).params[0] == path


@pytest.mark.parametrize("path", ["/" + "x" * 2000, "/broken\udcff"])
def test_a_path_that_cannot_be_sent_is_one_clear_line(path):
    with pytest.raises(InputError, match="/d2m/clip") as caught:
        encode(ClipMessage(path, 0, 4, 120.0, "mix"))
    assert "\n" not in str(caught.value)


def test_an_undated_message_alone_stays_a_message():
    assert bundle(SINGLES[:1]) == SINGLES[:1]
    assert bundle([]) == []


@pytest.mark.parametrize("count", [1, 2, 7, 36, 37, 38, 65, 200])
@pytest.mark.parametrize("due", [None, 1_800_000_000.25])
def test_bundles_are_flat_short_and_keep_the_order(count, due):
    packed = bundle(SINGLES[:count], due)
    tempos = [timed.message.params[0] for datagram in packed for timed in OscPacket(datagram).messages]
    assert tempos == list(range(count))
    assert max(len(datagram) for datagram in packed) <= 1024
    assert len(packed) == -(-count // (1008 // 24))


def test_a_bundle_by_hand():
    dated = bundle(SINGLES[:1], 0.5)
    assert dated == [b"#bundle\0" + struct.pack(">II", 2_208_988_800, 2**31) + b"\0\0\0\x14" + SINGLES[0]]


def test_the_date_of_a_bundle_is_exact_to_a_microsecond():
    (datagram,) = bundle(SINGLES[:3], 1_800_000_000.123456)
    assert OscBundle(datagram).timestamp == pytest.approx(1_800_000_000.123456, abs=1e-6)


def test_dates_after_2036_begin_a_new_era_of_the_network_time():
    (datagram,) = bundle(SINGLES[:1], 2**32 - 2_208_988_800 + 1)
    assert datagram[8:16] == struct.pack(">II", 1, 0)


def test_the_longest_message_fits_into_a_dated_bundle():
    (longest,) = bundle([encode(ClipMessage("/" + "x" * 966, 0, 4, 120.0, "mix"))], 1.0)
    assert len(longest) == 1024


def test_the_documentation_is_current():
    # Renew it: python -m d2m_bridge.osc.reference > docs/osc.md
    assert (ROOT / "docs" / "osc.md").read_text(encoding="utf-8") == reference_markdown()
