"""What is put into each DAW, where, and what its user does next. Tables, and the copying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from d2m_bridge.errors import InputError
from d2m_bridge.sinks.atomic import whole_file


@dataclass(frozen=True, slots=True)
class KitFile:
    """A file below the DAW's folder, made of files of this package, joined."""

    target: str
    parts: tuple[str, ...]

    def content(self) -> bytes:
        """What will be written."""
        return b"".join(files("d2m_bridge.daw").joinpath("kits", part).read_bytes() for part in self.parts)


@dataclass(frozen=True, slots=True)
class Kit:
    """folder: what its folder for such files is called, and how to find it. steps: one line each, in order."""

    name: str
    program: str
    folder: str
    files: tuple[KitFile, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Installed:
    """kept: what lay there before and was different, under its new name; None if nothing did. new: it was written."""

    path: Path
    new: bool
    kept: Path | None


ARDOUR_SCRIPT = KitFile("scripts/d2m_insert_take.lua", ("ardour/header.lua", "take.lua", "ardour/insert_take.lua"))

KITS = {
    kit.name: kit
    for kit in (
        Kit(
            "reaper",
            "REAPER",
            "its resource path (Options > Show REAPER resource path)",
            (
                KitFile("OSC/d2m.ReaperOSC", ("reaper/d2m.ReaperOSC",)),
                KitFile("Scripts/d2m_insert_take.lua", ("take.lua", "reaper/insert_take.lua")),
            ),
            (
                "Actions > Show action list > New action > Load ReaScript: Scripts/d2m_insert_take.lua",
                "put the edit cursor on a bar and run it; it asks once for the folder of your takes",
                "REAPER leads: Preferences > Control/OSC/web > Add > OSC, pattern config d2m, mode 'Configure device "
                "IP+local port', device 127.0.0.1 port 9000, local listen port 8000; then d2m live --osc-in 9000 "
                "--sync osc",
                "d2m leads: the same with pattern config Default; then d2m live --osc 127.0.0.1:8000 --dialect reaper",
                "see that it answers: d2m daw check reaper (before d2m live: both listen on port 9000)",
            ),
        ),
        Kit(
            "ableton",
            "Ableton Live 12.0.5 or later",
            "Ableton/User Library/Remote Scripts (Settings > Library says where the User Library lies)",
            (KitFile("d2m_clips/__init__.py", ("ableton/d2m_clips/__init__.py",)),),
            (
                "restart Live; Settings > Link, Tempo & MIDI > Control Surface: choose d2m_clips in a free row",
                "see that it answers: d2m daw check generic --port 11011",
                "tempo and phase: switch Link on in Live, and d2m live --sync link",
                "finished clips into the session view: d2m live --osc 127.0.0.1:11011",
                "transport and tempo from d2m: install AbletonOSC beside it, and d2m live --osc 127.0.0.1:11000 "
                "--dialect ableton; see that it answers: d2m daw check ableton",
            ),
        ),
        Kit(
            "bitwig",
            "Bitwig Studio",
            "",
            (),
            (
                "nothing is copied: install DrivenByMoss (mossgrabers.de) as it says, which has what is needed",
                "Settings > Controllers > Add > Open Sound Control (DrivenByMoss), receive port 8000, send to "
                "127.0.0.1 port 9000",
                "see that it answers: d2m daw check bitwig",
                "a file into a clip slot: send /track/1/clip/1/insertFile with its absolute path to port 8000",
                "a whole take: d2m daw export TAKE --to dawproject, and File > Open",
                "transport and tempo from d2m: d2m live --osc 127.0.0.1:8000 --dialect bitwig; phase: Link on both "
                "sides",
            ),
        ),
        Kit(
            "ardour",
            "Ardour 7 or later",
            "its configuration folder, ardour7, ardour8 or ardour9",
            (ARDOUR_SCRIPT,),
            (
                "Edit > Lua Scripts > Script Manager > Action Scripts: choose a free row > Add/Set > Insert d2m take",
                "put the playhead on a bar and run it (Edit > Lua Scripts); it asks for NAME.events.jsonl of the take",
                "Edit > Preferences > Control Surfaces > Open Sound Control (OSC): enable it, port mode 'manual', "
                "reply port 8000",
                "see that it answers: d2m daw check ardour",
                "transport and markers from d2m: d2m live --osc 127.0.0.1:3819 --dialect ardour",
            ),
        ),
    )
}


def user_folder(kit: Kit, system: str, home: Path, environment: Mapping[str, str]) -> Path:
    """Where this user's DAW looks for such files. system: as sys.platform.

    Raises InputError when it is not there or not known.
    """
    candidates = _candidates(kit.name, system, home, environment)
    for folder in candidates:
        if folder.is_dir():
            return folder
    looked = f"no folder {candidates[0]}" if candidates else f"{kit.program} does not run on this system"
    raise InputError(f"{looked}; start {kit.program} once, or name with -o {kit.folder}")


def _candidates(name: str, system: str, home: Path, environment: Mapping[str, str]) -> list[Path]:
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    roaming = Path(environment.get("APPDATA") or home / "AppData/Roaming")
    local = Path(environment.get("LOCALAPPDATA") or home / "AppData/Local")
    live = Path("Ableton/User Library/Remote Scripts")
    folders = {
        ("reaper", "linux"): [config / "REAPER"],
        ("reaper", "darwin"): [home / "Library/Application Support/REAPER"],
        ("reaper", "win32"): [roaming / "REAPER"],
        ("ableton", "darwin"): [home / "Music" / live],
        ("ableton", "win32"): [home / "Documents" / live],
        ("ardour", "linux"): [config / f"ardour{version}" for version in (9, 8, 7)],
        ("ardour", "darwin"): [home / f"Library/Preferences/Ardour{version}" for version in (9, 8, 7)],
        ("ardour", "win32"): [local / f"Ardour{version}" for version in (9, 8, 7)],
    }
    return folders.get((name, system), [])


def install(kit: Kit, folder: Path) -> list[Installed]:
    """Writes the kit's files. One that is there and different keeps its content under another name.

    Raises InputError when the system refuses.
    """
    return [_install(file, folder / file.target) for file in kit.files]


def _install(file: KitFile, path: Path) -> Installed:
    content = file.content()
    kept = None
    if path.exists():
        if path.is_file() and path.read_bytes() == content:
            return Installed(path, new=False, kept=None)
        kept = _free_name(path)
        path.rename(kept)
    with whole_file(path) as temporary:
        temporary.write_bytes(content)
    return Installed(path, new=True, kept=kept)


def _free_name(path: Path) -> Path:
    """The file under another suffix, so that no DAW takes it for a second script."""
    number = 1
    while (kept := path.with_name(f"{path.name}.{number}.bak")).exists():
        number += 1
    return kept
