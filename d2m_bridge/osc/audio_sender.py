"""Sends the mix of a live session over the network as it is made: as OSC blobs, or as ReaStream for REAPER."""

from __future__ import annotations

from typing import Literal

from d2m_bridge.osc import reastream
from d2m_bridge.osc.audio_stream import AudioEncoder
from d2m_bridge.osc.sender import OscSender
from d2m_bridge.timeline import AudioBlock, Float32

Form = Literal["osc", "reastream"]


class AudioSender:
    """A listener of the musician's sound; never waits. stream: another number at each start of the program."""

    def __init__(self, sender: OscSender, form: Form, sample_rate: int, stream: int) -> None:
        self._sender, self._form, self._rate = sender, form, sample_rate
        self._encoder = AudioEncoder(stream, sample_rate, 2)

    def __call__(self, start: int, mix: Float32) -> None:
        """float32 [N, 2] from sample `start` of the session on."""
        if self._form == "osc":
            datagrams = self._encoder.encode(AudioBlock(start, mix))
        else:
            datagrams = reastream.encode(mix, self._rate)
        for datagram in datagrams:
            self._sender.send_datagram(datagram)
