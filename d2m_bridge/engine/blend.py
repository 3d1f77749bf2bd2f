"""Styles in words: a name, or two with the second one's share."""

from __future__ import annotations

import numpy as np

from d2m_bridge.engine.clip_manifest import ClipManifest
from d2m_bridge.errors import InputError
from d2m_bridge.manifest import Manifest
from d2m_bridge.timeline import Float32

EVEN = 0.5


def split_style(text: str) -> tuple[str, str, float]:
    """First style, second ("" where there is none) and the second one's share.

    house+jazz is half and half; house+jazz:0.2 has a fifth of jazz. Raises InputError for what is none of it.
    """
    first, plus, rest = text.partition("+")
    second, colon, share = rest.partition(":")
    try:
        amount = float(share) if colon else EVEN if plus else 0.0
    except ValueError:
        amount = -1.0
    if not 0.0 <= amount <= 1.0:
        raise InputError(f"style {text!r}: the share after the colon must be 0 to 1, got {share!r}")
    if plus and not second:
        raise InputError(f"style {text!r}: expected a second style after the plus")
    return first, second, amount


def style_weights(manifest: Manifest | ClipManifest, text: str) -> Float32:
    """The weights float32 [S], sum 1, of a style, or of a blend as split_style reads it.

    Raises InputError for a style that the model does not know, and for what is no share.
    """
    first, second, amount = split_style(text)
    weights: Float32 = np.zeros(len(manifest.styles), np.float32)
    for name, part in ((first, 1.0 - amount), (second, amount)) if second else ((first, 1.0),):
        weights[manifest.style_index(name)] += np.float32(part)
    return weights
