"""A question as it is asked in a direct message."""

from __future__ import annotations

from dialogs.dialog import View
from dialogs.messages import Element, Text
from dialogs.rounds import values
from dialogs.rounds.asking import answer_controls, visible_to
from storage import people
from storage.tables import Asked, Round


def private_question(view: View, asked: Asked, found: Round, left: int) -> list[Element]:
    """The question with its collaboration's name, who sees the answer, and how to type one."""
    say = view.say
    home = people.collaboration(view.db, found.collaboration_id)
    heading = say.pick(asked.content["text"])
    elements: list[Element] = [
        Text(f"{home.name} · {say.pick(asked.content['part'])}", "muted"),
        Text(heading, "heading"),
        Text(visible_to(view, asked), "muted"),
    ]
    if asked.type in ("ypn", "scale5", "pick", "multi"):
        chosen = values.options(asked.content, say)
        lines = [f"{n}. {option.label}" for n, option in enumerate(chosen, start=1)]
        elements.append(Text("\n".join(lines)))
        hint = say.t("Write the number, or press a button.")
        if asked.type == "multi":
            hint = say.t("Write the numbers of what you choose, with commas between.")
    elif asked.type == "parties":
        hint = say.t("Write one per line, or separate them with commas.")
    else:
        hint = say.t("Write your answer here, or press a button.")
    elements.append(Text(hint, "muted"))
    elements += answer_controls(view, asked, found)
    if left:
        elements.append(
            Text(say.tn("{n} question more waits.", "{n} questions more wait.", left), "muted")
        )
    return elements
