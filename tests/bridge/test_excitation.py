import numpy as np
import pytest

from d2m_bridge.engine.excitation import Exciter, Pulse, TonalClock, hertz_of, pulse_train, spectra
from d2m_bridge.engine.plan import DRUMS, Chord, PlanStep, Tone

CLOCK = TonalClock(44100, 1024, 4096, 512, 2560)
SILENT = (0.0,) * len(DRUMS)


def step(index, **tones):
    return PlanStep(
        index, "groove", Chord(0, (60,)), SILENT, tones.get("bass"), tones.get("harmony"), tones.get("lead")
    )


def test_a_pulse_train_is_the_sum_of_its_harmonics():
    hertz, length = 441.0, 2000
    t = np.arange(length) / CLOCK.sample_rate
    top = (CLOCK.bins - 1) * CLOCK.sample_rate / CLOCK.window
    slow = sum(np.cos(2 * np.pi * h * hertz * t) for h in range(1, int(top / hertz) + 1))
    assert np.abs(pulse_train([Pulse(hertz, 0)], 0, length, CLOCK) - slow).max() < 1e-6


@pytest.mark.parametrize("cut", [1, 7, 1000, 4095])
def test_a_pulse_train_continues_across_any_cut(cut):
    pulses = [Pulse(61.7, 100, 3000), Pulse(440.0, 900)]
    whole = pulse_train(pulses, 0, 8192, CLOCK)
    parts = np.concatenate([pulse_train(pulses, 0, cut, CLOCK), pulse_train(pulses, cut, 8192 - cut, CLOCK)])
    assert np.array_equal(whole, parts)


def test_a_pulse_is_silent_before_its_onset_and_after_its_release():
    wave = pulse_train([Pulse(110.0, 5000, 10000)], 0, 30000, CLOCK)
    assert not wave[:5000].any()
    assert not wave[10000 + int(0.12 * 44100) + 1 :].any()
    assert np.abs(wave[5000:10000]).max() > 1


def test_the_spectrum_peaks_at_the_plans_pitch():
    exciter = Exciter(CLOCK)
    exciter.push(step(0, lead=Tone((81,), 16, 1.0)), 0)
    row = exciter.frame(6)[3]
    magnitude = np.hypot(row[:512], row[512:])
    assert abs(np.argmax(magnitude[:120]) * 44100 / 4096 - hertz_of(81)) < 44100 / 4096


def test_stems_without_a_tone_and_drums_have_no_excitation():
    exciter = Exciter(CLOCK)
    exciter.push(step(0, bass=Tone((36,), 4, 1.0)), 0)
    frame = exciter.frame(6)
    assert frame[1].any()
    assert not frame[[0, 2, 3]].any()


def test_a_tone_ends_on_its_step_and_gives_way_to_the_next():
    exciter = Exciter(CLOCK)
    exciter.push(step(0, bass=Tone((36,), 1, 1.0)), 0)
    exciter.push(step(1), 6000)
    assert [pulse.end for pulse in exciter.pulses["bass"]] == [6000]
    assert not exciter.frame(40).any()


def test_frames_equal_the_spectra_of_the_whole_wave():
    exciter = Exciter(CLOCK)
    exciter.push(step(0, lead=Tone((70,), 16, 1.0)), 3000)
    count = 5
    wave = pulse_train(exciter.pulses["lead"], -CLOCK.lead, (count - 1) * 1024 + 4096, CLOCK)
    assert np.allclose(np.stack([exciter.frame(i)[3] for i in range(count)]), spectra(wave, CLOCK), atol=1e-7)
