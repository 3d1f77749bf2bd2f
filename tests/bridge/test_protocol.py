from pathlib import Path

import numpy as np
import pytest
from pythonosc.osc_message import OscMessage

from d2m_bridge.osc.protocol import TABLE, encode, reference_markdown
from d2m_bridge.timeline import EVENT_TYPES, AccentEvent, BeatEvent, EnergyEvent, NoteEvent, SectionEvent

ROOT = Path(__file__).parents[2]

MESSAGES = [
    (BeatEvent(1.5, 2, 3, 120.0), "/d2m/beat", [2, 3, 120.0, 1.5]),
    (NoteEvent(1.5, 0.25, "bass", 40, 0.75, 9, 2), "/d2m/note", ["bass", 40, 0.75, 0.25, 9, 1.5]),
    (AccentEvent(1.5, 0.5), "/d2m/accent", [0.5]),
    (EnergyEvent(1.5, 0.25), "/d2m/energy", [0.25]),
    (SectionEvent(1.5, 4, "drop"), "/d2m/section", [4, "drop", 1.5]),
]


@pytest.mark.parametrize(("event", "address", "arguments"), MESSAGES)
def test_messages_by_an_independent_reader(event, address, arguments):
    message = OscMessage(encode(event))
    assert message.address == address
    assert message.params == arguments
    assert [type(value) for value in message.params] == [type(value) for value in arguments]


def test_the_bytes_of_one_message_by_hand():
    assert encode(AccentEvent(0.0, 1.0)) == b"/d2m/accent\0,f\0\0\x3f\x80\0\0"


def test_whole_numbers_in_float_fields_and_numpy_numbers_keep_the_declared_types():
    message = OscMessage(encode(BeatEvent(0, np.int64(7), np.int32(1), np.float32(90))))
    assert [type(value) for value in message.params] == [int, int, float, float]


def test_every_event_type_has_one_address_and_only_types_that_all_receivers_know():
    assert {row.event for row in TABLE} == set(EVENT_TYPES)
    assert len({row.address for row in TABLE}) == len(TABLE)
    assert {argument.type for row in TABLE for argument in row.arguments} <= {"i", "f", "s"}


def test_the_documentation_is_current():
    # Renew it by writing reference_markdown() to the file.
    assert (ROOT / "docs" / "osc.md").read_text(encoding="utf-8") == reference_markdown()
