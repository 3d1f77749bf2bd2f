"""Opens a live session with everything that belongs to it. Knows no Qt; runs on a thread that may wait."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.errors import D2MError, DeviceError
from d2m_bridge.osc import commands as do
from d2m_bridge.settings import Settings
from plugin_host.live.wires import Wires
from plugin_host.live.witness import Witness

if TYPE_CHECKING:
    from d2m_bridge.audio.output import Output
    from d2m_bridge.engine.graphs import Models
    from d2m_bridge.pipeline.live import LiveSession
    from d2m_bridge.pipeline.watch import OpenEstimator
    from d2m_bridge.providers import Device
    from d2m_bridge.sync.master import Master
    from d2m_bridge.sync.session_clock import SessionClock
    from plugin_host.live.host_control import HostControl

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What sessions and renders are made of.

    pose: an estimator of a plug-in; "" is MediaPipe, whose model is fetched when it is not there. estimator: one in
    place of either, for sessions.
    """

    model: Path
    device: Device = "auto"
    estimator: OpenEstimator | None = None
    pose: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that runs and is not playing yet. flaws: what is not as it was asked for. close: ends everything."""

    session: LiveSession
    control: HostControl
    witness: Witness
    wires: Wires
    motion_rate_hz: float
    sample_rate: int
    flaws: tuple[str, ...]
    close: Callable[[], None]


def open_live(settings: Settings, parts: Parts, say: Say) -> Opened:
    """say: is told what is being waited for. Raises a D2MError, one line, and leaves nothing open."""
    from d2m_bridge.capture.camera import open_camera
    from d2m_bridge.engine.blend import split_style, style_weights
    from d2m_bridge.engine.composer import Wishes
    from d2m_bridge.engine.feel import Feel
    from d2m_bridge.engine.graphs import load_models
    from d2m_bridge.pipeline.live import LiveSession
    from d2m_bridge.pipeline.masters import Masters
    from d2m_bridge.sync.session_clock import SessionClock
    from plugin_host.live.host_control import HostControl

    say("Loading the music model")
    models = load_models(parts.model, parts.device)
    style = settings.style or models.manifest.styles[0].name
    weights = style_weights(models.manifest, style)
    estimator = parts.estimator or _pose(parts, say)
    clock = SessionClock()
    with ExitStack() as opened:
        say(f"Opening the camera {settings.camera}")
        camera = open_camera(settings.camera, clock.now)
        opened.callback(camera.close)
        say("Opening the sound device")
        output, flaws = _output(settings.audio, models, clock)
        opened.callback(output.close)
        say("Warming up")
        session = LiveSession(
            camera, output, estimator, models, clock,
            style=int(weights.argmax()), seed=settings.seed, bpm=settings.bpm, buffer_s=settings.buffer_ms / 1000,
            first=Wishes(style=weights, key=settings.key),
            feel=Feel(settings.intensity, settings.density, settings.complexity, settings.swing),
        )  # fmt: skip
        opened.callback(session.close)
        masters = Masters(clock, settings.bpm, session.fixed_master, settings.midi_in or None)
        control = HostControl(session, masters.open, Path(settings.takes), settings.sync)

        def lead() -> Master | None:
            try:
                return masters.open(settings.sync)
            except D2MError as error:
                control.sync = "follow"
                flaws.append(f"{error}; following the dancer")
                return None

        session.start(lead)
        # The first sound is still a buffer away: nothing of it is heard before somebody presses PLAY.
        control.obey(do.Stop())
        # The session begins with these; said once more, the controls show them.
        first, second, amount = split_style(style)
        control.obey(do.BlendStyles(first, second, amount) if second else do.SetStyle(first))
        control.obey(do.SetKey(settings.key))
        witness = Witness()
        session.listeners.append(witness)
        wires = Wires(session, control, clock, masters.hear)
        opened.callback(wires.close)
        flaws += _attempts(lambda: wires.send(settings.osc, settings.dialect))
        flaws += _attempts(lambda: wires.listen(settings.osc_in))
        flaws += _attempts(lambda: wires.play_midi(settings.midi_out))
        flaws += _attempts(lambda: wires.take_midi(settings.midi_control))
        wires.teach(settings.learn)
        for sink in settings.sinks:
            flaws += _attempts(lambda sink=sink: wires.add_sink(sink))  # type: ignore[misc]
        facts = models.manifest
        close = opened.pop_all().close
    return Opened(session, control, witness, wires, facts.motion_rate_hz, facts.sample_rate, tuple(flaws), close)


def _pose(parts: Parts, say: Say) -> OpenEstimator:
    from d2m_bridge.pose.choose import pose_opener

    def progress(what: str, done: int, total: int | None) -> None:
        say(f"Fetching the pose model: {100 * done // total} %" if total else f"Fetching the pose model: {what}")

    say("Looking for the pose model")
    return pose_opener(parts.pose, parts.device, progress, live=True)


def _output(wanted: str, models: Models, clock: SessionClock) -> tuple[Output, list[str]]:
    """The show must go on: where the sound device does not open, time is kept in silence, and that is said."""
    from d2m_bridge.audio.output import NullOutput, open_output

    rate = models.manifest.sample_rate
    try:
        return open_output(wanted, rate, clock), []
    except DeviceError as error:
        return NullOutput(rate, clock), [f"Playing without sound: {error}"]


def _attempts(work: Callable[[], None]) -> list[str]:
    """What is not needed to play must not keep from playing."""
    try:
        work()
    except D2MError as error:
        return [str(error)]
    return []
