import random
from itertools import pairwise

import numpy as np
import pytest
from pythonosc.osc_message import OscMessage

from d2m_bridge.osc.audio_stream import MAX_BLOCK_BYTES, START_MODULUS, AudioEncoder, AudioReceiver, decode
from d2m_bridge.timeline import AudioBlock

RATE = 44100


def noise(count, channels=2, seed=1):
    return np.random.default_rng(seed).uniform(-1, 1, (count, channels)).astype(np.float32)


def packets(samples, start=0, stream=7, bits=32):
    encoder = AudioEncoder(stream, RATE, samples.shape[1], bits)
    return encoder.encode(AudioBlock(start, samples))


def heard(receiver, datagrams):
    return [*(block for datagram in datagrams for block in receiver.push(datagram)), *receiver.finish()]


def joined(blocks):
    """The samples, after a look whether the blocks follow each other."""
    for before, after in pairwise(blocks):
        assert before.stop == after.start
    return np.concatenate([block.samples for block in blocks])


@pytest.mark.parametrize("count", [1, 7, 65, 168, 169, 8193])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_floats_arrive_bit_exact_in_datagrams_that_are_no_fragments(count, channels):
    samples = noise(count, channels)
    datagrams = packets(samples)
    assert max(map(len, datagrams)) <= MAX_BLOCK_BYTES
    np.testing.assert_array_equal(joined(heard(AudioReceiver(), datagrams)), samples)


def test_integers_arrive_within_half_a_step_and_full_scale_does_not_wrap():
    samples = np.concatenate([noise(1000), np.float32([[1.5, -1.5], [1.0, -1.0]])])
    back = joined(heard(AudioReceiver(), packets(samples, bits=16)))
    np.testing.assert_allclose(back, np.clip(samples, -1, 1), atol=0.5001 / 32767)


def test_a_block_by_an_independent_reader():
    (datagram,) = packets(np.float32([[1.0, -0.5]]), start=44100, bits=16)
    message = OscMessage(datagram)
    assert message.address == "/d2m/audio"
    assert message.params == [7, 0, 44100, RATE, 2, 16, b"\x7f\xff\xc0\x00"]


@pytest.mark.parametrize("seed", range(5))
def test_packets_out_of_order_and_twice_are_put_right(seed):
    samples = noise(8193)
    datagrams = packets(samples)
    random_ = random.Random(seed)
    shuffled = sorted(enumerate([*datagrams]), key=lambda one: one[0] + random_.uniform(0, 6))
    receiver = AudioReceiver(depth=8)
    blocks = heard(receiver, [datagram for _, datagram in shuffled for _ in range(2)])
    np.testing.assert_array_equal(joined(blocks), samples)
    assert receiver.lost == 0
    assert receiver.late == len(datagrams)


@pytest.mark.parametrize("missing", [{1}, {5, 6, 7}, {3, 9, 20}, set(range(10, 40))])
def test_lost_packets_are_counted_and_silent_and_the_length_is_right(missing):
    samples = noise(8193)
    datagrams = packets(samples)
    per_packet = len(decode(datagrams[0]).samples) // 8
    receiver = AudioReceiver()
    back = joined(heard(receiver, [d for index, d in enumerate(datagrams) if index not in missing]))
    expected = samples.copy()
    for index in missing:
        expected[index * per_packet : (index + 1) * per_packet] = 0
    np.testing.assert_array_equal(back, expected)
    assert receiver.lost == len(missing)


def test_listening_may_begin_in_the_middle():
    samples = noise(8193)
    datagrams = packets(samples)
    blocks = heard(AudioReceiver(), datagrams[20:])
    np.testing.assert_array_equal(joined(blocks), samples[blocks[0].start :])


def test_sound_comes_without_waiting_while_nothing_is_missing():
    receiver = AudioReceiver()
    assert [len(receiver.push(datagram)) for datagram in packets(noise(2000))] == [1] * len(packets(noise(2000)))


def test_a_new_stream_begins_anew_and_nothing_is_lost():
    receiver = AudioReceiver()
    first, second = noise(1000), noise(1000, seed=2)
    blocks = heard(receiver, [*packets(first, start=5000), *packets(second, start=0, stream=8)])
    np.testing.assert_array_equal(np.concatenate([block.samples for block in blocks]), np.concatenate([first, second]))
    assert (receiver.lost, receiver.late) == (0, 0)


def test_the_count_of_samples_may_pass_31_bits():
    samples = noise(8193)
    start = START_MODULUS - 1000
    np.testing.assert_array_equal(joined(heard(AudioReceiver(), packets(samples, start))), samples)


def test_an_absurd_jump_makes_no_absurd_silence():
    encoder = AudioEncoder(1, RATE, 2)
    datagrams = [*encoder.encode(AudioBlock(0, noise(10))), *encoder.encode(AudioBlock(10**9, noise(10)))]
    assert sum(len(block.samples) for block in heard(AudioReceiver(), datagrams)) == 20


def test_other_formats_and_rubbish_are_ignored():
    receiver = AudioReceiver()
    good = packets(noise(100))
    rubbish = [b"", b"/d2m/audio", good[0][:-1], good[0][:40], b"\xff" * 100, *packets(noise(10, channels=1))]
    heard(receiver, [*good, *rubbish])
    assert receiver.ignored == len(rubbish)
    assert (receiver.rate, receiver.channels) == (RATE, 2)


def test_a_hundred_thousand_mutated_packets_do_no_harm():
    random_ = random.Random(3)
    seeds = packets(noise(600))
    receiver = AudioReceiver()
    produced = 0
    for _ in range(100_000):
        datagram = bytearray(random_.choice(seeds))
        for _ in range(random_.randrange(3)):
            datagram[random_.randrange(60)] = random_.randrange(256)
        produced += sum(len(block.samples) for block in receiver.push(bytes(datagram)))
    assert receiver.ignored > 1000
    assert produced < 100_000 * 20 * RATE


@pytest.mark.parametrize(("channels", "bits"), [(0, 16), (33, 16), (2, 24)])
def test_impossible_streams_are_refused(channels, bits):
    with pytest.raises(ValueError, match="channels"):
        AudioEncoder(1, RATE, channels, bits)
