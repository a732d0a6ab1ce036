"""Every kind of fault names the right file and line, and says what to do next."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dialogs.packs.faults import Fault, PackError
from dialogs.packs.loader import SHIPPED, load
from dialogs.packs.reading import MAX_BYTES

# file · what stands there · what is put there, with #! on the faulty line · in `what` · in `do`
CASES = {
    "missing language": (
        "questions",
        "    text:\n      nb: Har vi en plan?\n      nn: Har vi ein plan?\n",
        "    text:  #!\n      nb: Har vi en plan?\n",
        "`nn` is missing",
        "Add `nn`",
    ),
    "empty language": (
        "questions",
        "nn: Har vi ein plan?",
        "nn: ' '  #!",
        "`nn` is empty",
        "Write it",
    ),
    "unknown key": (
        "questions",
        "    tier: deeper",
        "    foloup: x  #!\n    tier: deeper",
        "`foloup` is not known",
        "`followup`",
    ),
    "unknown key, like none": ("pack", "version: 1", "version: 1\nqzx: 1  #!", "qzx", "Remove it"),
    "missing key": (
        "hints",
        "- id: hint-hage\n  fits: [hage-plan]",
        "- id: hint-hage  #!",
        "`fits` is missing",
        "Add `fits`",
    ),
    "wrong type": ("pack", "version: 1", "version: one  #!", "a whole number", "Write a whole"),
    "quoted number": ("pack", "version: 1", "version: '1'  #!", "a whole number", "Write a whole"),
    "version too low": ("pack", "version: 1", "version: 0  #!", "too low", "at least 1"),
    "text too long": (
        "questions",
        "nn: Har vi ein plan?",
        f"nn: {'x' * 2001}  #!",
        "`nn` is too long (2,001",
        "Keep to 2,000",
    ),
    "no entries": (
        "questions",
        "    phases: [1]\n",
        "    phases: []  #!\n",
        "`phases` has too few entries (0)",
        "Name 1",
    ),
    "text for a list": (
        "questions",
        "    audience: [leader]\n    where: private",
        "    audience: leader  #!\n    where: private",
        "`audience` should be a list",
        "Write a list",
    ),
    "list for a text": (
        "questions",
        "text: {nb: Lyst, nn: Lyst, en: Bright}",
        "text: [a]  #!",
        "`text` should be a mapping",
        "Write a mapping",
    ),
    "number for a text": (
        "questions",
        "nb: Har vi en plan?",
        "nb: 7  #!",
        "`nb` should be a text",
        "Write a text",
    ),
    "bad id": ("hints", "id: hint-hage", "id: Hint Hage  #!", "not in the right form", "match"),
    "unknown where": (
        "questions",
        "where: private",
        "where: secret  #!",
        "`where` is `secret`",
        "'house'",
    ),
    "unknown rule": (
        "questions",
        "    followup_when: {rule: answer_in, values: [partly, no]}",
        "    followup_when: {rule: always}  #!",
        "`always` is not known",
        "answer_in",
    ),
    "no rule": (
        "questions",
        "conversation_starter_when: {rule: answers_differ}",
        "conversation_starter_when: {}  #!",
        "lacks its `rule`",
        "table",
    ),
    "rule of the other kind": (
        "questions",
        "conversation_starter_when: {rule: answers_differ}",
        "conversation_starter_when: {rule: answered}  #!",
        "`answered` is not known",
        "spread",
    ),
    "rule does not fit the type": (
        "questions",
        "conversation_starter_when: {rule: answers_differ}",
        "conversation_starter_when: {rule: named_by_one}  #!",
        "says nothing about answers of type ypn",
        "table of rules",
    ),
    "rule names what cannot be chosen": (
        "questions",
        "values: [partly, no]}",
        "values: [maybe]}  #!",
        "`maybe` cannot be chosen",
        "yes, partly, no",
    ),
    "rule on do-not-know": (
        "questions",
        "values: [partly, no]}",
        "values: [dont_know]}  #!",
        "`dont_know` cannot be chosen",
        "yes, partly, no",
    ),
    "follow-up without rule": (
        "questions",
        "    followup_when: {rule: answer_in, values: [partly, no]}\n"
        "    followup: {nb: Når, nn: Når, en: When}",
        "    followup: {nb: Når, nn: Når, en: When}  #!",
        "go together",
        "both or neither",
    ),
    "rule without starter": (
        "questions",
        "    conversation_starter_when: {rule: answers_differ}\n"
        "    conversation_starter: {nb: Snakk, nn: Snakk, en: Talk}",
        "    conversation_starter_when: {rule: answers_differ}  #!",
        "go together",
        "both or neither",
    ),
    "unknown condition": (
        "questions",
        "- {question: hage-plan, answer_in: [no]}",
        "- {question: hage-plen, answer_in: [no]}  #!",
        "no question `hage-plen`",
        "condition",
    ),
    "condition value": (
        "questions",
        "- {question: hage-plan, answer_in: [no]}",
        "- {question: hage-plan, answer_in: [never]}  #!",
        "`never` cannot be chosen",
        "yes, partly, no",
    ),
    "condition with two tests": (
        "questions",
        "- {question: hage-plan, answer_in: [no]}",
        "- {question: hage-plan, answer_in: [no], has_record: true}  #!",
        "one test",
        "has_record",
    ),
    "condition without test": (
        "questions",
        "- {question: hage-plan, answer_in: [no]}",
        "- {question: hage-plan}  #!",
        "one test",
        "has_record",
    ),
    "condition test does not fit": (
        "questions",
        "- {question: hage-plan, answer_in: [no]}",
        "- {question: hage-plan, has_entries: true}  #!",
        "parties or roles",
        "another test",
    ),
    "condition missing_any does not fit": (
        "questions",
        "- {question: hage-plan, answer_in: [no]}",
        "- {question: hage-plan, missing_any: [no]}  #!",
        "type multi",
        "answer_in",
    ),
    "condition on itself": (
        "questions",
        "    condition:\n      any:\n      - {question: hage-plan, answer_in: [no]}",
        "    condition:  #!\n      any:\n      - {question: hage-sol, answer_in: [sun]}",
        "never asked",
        "circle",
    ),
    "duplicate question": (
        "questions",
        "- id: hage-sol",
        "- id: hage-plan  #!",
        "`hage-plan` stands twice",
        "an id of its own",
    ),
    "same words": (
        "questions",
        "nb: Lyst",
        "nb: Har vi en plan?, #!\n      nn: Sol, en: x}\n    #",
        "same words as `hage-plan`",
        "otherwise",
    ),
    "question of the shipped pack": (
        "questions",
        "- id: hage-sol",
        "- id: proverunde-problem  #!",
        "`proverunde-problem` stands twice",
        "an id of its own",
    ),
    "round of the shipped pack": (
        "questions",
        "  - id: hage-1\n",
        "  - id: proverunde  #!\n",
        "`proverunde` stands twice",
        "an id of its own",
    ),
    "unknown round": (
        "questions",
        "    round: hage-1\n    phases: [1]\n",
        "    round: hage-9  #!\n    phases: [1]\n",
        "no round `hage-9`",
        "round of the set",
    ),
    "core without round": (
        "questions",
        "  - id: hage-plan\n    tier: core\n    round: hage-1\n",
        "  - id: hage-plan  #!\n    tier: core\n",
        "no round asks it",
        "`round`",
    ),
    "core that deepens": (
        "questions",
        "    round: hage-1\n    phases: [1]\n",
        "    round: hage-1\n    deepens: [hage-sol]  #!\n    phases: [1]\n",
        "does not deepen",
        "`deepens`",
    ),
    "deeper in a round": (
        "questions",
        "    tier: deeper\n",
        "    tier: deeper\n    round: hage-1  #!\n",
        "no round",
        "Remove `round`",
    ),
    "deeper than nothing": (
        "questions",
        "  - id: hage-dypere\n    tier: deeper\n    deepens: [hage-plan]\n",
        "  - id: hage-dypere  #!\n    tier: deeper\n",
        "what it deepens",
        "`deepens`",
    ),
    "deepens itself": (
        "questions",
        "deepens: [hage-plan]",
        "deepens: [hage-dypere]  #!",
        "which is not core",
        "core questions only",
    ),
    "deepens the unknown": (
        "questions",
        "deepens: [hage-plan]",
        "deepens: [nothing]  #!",
        "no question `nothing`",
        "Correct the id",
    ),
    "deeper for others": (
        "questions",
        "    audience: [leader]\n    where: private",
        "    audience: [team]  #!\n    where: private",
        "nobody who is asked",
        "leader",
    ),
    "not for the round's audience": (
        "questions",
        "    audience: [leader]\n    where: house",
        "    audience: [team]  #!\n    where: house",
        "not for leader",
        "Add leader",
    ),
    "team rounds last": (
        "questions",
        "  rounds:\n",
        "  rounds:  #!\n  - {id: hage-0, audience: ks, name: {nb: a, nn: a, en: a}}\n"
        "  - {id: hage-2, audience: team, name: {nb: a, nn: a, en: a}}\n",
        "do not come first",
        "top",
    ),
    "too few questions": (
        "questions",
        "  - id: hage-1\n    audience: leader",
        "  - id: hage-1  #!\n    audience: leader\n    minutes: 5",
        "has 2 core questions; it should have 3",
        "Add core questions",
    ),
    "options missing": (
        "questions",
        "type: text",
        "type: pick\n    options: null  #!",
        "needs `options`",
        "two or more",
    ),
    "options too many": (
        "questions",
        "    type: multi\n    options:\n",
        "    type: text\n    options:  #!\n",
        "has no `options`",
        "Remove",
    ),
    "option twice": ("questions", "id: rain,", "id: sun, #!\n      ", "`sun` stands twice", "own"),
    "option offered anyway": (
        "questions",
        "id: rain,",
        "id: dont_know, #!\n      ",
        "every question",
        "Remove the option",
    ),
    "unknown source": (
        "hints",
        "source: X1",
        "source: X9  #!",
        "no source `X9`",
        "sources.yaml",
    ),
    "hint for nothing": ("hints", "fits: [hage-plan]", "fits: [x]  #!", "no question `x`", "id"),
    "item fed by nothing": ("checklists", "[hage-plan]", "[x]  #!", "no question `x`", "id"),
    "item of the shipped pack": (
        "checklists",
        "- id: h-plan",
        "- id: f1-forutsetning-mandat  #!",
        "stands twice",
        "own",
    ),
    "states twice": (
        "checklists",
        "phases:\n",
        "state_rule: {nb: a, nn: a, en: a}  #!\nphases:\n",
        "another pack",
        "Remove it here",
    ),
    "judges": (
        "questions",
        "en: Do we have a plan?",
        "en: What is your score?  #!",
        "`score` judges",
        "Describe",
    ),
    "called bot": ("glossary", "nb: hage", "nb: boten #!\n ", "`boten` judges", "Samspill"),
    "bokmål in nynorsk": (
        "questions",
        "nn: Har vi ein plan?",
        "nn: Hvordan er planen?  #!",
        "hvordan",
        "nynorsk",
    ),
    "names in braces differ": (
        "hints",
        "text: {nb: Grav, nn: Grav, en: Dig}",
        "text: {nb: '{a}', nn: '{a}', en: '{b}'}  #!",
        "differ",
        "same",
    ),
    "unknown name in braces": (
        "nudges",
        'text: {nb: "{line} {bed} {need}", nn: "{line} {bed} {need}", en: "{line} {bed} {need}"}',
        "text: {nb: '{line} {need} {x}', nn: '{line} {need} {x}', en: '{line} {need} {x}'}  #!",
        "nothing to put for {x}",
        "bed",
    ),
    "asks first": (
        "nudges",
        'nb: "{line} {bed} {need}"',
        'nb: "{need} {bed} {line}" #!\n  ',
        "asks before it gives",
        "{line} before {need}",
    ),
    "not released": (
        "nudges",
        "- id: nudge-hage\n  to: leader\n  released_by: contact",
        "- id: nudge-hage  #!\n  to: leader",
        "without their contact",
        "released_by",
    ),
    "not joined": (
        "nudges",
        "- id: nudge-hage\n  to: leader",
        "- id: nudge-hage  #!\n  to: ks",
        "have not joined",
        "only_joined",
    ),
    "unknown button": ("nudges", "[confirm]", "[push]  #!", "no button `push`", "confirm"),
    "nudge question for others": (
        "nudges",
        "buttons: [confirm]\n  questions: [hage-plan]",
        "questions: [proverunde-problem]  #!",
        "not for leader",
        "another",
    ),
    "no occasion": ("nudges", "{every: 2 months}", "{}  #!", "no occasion", "`every`"),
    "bad interval": ("nudges", "2 months", "'often'} #!\n  #", "right form", "match"),
    "no lead": (
        "nudges",
        "{every: 2 months}",
        "{before: own_arena_meeting}  #!",
        "lead_weeks",
        "weeks",
    ),
    "replaces nothing": (
        "nudges",
        "{every: 2 months}",
        "{every: 2 months, replaces: x}  #!",
        "no nudge `x`",
        "replaces",
    ),
    "answer given, but which": (
        "nudges",
        "  when: {on: answer_given}\n  only_if: {question: hage-plan, answer_in: [yes]}",
        "  when: {on: answer_given}  #!",
        "only_if",
        "Add",
    ),
    "draft id twice": ("nudges", "- id: draft-hage", "- id: nudge-hage  #!", "twice", "own"),
    "signal about a person": ("nudges", "about: matter", "about: person  #!", "person", "matter"),
    "rules twice": (
        "nudges",
        "drafts:\n",
        "on_silence: {to: contact, after_days: 1, text: {nb: a, nn: a, en: a}, then: x}  #!\n"
        "drafts:\n",
        "another pack",
        "Remove it here",
    ),
    "retired in use": (
        "questions",
        "sets:\n",
        "retired:\n  hage-plan: []  #!\nsets:\n",
        "retired but in use",
        "new id",
    ),
    "retired for nothing": (
        "questions",
        "sets:\n",
        "retired:\n  hage-gammel: [x]  #!\nsets:\n",
        "no",
        "in use",
    ),
    "retired option": (
        "questions",
        "sets:\n",
        "retired_options:\n  hage-sol:\n    snow: hail  #!\nsets:\n",
        "`hail`",
        "in use",
    ),
    "pack of the same id": ("pack", "id: hagelag", "id: samarbeid  #!", "already", "own"),
    "duplicate key": ("pack", "version: 1", "version: 1\nversion: 2  #!", "stands twice", "Keep"),
    "alias": ("pack", "id: hagelag", "id: &a hagelag  #!", "`&a`", "Write the text out"),
    "tag": ("pack", "id: hagelag", "id: !!python/name:os.system x  #!", "tags", "Remove"),
    "tab": ("pack", "version: 1", "version: 1\nname2:\n\tnb: x  #!", "tab", "spaces"),
    "not YAML": ("pack", "version: 1", "version: 1: 2  #!", "not valid YAML", "quotes"),
    "two documents": ("pack", "version: 1", "version: 1\n---  #!\na: 1", "second", "one document"),
    "control character": ("pack", "nb: Hagelag", 'nb: "\\x07", #!\n  #', "control", "Remove"),
}


@pytest.mark.parametrize("case", CASES)
def test_fault_names_file_line_and_what_to_do(small, case: str) -> None:
    name, old, new, what, do = CASES[case]
    line = small.change(name, old, new)
    shipped = name in ("nudges", "checklists") or "shipped" in case or "same id" in case
    if not shipped:  # loading the small pack alone saves half a minute over all cases
        small.path("nudges").unlink()

    faults = small.faults(shipped=shipped)

    here = [fault for fault in faults if what in fault.what and do in fault.do]
    assert here, f"none of {faults}"
    assert (here[0].file, here[0].line) == (str(small.path(name)), line)
    assert all(fault.file and fault.line >= 1 and fault.what and fault.do for fault in faults)


def test_small_pack_has_no_fault(small) -> None:
    assert small.faults() == ()


def test_one_fault_is_told_once(small) -> None:
    """A faulty question is not reported again by all that refer to it."""
    small.change("questions", "where: open", "where: secret")

    assert [fault.what for fault in small.faults()] == ["`where` is `secret`"]


def test_a_list_is_not_called_short_for_its_faulty_entry(small) -> None:
    small.change("questions", "  - id: hage-1\n", "  - id: [1]\n")

    assert not [fault for fault in small.faults() if "rounds" in fault.what]


def test_file_that_cannot_be_read_gives_one_fault(small) -> None:
    """What refers to it is not reported, since nobody knows what was in it."""
    small.write("questions", "sets: [")
    assert "not valid YAML" in only(small.faults(), small.path("questions")).what
    assert len(small.faults()) == 1


def test_statement_is_worded_for_all_kinds(small) -> None:
    """An empty `all` is no wording."""
    shipped = (SHIPPED / "nudges.yaml").read_text(encoding="utf-8")
    begin, end = shipped.index("anchoring:"), shipped.index("release_request:")
    anchoring = shipped[begin:end].replace(
        "    text:\n      all:\n        nb: Vi kjenner målet",
        "    text:  #!\n      all: null\n      ks:\n        nb: Vi kjenner målet",
    )
    line = small.change("nudges", "nudges:\n", anchoring + "nudges:\n")
    found = [fault.line for fault in small.faults() if "six kinds" in fault.what]
    assert found == [line]


def test_all_faults_are_collected(small) -> None:
    small.change("questions", "where: private", "where: secret")
    small.change("questions", "deepens: [hage-plan]", "deepens: []")
    small.change("questions", "source: [X1]\n  - id: hage-sol", "source: [X9]\n  - id: hage-sol")
    small.change("hints", "source: X1", "source: X9")
    small.change("hints", "nn: Grav", "nn: Hvordan")
    small.write("glossary", "terms: [")

    whats = " | ".join(fault.what for fault in small.faults())

    for part in ("`secret`", "`X9`", "hvordan", "not valid YAML"):
        assert part in whats


def only(faults: tuple[Fault, ...], path: Path) -> Fault:
    mine = [fault for fault in faults if fault.file == str(path)]
    assert len(mine) == 1, faults
    assert mine[0].do
    return mine[0]


def test_not_utf8(small) -> None:
    small.write("hints", b"hints:\n- id: a\n  text: bl\xe5b\xe6r\n")
    fault = only(small.faults(), small.path("hints"))
    assert (fault.line, fault.what) == (3, "the text is not UTF-8")


def test_unreadable_character(small) -> None:
    small.write("hints", "hints:\n- id: a\x01\n")
    fault = only(small.faults(), small.path("hints"))
    assert fault.line == 2
    assert "U+0001" in fault.what


@pytest.mark.parametrize("text", ["", "\n\n", "# only words\n", "---\n", "null\n", "\ufeff"])
def test_empty_file(small, text: str) -> None:
    small.write("hints", text)
    fault = only(small.faults(), small.path("hints"))
    assert (fault.line, fault.what) == (1, "the file is empty")


@pytest.mark.parametrize("text", ["\n- id: a\n", "\nhello\n", "\n[1, 2]\n"])
def test_no_mapping(small, text: str) -> None:
    small.write("hints", text)
    fault = only(small.faults(), small.path("hints"))
    assert fault.line == 2
    assert "should hold a mapping" in fault.what


def test_bomb_is_refused_before_it_unfolds(small) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    small.write("hints", "\n".join(lines))
    fault = only(small.faults(), small.path("hints"))
    assert fault.line == 1
    assert "anchors and aliases" in fault.what


def test_50_mb_are_refused_without_reading(small, monkeypatch) -> None:
    path = small.path("hints")
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    opened = []
    really = Path.open

    def watched(self, *args, **kwargs):
        opened.append(self)
        return really(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", watched)
    fault = only(small.faults(), path)
    assert "too large" in fault.what
    assert path not in opened
    assert opened  # the other files were read this way


def test_largest_file_is_read(small) -> None:
    text = small.path("hints").read_text(encoding="utf-8")
    padding = MAX_BYTES - len(text.encode()) - 3
    small.write("hints", f"{text}# {'x' * padding}\n")
    assert small.path("hints").stat().st_size == MAX_BYTES
    assert small.faults() == ()
    small.write("hints", f"{text}# {'x' * padding}y\n")
    assert "too large" in only(small.faults(), small.path("hints")).what


@pytest.mark.parametrize("text", ["a:\n" + "- " * 5000 + "x", "a: " + "[" * 5000, "{a: " * 5000])
def test_depth_is_limited(small, text: str) -> None:
    small.write("hints", text)
    assert "levels deep" in only(small.faults(), small.path("hints")).what


def test_number_of_values_is_limited(small) -> None:
    small.write("hints", "hints: [" + "1," * 120_000 + "]")
    assert "100,000 values" in only(small.faults(), small.path("hints")).what


def test_pipe_is_not_waited_for(small) -> None:
    small.path("hints").unlink()
    os.mkfifo(small.path("hints"))
    assert "not a file" in only(small.faults(), small.path("hints")).what


def test_manifest_missing(small) -> None:
    small.path("pack").unlink()
    fault = only(small.faults(), small.path("pack"))
    assert (fault.line, fault.what) == (1, "the file is missing")


@pytest.mark.parametrize("name", ["question.yaml", "hints.yml"])
def test_file_with_another_name(small, name: str) -> None:
    (small.folder / name).write_text("a: 1")
    fault = only(small.faults(), small.folder / name)
    assert "questions.yaml" in fault.do


def test_folder_without_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError) as raised:
        load([tmp_path])
    fault = only(raised.value.faults, tmp_path)
    assert (fault.what, fault.line) == ("there is no pack here", 1)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackError) as raised:
        load([tmp_path / "gone"])
    assert "cannot be read" in only(raised.value.faults, tmp_path / "gone").what


def test_folder_of_packs_and_packs_named_twice(small) -> None:
    packs = load([small.folder.parent, small.folder, SHIPPED])
    assert [pack.id for pack in packs.packs] == ["samarbeid", "hagelag"]


def test_copy_of_the_shipped_pack_gives_one_fault(small) -> None:
    for path in SHIPPED.glob("*.yaml"):
        small.write(path.stem, path.read_bytes())
    assert "there is a pack `samarbeid` already" in only(small.faults(), small.path("pack")).what


def test_proper_names_may_stand_in_nynorsk(small) -> None:
    small.change("hints", "nn: Grav", "nn: Miste og finne jobb hos Jeg Hun")
    assert "hun, jeg" in only(small.faults(), small.path("hints")).what
    small.change("pack", "version: 1", "version: 1\nproper_names: [Jeg Hun]")
    assert small.faults() == ()


def test_plain_yes_and_no_are_texts(small) -> None:
    """The draft's `[yes]` and the condition's `[no]` are answers, not booleans."""
    packs = load([small.folder])
    condition = packs.question("hage-sol").condition
    assert condition is not None
    assert condition.any[0].answer_in == ("no",)
