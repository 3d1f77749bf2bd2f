"""The tone that sound is tested with."""

import numpy as np
import pytest

from d2m_bridge.audio import tone as tones
from d2m_bridge.audio.tone import LEVEL_DB, PITCH_HZ, SECONDS, play_tone, tone
from d2m_bridge.errors import DeviceError

RATE = 44100


def test_it_is_quiet_begins_and_ends_softly_and_has_its_pitch():
    whole = tone(0, round(SECONDS * RATE), RATE)
    assert whole.dtype == np.float32 and whole.shape[1] == 2
    assert 20 * np.log10(np.abs(whole).max()) == pytest.approx(LEVEL_DB, abs=0.1)
    assert np.abs(np.diff(whole[:, 0])).max() < 2 * np.pi * PITCH_HZ / RATE * 0.11
    assert np.abs(whole[:5]).max() < 1e-3 and np.abs(whole[-5:]).max() < 1e-3
    spectrum = np.abs(np.fft.rfft(whole[:, 0]))
    assert np.argmax(spectrum) * RATE / len(whole) == pytest.approx(PITCH_HZ, abs=2)


@pytest.mark.parametrize("size", [1, 7, 441, 8193])
def test_in_blocks_it_is_the_same_with_silence_around_it(size):
    begin, count = -3000, 50_000
    whole = tone(begin, count, RATE)
    parts = [tone(at, min(size, begin + count - at), RATE) for at in range(begin, begin + count, size)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert not whole[:3000].any() and not whole[3000 + round(SECONDS * RATE) :].any()


def test_it_plays_without_a_device_and_says_where(monkeypatch):
    heard = []
    monkeypatch.setattr(tones, "tone", lambda *place: heard.append(place) or tone(*place))
    assert play_tone("null") == "null"
    assert sum(count for position, count, _ in heard if position >= 0) >= SECONDS * RATE


def test_a_device_that_is_not_there_says_so():
    with pytest.raises(DeviceError):
        play_tone("no such device")
