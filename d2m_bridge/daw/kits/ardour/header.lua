ardour {
  ["type"] = "EditorAction",
  name = "Insert d2m take",
  author = "d2m",
  license = "GPL-3.0-or-later",
  description = [[Imports the stems of a take of d2m at the bar of the playhead, with its tempo map and markers.]],
}

-- Everything is inside: Ardour takes factory() out of this file and runs it elsewhere.
function factory() return function()

-- The event log of a take; nil asks for it.
local TAKE = nil

