"""What the session asks of whatever sends things at their moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable


@runtime_checkable
class Sender(Protocol):
    """Sends what it was given by itself when that is due, whatever the session's threads do."""

    @property
    def lateness(self) -> Sequence[float]:
        """Seconds after due at which each thing left that was given in time: the latest of them."""
        ...

    @property
    def missed(self) -> int:
        """Things that were not sent because they were too late or too many."""
        ...

    @property
    def problem(self) -> str | None:
        """In words, while something is wrong."""
        ...

    def forget(self) -> None:
        """What is not due yet is not sent. Any thread."""
        ...
