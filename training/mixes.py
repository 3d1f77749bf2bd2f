"""Write the mixes of a corpus as WAV files, so that they can be heard and measured.

    python -m training.mixes --corpus corpus/music --out DIR --split test

DIR/seen holds the songs played with sounds that training knows, DIR/unseen the others.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import soundfile

from training.corpus import SAMPLE_RATE
from training.songs import load_meta


def write_mixes(corpus: Path, out_dir: Path, split: str) -> list[Path]:
    """16-bit mono WAVs of the sum of the stems; returns their paths."""
    written = []
    for folder in sorted(path.parent for path in corpus.glob("*/meta.json")):
        meta = load_meta(folder)
        if meta["split"] != split:
            continue
        file = out_dir / ("unseen" if meta["unseen"] else "seen") / f"{folder.name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        mix = np.load(folder / "stems.npy", mmap_mode="r").sum(axis=0, dtype=np.int32)
        soundfile.write(file, np.clip(mix, -32768, 32767).astype(np.int16), SAMPLE_RATE, subtype="PCM_16")
        written.append(file)
    if not written:
        raise FileNotFoundError(f"{corpus}: no {split} songs; run python -m training.corpus --out {corpus}")
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=("train", "test"), default="test")
    options = parser.parse_args()
    print(f"{len(write_mixes(options.corpus, options.out, options.split))} mixes in {options.out}")


if __name__ == "__main__":
    main()
