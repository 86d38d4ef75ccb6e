"""The terminal at the other end: what it shows already is remembered, and only what differs is sent.

`sgr` looks, `picture` cells, `reading` what Textual writes, `painting` the fewest bytes from one picture to the next,
`output` the thread that sends, `driver` Textual's driver over all of them.
"""
