"""d2m devices: what there is to choose from."""

from __future__ import annotations

import argparse

from d2m_bridge import plugins
from d2m_bridge.cli.say import OK
from d2m_bridge.errors import DeviceError


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options."""
    devices = commands.add_parser("devices", help="list cameras, sound devices and plug-ins")
    devices.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints three lists."""
    from d2m_bridge.audio.devices import output_devices
    from d2m_bridge.capture.camera import camera_names

    cameras, brought = camera_names(), plugins.found()
    print("cameras (d2m live --camera N)")
    for number, name in cameras.items():
        print(f"  {number}  {name}")
    if not cameras:
        print("  none is listed by the system; a video file serves as one")
    print("sound (d2m live --audio N)")
    print("  null  no sound, keeps time")
    try:
        for device in output_devices():
            print(f"  {device.number}  {device.name}  {device.host}, {device.rate} Hz, {device.channels} channels")
    except DeviceError as error:
        print(f"  {error}")
    if brought:
        print("plug-ins (docs/plugins.md)")
    for plugin in brought:
        print(f"  {plugins.GROUPS[plugin.group]}  {plugin.name}  {plugin.package}")
    return OK
