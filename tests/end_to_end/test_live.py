"""A whole live session on a file camera, with an untrained model and a made-up dancer."""

import json
import logging
import threading
import time

import mido
import numpy as np
import pytest
import soundfile

from d2m_bridge.audio.output import NullOutput
from d2m_bridge.capture.camera import FileCamera
from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.conductor.live_grid import MACHINE, Target
from d2m_bridge.engine.composer import Composer, Wishes
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.engine.sound import StemDecoder
from d2m_bridge.errors import InputError
from d2m_bridge.osc import commands as do
from d2m_bridge.pipeline.control import Control
from d2m_bridge.pipeline.live import LiveSession
from d2m_bridge.pipeline.masters import Masters
from d2m_bridge.pipeline.musician import Desk
from d2m_bridge.pipeline.play import play
from d2m_bridge.pipeline.watch import watch
from d2m_bridge.sync.master import MasterState
from d2m_bridge.sync.session_clock import SessionClock
from d2m_bridge.timeline import AccentEvent, BeatEvent, EnergyEvent, NoteEvent
from tests.estimators import MadeUpDancer, Nobody
from tests.media import moving_square, write_video

pytestmark = pytest.mark.real_time

RATE = 44100


class Diary:
    """A listener that remembers."""

    def __init__(self):
        self.ahead_of, self.heard_at, self.looks = [], [], []

    def ahead(self, event, due):
        self.ahead_of.append((event, due))

    def heard(self, event, due):
        self.heard_at.append((event, due))

    def seen(self, look):
        self.looks.append(look)


def in_slow_motion(times):
    """A session clock that gives a busy machine `times` the time."""
    return SessionClock(lambda: time.perf_counter() / times)


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "dance.mp4", moving_square(100))  # four seconds


class Stage:
    """A session and what belongs to it."""

    def __init__(self, models, clip, estimator=MadeUpDancer, slowness=3.0, bpm=120.0, sync="fixed"):
        self.clock = in_slow_motion(slowness)
        self.output = NullOutput(RATE, self.clock)
        self.diary = Diary()
        camera = FileCamera(clip, self.clock.now)
        self.session = LiveSession(camera, self.output, estimator, models, self.clock, style=0, seed=3, bpm=bpm)
        self.session.listeners.append(self.diary)
        self.sync, self.bpm = sync, bpm

    def __enter__(self):
        self.masters = Masters(self.clock, self.bpm, self.session.fixed_master, None)
        self.control = Control(self.session, self.masters.open, self.takes, self.sync)
        self.session.start(lambda: self.masters.open(self.sync))
        return self

    def __exit__(self, *exception):
        self.session.close()

    takes = None

    def play_until(self, seconds):
        while self.clock.now() < seconds:
            time.sleep(0.02)


def stems_of(folder):
    return np.stack([soundfile.read(folder / "stems" / f"take001.{stem}.wav")[0] for stem in STEMS])


def test_live_plays_what_offline_renders(models, clip, tmp_path):
    with Stage(models, clip) as stage:
        stage.session.record(tmp_path / "live")
        stage.play_until(3.6)
    figures = stage.session.figures()
    assert figures["stood_in"] == figures["guessed_steps"] == 0, "the machine was too slow for this test"
    sights, _ = watch(clip, MadeUpDancer, models.manifest.motion_rate_hz, lambda *_: None)
    paths = [tmp_path / f"{stem}.wav" for stem in STEMS]
    composer = Composer(models, BeatGrid.steady(120.0, 0.0, "fixed"), 0, 3)
    events, _ = play(sights, 4.0, composer, StemDecoder(models), tmp_path / "mix.wav", paths, lambda *_: None)
    offline = np.stack([soundfile.read(path)[0] for path in paths])
    live = stems_of(tmp_path / "live")
    count = min(live.shape[1], int(2.8 * RATE))  # near its end the clip begins again, live
    assert count > 2 * RATE and np.abs(live).max() > 0.001
    np.testing.assert_allclose(live[:, :count], np.clip(offline[:, :count], -1, 1), atol=2**-22)

    def notes(those):
        early = [event for event in those if isinstance(event, NoteEvent) and event.t < 2.8]
        return {(note.step, note.stem, note.pitch, round(note.velocity, 5)) for note in early}

    assert notes(event for event, _ in stage.diary.heard_at) == notes(events) != set()


def test_the_take_is_sample_for_sample_what_was_sent_to_the_output(models, clip, tmp_path):
    heard = []
    stage = Stage(models, clip)
    with stage:
        fill = stage.session._ring.read

        def listen(position, out):
            missing = fill(position, out)
            heard.append((position, out.copy()))
            return missing

        stage.output.close()
        stage.output = stage.session._output = NullOutput(RATE, stage.clock)
        stage.session.record(tmp_path)
        stage.output.start(listen, stage.session.delay_s)
        stage.play_until(3.0)
        begin = round(stage.session.musician.recorder.begin_s * RATE)
    take, _ = soundfile.read(tmp_path / "take001.wav", dtype="float32")
    timeline = np.zeros((round(4 * RATE), 2), np.float32)
    for position, out in heard:
        if position >= 0:
            timeline[position : position + len(out)] = out
    assert stage.session.figures()["underruns"] == 0 == stage.session.musician.stats.late
    until = min(len(take), round(2.2 * RATE) - begin)
    assert until > RATE
    heard_from = RATE // 100  # the first samples went to the output that was exchanged
    np.testing.assert_allclose(take[heard_from:until], timeline[begin + heard_from : begin + until], atol=2**-22)


