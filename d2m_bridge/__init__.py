"""Music that follows a dancer: dance video in, music and beat events out."""

__version__ = "0.1.0"
