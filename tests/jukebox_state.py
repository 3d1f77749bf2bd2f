"""Random weights under JukeBox's names and in its shapes, and what its VQ-VAE computes with them, written out plainly.

Names and shapes: openai/jukebox at 08efbbc, jukebox/vqvae/{vqvae,encdec,resnet,bottleneck}.py, hparams.py:38-59.
"""

import torch
from torch.nn import functional as F

DOWNS, TIMES, WIDTH, DEPTH, LATENT, CODES = (3, 2, 2), (2, 1, 1), 32, 4, 64, 2048


def jukebox_state(seed=0):
    """The "model" of vqvae.pth.tar."""
    torch.manual_seed(seed)
    state = {}

    def put(name, *shape, inputs):
        state[f"{name}.weight"] = torch.randn(*shape) / inputs**0.5
        # A transposed convolution has its outputs second.
        state[f"{name}.bias"] = 0.1 * torch.randn(shape[1] if name.endswith(".1") and "decoders" in name else shape[0])

    def blocks(name, width, depth):
        for block in range(depth):
            state[f"{name}.model.{block}.model.1.weight"] = torch.randn(width, width, 3) / (3 * width) ** 0.5
            state[f"{name}.model.{block}.model.1.bias"] = 0.1 * torch.randn(width)
            state[f"{name}.model.{block}.model.3.weight"] = torch.randn(width, width, 1) / (4 * width) ** 0.5
            state[f"{name}.model.{block}.model.3.bias"] = 0.1 * torch.randn(width)

    for level, times in enumerate(TIMES):
        width, depth = WIDTH * times, DEPTH * times
        for stage, downs in enumerate(DOWNS[: level + 1]):
            base = f"encoders.{level}.level_blocks.{stage}.model"
            before = LATENT if stage else 1
            for down in range(downs):
                put(f"{base}.{down}.0", width, width if down else before, 4, inputs=4 * (width if down else before))
                blocks(f"{base}.{down}.1", width, depth)
            put(f"{base}.{downs}", LATENT, width, 3, inputs=3 * width)
            base = f"decoders.{level}.level_blocks.{stage}.model"
            put(f"{base}.0", width, LATENT, 3, inputs=3 * LATENT)
            for up in range(1, downs + 1):
                blocks(f"{base}.{up}.0", width, depth)
                put(f"{base}.{up}.1", width, LATENT if up == downs else width, 4, inputs=2 * width)
        put(f"decoders.{level}.out", 1, LATENT, 3, inputs=3 * LATENT)
        state[f"bottleneck.level_blocks.{level}.k"] = torch.randn(CODES, LATENT)
    return state


def encoded(state, audio, level):
    """Audio [B, N] -> latent [B, 64, T]."""
    x = audio[:, None]
    for stage, downs in enumerate(DOWNS[: level + 1]):
        base = f"encoders.{level}.level_blocks.{stage}.model"
        for down in range(downs):
            x = _conv(state, f"{base}.{down}.0", x, stride=2, padding=1)
            x = _blocks(state, f"{base}.{down}.1", x, [3**i for i in range(DEPTH * TIMES[level])])
        x = _conv(state, f"{base}.{downs}", x, padding=1)
    return x


def quantised(state, latent, level):
    """Latent [B, 64, T] -> codes [B, T]."""
    book = state[f"bottleneck.level_blocks.{level}.k"]
    return torch.stack([torch.cdist(one.T.double(), book.double()).argmin(1) for one in latent])


def decoded(state, codes, level):
    """Codes [B, T] -> audio [B, N]."""
    x = F.embedding(codes, state[f"bottleneck.level_blocks.{level}.k"]).transpose(1, 2)
    for stage, downs in reversed(list(enumerate(DOWNS[: level + 1]))):
        base = f"decoders.{level}.level_blocks.{stage}.model"
        x = _conv(state, f"{base}.0", x, padding=1)
        for up in range(1, downs + 1):
            x = _blocks(state, f"{base}.{up}.0", x, [3**i for i in reversed(range(DEPTH * TIMES[level]))])
            name = f"{base}.{up}.1"
            x = F.conv_transpose1d(x, state[f"{name}.weight"], state[f"{name}.bias"], stride=2, padding=1)
    return _conv(state, f"decoders.{level}.out", x, padding=1)[:, 0]


def _conv(state, name, x, **how):
    return F.conv1d(x, state[f"{name}.weight"], state[f"{name}.bias"], **how)


def _blocks(state, name, x, dilations):
    for block, dilation in enumerate(dilations):
        inner = _conv(state, f"{name}.model.{block}.model.1", F.relu(x), padding=dilation, dilation=dilation)
        x = x + _conv(state, f"{name}.model.{block}.model.3", F.relu(inner))
    return x
