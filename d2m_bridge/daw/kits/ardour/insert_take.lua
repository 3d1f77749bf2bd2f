
local TICKS_PER_BEAT = Temporal.ticks_per_beat
local SAME_S = 1e-3

local function say(text)
  LuaDialog.Message("d2m", text, LuaDialog.MessageType.Info, LuaDialog.ButtonType.Close):run()
end

local function at_beat(beat)
  return Temporal.timepos_t.from_ticks(math.floor(beat * TICKS_PER_BEAT + 0.5))
end

-- The bar line at or after the playhead, in beats. Sessions are taken to be in 4/4.
local function bar_at_playhead()
  local ticks = Temporal.timepos_t(Session:transport_sample()):ticks()
  local bar = BEATS_PER_BAR * TICKS_PER_BEAT
  return math.ceil((ticks - bar / 100) / bar) * BEATS_PER_BAR
end

local function has_same_tempo(take, first, rate)
  local start = at_beat(first):samples()
  for beat = 0, take.last do
    if math.abs((at_beat(first + beat):samples() - start) / rate - time_at(take, beat)) > SAME_S then
      return false
    end
  end
  return true
end

local function write_tempo(take, first)
  local map = Temporal.TempoMap.write_copy()
  local before = map:quarters_per_minute_at(at_beat(first))
  for _, step in ipairs(take.tempo) do
    map:set_tempo(Temporal.Tempo(step.bpm, step.bpm, 4), at_beat(first + step.beat))
  end
  local after = BEATS_PER_BAR * math.ceil((take.last + 1) / BEATS_PER_BAR)
  map:set_tempo(Temporal.Tempo(before, before, 4), at_beat(first + after))
  Temporal.TempoMap.update(map)
end

local function import(sound, sample)
  local files = C.StringVector()
  files:push_back(sound.path)
  Editor:do_import(
    files, Editing.ImportDistinctFiles, Editing.ImportAsTrack, ARDOUR.SrcQuality.SrcBest,
    ARDOUR.MidiTrackNameSource.SMFTrackName, ARDOUR.MidiTempoMapDisposition.SMFTempoIgnore,
    Temporal.timepos_t(sample), ARDOUR.PluginInfo(), ARDOUR.Track(), false
  )
end

local function mark(beat, name)
  local position = at_beat(beat)
  local add = Editor.add_location_mark or Editor.mouse_add_new_marker -- the older name, up to Ardour 7
  add(Editor, position, ARDOUR.LocationFlags.IsMark, 0)
  for location in Session:locations():list():iter() do
    if location:is_mark() and location:start():samples() == position:samples() then
      location:set_name(name)
    end
  end
end

local function chosen_log()
  local dialog = LuaDialog.Dialog("Insert d2m take", {
    { type = "file", key = "log", title = "NAME.events.jsonl of the take", path = Session:path() },
  })
  local answer = dialog:run()
  return answer and answer["log"]
end

local log = TAKE or chosen_log()
if not log then
  return
end
local take, problem = read_take(log)
if not take then
  return say(problem)
end
local rate = Session:nominal_sample_rate()
local first = bar_at_playhead()
if not has_same_tempo(take, first, rate) then
  write_tempo(take, first)
end
local sample = math.floor(at_beat(first):samples() + take.lead * rate + 0.5)
for _, sound in ipairs(take.sounds) do
  import(sound, sample)
end
for _, section in ipairs(take.sections) do
  mark(first + section.beat, section.name)
end
collectgarbage()

end end
