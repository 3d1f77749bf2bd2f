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

    Raises InputError if the system refused to write (full disk, no permission, not a folder). An OSError that names
    another file passes through.
    """
    temporary = path.with_name(f".{secrets.token_hex(6)}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refusal(path, error) from error
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        if error.filename is not None and temporary.name not in str(error.filename):
            raise
        raise _refusal(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _refusal(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot write {path}: {error.strerror or error}; choose another folder or make room")
