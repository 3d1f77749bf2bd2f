"""The page for devices, the first start, and where the window is found again."""

import pytest

from d2m_bridge import plugins
from d2m_bridge.pipeline.doctor import Finding
from d2m_bridge.settings import load_settings
from tests.media import moving_square, write_video

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QPushButton

from d2m_bridge.settings import Settings
from plugin_host import first_start
from plugin_host.devices import Devices, find_devices
from plugin_host.geometry import geometry_of, spoken_geometry
from plugin_host.pages import machine_panel
from plugin_host.pages import setup as setup_page
from plugin_host.pages.setup import SetupPage

pytestmark = pytest.mark.real_time


@pytest.fixture
def plugged(monkeypatch):
    """The devices that there are; add to it to plug one in."""
    there = {"cameras": {0: "Cam", 1: "Cam", 2: "Other"}}
    monkeypatch.setattr("d2m_bridge.capture.camera.camera_names", lambda: dict(there["cameras"]))
    monkeypatch.setattr("d2m_bridge.audio.devices.output_devices", list)
    return there


def entries(box):
    return {box.itemData(index): box.itemText(index) for index in range(box.count())}


def test_cameras_are_chosen_by_name_and_a_second_of_one_name_by_number(plugged):
    assert find_devices().cameras == (
        ("0", "First camera"), ("Cam", "Cam (0)"), ("1", "Cam (1)"), ("Other", "Other (2)"),
    )  # fmt: skip
    assert first_start.found_settings() == {"camera": "Cam", "audio": "null"}
    plugged["cameras"] = {}
    assert first_start.found_settings()["camera"] == "0"


def test_what_is_plugged_in_appears_and_what_is_gone_stays_listed(application, plugged, wait_for):
    page = SetupPage(Settings(camera="Lost cam", audio="Lost card"))
    page._timer.setInterval(50)
    page.show()
    wait_for(lambda: "Other" in entries(page._camera))
    assert entries(page._camera)["Lost cam"] == "Lost cam (not connected)"
    assert page._camera.currentData() == "Lost cam" and page._audio.currentText() == "Lost card (not connected)"
    plugged["cameras"][3] = "Lost cam"
    wait_for(lambda: entries(page._camera)["Lost cam"] == "Lost cam (3)")
    assert page._camera.currentData() == "Lost cam"
    page.hide()
    assert not page._timer.isActive()


def test_looking_never_waits_and_happens_once_at_a_time(application, monkeypatch, wait_for):
    import threading

    gate, calls = threading.Event(), []

    def slow():
        calls.append(1)
        gate.wait(10)
        return Devices()

    monkeypatch.setattr(setup_page, "find_devices", slow)
    page = SetupPage(Settings())
    page._timer.setInterval(20)
    page.show()
    QTest.qWait(300)
    assert calls == [1]
    gate.set()
    wait_for(lambda: len(calls) > 1)
    page.hide()


def test_a_plugin_that_fails_is_greyed_with_its_reason(application, monkeypatch, wait_for):
    found = (
        plugins.Plugin(plugins.POSE, "works", "good 1.0"),
        plugins.Plugin(plugins.SOURCES, "fails", "bad 1.0", "OSError: the lens is dirty"),
    )
    monkeypatch.setattr(plugins, "found", lambda: found)
    panel = machine_panel.MachinePanel()
    panel.show()
    wait_for(lambda: panel._plugins.count() == 3)
    rows = {panel._plugins.itemAt(i).widget().accessibleName(): panel._plugins.itemAt(i).widget() for i in (1, 2)}
    assert rows["works"].isEnabled() and not rows["fails, which does not work"].isEnabled()
    texts = [part.text() for part in rows["fails, which does not work"].findChildren(QLabel)]
    assert "OSError: the lens is dirty" in texts and "camera, bad 1.0" in texts
    panel.hide()


def test_the_first_start_finds_fetches_plays_and_opens(make_host, plugged, monkeypatch, wait_for, tmp_path):
    clip = write_video(tmp_path / "dance.mp4", moving_square(50))
    told = []

    def fetch(progress):
        for done in (0, 50, 100):
            progress("the pose model", done, 100)
            told.append(done)
        return tmp_path / "pose.task"

    monkeypatch.setattr("d2m_bridge.pose.fetch.fetch_pose_model", fetch)
    monkeypatch.setattr(first_start, "play_tone", lambda device: told.append(device) or "the card")
    monkeypatch.setattr(first_start, "examine", lambda parts: (Finding(part, "good", "there") for part in parts))
    monkeypatch.setattr(setup_page, "found_settings", lambda: {"camera": str(clip), "audio": "null"})
    host = make_host(camera="none")
    host.window._store = tmp_path / "settings.toml"
    host.window.begin_first_start()
    assert host.window.page == "setup"
    wait_for(lambda: host.controller.is_open, 60)
    assert told == [0, 50, 100, "default"]
    stored = load_settings(tmp_path / "settings.toml")
    assert stored.settings.camera == str(clip) and stored.exists
    wait_for(lambda: host.window.setup.preview.accessibleDescription() == "1 in the picture")
    parts = [part.text() for part in host.window.setup.machine.findChildren(QLabel)]
    assert {"Camera", "Sound", "GPU", "Pose model", "Tone"} <= set(parts)


def test_a_first_start_without_network_or_sound_says_what_to_do(monkeypatch):
    from d2m_bridge.errors import DeviceError, ModelError

    def no(kind, text):
        def fail(*_):
            raise kind(text)

        return fail

    monkeypatch.setattr("d2m_bridge.pose.fetch.fetch_pose_model", no(ModelError, "no network"))
    monkeypatch.setattr(first_start, "play_tone", no(DeviceError, "no card"))
    monkeypatch.setattr(first_start, "examine", lambda parts: ())
    found = list(first_start.first_steps(lambda *_: None))
    assert [(one.part, one.verdict, one.fact) for one in found] == [
        ("pose model", "bad", "no network"), ("tone", "poor", "no card"),
    ]  # fmt: skip
    assert all(one.remedy for one in found)


def test_the_test_tone_is_played_and_said(host, monkeypatch, wait_for):
    monkeypatch.setattr("d2m_bridge.audio.tone.play_tone", lambda device: f"card {device}")
    host.window.show_page("setup")
    (test,) = [made for made in host.window.setup.findChildren(QPushButton) if made.text() == "Test tone"]
    QTest.mouseClick(test, Qt.MouseButton.LeftButton)
    wait_for(lambda: "A tone was played on card null" in host.said)


def test_the_window_is_found_where_it_was_left(make_host):
    host = make_host(page="offline", window="1300x760+20+30")
    host.window.go_on()
    assert host.window.page == "offline"
    assert (host.window.width(), host.window.height()) == (1300, 760)
    host.window.show_page("connect")
    host.window.resize(1234, 700)
    host.window.close()
    stored = load_settings(host.window._store).settings
    assert stored.page == "connect" and stored.window.startswith("1234x700")


@pytest.mark.parametrize("text", ["", "big", "1280x720", "1280x720+99999+0", "1280x720-5000+0", "0x0+0+0"])
def test_a_place_that_is_none_is_left_to_the_system(application, text):
    assert geometry_of(text) is None


def test_places_are_spoken_and_understood(application):
    place = QRect(5, 7, 640, 480)
    assert spoken_geometry(place) == "640x480+5+7" and geometry_of("640x480+5+7") == place
