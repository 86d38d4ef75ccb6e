"""English catalogue, by room, with the keys of the Chinese one (filled in by the desk issue; until then Chinese shows through)."""

from data.words.en import intake, reports
from data.words.zh import CATALOGUE as _ZH

CATALOGUE: dict[str, str] = {**_ZH, **intake.WORDS, **reports.WORDS}
