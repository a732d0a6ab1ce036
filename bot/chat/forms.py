"""Neutral forms as HTML dialogs: pure; labels, hints and errors are tied to each input."""

from __future__ import annotations

from markupsafe import Markup

from bot.chat import render
from dialogs.language import Translator
from dialogs.messages import Field, Form, Page

_MANY = 12  # more options than this are shown as a list to pick from

_FORM = Markup(
    '<dialog class="sheet" lang="{lang}" aria-labelledby="sheet-title">'
    '<form class="form" method="dialog" novalidate data-form="{id}" data-missing="{missing}" '
    'data-long="{long}">'
    '<h2 id="sheet-title" dir="auto">{title}</h2>{intro}'
    '<p class="kept" hidden>{kept}</p>'
    '{fields}<p class="error" role="alert" data-error-for="" hidden></p>'
    '<div class="buttons"><button type="submit" class="primary">{submit}</button>'
    '<button type="button" class="normal" data-close>{cancel}</button></div></form></dialog>'
)
_ONE = Markup(
    '<div class="field"><label for="{id}" dir="auto">{label}</label>{hint}{input}{error}</div>'
)
_GROUP = Markup(
    '<fieldset class="field {kind}" id="{id}" {about}>'
    '<legend{hidden} dir="auto">{label}</legend>{hint}'
    "<div>{input}</div>{error}</fieldset>"
)


def form(one: Form, say: Translator) -> Markup:
    """The form as a dialog. Values go out as `dialogs.messages.Field` says."""
    return _FORM.format(
        lang=one.language,
        id=one.id,
        missing=say.t("This must be filled in."),
        long=say.t("This is too long: {n} characters, and there is room for {max}."),
        title=one.title,
        intro=render.elements(one.intro, say, name="intro"),
        kept=say.t("What you wrote last time is still here."),
        fields=Markup("").join(
            _field(each, f"field-{place}", say) for place, each in enumerate(one.fields)
        ),
        submit=one.submit,
        cancel=one.cancel,
    )


def page(one: Page, say: Translator) -> Markup:
    """A page for one person, as a dialog that can be closed."""
    return Markup(
        '<dialog class="sheet page" lang="{}" aria-labelledby="sheet-title" data-page>'
        '<h2 id="sheet-title" dir="auto">{}</h2>{}'
        '<div class="buttons"><button type="button" class="normal" data-close>{}</button></div>'
        "</dialog>"
    ).format(
        one.language, one.title, render.elements(one.elements, say, name="page"), say.t("Close")
    )


def _field(one: Field, name: str, say: Translator) -> Markup:
    label = one.label if one.required else say.t("{label} (optional)", label=one.label)
    hint = _hint(one, say)
    described = " ".join(part for part in (f"{name}-hint" if hint else "", f"{name}-error") if part)
    about = Markup('data-field="{}" data-kind="{}" data-max="{}" aria-describedby="{}"{}').format(
        one.name,
        one.kind,
        one.max_length,
        described,
        Markup(" data-required") if one.required else "",
    )
    return (_GROUP if _grouped(one) else _ONE).format(
        id=name,
        kind=one.kind,
        about=about,
        label=label,
        hidden=Markup(' class="hidden"') if one.kind == "confirm" else "",
        hint=Markup('<p class="hint" id="{}-hint" dir="auto">{}</p>').format(name, hint)
        if hint
        else "",
        input=_ticks(one, name) if _grouped(one) else _input(one, name, about, say),
        error=Markup('<p class="error" id="{}-error" data-error-for="{}" hidden></p>').format(
            name, one.name
        ),
    )


def _hint(one: Field, say: Translator) -> str:
    if one.hint:
        return one.hint
    match one.kind:
        case "lines":
            return say.t("One on each line.")
        case "pairs":
            return say.t("One on each line, as «party: name».")
    return ""


def _grouped(one: Field) -> bool:
    return one.kind in ("multi", "scale", "confirm") or (
        one.kind == "choice" and len(one.options) <= _MANY
    )


def _input(one: Field, name: str, about: Markup, say: Translator) -> Markup:
    required = Markup(' aria-required="true"') if one.required else ""
    value = one.value if isinstance(one.value, str) else "\n".join(one.value)
    match one.kind:
        case "long" | "lines" | "pairs":
            return Markup('<textarea id="{}" rows="{}" dir="auto" {}{}>\n{}</textarea>').format(
                name, 6 if one.kind == "long" else 4, about, required, value
            )
        case "choice":
            options = Markup("").join(
                Markup('<option value="{}"{}>{}</option>').format(
                    option.value,
                    Markup(" selected") if option.value == value else "",
                    option.label,
                )
                for option in one.options
            )
            none = Markup('<option value="">{}</option>').format(say.t("Choose …"))
            return Markup('<select id="{}" {}{}>{}{}</select>').format(
                name, about, required, none, options
            )
    kind = {"date": "date", "link": "url"}.get(one.kind, "text")
    return Markup('<input type="{}" id="{}" dir="auto" value="{}" autocomplete="off" {}{}>').format(
        kind, name, value, about, required
    )


def _ticks(one: Field, name: str) -> Markup:
    chosen = (one.value,) if isinstance(one.value, str) else one.value
    kind = "radio" if one.kind in ("choice", "scale") else "checkbox"
    if one.kind == "confirm":
        pairs = [("yes", one.label)]
    else:
        pairs = [(option.value, option.label) for option in one.options]
    return Markup("").join(
        Markup(
            '<label class="tick"><input type="{}" name="{}" value="{}"{}> <span>{}</span></label>'
        ).format(kind, name, value, Markup(" checked") if value in chosen else "", label)
        for value, label in pairs
    )
