"""Every control of the live page, by mouse, by key and by OSC: the session, the window and OSC then say the same."""

import socket
import time
from dataclasses import dataclass
from typing import Any

import pytest

from d2m_bridge.engine.plan import KEYS as MUSICAL_KEYS
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.osc import commands as do
from d2m_bridge.osc.table import encode_row

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QPushButton, QSlider

from plugin_host.live.positions import positions_of
from plugin_host.widgets.basics import signed
from plugin_host.widgets.choices import Choices
from plugin_host.widgets.meter import Meter
from tests.hosts import STYLES, choose, click, drag

pytestmark = pytest.mark.real_time


@dataclass(frozen=True)
class Way:
    """mouse: with a host; keys: rows of the table, one after the other; osc: commands; so: of Positions, afterwards."""

    mouse: Any
    keys: tuple[str, ...]
    osc: tuple[do.Command, ...]
    so: Any
    before: tuple[do.Command, ...] = ()


def pad(host, style):
    return host.live.steer._styles._buttons[style]


def strip(host, stem):
    return host.live.mixer._strips[STEMS.index(stem)]


def feel(host, field):
    return host.live.steer._feel[field][0]


def named(host, key):
    """The button of the live page whose tooltip names a key."""
    return next(made for made in host.live.findChildren(QPushButton) if key in made.toolTip())


def blend(host):
    click(host.live.steer._blend)
    click(pad(host, "lock"))


RIGHT, UP = QPoint(30, 0), QPoint(0, -30)
WAYS = {
    "play": Way(lambda host: click(host.live.play), ("play",), (do.Play(),), lambda at: at.playing),
    "panic": Way(
        lambda host: click(host.live.panic), ("panic",), (do.Panic(),), lambda at: not at.playing, (do.Play(),)
    ),
    "record": Way(lambda host: click(host.live.record), ("record",), (do.SetRecord(True),), lambda at: at.recording),
    "hold": Way(lambda host: click(host.live.hold), ("hold",), (do.SetHold(True),), lambda at: at.hold),
    "style": Way(
        lambda host: click(pad(host, "jazz")), ("style2",), (do.SetStyle("jazz"),), lambda at: at.style == "jazz"
    ),
    "blend": Way(
        blend, ("blend1",), (do.BlendStyles("house", "lock", 0.25),), lambda at: at.second == "lock" and at.amount > 0
    ),
    "amount": Way(
        lambda host: drag(host.live.steer._amount, RIGHT), ("blend",), (do.BlendStyles("house", "lock", 0.7),),
        lambda at: at.amount > 0.5, (do.BlendStyles("house", "lock", 0.5),),
    ),
    "end of a blend": Way(
        lambda host: click(host.live.steer._blend), ("style1",), (do.SetStyle("lock"),),
        lambda at: (at.style, at.second) == ("lock", ""), (do.BlendStyles("house", "lock", 0.75),),
    ),
    "key": Way(
        lambda host: choose(host.live.steer._keys, 1), ("key_up",), (do.SetKey("C"),),
        lambda at: at.key == MUSICAL_KEYS[0],
    ),
    **{
        field: Way(
            lambda host, field=field: drag(feel(host, field), RIGHT), (f"more_{field}",), (command(0.5),),
            lambda at, field=field: getattr(at, field) > 0,
        )
        for field, command in (
            ("intensity", do.SetIntensity), ("density", do.SetDensity), ("complexity", do.SetComplexity),
            ("swing", do.SetSwing),
        )
    },
    "gain": Way(
        lambda host: drag(strip(host, "bass").fader, UP), ("louder_bass",) * 2, (do.SetStemGain("bass", 6.0),),
        lambda at: at.gains_db[1] != 0 and at.gains_db[0] == 0,
    ),
    "pan": Way(
        lambda host: drag(strip(host, "harmony").pan, QPoint(-8, 0)), ("left_harmony",),
        (do.SetStemPan("harmony", -0.5),), lambda at: at.pans[2] < 0 and at.pans[1] == 0,
    ),
    "mute": Way(
        lambda host: click(strip(host, "lead").mute), ("mute_lead",), (do.SetStemMute("lead", True),),
        lambda at: at.mutes == at.silent == (False, False, False, True),
    ),
    "solo": Way(
        lambda host: click(strip(host, "drums").solo), ("solo_drums",), (do.SetStemSolo("drums", True),),
        lambda at: at.silent == (False, True, True, True),
    ),
    "sync": Way(
        lambda host: click(host.live.tempo._sync._buttons["fixed"]), ("sync_fixed",), (do.SetSync("fixed"),),
        lambda at: at.sync == "fixed",
    ),
    "tempo": Way(
        lambda host: click(named(host, "[+]")), ("faster",), (do.SetTempo(120.0),),
        lambda at: at.sync == "fixed",
    ),
    "slower": Way(
        lambda host: click(named(host, "[-]")), ("slower",), (do.SetTempo(90.0),), lambda at: at.sync == "fixed",
    ),
    "tap": Way(
        lambda host: [(click(named(host, "[T]")), QTest.qWait(400)) for _ in range(2)], ("tap", "tap"),
        (do.Tap(), do.Tap()), lambda at: at.sync == "fixed",
    ),
    "offset": Way(
        lambda host: click(named(host, "Ctrl+.")), ("ahead",), (do.SetLatency(5.0),),
        lambda at: at.latency_ms == 5,
    ),
    "nudge": Way(
        lambda host: click(named(host, "Ctrl+,")), ("later",), (do.Nudge(10.0),), lambda at: at.latency_ms < 0
    ),
}  # fmt: skip


