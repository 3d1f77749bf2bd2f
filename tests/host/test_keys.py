"""The table of keys, and what its commands are."""

import pytest

from d2m_bridge.osc import commands as do
from plugin_host.keys import BY_NAME, KEYS, spelled, tip
from plugin_host.live.positions import Positions, moved, positions_of

AT = Positions(
    ("house", "jazz"), style="house", second="jazz", amount=0.5, key="B", complexity=0.95, swing=0.05,
    gains_db=(0.0, -3.0, 11.5, -60.0), pans=(-0.95, 0.0, 0.0, 0.0), mutes=(False, True, False, False), bpm=99.6,
)  # fmt: skip


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
        ("blend0", do.BlendStyles("house", "jazz", 0.25)),
        ("blend1", do.BlendStyles("house", "jazz", 0.75)),
        ("blend7", None),
        ("blend", do.BlendStyles("house", "jazz", 0.55)),
        ("unblend", do.BlendStyles("house", "jazz", 0.45)),
        ("key_up", do.SetKey("auto")),
        ("key_down", do.SetKey("A#")),
        ("key_own", do.SetKey("auto")),
        ("more_intensity", do.SetIntensity(0.1)),
        ("no_intensity", do.SetIntensity(0.0)),
        ("less_density", do.SetDensity(-0.1)),
        ("more_complexity", do.SetComplexity(1.0)),
        ("less_swing", do.SetSwing(0.0)),
        ("no_swing", do.SetSwing(0.0)),
        ("hold", do.SetHold(True)),
        ("left_drums", do.SetStemPan("drums", -1.0)),
        ("right_bass", do.SetStemPan("bass", 0.1)),
        ("solo_harmony", do.SetStemSolo("harmony", True)),
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


def test_a_blend_begins_at_the_stronger_style_and_ends_at_its_ends():
    styles = "house", "jazz", "lock"
    assert BY_NAME["blend0"].make(Positions(styles, style="house")) is None
    assert BY_NAME["blend"].make(Positions(styles, style="house")) is None
    assert BY_NAME["blend1"].make(Positions(styles, style="house")) == do.BlendStyles("house", "jazz", 0.25)
    mostly_jazz = Positions(styles, style="house", second="jazz", amount=0.9)
    assert mostly_jazz.leading == "jazz"
    assert BY_NAME["blend1"].make(mostly_jazz) == do.BlendStyles("house", "jazz", 1.0)
    assert BY_NAME["blend2"].make(mostly_jazz) == do.BlendStyles("jazz", "lock", 0.25)


def test_who_is_heard_follows_from_mute_and_solo():
    assert Positions().silent == (False,) * 4
    solos = (True, True, False, False)
    assert Positions(mutes=(True, False, False, False), solos=solos).silent == (True, False, True, True)


@pytest.mark.parametrize("name", ["style9", "blend9", "louder_bass", "no_swing", "panic", "faster"])
def test_a_key_is_spelled_as_people_write_it(name):
    spellings = {
        "style9": "0", "blend9": "Shift+0", "louder_bass": "Shift+S", "no_swing": "Alt+Home", "panic": "Esc, held",
        "faster": "+",
    }  # fmt: skip
    assert spelled(BY_NAME[name]) == spellings[name]
    assert spelled(BY_NAME["more_density"]) == "Shift+\u2191"


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
    # Where they stand already.
    still = do.SetIntensity(0.0), do.SetDensity(0.0), do.SetStemGain("lead", -60.0), do.SetSync("follow")
    if command is not None and type(command) not in (do.Tap, do.SetSeed, do.SetSection, do.Panic):
        assert command in still or moved(AT, command) != AT


def test_positions_are_those_of_the_commands_that_would_set_them():
    state = [
        do.Play(), do.BlendStyles("jazz", "house", 0.3), do.SetKey("F#"), do.SetIntensity(-0.5), do.SetDensity(0.1),
        do.SetComplexity(0.2), do.SetSwing(0.3), do.SetHold(True), do.SetStemGain("bass", -6.0),
        do.SetStemPan("drums", 0.5), do.SetStemMute("lead", True), do.SetStemSolo("bass", True), do.SetSync("link"),
        do.SetLatency(12.0), do.SetRecord(True),
    ]  # fmt: skip
    styles = ("house", "jazz")
    blended = Positions(
        styles, True, "jazz", "house", 0.3, "F#", -0.5, 0.1, 0.2, 0.3, True, (0, -6.0, 0, 0), (0.5, 0, 0, 0),
        (False, False, False, True), (False, True, False, False), "link", 12.0, True, 128.0,
    )  # fmt: skip
    assert positions_of(state, styles, 128.0) == blended
    alone = moved(blended, do.SetStyle("house"))
    assert (alone.style, alone.second, alone.amount) == ("house", "", 0.0)
