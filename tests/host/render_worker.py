"""The renderer's process, seeing a made-up dancer: run by tests of the queue."""

import sys
from pathlib import Path

import d2m_bridge.pose.fetch
import d2m_bridge.pose.mediapipe_pose
from plugin_host.offline import worker
from tests.estimators import MadeUpDancer

d2m_bridge.pose.fetch.fetch_pose_model = lambda progress: Path("made up")
d2m_bridge.pose.mediapipe_pose.MediaPipePose = lambda path, **_: MadeUpDancer(delay_s=float(sys.argv[1]))
sys.exit(worker.main())
