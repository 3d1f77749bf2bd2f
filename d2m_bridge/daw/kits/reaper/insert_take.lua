
-- Puts the newest take into the project at the bar of the edit cursor: a track for each stem, the mix muted, the
-- notes, the tempo map and markers at the sections. An OSC message that runs it with a path inserts that: a take, or a
-- clip of a take that is being recorded (/d2m/clip), on its bar of the project and the track of its stem.

local CHANNELS = { bass = 0, harmony = 1, lead = 2, drums = 9 }
local PROJECT = 0
local ADD = -1
local SAME_S = 1e-3

local function say(text)
  reaper.ShowMessageBox(text, "d2m", 0)
end

local function takes_folder()
  local folder = reaper.GetExtState("d2m", "takes")
  if folder ~= "" and reaper.EnumerateFiles(folder, 0) then
    return folder
  end
  local chosen, answer = reaper.GetUserInputs("d2m", 1, "Folder of your takes,extrawidth=300", folder)
  if not chosen or answer == "" then
    return nil
  end
  reaper.SetExtState("d2m", "takes", answer, true)
  return answer
end

-- takeNNN rises with every recording; where there is none, the last of the renders.
local function newest_log(folder)
  local newest, newest_rank = nil, ""
  local index = 0
  while true do
    local file = reaper.EnumerateFiles(folder, index)
    if not file then
      break
    end
    local name = file:match("^(.+)%.events%.jsonl$")
    if name then
      local count = name:match("^take(%d+)$")
      local rank = count and string.format("1%012d", tonumber(count)) or "0" .. name
      if rank > newest_rank then
        newest, newest_rank = file, rank
      end
    end
    index = index + 1
  end
  return newest and folder:gsub("[/\\]$", "") .. "/" .. newest
end

local function path_of_message()
  local context = select(8, reaper.get_action_context()) or ""
  return context:match("^osc:[^:]*:s=(.+%.wav)$")
end

local function has_same_tempo(take, start)
  local first = reaper.TimeMap2_timeToQN(PROJECT, start)
  for beat = 0, take.last do
    local there = reaper.TimeMap2_QNToTime(PROJECT, first + beat)
    if math.abs(there - start - time_at(take, beat)) > SAME_S then
      return false
    end
  end
  return true
end

local function write_tempo(take, start, beats)
  local finish = start + time_at(take, beats)
  local before = reaper.TimeMap_GetDividedBpmAtTime(start)
  for index = reaper.CountTempoTimeSigMarkers(PROJECT) - 1, 0, -1 do
    local _, t = reaper.GetTempoTimeSigMarker(PROJECT, index)
    if t > start - SAME_S and t < finish - SAME_S then
      reaper.DeleteTempoTimeSigMarker(PROJECT, index)
    end
  end
  for index, step in ipairs(take.tempo) do
    local meter = index == 1 and 4 or 0
    reaper.SetTempoTimeSigMarker(PROJECT, ADD, start + step.t, -1, -1, step.bpm, meter, meter, false)
  end
  reaper.SetTempoTimeSigMarker(PROJECT, ADD, finish, -1, -1, before, 0, 0, false)
end

local function add_track(name, muted)
  local index = reaper.CountTracks(PROJECT)
  reaper.InsertTrackAtIndex(index, true)
  local track = reaper.GetTrack(PROJECT, index)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
  reaper.SetMediaTrackInfo_Value(track, "B_MUTE", muted and 1 or 0)
  return track
end

local function track_called(name, muted)
  for index = 0, reaper.CountTracks(PROJECT) - 1 do
    local track = reaper.GetTrack(PROJECT, index)
    local _, other = reaper.GetSetMediaTrackInfo_String(track, "P_NAME", "", false)
    if other == name then
      return track
    end
  end
  return add_track(name, muted)
end

local function add_item(track, path, position)
  local item = reaper.AddMediaItemToTrack(track)
  local source = reaper.PCM_Source_CreateFromFile(path)
  reaper.SetMediaItemTake_Source(reaper.AddTakeToMediaItem(item), source)
  reaper.SetMediaItemInfo_Value(item, "C_BEATATTACHMODE", 0) -- in seconds: a new tempo must not stretch it
  reaper.SetMediaItemInfo_Value(item, "D_FADEINLEN", 0)
  reaper.SetMediaItemInfo_Value(item, "D_FADEOUTLEN", 0)
  reaper.SetMediaItemInfo_Value(item, "D_POSITION", position)
  reaper.SetMediaItemInfo_Value(item, "D_LENGTH", (reaper.GetMediaSourceLength(source)))
end

local function add_notes(take, start, beats)
  local item = reaper.CreateNewMIDIItemInProj(add_track("notes", false), start, start + time_at(take, beats), false)
  local notes = reaper.GetActiveTake(item)
  local function tick(step)
    return reaper.MIDI_GetPPQPosFromProjTime(notes, start + time_at(take, step / STEPS_PER_BEAT))
  end
  for _, note in ipairs(take.notes) do
    local velocity = math.min(127, math.max(1, math.floor(note.velocity * 127 + 0.5)))
    local from, to = tick(note.step), tick(note.step + note.steps)
    reaper.MIDI_InsertNote(notes, false, false, from, to, CHANNELS[note.stem], note.pitch, velocity, true)
  end
  reaper.MIDI_Sort(notes)
end

local function insert(take)
  local cursor = reaper.GetCursorPosition()
  local beat, measure = reaper.TimeMap2_timeToBeats(PROJECT, cursor)
  local start = reaper.TimeMap2_beatsToTime(PROJECT, 0, measure + (beat > 0.01 and 1 or 0))
  local beats = BEATS_PER_BAR * math.ceil((take.last + 1) / BEATS_PER_BAR)
  if not has_same_tempo(take, start) then
    write_tempo(take, start, beats)
  end
  for _, sound in ipairs(take.sounds) do
    add_item(add_track(sound.name, sound.name == "mix" and #take.sounds > 1), sound.path, start + take.lead)
  end
  add_notes(take, start, beats)
  for _, section in ipairs(take.sections) do
    reaper.AddProjectMarker2(PROJECT, false, start + time_at(take, section.beat), 0, section.name, -1, 0)
  end
end

local function as_one_step(name, change)
  reaper.Undo_BeginBlock()
  reaper.PreventUIRefresh(1)
  change()
  reaper.PreventUIRefresh(-1)
  reaper.Undo_EndBlock(name, -1)
  reaper.UpdateTimeline()
  reaper.UpdateArrange()
end

local function main()
  local path = path_of_message()
  local bar, stem = (path or ""):match("%.bar(%d+)%.(%a+)%.wav$")
  if bar then
    local start = reaper.TimeMap2_beatsToTime(PROJECT, 0, tonumber(bar) - 1)
    return as_one_step("Insert d2m clip", function()
      add_item(track_called("d2m " .. stem, stem == "mix"), path, start)
    end)
  end
  local log = path and path:gsub("%.wav$", ".events.jsonl")
  if not log then
    local folder = takes_folder()
    if not folder then
      return
    end
    log = newest_log(folder)
    if not log then
      reaper.DeleteExtState("d2m", "takes", true)
      return say("No take lies in " .. folder .. ". Record with: d2m live --record " .. folder)
    end
  end
  local take, problem = read_take(log)
  if not take then
    return say(problem)
  end
  as_one_step("Insert d2m take " .. take.name, function()
    insert(take)
  end)
end

main()
