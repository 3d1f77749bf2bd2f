"""How fast a codec's decoder is alone: one stream, one core, in windows as live music has them and as files have them.

python -m export.speed [--codec runs/codec] [--json]

Without a run: a decoder of the shipped size that has learnt nothing, for what the weights are does not matter here.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from export.bundle import BLOCK_FRAMES
from export.checkpoints import load_codec, untrained_codec
from export.graphs import DecoderGraph
from export.to_onnx import round_to_half, to_onnx
from models.codec import Codec, CodecConfig

_MUSIC_S = 20.0


def times_real_time(codec: Codec, frames: int) -> float:
    """Seconds of music for each second of computing, in calls of so many latent frames."""
    config, graph = codec.config, DecoderGraph(codec)
    inputs = {
        "codes": torch.zeros(1, config.books, frames, dtype=torch.int64),
        "excitation": torch.zeros(1, frames, 2 * config.tonal_bins),
        "state": torch.zeros(1, graph.state),
    }
    round_to_half(graph)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        to_onnx(graph, inputs, ("audio", "next_state")), options, providers=["CPUExecutionProvider"]
    )
    arrays = {name: tensor.numpy() for name, tensor in inputs.items()}
    rng = np.random.default_rng(0)
    arrays["codes"] = rng.integers(config.entries, size=inputs["codes"].shape)
    arrays["excitation"] = rng.normal(0, 1e-3, inputs["excitation"].shape).astype(np.float32)
    calls = max(1, round(_MUSIC_S * config.sample_rate / (frames * config.hop)))
    for _ in range(3):
        session.run(None, arrays)
    begin = time.process_time()
    for _ in range(calls):
        _, arrays["state"] = session.run(None, arrays)
    return calls * frames * config.hop / config.sample_rate / (time.process_time() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codec", type=Path, metavar="RUN")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    codec = load_codec(options.codec) if options.codec else untrained_codec(CodecConfig())
    second = round(codec.config.sample_rate / codec.config.hop)
    figures = {
        "times_real_time_in_1_s": times_real_time(codec, second),
        "share_of_a_core_in_93_ms": 1 / times_real_time(codec, BLOCK_FRAMES),
    }
    print(json.dumps(figures) if options.json else "\n".join(f"{name} {value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
