"""中文词表, by room: `channels` (ways of an order), `desk` (cases, acts, refusals, command line), `seat` (screens), `sensors` (readings, alarms)."""

from data.words.zh import acts, channels, desk, intake, link, people, reports, seat, sensors, sources

CATALOGUE: dict[str, str] = {**acts.WORDS, **channels.WORDS, **desk.WORDS, **intake.WORDS, **link.WORDS, **people.WORDS, **reports.WORDS, **seat.WORDS, **sensors.WORDS, **sources.WORDS}