@pytest.fixture
def send(osc_port):
    """A command as another program sends it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
        yield lambda command: program.sendto(encode_row(do.BY_COMMAND[type(command)], command), ("127.0.0.1", osc_port))


def shown(live):
    """What the controls of the page say."""
    steer, mixer, pads = live.steer, live.mixer._strips, live.steer._styles._buttons
    return {
        "playing": live.play.text() == "STOP",
        "style": [style for style in STYLES if pads[style].isChecked()],
        "second": [style for style in STYLES if pads[style].property("second")],
        "blend": (steer._blend.isChecked(), steer._amount.value()),
        "key": steer._keys.currentData(),
        "feel": {field: slider.value() for field, (slider, _) in steer._feel.items()},
        "hold": live.hold._filled,
        "gains": [one.fader.value() for one in mixer],
        "pans": [one.pan.value() for one in mixer],
        "mutes": tuple(one.mute.isChecked() for one in mixer),
        "solos": tuple(one.solo.isChecked() for one in mixer),
        "silent": tuple(one._title.property("level") == "silent" for one in mixer),
        "sync": [name for name, made in live.tempo._sync._buttons.items() if made.isChecked()],
        "latency": live.tempo._latency.text(),
        "recording": live.record._filled,
    }


def expected(at):
    """The same, from where the session has the controls."""
    return {
        "playing": at.playing,
        "style": [at.style],
        "second": [at.second] if at.second else [],
        "blend": (bool(at.second), round(100 * at.amount)),
        "key": at.key,
        "feel": {field: round(100 * getattr(at, field)) for field in ("intensity", "density", "complexity", "swing")},
        "hold": at.hold,
        "gains": [round(10 * gain) for gain in at.gains_db],
        "pans": [round(100 * pan) for pan in at.pans],
        "mutes": at.mutes,
        "solos": at.solos,
        "silent": at.silent,
        "sync": [at.sync],
        "latency": signed(at.latency_ms, "ms"),
        "recording": at.recording,
    }


def said_by_osc(host):
    """Positions as a query of the state is answered, with what it does not tell from the window."""
    return positions_of(host.control.state(), host.session.styles, host.at.bpm)


@pytest.mark.parametrize("by", ["mouse", "key", "osc"])
@pytest.mark.parametrize("name", WAYS)
def test_three_ways_to_one_state(host, send, wait_for, name, by):
    way = WAYS[name]
    for command in way.before:
        host.controller.obey(command)
    wait_for(lambda: shown(host.live) == expected(host.at) and not host.controller._commands.unfinished_tasks)
    if by == "mouse":
        way.mouse(host)
    for row in way.keys if by == "key" else ():
        host.hit(row)
        QTest.qWait(400 if row == "tap" else 0)
    for command in way.osc if by == "osc" else ():
        send(command)
        QTest.qWait(400 if command == do.Tap() else 0)
    until = time.monotonic() + 5
    while not (way.so(host.at) and shown(host.live) == expected(host.at) and said_by_osc(host) == host.at):
        QTest.qWait(20)
        if time.monotonic() > until:
            assert way.so(host.at)
            assert shown(host.live) == expected(host.at)
            assert said_by_osc(host) == host.at
    assert [text for text in host.said if "breaks up" not in text] == []  # nothing was refused


def kind_of(live, control):
    """What one way stands for: one of several choices, or of the same part in the strips of all stems."""
    for one in live.mixer._strips:
        if one.isAncestorOf(control):
            return next(name for name, part in vars(one).items() if part is control)
    return control.parent() if isinstance(control.parent(), Choices) else control


def test_no_control_of_the_live_page_was_left_out(host, monkeypatch):
    """The ways above, and what the tests below handle, are all that there is."""
    live, handled = host.live, []
    for deed in ("click", "drag", "choose"):
        monkeypatch.setitem(globals(), deed, lambda control, *_: handled.append(control))
    monkeypatch.setattr(QTest, "qWait", lambda ms: None)
    for way in WAYS.values():
        way.mouse(host)
    section, another = live.roll._sections._buttons["break"], named(host, "[N]")
    handled += [section, live.drop, another, live.mixer._strips[0].meter]
    there = {
        kind_of(live, control)
        for kind in (QAbstractButton, QSlider, QComboBox, Meter)
        for control in live.findChildren(kind)
    }
    covered = {kind_of(live, control) for control in handled}
    assert there <= covered, there - covered


def test_no_command_was_left_out():
    sent = {type(command) for way in WAYS.values() for command in way.osc}
    at_the_next_bar, of_other_programs = {do.SetSection, do.SetSeed}, {do.Stop, do.Ping, do.QueryState}
    assert sent | at_the_next_bar | of_other_programs == set(do.BY_COMMAND)


@pytest.mark.parametrize("by", ["mouse", "key", "osc"])
@pytest.mark.parametrize("what", ["section", "drop", "seed"])
def test_what_comes_at_the_next_bar_is_asked_for_and_shown(host, send, wait_for, monkeypatch, what, by):
    wishes = []
    wish = host.session.wish
    monkeypatch.setattr(host.session, "wish", lambda one: (wishes.append(one), wish(one)))
    host.hit("play")
    wait_for(lambda: host.at.playing)
    section = "drop" if what == "drop" else "break"
    another = named(host, "[N]")
    mouse = {"section": host.live.roll._sections._buttons["break"], "drop": host.live.drop, "seed": another}[what]
    if by == "mouse":
        click(mouse)
    elif by == "key":
        host.hit("seed" if what == "seed" else section)
    else:
        send(do.SetSeed(5) if what == "seed" else do.SetSection(section))
    wait_for(lambda: wishes, 5)
    if what == "seed":
        assert wishes[0].seed is not None
        return
    assert wishes[0].section == section
    wait_for(lambda: host.live.roll._sections._buttons[section].property("second"), 3)
    if what == "drop":
        assert host.live.drop._caption == "next bar"


def test_a_section_that_was_asked_for_no_longer_waits_when_it_is_heard(host, wait_for):
    host.hit("play")
    wait_for(lambda: host.at.playing)
    host.hit("break")
    asked = host.live.roll._sections._buttons["break"]
    wait_for(lambda: asked.property("second"), 5)
    wait_for(lambda: asked.isChecked() and not asked.property("second"))


def test_a_fader_is_fine_with_shift_and_a_double_click_is_zero(host, wait_for):
    fader = strip(host, "drums").fader
    drag(fader, QPoint(0, 40))
    wait_for(lambda: host.at.gains_db[0] < -5)
    QTest.mouseDClick(fader, Qt.MouseButton.LeftButton, pos=fader.rect().center())
    wait_for(lambda: host.at.gains_db[0] == 0)
    assert fader.accessibleDescription() == "0.0 dB"


def test_the_clip_light_stays_until_a_click_or_its_key(host, wait_for):
    meters = [one.meter for one in host.live.mixer._strips]
    for put_out in (lambda: click(meters[0]), lambda: host.hit("clips")):
        meters[0].push(1.1, 1e6)
        assert meters[0].clipped and meters[0].accessibleDescription() == "clipped"
        QTest.qWait(50)
        assert meters[0].clipped
        put_out()
        assert not meters[0].clipped


def test_a_control_that_is_moved_elsewhere_is_not_torn_from_the_hand(host, send, wait_for):
    slider = feel(host, "density")
    begin = slider.rect().center()
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=begin)
    send(do.SetDensity(-1.0))
    wait_for(lambda: host.at.density == -1)
    QTest.qWait(50)
    assert slider.value() == 0
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=begin)
    wait_for(lambda: slider.value() == -100)
