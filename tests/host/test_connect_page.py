"""The page for other programs, in the real window on a real session, with real sockets."""

import socket
import threading

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from d2m_bridge.settings import load_settings

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from d2m_bridge.osc.learn import Lesson
from plugin_host.live.teachable import spoken, teachable

pytestmark = pytest.mark.real_time


def message(address, *values):
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build().dgram


@pytest.fixture
def tell(host, osc_port):
    """Sends to the port on which the session obeys."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        yield lambda *what: opened.sendto(message(*what), ("127.0.0.1", osc_port))


@pytest.fixture
def page(host):
    host.window.show_page("connect")
    return host.window.connect_page


def click(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_what_comes_in_and_goes_out_is_shown(host, page, tell, wait_for, udp_receiver):
    page.show_panel("monitor")
    page._target.setText(f"127.0.0.1:{udp_receiver.getsockname()[1]}")
    page._sending.setChecked(True)
    page._send()
    tell("/1/fader", 0.25)
    shown = page.monitor._text
    wait_for(lambda: "\u2190 /1/fader 0.25" in shown.toPlainText() and "\u2192 /d2m/energy" in shown.toPlainText())
    page.monitor._filter.setText("fader")
    assert "energy" not in shown.toPlainText() and "/1/fader" in shown.toPlainText()
    page.monitor._hold.setChecked(True)
    before = shown.toPlainText()
    tell("/1/fader", 0.75)
    QTest.qWait(500)
    assert shown.toPlainText() == before
    page.monitor._hold.setChecked(False)
    wait_for(lambda: "0.75" in shown.toPlainText())
    page._sending.setChecked(False)
    page._send()


def test_a_foreign_control_is_taught_obeyed_kept_and_forgotten(host, page, tell, wait_for):
    page.show_panel("learn")
    panel = page.learn
    panel._command.setCurrentIndex(panel._command.findData("/d2m/swing"))
    click(panel._learn)
    QTest.qWait(100)
    tell("/5/knob", 0.5)
    wait_for(lambda: not panel._learn.isChecked())
    lesson = Lesson("/5/knob", "/d2m/swing")
    assert load_settings(host.window._store).settings.learn == (lesson,)
    tell("/5/knob", 0.75)
    wait_for(lambda: host.at.swing == 0.75)
    (row,) = [panel._rows.itemAt(index).widget() for index in range(panel._rows.count() - 1)]
    click(row.findChildren(type(panel._learn))[0])
    assert load_settings(host.window._store).settings.learn == ()
    tell("/5/knob", 0.25)
    wait_for(lambda: "/5/knob" in host.controller.wires.received[2])  # unknown again
    assert host.at.swing == 0.75


def test_our_own_commands_are_not_learnt(page, tell, host, wait_for):
    page.show_panel("learn")
    click(page.learn._learn)
    QTest.qWait(100)
    tell("/d2m/density", 0.5)
    wait_for(lambda: host.at.density == 0.5)
    assert page.learn._learn.isChecked()
    click(page.learn._learn)


def test_all_that_can_be_taught_is_offered_in_words():
    commands = list(teachable(("house",)))
    assert {"/d2m/play", "/d2m/section drop", "/d2m/style house", "/d2m/stem/bass/gain"} <= set(commands)
    assert all(Lesson("/x", command) for command in commands)
    assert spoken("/d2m/stem/bass/gain") == "Stem bass gain"


def test_a_program_that_answers_is_asked_again_and_again(page, wait_for):
    """A stand-in that answers as we do."""
    asked = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)

        def answer():
            while len(asked) < 2:
                _, sender = server.recvfrom(1024)
                asked.append(sender)
                server.sendto(message("/d2m/pong", "1"), sender)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        page.choose("generic")
        page._asking.setInterval(100)
        page._target.setText(f"127.0.0.1:{server.getsockname()[1]}")
        click(page._check)
        wait_for(lambda: "answered after" in page._answer.text())
        wait_for(lambda: len(asked) == 2)
        thread.join()
    page.choose("reaper")
    assert not page._asking.isActive() and page._answer.text() == ""


def test_a_program_that_does_not_answer_says_what_to_do(page, wait_for):
    page.choose("generic")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        page._target.setText(f"127.0.0.1:{silent.getsockname()[1]}")
        click(page._check)
        wait_for(lambda: "No answer" in page._answer.text())
    page.choose("generic")


def test_a_midi_port_that_is_not_there_says_so_and_is_let_go(host, page, wait_for):
    page.show_panel("ports")
    page.ports.midi.emit("midi_out", "no such port")
    wait_for(lambda: any("MIDI" in text for text in host.said))
    assert page.ports._midi["midi_out"].currentData() == ""


def test_link_is_switched_on_and_off(host, page, wait_for):
    pytest.importorskip("link", reason="LinkPython-extern is missing")
    page.show_panel("ports")
    click(page.ports._link)
    wait_for(lambda: host.at.sync == "link" and page.ports._peers.text() != "off")
    click(page.ports._link)
    wait_for(lambda: host.at.sync == "follow" and page.ports._peers.text() == "off")
