"""What is said to the performer, kept for later. Knows no widget."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

Level = Literal["info", "ok", "warn", "error"]
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Message:
    """topic: a later message of the same topic takes its place. lasts: until it is clicked or replaced."""

    level: Level
    text: str
    at: str
    topic: str = ""
    lasts: bool = False


class Messages(QObject):
    """Anyone may say something, from any thread."""

    said = pyqtSignal(object)  # Message
    settled = pyqtSignal(str)  # a topic is no longer news

    def __init__(self) -> None:
        super().__init__()
        self.history: deque[Message] = deque(maxlen=_KEPT)
        self.errors = 0

    def say(self, level: Level, text: str, *, topic: str = "", lasts: bool = False) -> None:
        """One line: what happened and what to do."""
        message = Message(level, text, datetime.now().astimezone().strftime("%H:%M:%S"), topic, lasts)
        self.errors += level == "error"
        self.history.append(message)
        self.said.emit(message)

    def settle(self, topic: str) -> None:
        """What was said about this is over."""
        self.settled.emit(topic)


class LogToMessages(logging.Handler):
    """Warnings of the runtime, which speak to people, become messages."""

    def __init__(self, messages: Messages) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text}: {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        level: Level = "error" if record.levelno >= logging.ERROR else "warn"
        self._messages.say(level, text[:1].upper() + text[1:], topic=record.name)
