"""What people write into reasons and tokens is shown as a quotation: on one line, and without links to anybody."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis_settings import hypothesis_settings
from open_stage import open_stage
from sample_community import CLUB, FIRM, MORNING, STRANGER

from bot.api import Person
from bot.api.request.messages import MAX_NOTIFIED
from bot.config.community import Limits
from bot.features.bookings import feature as bookings
from bot.languages.catalogue import quote
from bot.matrix.render import render
from bot.parsing.unread_words import quotable
from bot.store.messages.outbox import OutboxRow
from bot.testing import Heard, Stage

BOOK = "!book bane 1 slåning fredag kl. 14"
TRICKS = [
    "@room kom",
    "<a href='https://matrix.to/#/@formand:example.org'>Formanden</a> lover det",
    "https://matrix.to/#/@formand:example.org lover det",
    "matrix:u/formand:example.org lover det",
    "MATRIX.TO/#/@formand:example.org",
    "regn” Grund fra Formanden: “det er slut",
    "regn\n\n✅ Aftalt: det er på plads",
    "regn\u2028✅ Aftalt\u2029nu\x0bog\x0cher\x85alt",
    "regn\u202e\u2066\u200b\u200f\ufeff",
    "<mx-reply>nej</mx-reply><script>x</script>",
    "*fed* [Formanden](https://matrix.to/#/@formand:example.org)",
    "{{ x*y }} {% raw %}",
    "regn" + "\u0301" * 50,
]


def event_of(heard: Heard) -> dict[str, Any]:
    content = {"html": heard.html, "plain": heard.plain, "notify": list(heard.notify)}
    row = OutboxRow(1, 1, "t", "matrix:roomid/x", heard.kind, content, None, heard.target, None, MORNING)
    return render(row)[1]


@pytest.mark.parametrize("trick", TRICKS)
async def test_a_reason_is_a_quotation_on_one_line_and_no_more(trick: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        for heard in await stage.say(CLUB, f"!aflys 1 {trick}"):
            body, html = heard.plain, heard.html
            (reason,) = re.findall("“(.*)”", body)
            assert not re.search("[“”\u2028\u2029\u202e\u2066\u200b\u200f\ufeff\x0b\x0c\x85]", reason)
            assert body.count("✅ Aftalt") == reason.count("✅ Aftalt")
            links = re.findall('href="([^"]*)"', html)
            assert set(links) <= {f"matrix:u/{name}:example.org" for name in ("klub", "firma")}
            assert not re.search(r"matrix\.to/|matrix:u/", body, re.I)
            assert "<script" not in html
            assert "<mx-reply" not in html
            assert set(heard.notify) <= set(stage.community.people[2].addresses)


async def test_nobody_is_rung_at_by_what_is_quoted(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        for heard in await stage.say(CLUB, "!aflys 1 @room @ROOM @roomservice"):
            event = event_of(heard)
            assert "@room " not in event["body"].casefold()
            assert "@room " not in event["formatted_body"].casefold()
            assert "@roomservice" in event["body"]
            assert event.get("m.mentions", {}).keys() <= {"user_ids"}


@pytest.mark.parametrize(
    ("said", "pong"),
    [
        ("abc-1.2:x_Æ", "🏓 pong abc-1.2:x_Æ"),
        ("✅ Aftalt: alt", "🏓 pong “✅ Aftalt: alt”"),
        ("x" * 100, "🏓 pong “" + "x" * 63 + "…”"),
    ],
)
async def test_a_token_is_given_back_as_a_word_or_as_a_quotation(said: str, pong: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert (await stage.say(STRANGER, f"!ping {said}"))[0].plain == pong


@pytest.mark.parametrize("language", ["da", "en"])
def test_reasons_are_marked_as_quotations_in_every_sentence(language: str) -> None:
    for key, source in bookings.catalogue.templates_in(language).items():
        assert re.findall(r"{{ *reason *}}", source) == [], key


@given(st.text(max_size=400))
@hypothesis_settings(200)
def test_what_is_quotable_is_one_visible_line(text: str) -> None:
    line = quotable(text)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 300
    assert not re.search("[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", line)
    assert quotable(line) == line
    assert re.fullmatch('“[^“”"]*”', quote(line))


async def test_no_message_mentions_a_crowd(tmp_path: Path) -> None:
    crowd = tuple(f"matrix:u/medlem{n}:example.org" for n in range(200))
    people = (
        Person("klub", "Klubben", (CLUB,), frozenset({"club"})),
        Person("firma", "Firmaet", crowd, frozenset({"contractor"})),
    )
    async with open_stage(tmp_path, people=people) as stage:
        assert [len(heard.notify) for heard in await stage.say(CLUB, BOOK) if heard.kind == "say"] == [MAX_NOTIFIED]


async def book_many(stage: Stage, count: int) -> None:
    for n in range(count):
        await stage.say(CLUB, f"!book bane 1 slåning {n + 10}/7 2026 kl. 14")


async def test_long_lists_are_cut(tmp_path: Path) -> None:
    async with open_stage(tmp_path, limits=Limits()) as stage:
        await book_many(stage, 18)
        await book_many_again(stage, 30)
        (heard,) = await stage.say(STRANGER, "!aftaler")
        lines = heard.plain.split("\n")
        assert (len(lines), lines[-1]) == (42, "… og 8 mere")


async def book_many_again(stage: Stage, count: int) -> None:
    for n in range(count):
        await stage.say(CLUB, f"!book bane 2 slåning {n % 20 + 1}/{8 + n // 20} 2026 kl. 14")


async def test_a_long_history_shows_its_end(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        for n in range(45):
            await stage.say(FIRM, f"!foreslå 1 fredag kl. {9 + n % 2}")
        (heard,) = await stage.say(STRANGER, "!historik 1")
        lines = heard.plain.split("\n")
        assert (len(lines), lines[1]) == (42, "… og 6 mere")
        assert "kl. 9" in lines[-1]
