"""Pose estimation: people in pictures as 33 landmarks each, smoothed, with ids that survive."""
