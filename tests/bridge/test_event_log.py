import json
from pathlib import Path

import numpy as np
import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.sinks.event_log import REORDER, EventLog, schema_markdown
from d2m_bridge.timeline import AccentEvent, BeatEvent, EnergyEvent, NoteEvent, SectionEvent
from tests.faults import no_file_larger_than

ROOT = Path(__file__).parents[2]


def records(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(path, events):
    with EventLog(path) as log:
        for event in events:
            log.write(event)
    return records(path)


def test_every_type_of_event_with_all_its_fields(tmp_path):
    assert write(
        tmp_path / "a.jsonl",
        [
            BeatEvent(-0.25, 0, 0, 120.0),
            NoteEvent(0.0, 0.125, "bass", 40, 0.5, 3, 1),
            AccentEvent(0.5, 0.75),
            EnergyEvent(0.75, 0.25),
            SectionEvent(1.0, 4, "drop"),
        ],
    ) == [
        {"type": "beat", "t": -0.25, "bar": 0, "beat": 0, "bpm": 120.0},
        {
            "type": "note",
            "t": 0.0,
            "duration": 0.125,
            "stem": "bass",
            "pitch": 40,
            "velocity": 0.5,
            "step": 3,
            "steps": 1,
        },
        {"type": "accent", "t": 0.5, "strength": 0.75},
        {"type": "energy", "t": 0.75, "value": 0.25},
        {"type": "section", "t": 1.0, "bar": 4, "section": "drop"},
    ]


def test_type_and_t_come_first_in_the_line(tmp_path):
    write(tmp_path / "a.jsonl", [NoteEvent(0.0, 0.125, "bass", 40, 0.5, 3, 1)])
    assert (tmp_path / "a.jsonl").read_text().startswith('{"type": "note", "t": 0.0, "duration": 0.125')


def test_lines_are_sorted_by_time_and_equal_times_keep_their_order(tmp_path):
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, 100, 3 * REORDER)) + rng.uniform(0, 3, 3 * REORDER)
    events = [EnergyEvent(round(float(t), 1), index / 1e5) for index, t in enumerate(times)]
    lines = write(tmp_path / "a.jsonl", events)
    assert len(lines) == len(events)
    assert [(r["t"], r["value"]) for r in lines] == sorted((e.t, e.value) for e in events)


def test_an_event_that_comes_too_late_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="sorted"), EventLog(tmp_path / "a.jsonl") as log:
        for index in range(REORDER + 2):
            log.write(EnergyEvent(float(index), 0.5))
        log.write(EnergyEvent(-1.0, 0.5))
    assert list(tmp_path.iterdir()) == []


def test_numbers_are_rounded_and_numpy_numbers_are_plain(tmp_path):
    note = NoteEvent(np.float64(1 / 3), np.float32(0.1), "lead", np.int64(60), np.float32(1 / 3), np.int32(5), 2)
    line = write(tmp_path / "a.jsonl", [note])[0]
    assert (line["t"], line["velocity"], line["duration"]) == (0.333333, 0.333333, 0.1)
    assert (line["pitch"], line["step"]) == (60, 5)


def test_not_a_number_is_refused(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write(tmp_path / "a.jsonl", [EnergyEvent(0.0, float("nan"))])
    assert list(tmp_path.iterdir()) == []


def test_no_events_make_an_empty_file(tmp_path):
    assert write(tmp_path / "a.jsonl", []) == []


def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path):
    events = [EnergyEvent(float(t), 0.5) for t in range(3 * REORDER)]
    with no_file_larger_than(20_000), pytest.raises(InputError, match=r"cannot write .*a\.jsonl"):
        write(tmp_path / "a.jsonl", events)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_at_the_very_end_is_noticed(tmp_path):
    with no_file_larger_than(20), pytest.raises(InputError, match=r"cannot write .*a\.jsonl"):
        write(tmp_path / "a.jsonl", [EnergyEvent(0.0, 0.5)])
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_one_clear_line(tmp_path):
    (tmp_path / "folder").write_text("I am a file")
    with pytest.raises(InputError, match=r"cannot write .*a\.jsonl"), EventLog(tmp_path / "folder" / "a.jsonl"):
        pass


def test_the_documentation_is_current():
    # Renew it by writing schema_markdown() to the file.
    assert (ROOT / "docs" / "events.md").read_text(encoding="utf-8") == schema_markdown()
