"""WAV files, written as a stream and only ever seen whole."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from d2m_bridge.errors import InputError
from d2m_bridge.sinks.atomic import whole_file
from d2m_bridge.timeline import Float32

if TYPE_CHECKING:
    import soundfile

Subtype = Literal["PCM_24", "FLOAT"]


class WavWriter:
    """A context manager that appends samples; the file appears under its name when the block ends well.

    PCM_24 clips at full scale, FLOAT keeps everything. A file without samples is a valid empty WAV. A plain WAV holds
    4 GiB, which is 4.5 hours of 44.1 kHz stereo in PCM_24.
    """

    def __init__(self, path: Path, sample_rate: int, channels: int, subtype: Subtype) -> None:
        self._path = path
        self._sample_rate = sample_rate
        self._channels = channels
        self._subtype = subtype

    def __enter__(self) -> Self:
        """Raises InputError when the file cannot be made."""
        with ExitStack() as stack:
            temporary = stack.enter_context(whole_file(self._path))
            temporary.touch()  # a refusal comes as an OSError with its reason; libsndfile only says "system error"
            self._file = stack.enter_context(self._open(temporary))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._stack.__exit__(kind, error, trace)

    def write(self, samples: Float32) -> None:
        """Append float32 [N, C], -1..1. Raises InputError when the disk takes no more."""
        import soundfile

        try:
            self._file.write(samples)
        except soundfile.LibsndfileError as error:
            raise self._full() from error

    def _open(self, temporary: Path) -> soundfile.SoundFile:
        import soundfile

        try:
            return soundfile.SoundFile(
                temporary, "w", self._sample_rate, self._channels, subtype=self._subtype, format="WAV"
            )
        except soundfile.LibsndfileError as error:
            raise self._full() from error

    def _full(self) -> InputError:
        return InputError(f"cannot write {self._path}: the disk is full or the file may not grow; make room")