def test_everything_is_told_in_time_and_beats_ahead(models, clip):
    with Stage(models, clip, slowness=2.0) as stage:
        stage.play_until(3.0)
    diary, delay = stage.diary, stage.session.delay_s
    beats = [(event, due) for event, due in diary.heard_at if isinstance(event, BeatEvent)]
    assert [event.bar * 4 + event.beat for event, _ in beats] == list(range(len(beats))) and len(beats) >= 4
    assert [due for _, due in beats] == pytest.approx([delay + n * 0.5 for n in range(len(beats))], abs=1e-6)
    assert {e for e, _ in beats} <= {e for e, _ in diary.ahead_of}
    assert any(isinstance(event, AccentEvent) for event, _ in diary.heard_at)
    energies = [event for event, _ in diary.heard_at if isinstance(event, EnergyEvent)]
    assert len(energies) > 60 and max(event.value for event in energies) > 0.2
    assert len(diary.looks) >= 40 and diary.looks[0].people
    figures = stage.session.figures()
    assert figures["beat_jitter_ms"]["p50"] < 2
    assert set(figures) >= {"underruns", "pose_to_event_ms", "beat_jitter_ms", "fps", "rss_growth_mb", "cpu_share"}
    json.dumps(figures, allow_nan=False)


def test_a_recording_that_begins_in_the_middle_misses_no_event_and_knows_its_section(models, clip, tmp_path):
    with Stage(models, clip) as stage:
        stage.play_until(1.3)
        stage.session.record(tmp_path)
        stage.play_until(3.6)
        begin_s = stage.session.musician.recorder.begin_s
    lines = [json.loads(line) for line in (tmp_path / "take001.events.jsonl").read_text().splitlines()]
    seconds = soundfile.info(tmp_path / "take001.wav").duration
    assert lines[0]["type"] == "section" and lines[0]["t"] == pytest.approx(-begin_s, abs=1e-3)  # of the first bar
    for kind, line_type in ((BeatEvent, "beat"), (NoteEvent, "note")):
        announced = [event.t - begin_s for event, _ in stage.diary.ahead_of if isinstance(event, kind)]
        recorded = [line["t"] for line in lines if line["type"] == line_type]
        assert recorded == pytest.approx([t for t in announced if 0 <= t < seconds], abs=2e-3) and recorded


def test_the_music_follows_the_dancers_tempo_without_a_jump(models, tmp_path):
    clip = write_video(tmp_path / "long.mp4", moving_square(400))
    # The dancer of tests.estimators dances at 100; the music begins at 96.
    with Stage(models, clip, slowness=1.5, bpm=96.0, sync="follow") as stage:
        stage.play_until(13.0)
    beats = [due for event, due in stage.diary.ahead_of if isinstance(event, BeatEvent)]
    lengths = np.diff(beats)
    assert np.abs(lengths[1:] / lengths[:-1] - 1).max() < 0.0201
    assert 60 / lengths[-1] == pytest.approx(100, rel=0.025)


def test_a_pose_net_that_hangs_does_not_stop_the_music(models, clip):
    class Hangs(MadeUpDancer):
        def estimate(self, frame):
            if 1.0 < frame.t < 1.06:
                time.sleep(4.0)
            return super().estimate(frame)

    with Stage(models, clip, Hangs, slowness=2.0) as stage:
        stage.play_until(4.5)
        status = stage.session.status
    assert stage.session.musician.stats.stood_in > 20
    beats = [event for event, _ in stage.diary.heard_at if isinstance(event, BeatEvent)]
    assert [event.bar * 4 + event.beat for event in beats] == list(range(len(beats))) and len(beats) >= 7
    assert not status.watch.stalled


def test_nobody_in_view_is_no_reason_to_stop(models, clip):
    with Stage(models, clip, Nobody) as stage:
        stage.play_until(2.0)
        status = stage.session.status
    assert status.watch.seen is not None and status.watch.seen.people == ()
    assert [event for event, _ in stage.diary.heard_at if isinstance(event, BeatEvent)]


def test_an_estimator_that_cannot_start_is_told_and_the_music_plays(models, clip, caplog):
    from d2m_bridge.errors import ModelError

    def broken():
        raise ModelError("the pose model is broken: fetch it again")

    with caplog.at_level(logging.CRITICAL), Stage(models, clip, broken) as stage:
        stage.play_until(2.0)
        assert "fetch it again" in stage.session.status.error
    assert [event for event, _ in stage.diary.heard_at if isinstance(event, BeatEvent)]


