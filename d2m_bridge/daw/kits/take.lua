-- Reads a take of d2m from its event log: tempo steps, sections and notes, counted from a bar line.
-- d2m_bridge/daw/take.py and tempo_map.py do the same.

local TOLERANCE_S = 1e-4
local BEATS_PER_BAR = 4
local STEPS_PER_BEAT = 4
local STEMS = { "drums", "bass", "harmony", "lead" }

local function number_in(line, key)
  return tonumber(line:match('"' .. key .. '": ?(-?[%d%.eE+-]+)'))
end

local function text_in(line, key)
  return line:match('"' .. key .. '": ?"([^"]*)"')
end

-- The longest straight lines from beat to beat that pass all beats between within the tolerance.
local function tempo_steps(knots)
  local steps, start = {}, 1
  while start < #knots do
    local finish, low, high = start, -math.huge, math.huge
    for after = start + 1, #knots do
      local count = knots[after].beat - knots[start].beat
      local seconds = knots[after].t - knots[start].t
      if seconds / count < low or seconds / count > high then
        break
      end
      finish = after
      low = math.max(low, (seconds - TOLERANCE_S) / count)
      high = math.min(high, (seconds + TOLERANCE_S) / count)
    end
    local count = knots[finish].beat - knots[start].beat
    steps[#steps + 1] = {
      beat = knots[start].beat,
      t = knots[start].t,
      bpm = 60 * count / (knots[finish].t - knots[start].t),
    }
    start = finish
  end
  return steps
end

local function parse_log(lines)
  local beats, sections, notes = {}, {}, {}
  for line in lines do
    if not line:match("}%s*$") then
      break -- the last line before a crash
    end
    local kind = text_in(line, "type")
    if kind == "beat" then
      local index = BEATS_PER_BAR * number_in(line, "bar") + number_in(line, "beat")
      beats[#beats + 1] = { index = index, t = number_in(line, "t"), bpm = number_in(line, "bpm") }
    elseif kind == "section" then
      sections[#sections + 1] = { bar = number_in(line, "bar"), name = text_in(line, "section") }
    elseif kind == "note" then
      notes[#notes + 1] = {
        stem = text_in(line, "stem"),
        pitch = number_in(line, "pitch"),
        velocity = number_in(line, "velocity"),
        step = number_in(line, "step"),
        steps = number_in(line, "steps"),
      }
    end
  end
  return beats, sections, notes
end

-- log: path of NAME.events.jsonl. Gives a table, or nil and what is wrong.
-- lead: seconds from the bar line to the first sample. bar: the session's number of that bar, from 0.
-- tempo: {beat, t, bpm} in seconds from the bar line. sections: {beat, name}. notes: steps from the bar line.
-- sounds: {name, path} of the files that there are, the mix last. last: the last beat that was played.
local function read_take(log)
  local folder, name = log:match("^(.-)([^/\\]+)%.events%.jsonl$")
  if not name then
    return nil, log .. ": choose the file NAME.events.jsonl of a take"
  end
  local file, problem = io.open(log, "r")
  if not file then
    return nil, problem
  end
  local beats, sections, notes = parse_log(file:lines())
  file:close()
  local first = beats[1]
  if not first then
    return nil, log .. ": no beat is in it"
  end
  local period = 60 / first.bpm
  if beats[2] then
    period = (beats[2].t - first.t) / (beats[2].index - first.index)
  end
  local bar = math.floor((first.index - (first.t - TOLERANCE_S) / period) / BEATS_PER_BAR)
  local lead = math.max(0, (first.index - bar * BEATS_PER_BAR) * period - first.t)
  local knots = { { beat = 0, t = 0 } }
  for _, beat in ipairs(beats) do
    local count = beat.index - bar * BEATS_PER_BAR
    if count > knots[#knots].beat then
      knots[#knots + 1] = { beat = count, t = beat.t + lead }
    end
  end
  local take = { name = name, bar = bar, lead = lead, tempo = tempo_steps(knots), sections = {}, notes = {} }
  take.last = knots[#knots].beat
  if #take.tempo == 0 then
    take.tempo[1] = { beat = 0, t = 0, bpm = first.bpm }
  end
  for _, section in ipairs(sections) do
    local beat = math.max(0, (section.bar - bar) * BEATS_PER_BAR)
    local before = take.sections[#take.sections]
    if before and before.beat == beat then
      before.name = section.name
    elseif not before or before.name ~= section.name then -- the log says it at every bar
      take.sections[#take.sections + 1] = { beat = beat, name = section.name }
    end
  end
  for _, note in ipairs(notes) do
    note.step = note.step - bar * BEATS_PER_BAR * STEPS_PER_BEAT
    if note.step >= 0 then
      take.notes[#take.notes + 1] = note
    end
  end
  take.sounds = {}
  local function add(label, path)
    local sound = io.open(path, "rb")
    if sound then
      sound:close()
      take.sounds[#take.sounds + 1] = { name = label, path = path }
    end
  end
  for _, stem in ipairs(STEMS) do
    add(stem, folder .. "stems/" .. name .. "." .. stem .. ".wav")
  end
  add("mix", folder .. name .. ".wav")
  return take
end

-- Seconds from the bar line to a beat.
local function time_at(take, beat)
  local step = take.tempo[1]
  for _, one in ipairs(take.tempo) do
    if one.beat <= beat then
      step = one
    end
  end
  return step.t + (beat - step.beat) * 60 / step.bpm
end
