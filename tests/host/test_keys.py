"""The table of keys, and what its commands are."""

import pytest

from d2m_bridge.osc import commands as do
from plugin_host.keys import BY_NAME, KEYS, tip
from plugin_host.live.positions import Positions, moved, positions_of

AT = Positions(("house", "jazz"), gains_db=(0.0, -3.0, 11.5, -60.0), mutes=(False, True, False, False), bpm=99.6)


def test_no_key_and_no_name_is_used_twice():
    assert len({row.keys for row in KEYS}) == len({row.name for row in KEYS}) == len(KEYS)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("play", do.Play()),
        ("panic", do.Panic()),
        ("record", do.SetRecord(True)),
        ("style1", do.SetStyle("jazz")),
        ("style7", None),
        ("more", do.SetIntensity(0.1)),
        ("as_danced", do.SetIntensity(0.0)),
        ("mute_bass", do.SetStemMute("bass", False)),
        ("mute_lead", do.SetStemMute("lead", True)),
        ("softer_bass", do.SetStemGain("bass", -4.0)),
        ("louder_harmony", do.SetStemGain("harmony", 12.0)),
        ("softer_lead", do.SetStemGain("lead", -60.0)),
        ("drop", do.SetSection("drop")),
        ("faster", do.SetTempo(101.0)),
        ("later", do.Nudge(10.0)),
        ("ahead", do.SetLatency(5.0)),
        ("sync_osc", do.SetSync("osc")),
        ("tap", do.Tap()),
    ],
)
def test_a_key_gives_the_command_that_follows_from_where_the_controls_stand(name, command):
    assert BY_NAME[name].make(AT) == command


def test_intensity_ends_at_its_ends():
    assert BY_NAME["more"].make(Positions(intensity=0.95)) == do.SetIntensity(1.0)
    assert BY_NAME["less"].make(Positions(intensity=-1.0)) == do.SetIntensity(-1.0)


def test_another_idea_is_another_number_each_time():
    assert len({BY_NAME["seed"].make(AT).seed for _ in range(5)}) > 1


def test_every_command_that_takes_a_hand_has_a_key():
    made = {type(row.make(AT)) for row in KEYS if row.make is not None}
    assert set(do.BY_COMMAND) - made - {do.Ping, do.QueryState} == {do.Stop}
    assert BY_NAME["play"].make(Positions(playing=True)) == do.Stop()


def test_a_tooltip_names_the_keys():
    assert tip("Gain", "louder_bass", "softer_bass") == "Gain [Shift+S / Ctrl+S]"
    assert tip("Panic", "panic") == "Panic [Esc, held]"


@pytest.mark.parametrize("name", [row.name for row in KEYS if row.make is not None])
def test_what_a_key_asks_for_is_shown_before_it_is_done(name):
    command = BY_NAME[name].make(AT)
    still = do.SetIntensity(0.0), do.SetStemGain("lead", -60.0), do.SetSync("follow")  # where they stand already
    if command is not None and type(command) not in (do.Tap, do.SetSeed, do.SetSection, do.Panic):
        assert command in still or moved(AT, command) != AT


def test_positions_are_those_of_the_commands_that_would_set_them():
    state = [
        do.Play(), do.SetStyle("jazz"), do.SetIntensity(-0.5), do.SetStemGain("bass", -6.0),
        do.SetStemMute("lead", True), do.SetSync("link"), do.SetLatency(12.0), do.SetRecord(True),
    ]  # fmt: skip
    at = positions_of(state, ("house", "jazz"), 128.0)
    assert at == Positions(
        ("house", "jazz"), True, "jazz", -0.5, (0, -6.0, 0, 0), (False, False, False, True), "link", 12.0, True, 128.0
    )
