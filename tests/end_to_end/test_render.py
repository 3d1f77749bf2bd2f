"""One clip through the whole pipeline, with an untrained model and a made-up dancer: what the files say."""

import json
import threading
import time

import av
import mido
import numpy as np
import pytest
import soundfile
from pythonosc.osc_message import OscMessage

from d2m_bridge.audio.loudness import measure
from d2m_bridge.audio.mixer import Mixer
from d2m_bridge.audio.wav import WavWriter
from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.composer import Composer
from d2m_bridge.engine.engine import Engine
from d2m_bridge.engine.plan import DRUM_NOTES, STEMS
from d2m_bridge.engine.sound import StemDecoder
from d2m_bridge.osc.protocol import BY_EVENT
from d2m_bridge.pipeline import watch as watch_module
from d2m_bridge.pipeline.play import STAGE, play
from d2m_bridge.pipeline.render import RenderOptions, render
from d2m_bridge.pipeline.watch import watch
from d2m_bridge.sinks.event_log import as_record
from d2m_bridge.sinks.midi_file import TICKS_PER_STEP
from d2m_bridge.timeline import EVENT_TYPES
from tests.estimators import MadeUpDancer
from tests.media import moving_square, write_video
from tests.sounds import true_peak_db

SECONDS = 7.0


