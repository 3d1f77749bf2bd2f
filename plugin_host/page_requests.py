"""What the pages Connect and Set-up ask for, done at once and remembered: ports, MIDI, lessons, devices, a tone."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject

from d2m_bridge.osc import commands as do
from d2m_bridge.osc.learn import Lesson
from plugin_host.background import run_in_background
from plugin_host.live.controller import LiveController
from plugin_host.live.wires import Wires
from plugin_host.messages import Messages
from plugin_host.pages.connect import ConnectPage
from plugin_host.pages.setup import SetupPage


class PageRequests(QObject):
    """change_settings: for this session and the next start. open_session: with the settings as they are then."""

    def __init__(
        self,
        connect_page: ConnectPage,
        setup: SetupPage,
        controller: LiveController,
        messages: Messages,
        change_settings: Callable[..., None],
        open_session: Callable[[], None],
    ) -> None:
        super().__init__(connect_page)
        self._connect_page, self._setup = connect_page, setup
        self._controller, self._messages = controller, messages
        self._change_settings, self._open_session = change_settings, open_session
        connect_page.send.connect(self._send)
        connect_page.learn.taught.connect(self._teach)
        ports = connect_page.ports
        ports.listen.connect(self._listen)
        ports.midi.connect(self._plug_midi)
        ports.link.connect(lambda on: controller.obey(do.SetSync("link" if on else "follow")))
        setup.applied.connect(self.apply)
        setup.examine_wanted.connect(self._examine)
        setup.tone_wanted.connect(self._play_tone)
        setup.said.connect(lambda level, text: messages.say(level, text, topic="setup"))

    def apply(self, changes: dict[str, str | int]) -> None:
        """Opens the session again with other devices; not while it plays."""
        if self._may(self.tr("Stop the music first: opening devices takes a moment")):
            self._change_settings(**changes)
            self._open_session()

    def _send(self, target: str, dialect: str) -> None:
        self._wire("send", lambda wires: wires.send(target, dialect), osc=target, dialect=dialect)

    def _listen(self, port: int) -> None:
        self._wire("listen", lambda wires: wires.listen(port), osc_in=port)

    def _plug_midi(self, name: str, port: str) -> None:
        deeds = {"midi_out": Wires.play_midi, "midi_control": Wires.take_midi}
        if name in deeds:
            self._wire(name, lambda wires: deeds[name](wires, port), **{name: port})
        else:
            self._change_settings(**{name: port})

    def _teach(self, lessons: tuple[Lesson, ...]) -> None:
        if (wires := self._controller.wires) is not None:
            wires.teach(lessons)
        self._change_settings(learn=lessons)

    def _wire(self, what: str, work: Callable[[Wires], None], **changes: str | int) -> None:
        """Plugs something into the session, if there is one, and remembers it."""
        wires = self._controller.wires
        if wires is None:
            self._change_settings(**changes)
            return

        def fail(reason: str) -> None:
            self._connect_page.show_failed(what)
            self._messages.say("warn", reason, topic=what)

        run_in_background(lambda: work(wires), lambda _: self._change_settings(**changes), fail, self)

    def _examine(self) -> None:
        if self._may(self.tr("Stop the music first: the check takes all of this machine")):
            self._setup.examine()

    def _may(self, why_not: str) -> bool:
        """What disturbs the music waits until it is over."""
        playing = self._controller.positions.playing
        if playing:
            self._messages.say("warn", why_not, topic="setup")
        return not playing

    def _play_tone(self, device: str) -> None:
        from d2m_bridge.audio.tone import play_tone

        run_in_background(
            lambda: play_tone(device),
            lambda name: self._messages.say("ok", self.tr("A tone was played on {}").format(name), topic="tone"),
            lambda reason: self._messages.say("warn", reason, topic="tone"),
            self,
        )
