"""The remote script for Live, over a real socket, with a stand-in for Live's song and control surface."""

import importlib.util
import socket
import sys
import time
import types
from dataclasses import replace

import pytest

from d2m_bridge.daw.check import ask
from d2m_bridge.daw.kit import KITS, install
from d2m_bridge.osc.dialects import GENERIC
from d2m_bridge.osc.messages import ClipMessage, TempoMessage
from d2m_bridge.osc.protocol import bundle, encode


class Clip:
    def __init__(self, path, beats):
        self.path, self.length = path, beats


class Slot:
    def __init__(self, song):
        self.clip, self._song = None, song

    @property
    def has_clip(self):
        return self.clip is not None

    def create_audio_clip(self, path):
        assert self.clip is None, "Live refuses an occupied slot"
        self.clip = Clip(path, self._song.heard_beats)


class OldSlot(Slot):
    create_audio_clip = property()  # hasattr() says no


class Track:
    def __init__(self, name, scenes, song):
        self.name = name
        self.clip_slots = [song.slot(song) for _ in range(scenes)]


class Song:
    """tracks and scenes as Live gives them: as tuples, anew each time."""

    def __init__(self, slot=Slot):
        self.slot, self.heard_beats = slot, 16
        self._scenes = 2
        self._tracks = [Track("1-MIDI", 2, self)]

    tracks = property(lambda self: tuple(self._tracks))
    scenes = property(lambda self: ("scene",) * self._scenes)

    def create_audio_track(self, index):
        assert index == -1
        self._tracks.append(Track("2-Audio", self._scenes, self))

    def create_scene(self, index):
        assert index == -1
        self._scenes += 1
        for track in self._tracks:
            track.clip_slots.append(self.slot(self))

    def clips(self):
        return {
            (track.name, scene): slot.clip.name
            for track in self._tracks
            for scene, slot in enumerate(track.clip_slots)
            if slot.has_clip
        }


@pytest.fixture
def script(tmp_path):
    """The script as it is installed."""
    (file,) = install(KITS["ableton"], tmp_path / "Remote Scripts")
    spec = importlib.util.spec_from_file_location("d2m_clips", file.path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def live(script):
    """A song, what it said, and the receiver on a free port."""
    song, said = Song(), []
    receiver = script.ClipReceiver(song, said.append, port=0)
    yield song, said, receiver
    receiver.close()


def send(receiver, *datagrams):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in datagrams:
            sender.sendto(datagram, ("127.0.0.1", receiver.port))
    time.sleep(0.05)
    receiver.poll()


def clip(path, bar=0, stem="mix"):
    path.touch()
    return encode(ClipMessage(str(path), bar, 16, 120.0, stem))


def test_stems_of_one_bar_stand_in_one_scene(live, tmp_path):
    song, said, receiver = live
    send(receiver, *bundle([clip(tmp_path / "ä b.wav", 4, "drums"), clip(tmp_path / "b.wav", 4, "bass")]))
    send(receiver, clip(tmp_path / "c.wav", 8, "drums"))
    send(receiver, clip(tmp_path / "d.wav", 12, "lead"), clip(tmp_path / "e.wav", 8, "bass"))
    assert song.clips() == {
        ("d2m drums", 0): "drums bar 5", ("d2m bass", 0): "bass bar 5", ("d2m drums", 1): "drums bar 9",
        ("d2m bass", 1): "bass bar 9", ("d2m lead", 2): "lead bar 13",
    }  # fmt: skip
    made = song.tracks[1].clip_slots[0].clip
    assert made.path == str(tmp_path / "ä b.wav") and made.warping and made.looping
    assert said == []


def test_a_bar_that_comes_again_takes_a_new_scene(live, tmp_path):
    song, _, receiver = live
    for _ in range(4):
        send(receiver, clip(tmp_path / "a.wav", 4))
    assert sorted(scene for _, scene in song.clips()) == [0, 1, 2, 3] and len(song.scenes) == 4


def test_it_says_what_it_cannot_do(live, tmp_path, script):
    song, said, receiver = live
    message = clip(tmp_path / "gone.wav")
    (tmp_path / "gone.wav").unlink()
    send(receiver, message)
    assert "no file at" in said.pop() and song.clips() == {}
    song.heard_beats = 15.0
    send(receiver, clip(tmp_path / "a.wav"))
    assert "Live heard 15.0" in said.pop()
    old = script.ClipReceiver(Song(OldSlot), said.append, port=0)
    send(old, clip(tmp_path / "b.wav"))
    old.close()
    assert "12.0.5" in said.pop()


def test_other_messages_and_rubbish_do_no_harm(live, tmp_path):
    song, said, receiver = live
    good = clip(tmp_path / "a.wav")
    rubbish = [
        encode(TempoMessage(120.0)), b"", b"\xff" * 40, b"#bundle\0", b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xff",
        good[:-6], good[:20], b"/d2m/clip\0\0\0,b\0\0\0\0\0\0", b"/d2m/clip\0\0\0,i\0\0\0\0\0\1",
    ]  # fmt: skip
    send(receiver, *rubbish)
    assert song.clips() == {}
    send(receiver, good)
    assert len(song.clips()) == 1 and all(line.startswith("d2m: ") for line in said)


def test_daw_check_hears_it(live):
    import threading

    _, _, receiver = live
    over = threading.Event()

    def tick():  # Live's timer
        while not over.wait(0.1):
            receiver.poll()

    timer = threading.Thread(target=tick)
    timer.start()
    try:
        answer = ask(replace(GENERIC.check), "127.0.0.1", receiver.port)
    finally:
        over.set()
        timer.join()
    assert answer.address == "/d2m/pong" and answer.after_ms < 1000


def test_live_starts_and_ends_it(script, monkeypatch, tmp_path):
    class ControlSurface:
        def __init__(self, c_instance):
            self.song, self.waiting, self.said, self.gone = c_instance, [], [], False

        def schedule_message(self, ticks, call):
            self.waiting.append(call)

        def show_message(self, text):
            self.said.append(text)

        def disconnect(self):
            self.gone = True

    module = types.ModuleType("ableton.v2.control_surface")
    module.ControlSurface = ControlSurface
    for name in ("ableton", "ableton.v2"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "ableton.v2.control_surface", module)
    monkeypatch.setattr(script.ClipReceiver.__init__, "__defaults__", (0,))  # a free port
    song = Song()
    surface = script.create_instance(song)
    send(surface._receiver, b"")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(clip(tmp_path / "a.wav"), ("127.0.0.1", surface._receiver.port))
    time.sleep(0.05)
    surface.waiting.pop(0)()
    assert len(song.clips()) == 1 and len(surface.waiting) == 1
    surface.disconnect()
    assert surface.gone
    surface.waiting.pop(0)()  # a tick that Live had already taken: a closed socket does no harm
