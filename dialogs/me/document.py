"""All that is kept about a person as a document: readable lines, a page of HTML, and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from dialogs.me.deeds import deed
from dialogs.me.page import away_line, part_line
from dialogs.questions.content import content
from dialogs.questions.shown import shown
from dialogs.rounds.sight import visible_to
from dialogs.speaking import NAMES
from dialogs.turn import View
from storage.mine import Mine, OwnAnswer
from storage.tables import Answer, AnswerStatus, Revision


@dataclass(frozen=True, slots=True, repr=False)
class Section:
    """A heading with what stands under it: (label, text), the label may be empty."""

    title: str
    rows: Sequence[tuple[str, str]]


def sections(view: View, all_mine: Mine) -> list[Section]:
    """Everything, to be read by the person: first who they are, then answer by answer."""
    say = view.say
    made = [Section(say.t("You"), _about(view, all_mine))]
    made += [_answer(view, each) for each in all_mine.answers]
    if not all_mine.answers:
        made.append(Section(say.t("Answers"), [("", say.t("You have not answered anything yet."))]))
    return [*made, *_besides(view, all_mine)]


def _about(view: View, all_mine: Mine) -> list[tuple[str, str]]:
    say, person = view.say, all_mine.person
    yes, no = say.t("yes"), say.t("no")
    none = say.t("not chosen")
    rows = [(say.t("Name"), person.name)]
    rows += [(each.collaboration.name, part_line(say, each)) for each in all_mine.parts]
    rows += [
        (say.t("Known as"), f"{each.platform} · {each.tenant} · {each.user}")
        for each in all_mine.identities
    ]
    rows += [
        (say.t("Language"), NAMES.get(person.language or "") or none),
        (say.t("Time zone"), person.zone or none),
        (say.t("Away"), away_line(view, person)),
        (say.t("Each answer is confirmed in text"), yes if person.text_receipts else no),
        (say.t("Daily questions all come on Monday"), yes if person.monday else no),
        (say.t("We met"), say.stamp(person.created_at)),
    ]
    return rows


def _answer(view: View, each: OwnAnswer) -> Section:
    say, answer = view.say, each.answer
    question = say.pick(content(each.asked).text)
    rows = [
        (say.t("Collaboration"), each.collaboration),
        (say.t("Round"), say.pick(each.round.name)),
        (say.t("Answer"), _said(view, each, answer)),
    ]
    if answer.followup:
        rows.append((say.t("In addition"), answer.followup))
    rows += [
        (say.t("Given"), say.stamp(answer.at)),
        (say.t("From"), each.organisation or say.t("Not chosen yet")),
        (say.t("Who sees it"), visible_to(view, each.asked, each.round)),
    ]
    for before in each.before:
        label = say.t("Stood before, written {moment}", moment=say.stamp(before.at))
        words = [_said(view, each, before), before.followup or ""]
        rows.append((label, "\n".join(filter(None, words))))
    return Section(question, rows)


def _said(view: View, each: OwnAnswer, given: Answer | Revision) -> str:
    match given.status:
        case AnswerStatus.SKIPPED:
            return view.say.t("Skipped")
        case AnswerStatus.WITHDRAWN:
            return view.say.t("The answer was taken back.")
    return shown(each.asked, given.value, view.say)


def _besides(view: View, all_mine: Mine) -> list[Section]:
    """What else is kept: messages that count as answers, rooms, codes, reminders, the trail."""
    say = view.say
    found = [
        (
            say.t("Your messages that are noted as answers"),
            [
                (f"{say.stamp(row.at)} · {place.name or place.platform}", row.text or "—")
                for row, place in all_mine.heard
            ],
        ),
        (
            say.t("Rooms of the built-in chat that you are in"),
            [("", each.name or say.t("with Samspill alone")) for each in all_mine.rooms],
        ),
        (
            say.t("Codes that you have made"),
            [(name, say.stamp(each.created_at)) for each, name in all_mine.invitations],
        ),
        (
            say.t("Actions that name you, or that you wrote down"),
            [(name, each.text) for each, name in all_mine.actions],
        ),
        (
            say.t("What you wrote that you arrived at together"),
            [(say.stamp(at), text) for text, at in all_mine.concluded],
        ),
        (say.t("When you were reminded"), [("", say.stamp(each)) for each in all_mine.reminded]),
        (
            say.t("What you have done, as it is noted"),
            [
                (say.stamp(each.at), " · ".join(filter(None, (deed(each.what, say), name))))
                for each, name in all_mine.audit
            ],
        ),
    ]
    return [Section(title, rows) for title, rows in found if rows]


def as_html(view: View, all_mine: Mine) -> str:
    """A page that any browser shows and prints; nothing in it runs or is fetched."""
    title = escape(view.say.t("What Samspill keeps about you"))
    parts = []
    for each in sections(view, all_mine):
        rows = "".join(
            f"<dt>{escape(label) or '–'}</dt><dd>{escape(text)}</dd>" for label, text in each.rows
        )
        parts.append(f"<section><h2>{escape(each.title)}</h2><dl>{rows}</dl></section>")
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{escape(view.language)}">\n<head><meta charset="utf-8">'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n"
        f"<body><h1>{title}</h1>\n<p>{escape(view.say.stamp(view.now))}</p>\n{body}\n"
        "</body></html>\n"
    )


_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}"
    "dt{font-weight:bold}dd{margin:0 0 .5rem;white-space:pre-wrap;overflow-wrap:anywhere}"
)


def as_json(all_mine: Mine) -> str:
    """The same for machines, with the record's own words and ids; times are in UTC."""
    return json.dumps(as_data(all_mine), ensure_ascii=False, indent=2, default=_plain) + "\n"


def as_data(all_mine: Mine) -> dict[str, Any]:
    """The same as plain data."""
    person = all_mine.person
    return {
        "person": person.model_dump(),
        "identities": [
            each.model_dump(include={"platform", "tenant", "user"}) for each in all_mine.identities
        ],
        "memberships": [
            {
                "collaboration": each.collaboration.name,
                "organisation": each.organisation,
                "roles": each.membership.roles,
                "since": each.membership.created_at,
            }
            for each in all_mine.parts
        ],
        "answers": [_answer_data(each) for each in all_mine.answers],
        "messages": [
            {"at": row.at, "platform": place.platform, "message": row.message, "text": row.text}
            for row, place in all_mine.heard
        ],
        "chat_rooms": [
            each.model_dump(include={"platform", "tenant", "room", "name"})
            for each in all_mine.rooms
        ],
        "invitations": [
            {"collaboration": name, "made": each.created_at, "used": each.used_at}
            for each, name in all_mine.invitations
        ],
        "actions": [
            {"collaboration": name, "text": each.text, "by_when": each.by_when, "state": each.state}
            for each, name in all_mine.actions
        ],
        "concluded": [{"text": text, "at": at} for text, at in all_mine.concluded],
        "reminded": list(all_mine.reminded),
        "audit": [
            {"at": each.at, "what": each.what, "subject": each.subject, "collaboration": name}
            for each, name in all_mine.audit
        ],
    }


def _answer_data(each: OwnAnswer) -> dict[str, Any]:
    kept = {"status", "value", "followup", "at"}
    return {
        "collaboration": each.collaboration,
        "round": each.round.name,
        "question": content(each.asked).text,
        "organisation": each.organisation,
        "respondent": each.answer.respondent,
        "where": each.asked.where,
        "late": each.answer.late,
        **each.answer.model_dump(include=kept),
        "before": [row.model_dump(include=kept) for row in each.before],
    }


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