def test_stop_is_silence_play_is_sound_and_neither_clicks(models, clip, tmp_path):
    with Stage(models, clip) as stage:
        stage.session.record(tmp_path)
        stage.play_until(1.2)
        stage.control.obey(do.Stop())
        stage.play_until(2.4)
        stage.control.obey(do.Play())
        stage.play_until(3.6)
    stems = stems_of(tmp_path)
    loud = np.abs(stems).max(axis=(0, 2))
    silent = np.nonzero(loud == 0)[0]
    runs = np.split(silent, np.nonzero(np.diff(silent) > 1)[0] + 1)
    longest = max(runs, key=len)
    assert len(longest) > RATE // 2 and np.abs(stems[:, longest[-1] + 2000 :]).max() > 0.001
    # The last samples before the silence fall to nought along the ramp.
    edge = loud[longest[0] - 20 : longest[0]]
    assert edge.max() < 0.1 * np.abs(stems).max()


def test_controls_say_what_they_do_and_their_state_can_be_asked(models, clip, tmp_path):
    with Stage(models, clip, slowness=2.0) as stage:
        control = Control(stage.session, stage.masters.open, tmp_path / "takes", "fixed")
        for command in (
            do.SetStemMute("bass", True),
            do.SetStemGain("lead", -6.0),
            do.SetStemPan("harmony", -1.0),
            do.SetStemSolo("drums", False),
            do.SetIntensity(0.5),
            do.SetDensity(-0.25),
            do.SetComplexity(1.0),
            do.SetSwing(0.75),
            do.SetHold(True),
            do.SetKey("F#"),
            do.SetLatency(-20.0),
            do.Nudge(5.0),
            do.SetStyle(stage.session.styles[-1]),
            do.SetSeed(9),
            do.SetSection("drop"),
            do.SetTempo(90.0),
            do.SetRecord(True),
        ):
            control.obey(command)
        stage.play_until(2.5)
        state = control.state()
        with pytest.raises(InputError, match="expected one of"):
            control.obey(do.SetStyle("polka"))
        control.obey(do.SetRecord(False))
        control.obey(do.Panic())
        assert not stage.session.status.playing
    assert do.SetStemMute("bass", True) in state and do.SetStemGain("lead", -6.0) in state
    assert do.SetIntensity(0.5) in state and do.SetLatency(-25.0) in state and do.SetRecord(True) in state
    assert do.SetStyle(stage.session.styles[-1]) in state and do.SetSync("fixed") in state
    assert {do.SetDensity(-0.25), do.SetComplexity(1.0), do.SetSwing(0.75), do.SetHold(True), do.SetKey("F#")} <= {
        *state
    }
    assert do.SetStemPan("harmony", -1.0) in state and do.SetStemSolo("drums", False) in state
    assert stage.session.musician.grid.bpm == pytest.approx(90, rel=0.12)  # it still leans to catch the phase
    assert mido.MidiFile(tmp_path / "takes" / "take001.mid").length > 0
    bass, _ = soundfile.read(tmp_path / "takes" / "stems" / "take001.bass.wav")
    assert not bass[RATE // 10 :].any()


def test_while_a_stem_plays_solo_only_it_is_heard():
    desk = Desk(mutes=(False, True, False, False), solos=(True, True, False, False))
    assert desk.linear().tolist() == [1, 0, 0, 0]  # mute counts more than solo
    assert Desk().linear().tolist() == [1, 1, 1, 1]


def test_a_wished_section_comes_at_the_next_bar_and_lasts_it(models, clip):
    with Stage(models, clip, slowness=2.0, bpm=240.0) as stage:
        stage.play_until(0.5)
        stage.session.wish(Wishes(section="drop"))
        stage.play_until(3.5)
    steps = {step.step: step.section for step in stage.session.musician.plan}
    granted = [bar for bar in range(1, 3) if all(steps[16 * bar + n] == "drop" for n in range(16))]
    assert granted


def test_closing_twice_is_harmless_and_leaves_no_thread(models, clip):
    before = threading.active_count()
    with Stage(models, clip) as stage:
        stage.play_until(0.3)
    stage.session.close()
    assert threading.active_count() <= before


def test_the_music_begins_in_the_masters_bar(models, clip):
    class Bar:
        """A master whose bars of two seconds begin 1.3 s into the session."""

        turn = MACHINE
        state = MasterState.LOCKED

        def target(self, now):
            return Target(now, (now - 1.3) * 2, 120.0, cycle=4)

        def close(self):
            pass

    stage = Stage(models, clip, slowness=2.0)
    stage.masters = Masters(stage.clock, 120.0, stage.session.fixed_master, None)
    stage.session.start(Bar)
    try:
        stage.play_until(3.8)
    finally:
        stage.session.close()
    downbeats = [due for event, due in stage.diary.heard_at if isinstance(event, BeatEvent) and event.beat == 0]
    assert downbeats == pytest.approx([1.3, 3.3], abs=1e-3)