def quietly(stage, part):
    """A progress bar that nobody sees."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("clip") / "dance.mp4", moving_square(round(25 * SECONDS)))


@pytest.fixture(scope="module")
def rendered(models, clip, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    return out, render(clip, out, RenderOptions("house", stems=True), models, MadeUpDancer, quietly)


@pytest.fixture(scope="module")
def sights(models, clip):
    return watch(clip, MadeUpDancer, models.manifest.motion_rate_hz, quietly)[0]


def log(folder):
    return [json.loads(line) for line in (folder / "dance.events.jsonl").read_text().splitlines()]


def notes_of(plan, grid):
    """(step, stem, pitch, velocity, steps) of all notes that sound inside the clip."""
    notes = set()
    for step in plan:
        if not 0 <= grid.step_time(step.step) < SECONDS:
            continue
        notes |= {(step.step, "drums", note, v, 1) for note, v in zip(DRUM_NOTES, step.drums, strict=True) if v}
        for stem in STEMS[1:]:
            if tone := getattr(step, stem):
                notes |= {(step.step, stem, pitch, tone.velocity, tone.steps) for pitch in tone.pitches}
    return notes


def midi_notes(path):
    """(step, stem, pitch, velocity 0..127, steps), and the time in seconds of each onset."""
    file = mido.MidiFile(path)
    notes = set()
    for track in file.tracks[1:]:
        tick, sounding = 0, {}
        for message in track:
            tick += message.time
            if message.type == "note_on":
                sounding[message.note] = tick, message.velocity
            elif message.type == "note_off":
                start, velocity = sounding.pop(message.note)
                assert start % TICKS_PER_STEP == tick % TICKS_PER_STEP == 0
                notes.add(
                    (start // TICKS_PER_STEP, track.name, message.note, velocity, (tick - start) // TICKS_PER_STEP)
                )
        assert not sounding
    now, onsets = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on":
            onsets.append(now)
    return notes, onsets


def test_all_files_are_made_and_nothing_else(rendered):
    out, report = rendered
    stems = {f"stems/dance.{stem}.wav" for stem in STEMS}
    names = {"dance.wav", "dance.mp4", "dance.mid", "dance.events.jsonl", "dance.png"} | stems
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == names
    assert {path.relative_to(out).as_posix() for path in report.files} == names
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == ["stems"]


def test_the_sound_is_44100_hz_stereo_24_bit_and_as_long_as_the_video(rendered):
    out, report = rendered
    for path in [out / "dance.wav", *(out / "stems").iterdir()]:
        info = soundfile.info(path)
        assert (info.samplerate, info.channels, info.subtype) == (44100, 2, "PCM_24")
        assert info.duration == pytest.approx(SECONDS, abs=0.025)
    assert report.seconds == pytest.approx(SECONDS)


def test_the_sound_is_on_target_under_the_ceiling_and_finite(rendered):
    out, report = rendered
    samples, _ = soundfile.read(out / "dance.wav")
    assert np.isfinite(samples).all()
    assert measure(out / "dance.wav").lufs == pytest.approx(-14, abs=1)
    assert true_peak_db(samples) <= -1
    assert report.loudness.lufs == pytest.approx(measure(out / "dance.wav").lufs, abs=0.05)


def test_the_report_tells_what_was_seen(rendered):
    _, report = rendered
    assert (report.frames, report.pose_coverage) == (175, 1.0)
    assert report.tempo.grid.bpm == pytest.approx(100, rel=0.02)
    assert report.beats == len([event for event in report.events if EVENT_TYPES[type(event)] == "beat"]) > 8
    assert not report.flaws


def test_the_log_is_the_events_in_order_of_time(rendered):
    out, report = rendered
    lines = log(out)
    assert lines == [as_record(event) for event in report.events]
    assert [line["t"] for line in lines] == sorted(line["t"] for line in lines)
    assert {line["type"] for line in lines} == set(EVENT_TYPES.values())


def test_log_midi_and_plan_agree_note_for_note(rendered):
    out, report = rendered
    planned = notes_of(report.plan, report.tempo.grid)
    logged = [
        (line["step"], line["stem"], line["pitch"], line["velocity"], line["steps"])
        for line in log(out)
        if line["type"] == "note"
    ]
    assert len(planned) > 50
    assert len(logged) == len(planned) and set(logged) == planned
    in_midi, _ = midi_notes(out / "dance.mid")
    assert in_midi == {(step, stem, pitch, round(v * 127), steps) for step, stem, pitch, v, steps in planned}


def test_notes_sound_in_the_midi_file_when_the_log_says(rendered):
    out, report = rendered
    _, onsets = midi_notes(out / "dance.mid")
    logged = sorted(line["t"] for line in log(out) if line["type"] == "note")
    np.testing.assert_allclose(np.sort(onsets) + report.tempo.grid.time_at(0), logged, atol=1e-3)


def test_the_video_keeps_its_pictures_and_gets_the_music(rendered, clip):
    out, _ = rendered
    with av.open(str(clip)) as before, av.open(str(out / "dance.mp4")) as after:
        assert [bytes(p) for p in before.demux(video=0)] == [bytes(p) for p in after.demux(video=0)]
        assert float(after.streams.audio[0].duration * after.streams.audio[0].time_base) == pytest.approx(7, abs=0.05)


def test_the_stems_add_up_to_the_mix(models, sights, tmp_path):
    paths = [tmp_path / f"{stem}.wav" for stem in STEMS]
    composer = Composer(models, BeatGrid.steady(100.0, 0.0, "fixed"), 0, 1)
    play(sights, SECONDS, composer, StemDecoder(models), tmp_path / "mix.wav", paths, quietly)
    mix, _ = soundfile.read(tmp_path / "mix.wav")
    np.testing.assert_allclose(sum(soundfile.read(path)[0] for path in paths), mix, atol=1e-5)


def test_the_stem_files_sound_like_the_mix(rendered):
    out, _ = rendered
    mix, _ = soundfile.read(out / "dance.wav")
    total = sum(soundfile.read(path)[0] for path in (out / "stems").iterdir())
    assert np.corrcoef(total.ravel(), mix.ravel())[0, 1] > 0.9  # between them stands the limiter


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_piece(models, clip, rendered, tmp_path):
    out, report = rendered
    same = render(clip, tmp_path / "same", RenderOptions("house"), models, MadeUpDancer, quietly)
    other = render(clip, tmp_path / "other", RenderOptions("house", seed=2), models, MadeUpDancer, quietly)
    for name in ("dance.wav", "dance.mid", "dance.events.jsonl"):
        assert (tmp_path / "same" / name).read_bytes() == (out / name).read_bytes()
        assert (tmp_path / "other" / name).read_bytes() != (out / name).read_bytes()
    assert same.plan == report.plan != other.plan


@pytest.mark.parametrize("chunk", [1, 7, 10**6])
def test_streaming_equals_rendering(models, sights, tmp_path, chunk):
    """Ticks in chunks of any size, mixed chunk by chunk, are the samples and codes that rendering writes."""
    grid = BeatGrid.steady(97.0, 0.1, "fixed")
    play(sights, SECONDS, Composer(models, grid, 1, 3), StemDecoder(models), tmp_path / "mix.wav", [], quietly)
    engine, mixer, codes = Engine(models, grid, 1, 3), Mixer(STAGE, 44100), []
    with WavWriter(tmp_path / "live.wav", 44100, 2, "FLOAT") as live:

        def hear(outputs):
            blocks = [block for output in outputs for block in output.blocks]
            codes.extend(block.codes for block in blocks)
            if blocks:
                live.write(mixer.push(np.concatenate([block.samples for block in blocks], axis=1)))

        for begin in range(0, len(sights), chunk):
            hear([engine.push(sight.motion, sight.visual) for sight in sights[begin : begin + chunk]])
        hear([engine.finish(SECONDS)])
    rendered, _ = soundfile.read(tmp_path / "mix.wav")
    streamed, _ = soundfile.read(tmp_path / "live.wav")
    np.testing.assert_allclose(streamed[: len(rendered)], rendered, atol=1e-5)
    again = Engine(models, grid, 1, 3)
    outputs = [again.push(sight.motion, sight.visual) for sight in sights] + [again.finish(SECONDS)]
    expected = [block.codes for output in outputs for block in output.blocks]
    assert np.array_equal(np.concatenate(codes, axis=2), np.concatenate(expected, axis=2))


def test_two_viewers_see_what_one_sees(models, clip, monkeypatch):
    together, facts = watch(clip, MadeUpDancer, models.manifest.motion_rate_hz, quietly)
    monkeypatch.setattr(watch_module, "SHORTEST_HALVED_S", 1e9)
    alone, same_facts = watch(clip, MadeUpDancer, models.manifest.motion_rate_hz, quietly)
    assert facts == same_facts
    assert len(alone) == len(together) == round(SECONDS * 30)
    for one, two in zip(alone, together, strict=True):
        assert (one.motion.index, one.motion.t) == (two.motion.index, two.motion.t)
        assert np.array_equal(one.motion.features, two.motion.features)
        assert np.array_equal(one.visual, two.visual)


def test_sixty_pictures_a_second_cost_twenty_looks(tmp_path, models):
    looks = []

    class Counting(MadeUpDancer):
        def estimate(self, frame):
            looks.append(frame.t)
            return super().estimate(frame)

    clip = write_video(tmp_path / "fast.mp4", moving_square(120), times_ms=[round(i * 1000 / 60) for i in range(120)])
    sights, watched = watch(clip, Counting, models.manifest.motion_rate_hz, quietly)
    assert len(looks) == 40
    assert watched.frames == 120 and watched.coverage == 1
    assert all(sight.motion.present for sight in sights[:60])


@pytest.mark.real_time
def test_osc_sends_the_events_of_the_log_at_their_times(d2m, tmp_path, udp_receiver):
    clip = write_video(tmp_path / "dance.mp4", moving_square(75))
    arrivals = []

    def receive():
        while datagram := udp_receiver.recv(2048):
            arrivals.append((time.monotonic(), OscMessage(datagram)))

    listener = threading.Thread(target=receive, daemon=True)
    listener.start()
    port = udp_receiver.getsockname()[1]
    assert d2m.render(clip, "-o", tmp_path, "--osc", f"127.0.0.1:{port}", "-o", tmp_path / "out").code == 0
    udp_receiver.sendto(b"", udp_receiver.getsockname())
    listener.join(5)
    lines = log(tmp_path / "out")
    addresses = {name: BY_EVENT[event] for event, name in EVENT_TYPES.items()}
    assert len(arrivals) == len(lines) > 50
    lateness = []
    for line, (arrived, message) in zip(lines, arrivals, strict=True):
        row = addresses[line["type"]]
        assert message.address == row.address
        for argument, value in zip(row.arguments, message.params, strict=True):
            expected = line[argument.field]
            assert value == (expected if argument.type == "s" else pytest.approx(expected, rel=1e-5, abs=1e-5))
        lateness.append(arrived - max(0.0, line["t"]))
    late = np.sort(lateness) - min(lateness)
    assert late[int(0.9 * len(late))] < 0.01  # a busy machine may hold back a few
