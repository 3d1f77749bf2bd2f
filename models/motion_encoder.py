"""Motion and picture -> embedding, causal."""

from __future__ import annotations

from torch import Tensor, nn

from models.blocks import CausalStack


class MotionEncoder(nn.Module):
    """At 30 Hz; each output sees about two seconds back and nothing ahead."""

    def __init__(self, inputs: int, channels: int = 128, embedding: int = 64) -> None:
        super().__init__()
        self.enter = nn.Linear(inputs, channels)
        self.stack = CausalStack(channels, (1, 2, 4, 8), kernel=5)
        self.norm = nn.LayerNorm(channels)
        self.leave = nn.Linear(channels, embedding)

    def forward(self, features: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """Features [B, T, inputs], past [B, stack.memory, channels] -> embedding [B, T, E], next past."""
        x, past = self.stack(self.enter(features), past)
        return self.leave(self.norm(x)), past

    def whole(self, features: Tensor) -> Tensor:
        """A dance from its beginning: features [B, T, inputs] -> embedding [B, T, E]."""
        return self(features, features.new_zeros(features.shape[0], self.stack.memory, self.stack.channels))[0]
