"""The scripts for REAPER and Ardour in a real Lua, with stand-ins for the programs' functions, made from their manuals.

Debian: apt install lua5.3. REAPER has Lua 5.4, Ardour 5.3.
"""

import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from d2m_bridge.daw.ardour_script import ardour_script
from d2m_bridge.daw.kit import KITS
from d2m_bridge.daw.take import load_take
from tests.bridge.test_daw_take import drifting, record_take

LUA = next((found for name in ("lua5.4", "lua5.3", "lua") if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(LUA is None, reason="no Lua on this machine")

# Seconds and quarter notes over steps {t, qn, bpm}; every step lies where the steps before it put it.
TEMPO_MAP = """
local function time_of(steps, qn)
  local found = steps[1]
  for _, step in ipairs(steps) do if step.qn <= qn + 1e-9 then found = step end end
  return found.t + (qn - found.qn) * 60 / found.bpm
end
local function qn_of(steps, t)
  local found = steps[1]
  for _, step in ipairs(steps) do if step.t <= t + 1e-9 then found = step end end
  return found.qn + (t - found.t) * found.bpm / 60
end
local function say(...) io.write(table.concat({...}, "\\t"), "\\n") end
"""

REAPER = (
    TEMPO_MAP
    + """
local steps, tracks, ext = { { t = 0, qn = 0, bpm = 120 } }, {}, {}
local function resort()
  table.sort(steps, function(a, b) return a.t < b.t end)
  for i = 2, #steps do
    steps[i].qn = steps[i - 1].qn + (steps[i].t - steps[i - 1].t) * steps[i - 1].bpm / 60
  end
end
reaper = {
  ShowMessageBox = function(text) say("message", text) end,
  GetExtState = function(section, key) return ext[key] or "" end,
  SetExtState = function(section, key, value) ext[key] = value end,
  DeleteExtState = function(section, key) ext[key] = nil end,
  EnumerateFiles = function(folder, index) return FILES[folder] and FILES[folder][index + 1] end,
  GetUserInputs = function() return true, FOLDER end,
  get_action_context = function() return true, "x.lua", 0, 0, -1, -1, -1, CONTEXT end,
  GetCursorPosition = function() return CURSOR end,
  TimeMap2_timeToQN = function(_, t) return qn_of(steps, t) end,
  TimeMap2_QNToTime = function(_, qn) return time_of(steps, qn) end,
  TimeMap2_timeToBeats = function(_, t)
    local qn = qn_of(steps, t) + 1e-9
    return qn % 4, qn // 4 | 0
  end,
  TimeMap2_beatsToTime = function(_, beats, measure) return time_of(steps, measure * 4 + beats) end,
  TimeMap_GetDividedBpmAtTime = function(t)
    local found = steps[1]
    for _, step in ipairs(steps) do if step.t <= t + 1e-9 then found = step end end
    return found.bpm
  end,
  CountTempoTimeSigMarkers = function() return #steps - 1 end,
  GetTempoTimeSigMarker = function(_, index) return true, steps[index + 2].t end,
  DeleteTempoTimeSigMarker = function(_, index) table.remove(steps, index + 2) resort() end,
  SetTempoTimeSigMarker = function(_, index, t, measure, beat, bpm, num, den, linear)
    assert(index == -1 and measure == -1 and beat == -1 and linear == false)
    steps[#steps + 1] = { t = t, bpm = bpm }
    resort()
  end,
  CountTracks = function() return #tracks end,
  InsertTrackAtIndex = function(index) table.insert(tracks, index + 1, {}) end,
  GetTrack = function(_, index) return tracks[index + 1] end,
  GetSetMediaTrackInfo_String = function(track, key, value, set)
    if set then track[key] = value end
    return true, track[key]
  end,
  SetMediaTrackInfo_Value = function(track, key, value) track[key] = value end,
  AddMediaItemToTrack = function(track) track.item = { before = track.item } return track.item end,
  AddTakeToMediaItem = function(item) return item end,
  PCM_Source_CreateFromFile = function(path) assert(io.open(path, "rb")):close() return path end,
  SetMediaItemTake_Source = function(item, source) item.source = source end,
  SetMediaItemInfo_Value = function(item, key, value) item[key] = value end,
  GetMediaSourceLength = function() return 15 end,
  CreateNewMIDIItemInProj = function(track, from, to)
    track.item = { D_POSITION = from, D_LENGTH = to - from, source = "midi", notes = {} }
    return track.item
  end,
  GetActiveTake = function(item) return item end,
  MIDI_GetPPQPosFromProjTime = function(item, t) return 960 * (qn_of(steps, t) - qn_of(steps, item.D_POSITION)) end,
  MIDI_InsertNote = function(item, selected, muted, from, to, channel, pitch, velocity)
    item.notes[#item.notes + 1] = { from, to, channel, pitch, velocity }
  end,
  MIDI_Sort = function() end,
  AddProjectMarker2 = function(_, region, t, _, name) say("marker", t, name) end,
  Undo_BeginBlock = function() end, Undo_EndBlock = function() end, PreventUIRefresh = function() end,
  UpdateTimeline = function() end, UpdateArrange = function() end,
}
dofile(SCRIPT)
for _, track in ipairs(tracks) do
  local item = track.item
  say("track", track.P_NAME, track.B_MUTE, item.source, item.D_POSITION, item.D_LENGTH)
  while item.before do
    item = item.before
    say("before", track.P_NAME, item.source, item.D_POSITION)
  end
  for _, note in ipairs(item.notes or {}) do say("note", table.unpack(note)) end
end
for qn = 0, 63 do say("beat", time_of(steps, qn)) end
say("steps", #steps)
"""
)

# Ardour runs the stripped bytecode of factory() in a place of its own, without what its sandbox takes away.
ARDOUR = (
    TEMPO_MAP
    + """
local steps, rate = { { t = 0, qn = 0, bpm = 120 } }, 48000
local position = {}
position.__index = position
function position:samples() return self.sample or math.floor(time_of(steps, self.tick / 1920) * rate + 0.5) end
function position:ticks() return self.tick or math.floor(qn_of(steps, self.sample / rate) * 1920 + 0.5) end
local map = {}
function map:quarters_per_minute_at() return steps[1].bpm end
function map:set_tempo(tempo, at)
  local qn = at:ticks() / 1920
  assert(qn == math.floor(qn), "tempo changes lie on beats")
  for i = #steps, 1, -1 do if steps[i].qn == qn then table.remove(steps, i) end end
  steps[#steps + 1] = { t = 0, qn = qn, bpm = tempo }
  table.sort(steps, function(a, b) return a.qn < b.qn end)
  for i = 2, #steps do
    steps[i].t = steps[i - 1].t + (steps[i].qn - steps[i - 1].qn) * 60 / steps[i - 1].bpm
  end
end
Temporal = {
  ticks_per_beat = 1920,
  timepos_t = setmetatable({
    from_ticks = function(tick)
      assert(math.type(tick) == "integer")
      return setmetatable({ tick = tick }, position)
    end,
  }, { __call = function(_, sample)
    assert(math.type(sample) == "integer")
    return setmetatable({ sample = sample }, position)
  end }),
  Tempo = function(start, finish, note) assert(start == finish and note == 4) return start end,
  TempoMap = { write_copy = function() return map end, update = function(done) assert(done == map) end },
}
local locations = {}
Session = {
  transport_sample = function() return PLAYHEAD end,
  nominal_sample_rate = function() return rate end,
  path = function() return "/" end,
  locations = function() return { list = function() return { iter = function()
    local i = 0
    return function() i = i + 1 return locations[i] end
  end } end } end,
}
C = { StringVector = function() return { push_back = function(self, file) self.file = file end } end }
Editing = { ImportDistinctFiles = 1, ImportAsTrack = 2 }
ARDOUR = {
  SrcQuality = { SrcBest = 0 }, MidiTrackNameSource = { SMFTrackName = 0 },
  MidiTempoMapDisposition = { SMFTempoIgnore = 0 }, LocationFlags = { IsMark = 1 },
  PluginInfo = function() end, Track = function() end,
}
Editor = {
  do_import = function(_, files, _, _, _, _, _, at) say("sound", files.file, at:samples()) end,
  [ADDS_MARK] = function(_, at, flags, cue)
    assert(flags == 1 and cue == 0)
    local one = { is_mark = function() return true end, start = function() return at end }
    function one:set_name(name) say("marker", at:samples(), name) end
    locations[#locations + 1] = one
  end,
}
LuaDialog = {
  MessageType = { Info = 0 }, ButtonType = { Close = 0 },
  Message = function(_, text) return { run = function() say("message", text) end } end,
  Dialog = function() return { run = function() return CHOSEN and { log = CHOSEN } end } end,
}
function ardour(entry) say("entry", entry.type, entry.name) end
dofile(SCRIPT)
local inner = load(string.dump(factory, true), nil, nil, _ENV)
dofile, require, package, debug, rawget, rawset, coroutine = nil, nil, nil, nil, nil, nil, nil
inner()()
for qn = 0, 63 do say("beat", time_of(steps, qn)) end
say("steps", #steps)
"""
)


def quoted(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{quoted(key)}] = {quoted(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(map(quoted, value)) + "}"
    return str(value) if isinstance(value, (int, float)) else f'"{value}"'


def run(tmp_path, program, script, **values):
    """What the stand-in saw: lists of words by their first."""
    (tmp_path / "script.lua").write_text(script)
    values["SCRIPT"] = tmp_path / "script.lua"
    head = "".join(f"{name} = {quoted(value)}\n" for name, value in values.items())
    (tmp_path / "main.lua").write_text(head + program)
    done = subprocess.run([LUA, tmp_path / "main.lua"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    seen = {}
    for line in done.stdout.splitlines():
        kind, *words = line.split("\t")
        seen.setdefault(kind, []).append(words)
    return seen


def script_of(name, target):
    (file,) = [file for file in KITS[name].files if file.target == target]
    return file.content().decode()


@pytest.fixture(scope="module")
def takes(tmp_path_factory):
    """A folder with two takes; the newer, take010, drifts."""
    folder = tmp_path_factory.mktemp("takes")
    record_take(folder, 0.5 * np.arange(9), first=0, name="take009", seconds=5)
    return folder, record_take(folder, name="take010"), load_take(folder / "take010")


def in_reaper(tmp_path, folder, context="", cursor=7.0):
    files = sorted(path.name for path in folder.iterdir())
    script = script_of("reaper", "Scripts/d2m_insert_take.lua")
    return run(tmp_path, REAPER, script, FOLDER=str(folder), FILES={str(folder): files}, CONTEXT=context, CURSOR=cursor)


def test_reaper_gets_the_newest_take_on_its_bars(tmp_path, takes):
    folder, times, take = takes
    seen = in_reaper(tmp_path, folder)
    assert "message" not in seen
    start = 8.0  # the bar line of 120 BPM after the edit cursor
    names = [(track[0], int(track[1])) for track in seen["track"]]
    assert names == [("drums", 0), ("bass", 0), ("harmony", 0), ("lead", 0), ("mix", 1), ("notes", 0)]
    beats = np.array([float(t) for (t,) in seen["beat"]])[16:]  # from the bar line on
    for _, _, source, position, length in seen["track"][:-1]:
        assert "take010" in source and float(length) == 15
        assert float(position) == pytest.approx(start + take.start_s, abs=1e-4)
        np.testing.assert_allclose(beats[2 : 2 + len(times)], float(position) + times, atol=1e-3)
    marks = [float(t) for t, _ in seen["marker"]]
    np.testing.assert_allclose(marks, beats[[4, 12, 20, 28]], atol=1e-9)
    assert [name for _, name in seen["marker"]] == [marker.name for marker in take.markers]
    after = np.diff(beats[32:40])
    np.testing.assert_allclose(after, 0.5, atol=1e-9)  # the project's own tempo comes back
    notes = [[float(word) for word in note] for note in seen["note"]]
    wanted = [[240.0 * n.step, 240.0 * (n.step + n.steps), 9 if n.stem == "drums" else 0, n.pitch,
               127 if n.stem == "drums" else 64] for n in take.notes]  # fmt: skip
    np.testing.assert_allclose(notes, wanted, atol=1e-5)


def test_reaper_keeps_its_tempo_where_it_is_the_takes(tmp_path, takes):
    folder, _, _ = takes
    seen = in_reaper(tmp_path, folder, context=f"osc:/d2m/clip:s={folder / 'take009.wav'}", cursor=0.0)
    assert seen["steps"] == [["1"]] and "take009" in seen["track"][0][2]
    assert float(seen["track"][0][3]) == 0.0


def test_reaper_puts_clips_on_their_bars_and_the_tracks_of_their_stems(tmp_path):
    clips = [tmp_path / f"take001.bar{bar:03d}.{stem}.wav" for bar, stem in ((5, "drums"), (5, "mix"), (9, "drums"))]
    for clip in clips:
        clip.touch()
    script = script_of("reaper", "Scripts/d2m_insert_take.lua").replace("\nmain()\n", "\nfor _ = 1, 3 do main() end\n")
    contexts = " ".join(f'"osc:/d2m/clip:s={clip}",' for clip in clips)
    asked = f"local contexts = {{ {contexts} }}\nCONTEXTS = function() return table.remove(contexts, 1) end\n"
    stand_in = asked + REAPER.replace('"x.lua", 0, 0, -1, -1, -1, CONTEXT', '"x.lua", 0, 0, -1, -1, -1, CONTEXTS()')
    seen = run(tmp_path, stand_in, script, FOLDER=str(tmp_path), CURSOR=0.0)
    assert [track[:2] for track in seen["track"]] == [["d2m drums", "0"], ["d2m mix", "1"]]
    assert seen["track"][0][2] == str(clips[2]) and float(seen["track"][0][3]) == 16.0  # bar 9 at 120 BPM
    assert seen["before"] == [["d2m drums", str(clips[0]), "8.0"]]
    assert "marker" not in seen and seen["steps"] == [["1"]]


def test_reaper_says_that_there_is_no_take(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "x.txt").touch()
    seen = in_reaper(tmp_path, tmp_path / "empty")
    assert "No take lies in" in seen["message"][0][0] and "track" not in seen


def in_ardour(tmp_path, script, playhead=7 * 48000, mark="add_location_mark", **values):
    return run(tmp_path, ARDOUR, script, PLAYHEAD=playhead, ADDS_MARK=mark, **values)


@pytest.mark.parametrize("mark", ["add_location_mark", "mouse_add_new_marker"])
def test_ardour_gets_a_take_on_its_bars(tmp_path, takes, mark):
    folder, times, take = takes
    script = script_of("ardour", "scripts/d2m_insert_take.lua")
    seen = in_ardour(tmp_path, script, mark=mark, CHOSEN=folder / "take010.events.jsonl")
    assert seen["entry"] == [["EditorAction", "Insert d2m take"]] and "message" not in seen
    beats = np.array([float(t) for (t,) in seen["beat"]])[16:]
    assert [path.split(".")[-2] for path, _ in seen["sound"]][:4] == ["drums", "bass", "harmony", "lead"]
    for _, sample in seen["sound"]:
        assert float(sample) / 48000 == pytest.approx(8 + take.start_s, abs=1e-4)
        np.testing.assert_allclose(beats[2 : 2 + len(times)], float(sample) / 48000 + times, atol=1e-3)
    np.testing.assert_allclose([float(s) / 48000 for s, _ in seen["marker"]], beats[[4, 12, 20, 28]], atol=1e-4)
    np.testing.assert_allclose(np.diff(beats[32:40]), 0.5, atol=1e-9)


def test_an_exported_script_knows_its_take(tmp_path, takes):
    folder, _, _ = takes
    script = ardour_script(folder / "take009.events.jsonl", "take009")
    seen = in_ardour(tmp_path, script, playhead=0)
    assert seen["entry"] == [["EditorAction", "Insert d2m take take009"]]
    assert {path for path, _ in seen["sound"]} >= {str(folder / "take009.wav")}
    assert seen["steps"] == [["1"]]


def test_ardour_says_what_is_wrong_with_a_file(tmp_path):
    script = script_of("ardour", "scripts/d2m_insert_take.lua")
    (tmp_path / "x.events.jsonl").write_text("\n")
    for chosen in ("song.wav", "missing.events.jsonl", "x.events.jsonl"):
        seen = in_ardour(tmp_path, script, CHOSEN=tmp_path / chosen)
        assert chosen in seen["message"][0][0] and "sound" not in seen


def test_both_readers_of_a_take_agree(tmp_path, takes):
    folder, _, take = takes
    check = """
local take = assert(read_take(LOG))
say("facts", take.bar, take.lead, #take.tempo, #take.notes)
for _, step in ipairs(take.tempo) do say("step", step.beat, step.t, step.bpm) end
"""
    script = script_of("ardour", "scripts/d2m_insert_take.lua")
    reader = script[script.index("-- Reads a take") : script.index("local TICKS_PER_BEAT")]
    seen = run(tmp_path, TEMPO_MAP + reader + check, "", LOG=folder / "take010.events.jsonl")
    bar, lead, steps, notes = map(float, seen["facts"][0])
    assert (bar, steps, notes) == (take.bar, len(take.tempo.points), len(take.notes))
    assert lead == pytest.approx(take.start_s, abs=1 / take.sample_rate)
    for (beat, t, bpm), point in zip(seen["step"], take.tempo.points, strict=True):
        assert int(beat) == point.beat and float(t) == pytest.approx(point.t, abs=1e-4)
        assert float(bpm) == pytest.approx(point.bpm, abs=1e-2)


def test_a_render_without_stems_has_one_sound_that_is_heard(tmp_path):
    times = drifting(0.1, 9)
    record_take(tmp_path, times, first=0, seconds=8)
    shutil.rmtree(tmp_path / "stems")
    seen = in_reaper(tmp_path, tmp_path)
    assert [(track[0], track[1]) for track in seen["track"]] == [("mix", "0"), ("notes", "0")]
    assert soundfile.info(seen["track"][0][2]).frames == 8 * 44100
