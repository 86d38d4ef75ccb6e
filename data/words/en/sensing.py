"""Words of the search for sensors, English."""

WORDS: dict[str, str] = {
    "sensors.asking": "Find sensors: {n}",
    "sensors.hint": "Up/Down, Enter trend  Tab cases  Esc restores",
    "sensors.how": "Type any part of code, name or place, pinyin or its initials; blanks between words",
    "sensors.none": 'No sensor has "{text}"',
    "sensors.code": "Code",
    "sensors.name": "Name",
    "sensors.place": "Place",
    "sensors.value": "Value",
    "sensors.age": "Age",
    "sensors.find": "find sensor",
}
