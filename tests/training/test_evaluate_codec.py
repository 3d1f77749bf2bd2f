import dataclasses
import json
import math
import subprocess
import sys
from types import SimpleNamespace

import av
import numpy as np
import pytest
import soundfile
import torch

from d2m_bridge.errors import InputError
from tests.models_folder import SMALL
from training.checkpoint import save_checkpoint
from training.codec_measures import FIGURES
from training.evaluate import main
from training.evaluate_codec import means, perplexity, read_folder, read_music, reconstruct
from training.partials import partials_of
from training.task import averaged
from training.train_codec import make_codec, tonal_clock

RATE = 44100


def tones(seconds, rate=RATE, hertz=220.0):
    """Struck tones, four a second, over a bass of 55 Hz."""
    t = np.arange(int(seconds * rate)) / rate
    struck = np.sin(2 * np.pi * hertz * t) * np.exp(-(t % 0.25) / 0.06)
    return (0.3 * struck + 0.2 * np.sin(2 * np.pi * 55 * t)).astype(np.float32)


def write_sound(path, sound, codec, rate=RATE):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate, frame_size=960)
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate = rate
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode())


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of the codec that has not learned anything."""
    torch.manual_seed(0)
    codec, folder = make_codec(SMALL), tmp_path_factory.mktemp("run")
    facts = {"step": 0, "config": dataclasses.asdict(SMALL)}
    save_checkpoint(folder / "last.safetensors", {"codec": codec, "average": averaged(codec)}, {}, facts)
    return folder


@pytest.fixture
def folder(tmp_path):
    """Two readable files, one that is none, and one of no concern."""
    music = tmp_path / "music"
    (music / "below").mkdir(parents=True)
    soundfile.write(music / "a.wav", np.stack([tones(2.1), 0.5 * tones(2.1)], axis=1), RATE)
    soundfile.write(music / "below" / "b.flac", tones(1.7, 48000, 330.0), 48000)
    (music / "broken.mp3").write_bytes(b"no sound at all")
    (music / "notes.txt").write_text("no sound either")
    return music


class Delay:
    """A decoder whose latent frames are the samples."""

    def __init__(self, config):
        self.config = config

    def initial_state(self, batch):
        return None

    def __call__(self, latent, excitation, state):
        assert excitation.shape == (1, latent.shape[1], 2 * self.config.tonal_bins)
        samples = latent.reshape(1, -1)
        return torch.nn.functional.pad(samples, (self.config.delay, 0))[:, : samples.shape[1]], state


class Echo:
    """A codec that keeps its input; to quantise is to halve."""

    def __init__(self):
        self.config = dataclasses.replace(SMALL, books=1, entries=16)
        self.decoder = Delay(self.config)
        self.quantizer = SimpleNamespace(encode=self._encode, lookup=lambda codes: 0.5 * self._latent)

    def encoder(self, audio):
        return audio.reshape(1, -1, self.config.hop)

    def _encode(self, latent):
        self._latent = latent
        return torch.zeros(1, 1, latent.shape[1], dtype=torch.int64)


@pytest.mark.parametrize("length", [RATE, SMALL.hop * 50, SMALL.hop * 50 + 1])
def test_the_reconstruction_lies_on_the_original(length):
    audio, echo = tones(2)[:length], Echo()
    found = reconstruct(echo, audio)
    np.testing.assert_array_equal(found.unquantised, audio)
    np.testing.assert_array_equal(found.audio, 0.5 * audio)
    assert found.codes.shape == (1, math.ceil(length / SMALL.hop))
    assert found.bits == 4 * found.codes.size + partials_of(audio, tonal_clock(echo.config)).bits


def test_files_of_any_kind_and_rate_are_read_from_the_middle(tmp_path):
    silence = np.zeros(48000 * 2, np.float32)
    sound = np.concatenate([silence, tones(3, 48000), silence])
    for name, codec in (("x.m4a", "aac"), ("x.opus", "libopus"), ("x.flac", "flac"), ("x.wav", "pcm_s16le")):
        write_sound(tmp_path / name, sound, codec, 48000)
        music = read_music(tmp_path / name, 2.0)
        assert music.dtype == np.float32 and len(music) == 2 * RATE
        assert np.sqrt(np.mean(music**2)) == pytest.approx(np.sqrt(np.mean(tones(2) ** 2)), rel=0.05)
        assert len(read_music(tmp_path / name, 30.0)) == pytest.approx(7 * RATE, abs=0.1 * RATE)


def test_channels_are_averaged(tmp_path):
    left = tones(2)
    soundfile.write(tmp_path / "a.wav", np.stack([left, 0.5 * left], axis=1), RATE, subtype="FLOAT")
    np.testing.assert_allclose(read_music(tmp_path / "a.wav", 30), 0.75 * left, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "sound", "reason"),
    [
        ("short.wav", tones(0.5), "0.50 s long"),
        ("silent.wav", np.zeros(2 * RATE), "silent"),
        ("damaged.wav", np.where(np.arange(2 * RATE) == 99, np.nan, tones(2)), "not numbers"),
        ("none.wav", None, "cannot be read"),
    ],
)
def test_what_is_no_music_is_refused_by_name(tmp_path, name, sound, reason):
    if sound is None:
        (tmp_path / name).write_bytes(b"RIFF")
    else:
        soundfile.write(tmp_path / name, sound, RATE, subtype="FLOAT")
    with pytest.raises(InputError, match=rf"{name}.*{reason}") as caught:
        read_music(tmp_path / name, 30)
    assert "\n" not in str(caught.value)


def test_an_unreadable_file_gets_a_line_and_the_rest_goes_on(folder, capsys):
    assert [name for name, _ in read_folder(folder, 30)] == ["a.wav", "below/b.flac"]
    (line,) = capsys.readouterr().err.splitlines()
    assert "broken.mp3" in line


def test_the_command_prints_one_json_object(run, folder, tmp_path, capsys):
    unseen = tmp_path / "unseen"
    unseen.mkdir()
    soundfile.write(unseen / "c.wav", tones(1.5, hertz=1200.0), RATE)
    main(["codec", "--audio", str(folder), "--unseen", str(unseen), "--run", str(run), "--json"])
    report = json.loads(capsys.readouterr().out)
    systems = ["ours", "unquantised", "opus6", "opus12", "opus24"]
    assert list(report) == ["files", "mean", "perplexity", "gap"]
    assert list(report["files"]) == ["a.wav", "below/b.flac"]
    for table in (report["mean"], *report["files"].values()):
        assert list(table) == systems
        for system, figures in table.items():
            assert list(figures) == [*FIGURES, *(["kbps"] if system != "unquantised" else [])]
    assert report["mean"]["opus24"]["mel_l1"] < report["mean"]["ours"]["mel_l1"]
    assert len(report["perplexity"]) == SMALL.books
    assert all(1 <= value <= SMALL.entries for value in report["perplexity"])
    assert report["gap"] != 0


def test_the_command_prints_a_table(run, folder, capsys):
    main(["codec", "--audio", str(folder), "--run", str(run), "--seconds", "1.5"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["ours", "unquantised", "opus6", "opus12", "opus24"]
    assert sorted(line.split()[0] for line in lines[1:]) == sorted([*FIGURES, "kbps", "perplexity"])


@pytest.mark.parametrize("fault", ["empty folder", "no folder", "no run"])
def test_nothing_to_measure_is_one_line_and_exit_code_2(run, folder, tmp_path, capsys, fault):
    audio = {"empty folder": tmp_path / "empty", "no folder": tmp_path / "none", "no run": folder}[fault]
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit) as caught:
        main(["codec", "--audio", str(audio), "--run", str(tmp_path / "none" if fault == "no run" else run)])
    assert caught.value.code == 2
    output = capsys.readouterr()
    (line,) = output.err.splitlines()
    assert output.out == "" and str(tmp_path) in line


def test_means_take_the_files_that_have_a_figure_and_the_size_of_the_high_error():
    files = {
        "a": {"ours": {"mel_l1": 0.1, "hf_error_db": -2.0, "si_sdr_150_db": 9.0}},
        "b": {"ours": {"mel_l1": 0.3, "hf_error_db": 2.0}},
    }
    assert means(files)["ours"] == pytest.approx({"mel_l1": 0.2, "hf_error_db": 2.0, "si_sdr_150_db": 9.0})


@pytest.mark.parametrize(("counts", "used"), [([5, 5, 5, 5], 4), ([9, 0, 0, 0], 1), ([3, 3, 0, 0], 2)])
def test_perplexity_is_the_number_of_entries_in_use(counts, used):
    assert perplexity(np.array(counts)) == pytest.approx(used)


def test_the_other_measurements_do_not_need_torch():
    code = "import sys, training.evaluate; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
