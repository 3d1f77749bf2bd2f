"""The kinds of project that a take can be made into."""

FORMATS = {"reaper": ".RPP", "dawproject": ".dawproject", "ardour": ".lua"}  # with the ends of their names
