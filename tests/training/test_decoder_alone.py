"""A decoder that goes on learning while encoder and books stay those of another run."""

import torch
from safetensors.torch import load_file

from tests.models_folder import SMALL
from tests.small_codec import FRAMES, in_this_process, songs
from training.audio_data import AudioSampler
from training.runner import RunOptions, launch, train
from training.train_codec import CodecTask, load_codec, tonal_clock


def test_the_latents_stay_and_the_decoder_moves(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    in_this_process("--run", first, "--steps", 2)
    begun = load_codec(first)
    task = CodecTask(SMALL, AudioSampler(list(songs()), [], tonal_clock(SMALL)), FRAMES, begun)
    options = RunOptions(second, steps=2, batch=2, seed=1)
    train(task, launch(options), options, {}, [])
    before, after = begun.state_dict(), load_codec(second).state_dict()
    kept = [name for name in before if not name.startswith("decoder.")]
    assert any(name.startswith("quantizer.") for name in kept)
    for name in kept:
        assert torch.equal(before[name], after[name]), name
    saved = load_file(second / "last.safetensors")
    moved = [name for name in before if not torch.equal(before[name], saved[f"codec/{name}"])]
    assert moved
    assert all(name.startswith("decoder.") for name in moved)
