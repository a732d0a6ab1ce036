"""A small pack on disk that tests change, one thing at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from dialogs.packs.faults import Fault, PackError
from dialogs.packs.loader import load

MARK = "#!"

FILES = {
    "pack": """\
id: hagelag
version: 1
name: {nb: Hagelag, nn: Hagelag, en: Gardening}
""",
    "sources": """\
sources:
- code: X1
  kind: page
  title: Om hager
  url: https://example.org/hager
""",
    "questions": """\
sets:
- id: hage
  name: {nb: Hage, nn: Hage, en: Garden}
  offer_when: [on_request]
  rounds:
  - id: hage-1
    audience: leader
    name: {nb: Hage, nn: Hage, en: Garden}
  questions:
  - id: hage-plan
    tier: core
    round: hage-1
    phases: [1]
    theme: styring
    audience: [leader]
    where: open
    type: ypn
    text:
      nb: Har vi en plan?
      nn: Har vi ein plan?
      en: Do we have a plan?
    followup_when: {rule: answer_in, values: [partly, no]}
    followup: {nb: Når, nn: Når, en: When}
    conversation_starter_when: {rule: answers_differ}
    conversation_starter: {nb: Snakk, nn: Snakk, en: Talk}
    why: {nb: Plan er bra, nn: Plan er bra, en: Plans help}
    source: [X1]
  - id: hage-sol
    tier: core
    round: hage-1
    phases: [1, 2]
    theme: mal
    audience: [leader]
    where: house
    type: multi
    options:
    - {id: sun, label: {nb: Sol, nn: Sol, en: Sun}}
    - {id: rain, label: {nb: Regn, nn: Regn, en: Rain}}
    condition:
      any:
      - {question: hage-plan, answer_in: [no]}
    text: {nb: Lyst, nn: Lyst, en: Bright}
    why: {nb: Lys, nn: Lys, en: Light}
    source: [X1]
  - id: hage-dypere
    tier: deeper
    deepens: [hage-plan]
    phases: [3]
    theme: samarbeid
    audience: [leader]
    where: private
    type: text
    text: {nb: Mer, nn: Meir, en: More}
    why: {nb: Fordi, nn: Fordi, en: Because}
    source: [X1]
""",
    "hints": """\
hints:
- id: hint-hage
  fits: [hage-plan]
  text: {nb: Grav, nn: Grav, en: Dig}
  source: X1
""",
    "checklists": """\
phases:
- phase: 1
  name: {nb: Start, nn: Start, en: Start}
  items:
  - id: h-plan
    text: {nb: Plan, nn: Plan, en: Plan}
    done_when: {nb: Skrevet, nn: Skriven, en: Written}
    feeds: [hage-plan]
    source: [X1]
""",
    "nudges": """\
placeholders: {bed: name of the bed}
nudges:
- id: nudge-hage
  to: leader
  released_by: contact
  when: {every: 2 months}
  text: {nb: "{line} {bed} {need}", nn: "{line} {bed} {need}", en: "{line} {bed} {need}"}
  buttons: [confirm]
  questions: [hage-plan]
drafts:
- id: draft-hage
  to: contact
  sent_by: the club
  when: {on: answer_given}
  only_if: {question: hage-plan, answer_in: [yes]}
  text: {nb: Hei, nn: Hei, en: Hello}
signals:
- id: signal-hage
  about: matter
  shown_to: all
  questions: [hage-plan]
  threshold: yes
  text: {nb: Hei, nn: Hei, en: Hello}
""",
    "glossary": """\
terms:
- {nb: hage, nn: hage, en: garden, meaning: where things grow}
""",
}


@dataclass
class SmallPack:
    """A folder with the files above; `faults` are those of loading it beside the shipped pack."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.yaml"

    def write(self, name: str, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        self.path(name).write_bytes(data)

    def change(self, name: str, old: str, new: str) -> int:
        """Replace a text that is there once; the line of the mark in the new one, else 1."""
        before = self.path(name).read_text(encoding="utf-8")
        assert before.count(old) == 1, f"{old!r} stands {before.count(old)} times"
        after = before.replace(old, new)
        self.write(name, after)
        return after[: after.index(MARK)].count("\n") + 1 if MARK in after else 1

    def faults(self, *, shipped: bool = True) -> tuple[Fault, ...]:
        try:
            load([self.folder], shipped=shipped)
        except PackError as error:
            return error.faults
        return ()


@pytest.fixture
def small(tmp_path: Path) -> SmallPack:
    pack = SmallPack(tmp_path / "hagelag")
    pack.folder.mkdir()
    for name, text in FILES.items():
        pack.write(name, text)
    return pack
