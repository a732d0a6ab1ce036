"""Personal links: looked at as often as one likes, used once; then, or late, they lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from yarl import URL

from dialogs.language import Translator
from storage.engine import Database
from storage.links import INVITATION_LASTS, OWN_LASTS
from tests.web.world import PAGE, Guest, World, coordinator, member, play, words

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = ON_SQLITE
Story = Callable[[World], Awaitable[None]]


async def leads_nowhere(world: World, link: str) -> bool:
    """Whether a fresh browser gets nothing by a link, and is told how to get another."""
    guest = world.guest()
    status, html = await guest.page(link)
    text = words(html)
    for name in ("Kari", "Amina", "Når noen dør", "Fjordetaten"):
        assert status == 200 or name not in text
    pressed = await guest.presses_enter(link, name="Kari")
    if (status, pressed) != (410, 410):
        return False
    for language in ("Trenger du en ny?", "Treng du ei ny?", "Do you need a new one?"):
        assert language in text
    assert not guest.http.cookie_jar.filter_cookies(URL(world.url))
    return True


def test_looking_uses_nothing_up_and_entering_does(database: Database) -> None:
    async def story(world: World) -> None:
        link = await world.invitation("Kari")
        scanner = world.guest()
        for _ in range(3):
            assert (await scanner.page(link))[0] == 200
        async with scanner.http.head(link) as got:
            assert got.status == 200
        assert (await scanner.page("/"))[0] == 401
        kari = world.guest()
        assert 'value="Kari"' in (await kari.page(link))[1]
        await kari.comes_in(link, name="Kari Nordmann")
        assert "Kari Nordmann" in await kari.sees(kari.direct)
        assert await leads_nowhere(world, link)  # passed on, or found in the history
        assert await kari.presses_enter(link, name="Kari") == 410  # also for whoever used it

    play(database, story)


def test_a_link_from_before_somebody_was_removed_brings_them_in_no_more(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        amina = await member(world, kari, "Amina", "Elveby kommune")
        await kari.writes("folk inviter Amina Hansen")
        hers = kari.link
        await kari.writes("folk inviter Tone")
        anybodys = kari.link
        await amina.writes("navn")
        await amina.writes("Amina Hansen")
        await kari.writes("folk Amina Hansen: fjern nå")
        assert await leads_nowhere(world, hers), "it was made for her"
        await amina.comes_in(anybodys, name="Tone")
        assert await amina.looks_around() == ["Direktemelding"]
        stranger = "You are not part of this collaboration. Ask a coordinator for a code."
        assert Translator("nb").t(stranger) in await amina.sees(amina.direct)
        await kari.writes("folk inviter Amina igjen")
        await amina.comes_in(kari.link, name="Amina")
        await amina.writes("folk")
        assert "Elveby kommune Amina Hansen" in await amina.sees(amina.direct), "from where she was"

    play(database, story)


@pytest.mark.parametrize("change", [lambda x: x[:-1], lambda x: x + "A", lambda x: x.swapcase()])
def test_a_link_that_was_tampered_with(database: Database, change: Callable[[str], str]) -> None:
    async def story(world: World) -> None:
        link = await world.invitation("Kari")
        token = link.removeprefix("/inn/")
        assert await leads_nowhere(world, f"/inn/{change(token)}")
        assert not await leads_nowhere(world, link)

    play(database, story)


def test_links_run_out(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        await kari.writes("folk inviter Amina")
        invitation = kari.link
        await kari.writes("web")
        own = kari.link
        world.clock.forward(OWN_LASTS)
        assert await leads_nowhere(world, own)
        world.clock.forward(INVITATION_LASTS - OWN_LASTS - timedelta(minutes=1))
        assert (await world.guest().page(invitation))[0] == 200
        world.clock.forward(timedelta(minutes=1))
        assert await leads_nowhere(world, invitation)

    play(database, story)


def test_a_new_link_of_ones_own_ends_the_one_before(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        await kari.writes("lenke")
        first = kari.link
        await kari.writes("web")
        assert await leads_nowhere(world, first)
        phone = world.guest()
        assert "Kari Nordmann" in (await phone.page(kari.link))[1]
        await phone.comes_in(kari.link)
        assert await phone.looks_around() == await kari.looks_around()
        # the link was shown once: it stands in no message
        assert "/inn/" not in await kari.sees(kari.direct)

    play(database, story)


def test_an_invitation_is_taken_back(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        await kari.writes("folk inviter Amina")
        first = kari.link
        await kari.presses("Trekk tilbake invitasjonen")
        assert await leads_nowhere(world, first)
        await kari.writes("folk inviter Per")
        second = kari.link
        await kari.writes("folk")
        found = re.search(r"Per, til [^<]*", kari.notice)
        shown = found[0] if found else (await kari.sees(kari.direct))
        assert "Per, til" in shown
        label = re.search(r"Per, til \S+ \d+\. \w+", words(await _direct(kari)))
        assert label
        await kari.presses(label[0])
        assert await leads_nowhere(world, second)

    play(database, story)


async def _direct(guest: Guest) -> str:
    return (await guest.page(f"/chat/{guest.direct}"))[1]


def test_only_coordinators_invite_and_only_to_their_own(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        amina = await member(world, kari, "Amina", "Elveby kommune")
        await kari.writes("folk inviter Per")
        link = kari.link
        found = re.search(r'data-press="(web:back:c\d+,\d+)"', kari.notice)
        assert found
        stranger = world.guest()
        await stranger.comes_in(await world.invitation("Tone"), name="Tone Vik")
        await stranger.writes("nytt Noe annet: Etat A, Etat B")
        theirs = found[1].replace("c1,", "c2,")
        assert theirs != found[1]
        for guest, button in ((amina, found[1]), (stranger, found[1]), (stranger, theirs)):
            await guest.does("press", room=guest.direct, button=button, value=None, message=None)
        for guest in (amina, stranger):
            values = {"name": "Noen"}
            await guest.does(
                "submit", room=guest.direct, thread=None, form="web:invite:c1", values=values
            )
            assert "/inn/" not in str(guest.notice) + await guest.sees(guest.direct)
        await amina.writes("folk inviter Noen")
        assert "/inn/" not in amina.notice
        assert (await world.guest().page(link))[0] == 200

    play(database, story)


def test_whoever_is_signed_in_takes_an_invitation_as_themselves(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        tone = world.guest()
        await tone.comes_in(await world.invitation("Tone"), name="Tone Vik")
        await tone.writes("nytt Noe annet: Etat A, Etat B")
        await tone.writes("Etat A")
        await tone.writes("folk inviter Kari Nordmann: Etat B")
        assert "Kari Nordmann" in (await kari.page(tone.link))[1]
        await kari.comes_in(tone.link)
        assert len(await kari.looks_around()) == 3
        await tone.writes("folk")
        assert (await tone.sees(tone.direct)).count("Kari Nordmann") > 0

    play(database, story)


def test_a_name_is_needed_and_kept_as_text(database: Database) -> None:
    async def story(world: World) -> None:
        link = await world.invitation("<b>Kari</b>")
        guest = world.guest()
        status, html = await guest.page(link)
        assert status == 200
        assert "<b>Kari" not in html
        for name in ("", "  ", "x" * 201, "\0"):
            assert await guest.presses_enter(link, name=name) == 422
        async with guest.http.post(link, data={"name": "x" * 9000}, headers=PAGE) as got:
            assert got.status == 413
        await guest.comes_in(link, name="<script>x</script>")
        assert "<script>x" not in (await guest.page(f"/chat/{guest.direct}"))[1]

    play(database, story)
