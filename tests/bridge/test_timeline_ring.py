import numpy as np
import pytest

from d2m_bridge.audio.timeline_ring import TimelineRing


def ramp(start, count):
    return np.repeat(np.arange(start, start + count, dtype=np.float32)[:, None] + 1, 2, axis=1)


def read(ring, start, count):
    out = np.full((count, 2), 9e9, np.float32)
    return ring.read(start, out), out[:, 0].tolist()


@pytest.mark.parametrize("capacity", [8, 13, 64])
@pytest.mark.parametrize("block", [1, 3, 7])
def test_what_was_written_is_read_where_it_belongs(capacity, block):
    ring = TimelineRing(capacity, 2)
    heard = []
    for start in range(0, 20 * block, block):
        assert ring.write(start, ramp(start, block)) == 0
        missing, samples = read(ring, start, block)
        assert missing == 0
        heard += samples
    assert heard == [i + 1 for i in range(20 * block)]


def test_what_is_not_there_yet_is_silence_and_counted():
    ring = TimelineRing(16, 2)
    ring.write(0, ramp(0, 3))
    assert read(ring, 0, 5) == (2, [1, 2, 3, 0, 0])
    assert read(ring, 5, 4) == (4, [0, 0, 0, 0])


def test_before_the_music_begins_nothing_is_missing():
    ring = TimelineRing(16, 2)
    assert read(ring, -8, 4) == (0, [0, 0, 0, 0])
    ring.write(0, ramp(0, 2))
    assert read(ring, -2, 4) == (0, [0, 0, 1, 2])


def test_what_comes_late_is_dropped_and_the_rest_is_in_its_place():
    ring = TimelineRing(16, 2)
    ring.write(0, ramp(0, 4))
    read(ring, 0, 8)
    assert ring.write(4, ramp(4, 8)) == 4
    assert read(ring, 8, 4) == (0, [9, 10, 11, 12])


def test_a_writer_far_ahead_does_not_overwrite_what_is_still_to_be_heard():
    ring = TimelineRing(8, 2)
    assert ring.write(0, ramp(0, 12)) == 4
    assert read(ring, 0, 8) == (0, [1, 2, 3, 4, 5, 6, 7, 8])


def test_a_hole_in_the_timeline_is_a_mistake():
    ring = TimelineRing(8, 2)
    with pytest.raises(ValueError, match="expected sample 0, got 3"):
        ring.write(3, ramp(3, 1))
