"""Renders the sample video examples/dancer.mp4: a dancer of our own, moved by motion capture.

    python examples/render_dancer.py --motion g1moves_B_LongDance.npz

The motion file holds COCO-17 joints: kp int16 [T, 17, 3] with scale, origin and fps.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from stage.motion import load_motion, retarget
from stage.scene import Stage

FPS = 30


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Render a dancing figure from motion capture.")
    parser.add_argument("--motion", type=Path, required=True, help="motion file (.npz)")
    parser.add_argument("--start", type=float, default=12.0, help="seconds into the motion (default: 12)")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of the video (default: 15)")
    parser.add_argument("--size", type=int, nargs=2, default=(512, 640), metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "dancer.mp4")
    parser.add_argument("--joints", type=Path, help="also save the true joints in the picture here (.npy)")
    options = parser.parse_args()
    joints = retarget(load_motion(options.motion, options.start, options.seconds, FPS))
    stage = Stage(*options.size)
    if options.joints:
        np.save(options.joints, stage.project(joints).astype(np.float32))
    encode(options.out, (stage.render(frame) for frame in joints), options.size)


def encode(path: Path, frames, size: tuple[int, int]) -> None:
    """Writes pictures, uint8 [H, W, 3] RGB, as an H.264 video without sound."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "19", "preset": "slow", "threads": "1"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, FPS)
        for index, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
