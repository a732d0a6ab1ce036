"""Word checks on all texts: nothing that judges, no bokmål in nynorsk, the same braces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dialogs.packs.base import LANGUAGES
from dialogs.packs.faults import Fault, shown
from dialogs.packs.reading import Node

# Verdicts on answers or people, other names for Samspill, questions that point at a partner.
VERDICTS = re.compile(
    r"\b(svak\w*|weak\w*|grades?|graded|scores?|karakter\w*|poeng\w*|boten|botten|the bot"
    r"|hvem er mest i tvil|kven er mest i tvil|minst interesse|dårligst|dårlegast|minst viktig)\b",
    re.IGNORECASE,
)

# Words that are bokmål only, never right in nynorsk.
BOKMAL = frozenset(
    # 170 words read better as a text than as a list of literals.
    """
hvordan ikke virksomhet virksomheten virksomheter virksomhetene virksomhetsplan bruker brukere
brukeren brukerne brukernes gjøre gjør gjøres dere deres hva hvem hvor hvorfor hvilken hvilke
hvilket noen noe være tjeneste tjenesten tjenester tjenestene løsning løsningen løsninger
løsningene leder ledere lederen lederne ledelse ledelsen fra sammen mye bedre selv hver hvert egen
eget egne uke uken samme kun bare sier vet trenger mangler forskjell forskjellen mulighet
muligheter oppgave oppgaven oppgaver avgjørelse avgjørelsen beslutning beslutninger enig enige
uenig uenige jeg hele opplevelse opplevelsen kommuner kommunene departementer departementene
partene parter en et ett man dem disse alene flere høy høyt lav ennå tidlig åpen åpne spørre følge
følger hverandre effekter gevinster gevinstene skriftlig offentlig offentlige vanskelig tydelig
avklares tas gis brukes måles lages besvart berørt berørte utvikles annen andres hun lenke lenken
spørsmålene målene oppdragene rundene fasene eier eieren jobber snakker passer støtter svarer
venter merker vei veien siden tatt skrevet bygger koster stopper vises finnes gjelder virker
tenker ønsker forventningene avtalene planene innbygger innbyggere brukt dårligst rettighet
nødvendigvis
""".split()  # noqa: SIM905
)

_BRACES = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[a-zæøåéòêôó]+")


def placeholders(text: str) -> frozenset[str]:
    """The names in braces, such as `{date}`."""
    return frozenset(_BRACES.findall(text))


def texts(node: Node) -> Iterator[Node]:
    """Every node that is a text in several languages; glossary terms are such nodes too."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node.value, list):
            waiting.extend(node.value)
        elif isinstance(node.value, dict):
            if not node.value.keys().isdisjoint(LANGUAGES):
                yield node
            waiting.extend(node.value.values())


def lint(file: str, found: Iterable[Node], proper_names: tuple[str, ...]) -> Iterator[Fault]:
    """Faults in the words of one file's texts. `proper_names` are left alone in nynorsk."""
    for text in found:
        words = {language: inner for language in LANGUAGES if (inner := _worded(text, language))}
        for inner in words.values():
            if verdict := VERDICTS.search(str(inner.value)):
                what = f"`{shown(verdict[0])}` judges, or calls Samspill something else"
                do = "Describe, ask or invite instead; the name is Samspill"
                yield Fault(file, inner.line, what, do)
        if "nn" in words:
            yield from _nynorsk(file, words["nn"], proper_names)
        if len({placeholders(str(inner.value)) for inner in words.values()}) > 1:
            what = "the names in braces differ between the languages"
            yield Fault(file, text.line, what, "Use the same {names} in nb, nn and en")


def _worded(text: Node, language: str) -> Node | None:
    inner = text.value.get(language) if isinstance(text.value, dict) else None
    return inner if inner and isinstance(inner.value, str) else None


def _nynorsk(file: str, node: Node, proper_names: tuple[str, ...]) -> Iterator[Fault]:
    text = _BRACES.sub(" ", str(node.value))
    for name in proper_names:
        text = text.replace(name, " ")
    if bokmal := sorted(BOKMAL.intersection(_WORD.findall(text.lower()))):
        what = f"the nynorsk has bokmål words: {shown(', '.join(bokmal))}"
        do = "Use the nynorsk forms; names go under `proper_names` in pack.yaml"
        yield Fault(file, node.line, what, do)
