"""The generating side as one module: motion, picture and genre of a clip -> the latents of its music."""

from __future__ import annotations

from torch import Tensor, nn

from models.paper.config import PaperConfig
from models.paper.generator import Generator
from models.paper.motion import MotionEncoder
from models.paper.visual import VisualPart


class D2MGAN(nn.Module):
    """No noise comes in: one clip and genre give one result."""

    def __init__(self, config: PaperConfig) -> None:
        super().__init__()
        self.config = config
        self.motion = MotionEncoder(config)
        self.visual = VisualPart(config)
        self.generator = Generator(config)

    def forward(self, motion: Tensor, visual: Tensor, genre: Tensor | None) -> Tensor:
        """Motion [B, frames, features], visual [B, frames, features], genre [B, G] or None -> latent [B, D, T]."""
        return self.generator(self.motion(motion), self.visual(visual), genre)
