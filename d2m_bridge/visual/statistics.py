"""What a picture says without any network: light, colour, change and cuts. Knows no dancer and no file."""

from __future__ import annotations

import math

import numpy as np

from d2m_bridge.timeline import Frame, VisualFrame

VISUAL_FEATURES = (
    "brightness",
    "contrast",
    "saturation",
    "hue_sin",
    "hue_cos",
    "change",
    "change_height",
    "cut",
)

SIDE = 64
HISTOGRAM_BINS = 4
# A change of this much of full scale in 1/30 s reads 0.63; a dancer who fills the picture makes about that.
CHANGE_SCALE = 0.01
REFERENCE_PERIOD_S = 1 / 30
# A cut changes both the picture and its palette: a fast move leaves the palette, a fade changes the picture slowly.
CUT_CHANGE = 0.1
CUT_PALETTE = 0.35


class VisualStatistics:
    """Turns frames into VisualFrames, one each, in order. Holds the last picture, 64 by 64.

    Features (float32 [8], 0..1, named by VISUAL_FEATURES): brightness; contrast (standard deviation of brightness,
    doubled); saturation; sine and cosine of the mean hue, weighted by colourfulness, 0.5 and 0.5 for grey;
    change since the last frame, per time, saturating; the height of its centre of mass, 1 at the top, 0.5 if nothing
    changed; 1 at a cut, where change and its height are 0 and 0.5.
    """

    def __init__(self) -> None:
        self._last: _Picture | None = None

    def push(self, frame: Frame) -> VisualFrame:
        """Statistics of the next frame. Its t must lie after that of the frame before."""
        picture = _Picture(frame)
        change = (0.0, 0.5, 0.0) if self._last is None else picture.change_since(self._last)
        self._last = picture
        return VisualFrame(frame.t, np.array([*picture.look(), *change], dtype=np.float32))


class _Picture:
    def __init__(self, frame: Frame) -> None:
        import cv2

        # Two steps: averaging straight from full size costs ten times as much.
        half = cv2.resize(frame.image, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_LINEAR)
        small = cv2.resize(half, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        self.t = frame.t
        self.hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)
        self.grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        self.palette = cv2.calcHist([small], [0, 1, 2], None, [HISTOGRAM_BINS] * 3, [0.0, 1.001] * 3) / SIDE**2

    def look(self) -> tuple[float, ...]:
        """brightness, contrast, saturation, hue_sin, hue_cos."""
        hue, saturation, value = np.moveaxis(self.hsv, 2, 0)
        weight = saturation * value
        total = float(weight.sum())
        angle = np.deg2rad(hue)
        sine = float((weight * np.sin(angle)).sum()) / total if total > 0 else 0.0
        cosine = float((weight * np.cos(angle)).sum()) / total if total > 0 else 0.0
        contrast = min(1.0, 2 * float(self.grey.std()))
        return float(self.grey.mean()), contrast, float(saturation.mean()), (1 + sine) / 2, (1 + cosine) / 2

    def change_since(self, last: _Picture) -> tuple[float, float, float]:
        """change, change_height, cut."""
        difference = np.abs(self.grey - last.grey)
        mean = float(difference.mean())
        palette = float(np.abs(self.palette - last.palette).sum()) / 2
        if mean > CUT_CHANGE and palette > CUT_PALETTE:
            return 0.0, 0.5, 1.0
        if mean == 0:
            return 0.0, 0.5, 0.0
        rows = difference.sum(axis=1)
        height = 1 - float(rows @ np.arange(SIDE)) / (float(rows.sum()) * (SIDE - 1))
        per_period = mean * REFERENCE_PERIOD_S / (self.t - last.t)
        return 1 - math.exp(-per_period / CHANGE_SCALE), height, 0.0
