import logging
import socket
import time

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from d2m_bridge import __version__
from d2m_bridge.errors import InputError
from d2m_bridge.osc.commands import BY_COMMAND, Ping, Play, QueryState, SetStemGain, SetStyle, SetTempo, Stop, Tap
from d2m_bridge.osc.inlet import OscInlet
from d2m_bridge.osc.messages import PlayingMessage, StateMessage, TempoMessage
from d2m_bridge.osc.table import encode_row

pytestmark = pytest.mark.real_time

LIMIT_S = 5


class Taken(list):
    def __call__(self, command, sender):
        self.append((command, sender))

    @property
    def commands(self):
        return [command for command, _ in self]


@pytest.fixture
def client():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(LIMIT_S)
        yield opened


def send(client, inlet, *things):
    for thing in things:
        datagram = thing if isinstance(thing, bytes) else encode_row(BY_COMMAND[type(thing)], thing)
        client.sendto(datagram, ("127.0.0.1", inlet.port))


def wait_for(condition):
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_commands_arrive_with_their_sender(client):
    with OscInlet(0, taken := Taken()) as inlet:
        send(client, inlet, Play(), SetTempo(97.5), SetStemGain("bass", -6.0))
        wait_for(lambda: len(taken) == 3)
    assert taken.commands == [Play(), SetTempo(97.5), SetStemGain("bass", -6.0)]
    assert taken[0][1] == client.getsockname()
    assert (inlet.received, inlet.malformed, inlet.refused) == (3, 0, 0)


def test_a_ping_is_answered_to_the_port_that_asked(client):
    with OscInlet(0, taken := Taken()) as inlet:
        send(client, inlet, Ping())
        (answer,) = OscPacket(client.recv(2048)).messages
    assert (answer.message.address, answer.message.params) == ("/d2m/pong", [__version__])
    assert taken == []


def test_a_query_is_answered_with_the_whole_state(client):
    state = [StateMessage("playing"), PlayingMessage(True), TempoMessage(120.0), SetStyle("house")]
    with OscInlet(0, Taken(), lambda: state) as inlet:
        send(client, inlet, QueryState())
        answers = [timed.message for timed in OscPacket(client.recv(2048)).messages]
    assert [(answer.address, *answer.params) for answer in answers] == [
        ("/d2m/state", "playing"),
        ("/d2m/playing", 1),
        ("/d2m/tempo", 120.0),
        ("/d2m/style", "house"),
    ]


def test_rubbish_is_counted_said_once_and_dropped(client, caplog):
    with OscInlet(0, taken := Taken()) as inlet, caplog.at_level(logging.WARNING):
        send(client, inlet, *[b"rubbish"] * 50, *[b"/unknown\0\0\0\0,\0\0\0"] * 50, Play())
        wait_for(lambda: taken)
    assert taken.commands == [Play()]
    assert (inlet.received, inlet.malformed, inlet.refused) == (101, 50, 50)
    assert "/unknown" in inlet.last_problem
    assert len(caplog.records) == 1


def test_what_the_session_refuses_is_counted_and_the_thread_goes_on(client, caplog):
    errors = [InputError("unknown style 'polka'"), ValueError("our own fault")]
    taken = Taken()

    def take(command, sender):
        if errors:
            raise errors.pop(0)
        taken(command, sender)

    with OscInlet(0, take) as inlet:
        send(client, inlet, SetStyle("polka"), Tap(), Stop())
        wait_for(lambda: taken)
    assert taken.commands == [Stop()]
    assert inlet.refused == 2
    assert "our own fault" in inlet.last_problem


def test_a_bundle_dated_ahead_holds_nothing_up(client):
    datagram = b"#bundle\0" + b"\xff" * 8 + b"\0\0\0\x10/d2m/play\0\0\0,\0\0\0"
    with OscInlet(0, taken := Taken()) as inlet:
        begun = time.monotonic()
        send(client, inlet, datagram, Stop())
        wait_for(lambda: len(taken) == 2)
        assert time.monotonic() - begun < 1
    assert taken.commands == [Play(), Stop()]


def test_a_burst_of_a_thousand_is_not_lost(client):
    with OscInlet(0, taken := Taken()) as inlet:
        for _ in range(4):
            send(client, inlet, *[Tap()] * 250)
            time.sleep(0.05)
        wait_for(lambda: len(taken) == 1000)


def test_a_client_that_is_gone_before_the_answer_does_no_harm(client):
    with OscInlet(0, taken := Taken()) as inlet:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
            send(gone, inlet, *[Ping()] * 20)
        send(client, inlet, Play())
        wait_for(lambda: taken)


def test_a_taken_port_is_one_clear_line(client):
    port = client.getsockname()[1]
    with pytest.raises(InputError, match=f"UDP port {port}.*in use") as caught:
        OscInlet(port, Taken())
    assert "\n" not in str(caught.value)


def test_an_address_of_another_machine_is_one_clear_line():
    with pytest.raises(InputError, match=r"192\.0\.2\.1"):
        OscInlet(0, Taken(), host="192.0.2.1")


def test_it_listens_on_loopback_and_lets_the_port_go():
    inlet = OscInlet(0, Taken())
    with inlet:
        port = inlet.port
        assert inlet._socket.getsockname()[0] == "127.0.0.1"
    inlet.close()
    with OscInlet(port, Taken()):
        pass


def test_a_daws_messages_go_to_who_wants_them_and_others_are_refused(client):
    heard = []

    def hear(address, arguments):
        heard.append((address, arguments))
        return address == "/tempo/raw"

    with OscInlet(0, taken := Taken(), hear=hear) as inlet:
        for address in ("/tempo/raw", "/nobody/knows"):
            builder = OscMessageBuilder(address)
            builder.add_arg(97.0, "f")
            client.sendto(builder.build().dgram, ("127.0.0.1", inlet.port))
        wait_for(lambda: inlet.refused == 1)
    assert heard == [("/tempo/raw", (97.0,)), ("/nobody/knows", (97.0,))]
    assert taken == [] and "/nobody/knows" in inlet.last_problem
