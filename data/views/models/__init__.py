"""View-models: what a screen shows, as frozen values; nothing here reads or writes.

Times are UTC milliseconds by the desk's clock; durations end in their unit. Texts from outside are already clean.
Words (levels, states, reasons) are chosen by the drawing side from `data.words`.
They are Structs and no dataclasses because a seat makes all of these classes before its first paint: 1 ms instead of 20.
"""
