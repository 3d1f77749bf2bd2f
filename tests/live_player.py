"""`d2m` as a process of its own that sees the made-up dancer: python -m tests.live_player live ..."""

import sys
from pathlib import Path

from d2m_bridge.cli import main
from d2m_bridge.pose import fetch, mediapipe_pose
from tests.estimators import MadeUpDancer

if __name__ == "__main__":
    mediapipe_pose.MediaPipePose = lambda *_, **__: MadeUpDancer()
    fetch.fetch_pose_model = lambda progress: Path("no-model-needed")
    sys.exit(main(sys.argv[1:]))
