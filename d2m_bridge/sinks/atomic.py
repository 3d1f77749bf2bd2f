"""Files that are either whole or absent."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from d2m_bridge.errors import InputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; it takes the place of `path` when the block ends well.

    On any exception (Ctrl-C too) the temporary file is removed and an older `path` stays as it was. Missing folders
    are made. The name keeps its suffix, from which many libraries choose the format.

    Raises:
        InputError: the system refused to write (full disk, no permission, not a folder).
    """
    temporary = path.with_name(f".{secrets.token_hex(6)}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}; choose another folder or make room") from error
    finally:
        _remove(temporary)


def _remove(temporary: Path) -> None:
    try:
        temporary.unlink(missing_ok=True)
    except OSError:
        # The folder itself is unusable (a file in its place, unmounted): the writing error above tells the user.
        return
