"""The languages of places, organisations and collaborations: what stands is shown anew."""

from __future__ import annotations

from storage import freshening
from storage.engine import Db
from storage.tables import Collaboration, Outbox, Place


def adopt(db: Db, home: Collaboration, language: str, organisation_id: int | None) -> None:
    """Let an organisation be written to in this language, or, with none, the whole collaboration:
    whoever and whatever has no language of their own."""
    if organisation_id is None:
        home.language = language
    else:
        home.house_languages = home.house_languages | {str(organisation_id): language}
    db.add(home)
    db.flush()
    freshening.where(db, Outbox.collaboration_id == home.id)


def speak(db: Db, here: Place, language: str) -> None:
    """Let all that is read in this place be in this language, also what stands there already."""
    here.language = language
    db.flush()
    freshening.where(db, Outbox.place_id == here.id)
