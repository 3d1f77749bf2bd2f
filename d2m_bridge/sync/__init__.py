"""The clocks that may rule a session: Link, MIDI clock, a DAW's OSC reports, a number or taps.

Threads: Link's own and the MIDI driver's live inside their libraries; they only fill what `target` reads. What goes out
when it is due leaves from a process of its own (postman.py), whose threads here are PostmanProcess's. Everything else
runs in its caller's thread, takes time as a value and never blocks.
"""
