"""Where others reach us and we them: the OSC port that obeys, MIDI ports, Ableton Link."""

from __future__ import annotations

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QGridLayout, QSpinBox, QWidget

from d2m_bridge.settings import Settings
from d2m_bridge.sync.midi_ports import MidiPorts, list_ports
from plugin_host.background import run_in_background
from plugin_host.pages.device_list import offer
from plugin_host.widgets.basics import Digits, beside, button, column, label
from plugin_host.widgets.inputs import Dropdown

_LOOK_EVERY_MS = 4000
_OWN = {"midi_out": "new:d2m notes", "midi_control": "new:d2m control"}


class PortsPanel(QWidget):
    """listen: port, 0 for none. midi: a setting (midi_out, midi_in, midi_control) and its port. link: on or off."""

    listen = pyqtSignal(int)
    midi = pyqtSignal(str, str)
    link = pyqtSignal(bool)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._port = QSpinBox()
        self._port.setRange(1, 65535)
        self._port.setValue(settings.osc_in or 9001)
        self._port.setProperty("role", "port")
        self._port.setAccessibleName(self.tr("Port of this machine on which OSC commands are obeyed"))
        self._port.setToolTip(self._port.accessibleName())
        self._listening = button(self.tr("Listen"), self.tr("Obey OSC commands of this machine"), checkable=True)
        self._listening.setChecked(bool(settings.osc_in))
        self._listening.clicked.connect(self._listen)
        self._received = Digits("received 000000", "muted", self.tr("Messages received"))
        self._problem = label("", "caption", wrap=True)
        self._midi = {
            "midi_out": Dropdown(self.tr("MIDI port that gets notes and clock")),
            "midi_in": Dropdown(self.tr("MIDI port whose clock leads, with the source MIDI; from the next opening")),
            "midi_control": Dropdown(self.tr("MIDI port whose knobs and pads are learnt")),
        }
        self._chosen = {name: str(getattr(settings, name)) for name in self._midi}
        for name, box in self._midi.items():
            box.activated.connect(lambda _, name=name: self._choose(name))
        self._midi_problem = label("", "caption", wrap=True)
        self._link = button("Link", self.tr("Share the beat with Ableton Link: tempo and bars of the others lead"),
                            checkable=True)  # fmt: skip
        self._link.clicked.connect(lambda: self.link.emit(self._link.isChecked()))
        self._peers = label("", "muted")
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._looking = False
        self._offer(MidiPorts((), ()))
        self._lay_out()
        self._problem.hide()
        self._midi_problem.hide()

    def show_received(self, received: tuple[int, int, str]) -> None:
        """Datagrams in, refused, and the latest reason."""
        refused = self.tr(", {} refused").format(received[1]) if received[1] else ""
        self._received.setText(self.tr("received {}").format(received[0]) + refused)
        self._problem.setText(received[2])
        self._problem.setVisible(bool(received[2]))

    def show_link(self, peers: int | None) -> None:
        """None: Link does not lead."""
        self._link.setChecked(peers is not None)
        self._peers.setText(
            self.tr("off") if peers is None
            else self.tr("\u25cb on, nobody else is there") if not peers
            else self.tr("\u25cf {} others").format(peers)
        )  # fmt: skip

    def show_failed(self, what: str) -> None:
        """It could not be done, and the control says so. what: listen, or a setting of MIDI."""
        if what == "listen":
            self._listening.setChecked(False)
        else:
            self._chosen[what] = ""
            self._midi[what].setCurrentIndex(0)

    def showEvent(self, a0: QShowEvent | None) -> None:
        self._look()
        self._timer.start()

    def hideEvent(self, a0: QHideEvent | None) -> None:
        self._timer.stop()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        lines: tuple[tuple[str, QWidget], ...] = (
            (self.tr("MIDI out"), self._midi["midi_out"]),
            (self.tr("MIDI clock in"), self._midi["midi_in"]),
            (self.tr("MIDI knobs"), self._midi["midi_control"]),
        )
        for line, (text, widget) in enumerate(lines):
            grid.addWidget(label(text, "caption"), line, 0)
            grid.addWidget(widget, line, 1)
        osc = beside(label(self.tr("OSC in"), "caption"), self._port, self._listening, 1)
        link = beside(label(self.tr("Beat"), "caption"), self._link, self._peers, 1)
        self.setLayout(column(osc, self._received, self._problem, grid, self._midi_problem, link, 1, spacing=12))

    def _listen(self) -> None:
        self.listen.emit(self._port.value() if self._listening.isChecked() else 0)

    def _choose(self, name: str) -> None:
        self._chosen[name] = str(self._midi[name].currentData())
        self.midi.emit(name, self._chosen[name])

    def _look(self) -> None:
        """The ports that are there now, on a thread: some systems answer slowly."""
        if not self._looking:
            self._looking = True
            run_in_background(list_ports, self._show_ports, self._show_no_ports, self)

    def _show_ports(self, ports: MidiPorts) -> None:
        self._looking = False
        self._midi_problem.hide()
        self._offer(ports)

    def _show_no_ports(self, reason: str) -> None:
        self._looking = False
        self._timer.stop()  # without a MIDI system each look only makes its libraries complain
        self._midi_problem.setText(reason[:1].upper() + reason[1:])
        self._midi_problem.show()

    def _offer(self, ports: MidiPorts) -> None:
        for name, box in self._midi.items():
            there = ports.outputs if name == "midi_out" else ports.inputs
            none = self.tr("Our own port") if name == "midi_in" else self.tr("None")
            entries = [("", none), *((port, port) for port in there)]
            if name in _OWN:
                entries.append((_OWN[name], self.tr("A new port: {}").format(_OWN[name].partition(":")[2])))
            offer(box, entries, self._chosen[name], self.tr("{} (not connected)"))
