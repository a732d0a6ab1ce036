"""What a person reads, in their language: gettext catalogues, plurals, dates and lists.

Source texts are English and stand in the code as `t("…")` and `tn("…", "…", n)`; bokmål and nynorsk
stand in `dialogs/locales/`. Catalogues are read from their .po files once, on first use: there is
no compiled copy that could go stale.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("nb", "nn", "en")
ZONE = "Europe/Oslo"  # of people and places for which no other is known
LOCALES = Path(__file__).parent / "locales"
_BABEL = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}


def known(language: str | None, default: str = "nb") -> str:
    """The language if we speak it (also "nb-NO", "no"), else the default."""
    base = (language or "").replace("_", "-").split("-")[0].lower()
    base = "nb" if base == "no" else base
    return base if base in LANGUAGES else default


@cache
def locale(language: str) -> Locale:
    """How days, hours and lists are written in a language; Babel reads it anew for a name."""
    return Locale.parse(_BABEL[language])


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    with (LOCALES / f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def n_(message: str) -> str:
    """Mark a text for the catalogues where it is named but not yet said."""
    return message


MOST_LISTED = 12  # names in one sentence


@dataclass(frozen=True, slots=True)
class Translator:
    """Says things in one language and one time zone."""

    language: str
    zone: str = ZONE

    def t(self, message: str, **values: object) -> str:
        """The text in this language, with `{name}` filled in."""
        said = _catalogue(self.language).gettext(message)
        return said.format(**values) if values else said

    def tn(self, one: str, many: str, n: int, **values: object) -> str:
        """The text in the right number; `{n}` is the number itself."""
        return _catalogue(self.language).ngettext(one, many, n).format(n=n, **values)

    def pick(self, texts: dict[str, str]) -> str:
        """This language's wording of a text that has all three."""
        return texts.get(self.language) or texts["nb"]

    def day(self, when: date | datetime) -> str:
        """A day as people write it: "torsdag 26. november"."""
        local = when.astimezone(ZoneInfo(self.zone)) if isinstance(when, datetime) else when
        pattern = "EEEE d MMMM" if self.language == "en" else "EEEE d. MMMM"
        return format_date(local, pattern, locale=locale(self.language))

    def moment(self, when: datetime) -> str:
        """A day with the hour, in this time zone."""
        return _moment(self, when.replace(second=0, microsecond=0))

    def stamp(self, when: datetime) -> str:
        """A short date and hour for lists."""
        return format_datetime(
            when, "short", tzinfo=ZoneInfo(self.zone), locale=locale(self.language)
        )

    def listing(self, items: Sequence[str]) -> str:
        """ "a, b og c"."""
        return format_list(list(items), locale=locale(self.language))

    def some(self, items: Sequence[str]) -> str:
        """The same; of very many the first, and how many more there are."""
        if len(items) <= MOST_LISTED:
            return self.listing(items)
        more = self.t("and {n} more", n=len(items) - MOST_LISTED)
        return f"{', '.join(items[:MOST_LISTED])} {more}"


@lru_cache(maxsize=1024)
def _moment(say: Translator, when: datetime) -> str:
    """Kept for a while: a closing time is said to everybody who is reminded of it."""
    hour = format_time(when, "HH:mm", tzinfo=ZoneInfo(say.zone), locale=locale(say.language))
    return say.t("{day} at {hour}", day=say.day(when), hour=hour)
