"""What a live session is connected to besides camera and loudspeaker: OSC, sound over the network, MIDI."""

from __future__ import annotations

import argparse
import itertools
import os
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from d2m_bridge import plugins
from d2m_bridge.cli.say import complain
from d2m_bridge.errors import InputError
from d2m_bridge.osc.dialects import DIALECTS, GENERIC

if TYPE_CHECKING:
    from d2m_bridge.osc.audio_sender import Form
    from d2m_bridge.osc.learn import Learned
    from d2m_bridge.osc.targets import Target
    from d2m_bridge.pipeline.control import Control
    from d2m_bridge.pipeline.live import LiveSession
    from d2m_bridge.pipeline.masters import Masters
    from d2m_bridge.sync.session_clock import SessionClock


def add_connection_options(parser: argparse.ArgumentParser) -> None:
    """Where events, commands and sound go to and come from."""
    add = parser.add_argument
    add("--osc", action="append", default=[], metavar="HOST:PORT", help="send events there; may be repeated")
    add("--dialect", action="append", default=[], choices=tuple(DIALECTS), help="of each --osc in turn (generic)")
    add("--osc-in", type=int, metavar="PORT", help="obey OSC commands from this machine on this port")
    add(
        "--discoverable", nargs="?", const="127.0.0.1", metavar="ADDRESS",
        help="let controllers find --osc-in by OSCQuery and zeroconf; with an address of this machine, on that network",
    )  # fmt: skip
    add("--send-audio", metavar="HOST:PORT", help="send the mix there as OSC blobs (d2m receive takes them)")
    add("--reastream", metavar="HOST", help="send the mix to REAPER's ReaStream plug-in on this host")
    add("--midi-out", metavar="PORT", help="play notes and clock to this MIDI port; new:NAME makes one")
    add("--midi-in", metavar="PORT", help="the MIDI port of --sync midi (default: make one)")
    add("--sink", action="append", default=[], metavar="NAME", help="a sink of a plug-in; may be repeated")


def osc_targets(options: argparse.Namespace) -> list[Target]:
    """--osc with its --dialect, in turn, or the one of the settings. Raises InputError for what is no HOST:PORT."""
    from d2m_bridge.osc.sender import parse_target
    from d2m_bridge.osc.targets import Target

    if options.discoverable and options.osc_in is None:
        raise InputError("--discoverable: nobody can be found who does not listen; give --osc-in PORT too (0: any)")
    if not options.osc:
        stored = options.stored
        return [Target(*parse_target(stored.osc), stored.dialect)] if stored.osc else []
    dialects = itertools.chain(options.dialect, itertools.repeat(GENERIC.name))
    return [Target(*parse_target(text), dialect) for text, dialect in zip(options.osc, dialects, strict=False)]


def connect(
    options: argparse.Namespace,
    session: LiveSession,
    control: Control,
    masters: Masters,
    clock: SessionClock,
    opened: ExitStack,
) -> None:
    """Opens what the options name, to be closed with `opened`. After session.start(). Raises InputError."""
    from d2m_bridge.osc.learn import Learned
    from d2m_bridge.sync.midi_control import MidiControl

    learned = Learned(options.stored.learn, control.obey)
    _connect_osc(options, session, control, masters, learned, clock, opened)
    _connect_sound(options, session, opened)
    if options.stored.midi_control:
        opened.enter_context(MidiControl(options.stored.midi_control, learned.hear))
    for name in options.sink or options.stored.sinks:
        sink = plugins.open_sink(name, session)
        opened.callback(plugins.close_sink, sink)
        session.listeners.append(sink)
    if options.midi_out:
        from d2m_bridge.sync.midi_listener import MidiListener
        from d2m_bridge.sync.midi_out import MidiOut
        from d2m_bridge.sync.midi_ports import MidiOutPort, parse_port

        name, is_new = parse_port(options.midi_out)
        out = MidiOut(MidiOutPort(name, virtual=is_new), clock)
        opened.callback(out.close)
        session.listeners.append(MidiListener(out, session.musician.grid, session.delay_s))


def _connect_osc(
    options: argparse.Namespace,
    session: LiveSession,
    control: Control,
    masters: Masters,
    learned: Learned,
    clock: SessionClock,
    opened: ExitStack,
) -> None:
    from d2m_bridge.osc.announcer import OscAnnouncer
    from d2m_bridge.osc.inlet import OscInlet
    from d2m_bridge.osc.targets import OscTargets
    from d2m_bridge.osc.udp import LOOPBACK
    from d2m_bridge.pipeline.standing import standing

    targets = osc_targets(options)
    for target in targets:
        _warn_if_it_leaves(target.host, target.port)
    if targets:
        sender = opened.enter_context(OscTargets(targets))
        announcer = OscAnnouncer(
            sender, clock.now, clock.wall_offset, lambda: session.status, lambda: standing(session, control.sync)
        )  # fmt: skip
        session.listeners.append(announcer)
        session.clip_listeners.append(announcer.clip)
        opened.callback(announcer.tell_changes)  # that a take has ended
    if options.osc_in is not None:

        def hear(address: str, arguments: Sequence[object]) -> bool:
            return masters.hear(address, arguments) or learned.hear(address, arguments)

        host = options.discoverable or LOOPBACK
        inlet = OscInlet(options.osc_in, lambda command, _: control.obey(command), control.state, host, hear)
        opened.enter_context(inlet)
        complain(f"obeying OSC on {host}:{inlet.port}")
        if options.discoverable:
            _let_us_be_found(host, inlet.port, opened)


def _let_us_be_found(host: str, osc_port: int, opened: ExitStack) -> None:
    from d2m_bridge.osc.discovery import Advert, OscQuery

    query = opened.enter_context(OscQuery(osc_port, host))
    complain(f"OSCQuery: http://{host}:{query.port}")
    try:
        opened.enter_context(Advert(osc_port, query.port, host))
    except InputError as error:  # who knows the address finds us all the same
        complain(str(error))


def _connect_sound(options: argparse.Namespace, session: LiveSession, opened: ExitStack) -> None:
    from d2m_bridge.osc.audio_sender import AudioSender
    from d2m_bridge.osc.reastream import PORT
    from d2m_bridge.osc.sender import OscSender, parse_target

    goals: list[tuple[str, int, Form]] = []
    if options.send_audio:
        goals.append((*parse_target(options.send_audio), "osc"))
    if options.reastream:
        goals.append((options.reastream, PORT, "reastream"))
    for host, port, form in goals:
        _warn_if_it_leaves(host, port)
        sender = opened.enter_context(OscSender(host, port))
        # The number of the process tells a receiver that the sender has begun anew.
        session.musician.audio_listeners.append(AudioSender(sender, form, session.sample_rate, os.getpid()))


def _warn_if_it_leaves(host: str, port: int) -> None:
    from d2m_bridge.osc.targets import leaves_this_machine

    if leaves_this_machine(host):
        complain(f"this leaves the machine: to {host}:{port}")
