import zipfile
from io import BytesIO

import mido
import pytest

from d2m_bridge.engine.plan import DRUMS
from training.grooves import load_grooves

HEADER = "midi_filename,style,beat_type,time_signature,split\n"
KICK, SNARE, HAT = DRUMS.index("kick"), DRUMS.index("snare"), DRUMS.index("hat_closed")


def midi(hits, ticks_per_beat=480):
    """hits: (16th, note, velocity), rising."""
    file = mido.MidiFile(ticks_per_beat=ticks_per_beat)
    track, now = mido.MidiTrack(), 0
    for step, note, velocity in hits:
        tick = round(step * ticks_per_beat / 4)
        track.append(mido.Message("note_on", note=note, velocity=velocity, channel=9, time=tick - now))
        now = tick
    file.tracks.append(track)
    content = BytesIO()
    file.save(file=content)
    return content.getvalue()


def dataset(folder, *takes):
    """takes: (name, style, kind, time signature, split, MIDI)."""
    rows = [f"{name},{style},{kind},{meter},{split}" for name, style, kind, meter, split, _ in takes]
    (folder / "groove_info.csv").write_text(HEADER + "\n".join(rows) + "\n")
    with zipfile.ZipFile(folder / "groove_midi_v1.zip", "w") as archive:
        for name, *_, content in takes:
            archive.writestr(f"groove/{name}", content)
    return folder


def four_bars(first=36):
    hits = [(16 * bar + 4 * beat, note, 100) for bar in range(4) for beat, note in enumerate((first, 38, 36, 38))]
    return midi(hits)


def test_a_take_is_read_in_16ths_and_our_voices(tmp_path):
    hits = [(0.2, 36, 127), (3.9, 38, 64), (4, 40, 32), (8, 42, 80), (12, 44, 80), (14, 36, 90), (15, 27, 99)]
    bars = [(16 * bar + step, note, velocity) for bar in range(4) for step, note, velocity in hits]
    [take] = load_grooves(dataset(tmp_path, ("a.mid", "funk", "beat", "4-4", "train", midi(bars))), "train")
    assert take.style == "funk"
    assert take.bars.shape == (4, 16, len(DRUMS))
    bar = take.bars[1]
    assert bar[0, KICK] == 1 and bar[14, KICK] == pytest.approx(90 / 127)
    assert bar[4, SNARE] == pytest.approx(64 / 127)  # two that fall together: the louder counts
    assert bar[8, HAT] and bar[12, HAT]
    assert (bar > 0).sum() == 5  # note 27 is no voice of ours


def test_a_take_keeps_how_far_its_hits_lean_from_the_16ths(tmp_path):
    hits = [(0.2, 36, 127), (3.75, 38, 64), (8, 42, 80), (12.49, 42, 80)]
    bars = [(16 * bar + step, note, velocity) for bar in range(4) for step, note, velocity in hits]
    [take] = load_grooves(dataset(tmp_path, ("a.mid", "funk", "beat", "4-4", "train", midi(bars))), "train")
    assert take.offsets.shape == take.bars.shape
    bar = take.offsets[2]
    assert bar[0, KICK] == pytest.approx(0.2, abs=0.01)
    assert bar[4, SNARE] == pytest.approx(-0.25, abs=0.01)
    assert bar[8, HAT] == 0
    assert bar[12, HAT] == pytest.approx(0.45)  # no further, or its step could be mistaken
    assert not take.offsets[take.bars == 0].any()


def test_beats_and_fills_splits_and_metres_are_told_apart(tmp_path):
    folder = dataset(
        tmp_path,
        ("beat.mid", "rock", "beat", "4-4", "train", four_bars()),
        ("fill.mid", "rock", "fill", "4-4", "train", midi([(i, 45, 99) for i in range(8)])),
        ("waltz.mid", "waltz", "beat", "3-4", "train", four_bars()),
        ("test.mid", "jazz", "beat", "4-4", "test", four_bars()),
        ("short.mid", "soul", "beat", "4-4", "train", midi([(i, 36, 99) for i in range(0, 16, 4)])),
    )
    assert [take.style for take in load_grooves(folder, "train")] == ["rock"]
    assert [take.style for take in load_grooves(folder, "test")] == ["jazz"]
    [fill] = load_grooves(folder, "train", fills=True)
    assert fill.bars.shape[0] == 1 and fill.bars[0, :8, DRUMS.index("tom_low")].all()


def test_bars_with_hardly_a_hit_are_left_out(tmp_path):
    hits = [(16 * bar + 4 * beat, 36, 100) for bar in range(6) for beat in range(4 if bar != 2 else 3)]
    [take] = load_grooves(dataset(tmp_path, ("a.mid", "funk", "beat", "4-4", "train", midi(hits))), "train")
    assert len(take.bars) == 5


def test_a_split_without_takes_says_what_is_expected(tmp_path):
    with pytest.raises(ValueError, match=r"groove_midi_v1\.zip"):
        load_grooves(dataset(tmp_path), "validation")
