import random

import numpy as np
import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.osc.reastream import decode, encode


def noise(count, channels):
    return np.random.default_rng(1).uniform(-1, 1, (count, channels)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 7, 65, 150, 151, 8193])
@pytest.mark.parametrize("channels", [1, 2, 3, 64])
def test_sound_comes_back_bit_exact(count, channels):
    samples = noise(count, channels)
    packets = [decode(datagram) for datagram in encode(samples, 48000, "stage")]
    np.testing.assert_array_equal(np.concatenate([packet.samples for packet in packets]), samples)
    assert {(packet.identifier, packet.rate) for packet in packets} == {("stage", 48000)}


def test_a_packet_by_hand_from_the_published_layout():
    samples = np.float32([[1.0, -1.0], [0.5, -0.5]])
    (datagram,) = encode(samples, 44100, "default")
    assert datagram == (
        b"MRSR"
        + (47 + 16).to_bytes(4, "little")
        + b"default".ljust(32, b"\0")
        + b"\x02"
        + (44100).to_bytes(4, "little")
        + (16).to_bytes(2, "little")
        + b"\0\0\x80\x3f\0\0\0\x3f"  # left: 1.0, 0.5
        + b"\0\0\x80\xbf\0\0\0\xbf"  # right: -1.0, -0.5
    )


def test_no_packet_carries_more_than_the_plug_in_takes():
    assert max(len(datagram) for datagram in encode(noise(8193, 2), 44100)) == 47 + 1200


def test_nothing_to_send_is_no_packet():
    assert encode(noise(0, 2), 44100) == []


@pytest.mark.parametrize("identifier", ["", "x" * 32, "bühne"])
def test_an_identifier_that_does_not_fit_is_one_clear_line(identifier):
    with pytest.raises(InputError, match="identifier"):
        encode(noise(1, 2), 44100, identifier)


def test_midi_packets_and_rubbish_are_no_audio():
    (datagram,) = encode(noise(10, 2), 44100)
    for wrong in (b"", b"mRSR" + datagram[4:], datagram[:-1], datagram + b"\0", datagram[:47], b"\xff" * 60):
        assert decode(wrong) is None


def test_mutated_packets_never_raise():
    random_ = random.Random(4)
    (datagram,) = encode(noise(100, 2), 44100)
    for _ in range(20_000):
        changed = bytearray(datagram)
        for _ in range(3):
            changed[random_.randrange(60)] = random_.randrange(256)
        decode(bytes(changed[: random_.randrange(len(changed) + 1)]))
