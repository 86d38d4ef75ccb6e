"""Words of the demo's day."""

WORDS: dict[str, str] = {
    "simulate.moved": "moved {moved}/{of}",
}
