"""Random weights under the names of D2M-GAN's authors, for a network of ours of any size.

Names: L-YeZhu/D2M-GAN at 5dc5bbf, d2m/d2m_modules.py:268-554. Written from the layer lists there, number by number,
and not by turning training.paper.checkpoints around.
"""

import torch

# Where plain convolutions and the first of four residual blocks stand in the authors' Sequential.
MOTION = {"convs": (0, 7, 13, 19), "stacks": (2, 8, 14), "ends": {"lin1": "enter", "lin2": "leave"}}
HIGH = {
    "convs": (0, 6, 12, 18, 24, 30),
    "stacks": (1, 7, 13, 19, 25),
    "ends": {"lin": "enter", "genre_embed": "genre"},
}
LOW = {
    "convs": (1, 8, 15, 22, 29, 36, 43, 45),
    "stacks": (2, 9, 16, 23, 30, 37),
    "ends": {"lin": "enter", "fc": "leave", "genre_embed": "genre"},
}


def sequence_state(module, layout):
    """A state dict as torch.save(netG.state_dict()) holds it, with shapes of `module`, and random."""
    shapes = {name: value.shape for name, value in module.state_dict().items()}
    state = {}
    for theirs, ours in layout["ends"].items():
        for leaf in ("weight", "bias"):
            if f"{ours}.{leaf}" in shapes:
                state[f"{theirs}.{leaf}"] = _random(shapes[f"{ours}.{leaf}"])
    for index, number in enumerate(layout["convs"]):
        for leaf in ("weight", "bias"):
            state[f"model.{number}.{leaf}"] = _random(shapes[f"convs.{index}.{leaf}"])
    for index, first in enumerate(layout["stacks"]):
        channels = shapes[f"stacks.{index}.0.mix.bias"][0]
        for block in range(4):
            for part, kernel in (("block.2", 3), ("block.4", 1), ("shortcut", 1)):
                _put_normalised(state, f"model.{first + block}.{part}", (channels, channels, kernel))
    return state


def discriminator_state(channels):
    """Three scales of six layers and a score. channels: of the layers."""
    state = {}
    for scale in range(3):
        base = f"model.disc_{scale}.model"
        _put_normalised(state, f"{base}.layer_0.1", (channels[0], 1, 16))
        for layer in range(1, 5):
            # Groups of four channels each.
            _put_normalised(state, f"{base}.layer_{layer}.0", (channels[layer], 4, 41))
        _put_normalised(state, f"{base}.layer_5.0", (channels[5], channels[4], 5))
        _put_normalised(state, f"{base}.layer_6", (1, channels[5], 3))
    return state


def plain_weight(state, name):
    """A normalised convolution's weight."""
    direction = state[f"{name}.weight_v"]
    return state[f"{name}.weight_g"] * direction / direction.flatten(1).norm(dim=1)[:, None, None]


def _put_normalised(state, name, shape):
    state[f"{name}.bias"] = _random(shape[:1])
    state[f"{name}.weight_g"] = _random((shape[0], 1, 1))
    state[f"{name}.weight_v"] = _random(shape)


def _random(shape):
    fan_in = max(1, torch.Size(shape[1:]).numel())
    return torch.randn(shape) / fan_in**0.5
