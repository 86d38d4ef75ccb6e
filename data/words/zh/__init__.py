"""中文词表, by room: `desk` (cases, acts, refusals, command line), `seat` (screens), `sensors` (readings, alarms)."""

from data.words.zh import desk, intake, people, reports, seat, sensors

CATALOGUE: dict[str, str] = {**desk.WORDS, **intake.WORDS, **people.WORDS, **reports.WORDS, **seat.WORDS, **sensors.WORDS}
