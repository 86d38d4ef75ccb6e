"""English catalogue, by room, with the keys of the Chinese one (filled in by the desk issue; until then Chinese shows through)."""

from data.words.en import acts, channels, intake, link, reports, sources
from data.words.zh import CATALOGUE as _ZH

CATALOGUE: dict[str, str] = {**_ZH, **acts.WORDS, **channels.WORDS, **intake.WORDS, **link.WORDS, **reports.WORDS, **sources.WORDS}
