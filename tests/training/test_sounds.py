from pathlib import Path

import numpy as np
import pytest
import soundfile

from training.sounds import Instruments

RATE = 44100
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
PIANO, TENOR_SAX, BARITONE_SAX = 0, 66, 67

needs_soundfont = pytest.mark.skipif(not SOUNDFONT.is_file(), reason="needs the Debian package fluid-soundfont-gm")


@pytest.fixture
def instruments(tmp_path):
    for name, seconds, hz in (("low", 0.5, 60), ("high", 0.1, 3000)):
        soundfile.write(
            tmp_path / f"{name}.flac", 0.5 * np.sin(2 * np.pi * hz * np.arange(seconds * RATE) / RATE), RATE
        )
    return Instruments(SOUNDFONT, tmp_path, RATE)


def pitch_hz(note):
    """The peak of the autocorrelation between 1 and 2 kHz."""
    piece = note[RATE // 10 : RATE // 10 + 8192]
    correlation = np.fft.irfft(np.abs(np.fft.rfft(piece, 16384)) ** 2)
    lags = slice(RATE // 2000, RATE // 1000)
    return RATE / (lags.start + int(np.argmax(correlation[lags])))


@needs_soundfont
def test_a_note_is_the_same_whatever_was_played_before(instruments):
    first = instruments.note(PIANO, 84)
    instruments.note.cache_clear()
    instruments.note(BARITONE_SAX, 40)
    assert np.array_equal(instruments.note(PIANO, 84), first)


@needs_soundfont
@pytest.mark.parametrize("program", [TENOR_SAX, BARITONE_SAX])
def test_a_note_above_the_instruments_range_sounds_at_its_pitch(instruments, program):
    note = instruments.note(program, 90)
    assert np.sqrt((note[:8820] ** 2).mean()) > 0.02
    assert pitch_hz(note) == pytest.approx(1480, rel=0.03)


@needs_soundfont
def test_layers_sound_together_as_loud_as_one(instruments):
    low, both = instruments.one_shot("low"), instruments.one_shot("low+high")
    assert len(both) == len(low)
    assert np.abs(both).max() <= 0.5 and np.abs(both).max() > 0.2
    spectrum = np.abs(np.fft.rfft(both[:4410]))
    assert spectrum[300] > 10 * spectrum[200]  # 3 kHz and 2 kHz


def test_a_missing_soundfont_says_what_to_install(tmp_path):
    with pytest.raises(FileNotFoundError, match="fluid-soundfont-gm"):
        Instruments(tmp_path / "none.sf2", tmp_path, RATE)
