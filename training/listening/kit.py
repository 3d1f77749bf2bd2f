"""Writes the page: files under names that tell nothing, the trials, and the key that stays at home."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from d2m_bridge.errors import InputError

TESTS = ("mos", "ab", "both")
SOUND, VIDEO = (".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"), (".mp4", ".webm")
# Asked of every file, 1 to 5; the first only where the dance is seen. D2M-GAN's listeners were asked for these two.
FIT, QUALITY = "fit", "quality"
PREFERENCE = "preference"
SCALE = (1, 2, 3, 4, 5)
_PAGE = Path(__file__).parent / "page.html"


def make_kit(out: Path, systems: Sequence[tuple[str, Path]], test: str) -> int:
    """Makes the folder `out`; systems: (name, folder); test: of TESTS. Returns the number of trials.

    Raises InputError when a folder lacks what another has, or `out` is not empty.
    """
    if len({name for name, _ in systems}) < len(systems):
        raise InputError("two systems have the same name; each needs its own")
    if len(systems) < 2 and test != "mos":
        raise InputError(f"an A/B test compares two systems or more, got {len(systems)}; name another, or --test mos")
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out}: not empty; choose a new folder, so that no earlier key is lost")
    files = {name: _media(folder) for name, folder in systems}
    items = sorted(set.union(*(set(found) for found in files.values())))
    for name, folder in systems:
        if lacking := [item for item in items if item not in files[name]]:
            raise InputError(f"{folder}: nothing named {', '.join(lacking)}; every system needs the same names")
    if len({path.suffix.lower() in VIDEO for found in files.values() for path in found.values()}) > 1:
        raise InputError("some files are sound and some are video: give all systems the same kind")
    media = out / "page" / "media"
    media.mkdir(parents=True)
    key, names = {}, {}
    for name, found in files.items():
        for item, path in found.items():
            hidden = secrets.token_hex(6) + path.suffix.lower()
            shutil.copyfile(path, media / hidden)
            key[hidden] = {"system": name, "item": item}
            names[name, item] = hidden
    is_video = next(iter(key)).endswith(VIDEO)
    trials = list(_trials([name for name, _ in systems], items, names, test, is_video=is_video))
    page = _PAGE.read_text(encoding="utf-8").replace("/*TRIALS*/[]", json.dumps(trials).replace("</", "<\\/"))
    (out / "page" / "index.html").write_text(page, encoding="utf-8")
    (out / "key.json").write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
    return len(trials)


def _media(folder: Path) -> dict[str, Path]:
    """Stem -> file; InputError if there is none, or two of one name."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (*SOUND, *VIDEO):
            continue
        if path.stem in found:
            raise InputError(f"{folder}: both {found[path.stem].name} and {path.name}; keep one of them")
        found[path.stem] = path
    if not found:
        raise InputError(f"{folder}: no sound or video; expected files such as {', '.join((*SOUND, *VIDEO))}")
    return found


def _trials(systems: Sequence[str], items: Sequence[str], names: dict, test: str, *, is_video: bool):
    """What the page asks; it puts the trials in an order of its own, and each pair too."""
    kind = "video" if is_video else "audio"
    if test in ("mos", "both"):
        asked = [FIT, QUALITY] if is_video else [QUALITY]
        for item in items:
            for system in systems:
                yield {"kind": kind, "media": [names[system, item]], "questions": asked}
    if test in ("ab", "both"):
        for item in items:
            for pair in combinations(systems, 2):
                yield {"kind": kind, "media": [names[system, item] for system in pair], "questions": [PREFERENCE]}
