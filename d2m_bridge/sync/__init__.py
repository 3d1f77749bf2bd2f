"""The clocks that may rule a session: Link, MIDI clock, a DAW's OSC reports, a number or taps.

Threads: Link's own and the MIDI driver's live inside their libraries; they only fill what `target` reads. MidiOut owns
the one thread of ours: it waits for due messages and may block on its port. Everything else runs in its caller's
thread, takes time as a value and never blocks.
"""
