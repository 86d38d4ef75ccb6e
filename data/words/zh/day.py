"""Words of the demo's day."""

WORDS: dict[str, str] = {
    "simulate.moved": "已转移 {moved}/{of}",
}
