"""Stand-ins for DAWs answer as their documents say, over real sockets."""

import socket
import threading
import time
from dataclasses import replace

import pytest
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from d2m_bridge.daw.check import ask
from d2m_bridge.errors import InputError
from d2m_bridge.osc.dialects import ABLETON, ARDOUR, BITWIG, DIALECTS, GENERIC, REAPER, SUPERCOLLIDER

pytestmark = pytest.mark.real_time


def message(address, *arguments):
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build()


def bundled(*messages):
    builder = OscBundleBuilder(1)
    for one in messages:
        builder.add_content(one)
    return builder.build().dgram


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


class StandIn:
    """Answers each question with `answers`, to `reply_port` of the asker, or to where the question came from."""

    def __init__(self, query, answers, reply_port):
        self._query, self._answers, self._reply_port = query, answers, reply_port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.port = self._socket.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _run(self):
        while not self._over.is_set():
            try:
                datagram, (host, port) = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            if OscMessage(datagram).address == self._query:
                for answer in self._answers:
                    self._socket.sendto(answer, (host, self._reply_port or port))


PONG = [message("/d2m/pong", "1.0").dgram]
# What each sends back, by its document: REAPER its whole state, DrivenByMoss bundles, Ardour a double.
ANSWERS = {
    GENERIC: PONG,
    REAPER: [bundled(message("/play", 0.0), message("/tempo/raw", 120.0))],
    ABLETON: [message("/live/test", "ok").dgram],
    BITWIG: [bundled(message("/tempo/raw", 120.0), message("/play", 0))],
    ARDOUR: [b"#reply\0\0,s\0\0end\0", message("/transport_speed", 0.0).dgram],
    SUPERCOLLIDER: [message("/status.reply", 1, 0, 0, 2, 4, 0.05, 0.1, 44100.0, 44100.03).dgram],
}


@pytest.mark.parametrize("dialect", ANSWERS, ids=lambda dialect: dialect.name)
def test_a_daw_that_answers_is_heard_at_once(dialect):
    check = replace(dialect.check, reply_port=dialect.check.reply_port and free_port())
    with StandIn(check.query, ANSWERS[dialect], check.reply_port) as daw:
        answer = ask(check, "localhost", daw.port)
    assert answer.address.startswith(check.reply) and 0 < answer.after_ms < 500


def test_every_dialect_has_a_check_that_is_tried_here():
    assert set(DIALECTS.values()) == set(ANSWERS)


def test_nobody_there_is_known_within_a_second():
    begin = time.monotonic()
    assert ask(GENERIC.check, "127.0.0.1", free_port()) is None
    assert 0.9 < time.monotonic() - begin < 1.5


def test_what_is_no_answer_is_passed_over():
    rubbish = [b"", b"\xff" * 30, message("/other", 1).dgram, message("/live/test", "ok").dgram]
    with StandIn("/d2m/ping", rubbish, None) as daw:
        assert ask(GENERIC.check, "127.0.0.1", daw.port, wait_s=0.3) is None
    with StandIn("/d2m/ping", rubbish + PONG, None) as daw:
        assert ask(GENERIC.check, "127.0.0.1", daw.port).address == "/d2m/pong"


def test_another_program_on_the_reply_port_is_said():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        check = replace(REAPER.check, reply_port=other.getsockname()[1])
        with pytest.raises(InputError, match="cannot listen on UDP port"):
            ask(check, "127.0.0.1", free_port())


@pytest.mark.parametrize("port", [-1, 0, 70000])
def test_a_port_that_cannot_be_is_said(port):
    with pytest.raises(InputError, match=f":{port}: "):
        ask(GENERIC.check, "127.0.0.1", port)


def test_a_host_that_is_none_is_said():
    with pytest.raises(InputError, match="there is no such host"):
        ask(GENERIC.check, "no such host", 9000)
