"""Words of the line between seat and terminal, English."""

WORDS: dict[str, str] = {
    "speed.lan": "line ok",
    "speed.dsl": "line slow",
    "speed.thin": "thin",
    "speed.said_thin": "Thin line: redrawn at keys and for critical cases only; L leaves",
    "speed.said_normal": "Thin line left",
    "key.thin": "thin line",
    "thin.head": "{word} | open {open} late {late} abnormal {abnormal} lost {lost} | {at} | L leaves",
}
