"""Messages as phones send them: greetings before a command, invisible characters, code, quotations and captions."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after

from bot.matrix.sync.translate import translate
from bot.testing.stage import START_TIME

BOOK = "!book bane 2 slåning fredag kl. 14"
BOOKED = [("bane-2", "slåning", "proposed", "2026-06-12T14:00")]


@pytest.mark.parametrize(
    "text",
    [
        f"Hej alle\n{BOOK}",
        f"Hej alle sammen,\n\n{BOOK}",
        f"Kære Grøn Pleje\n{BOOK}",
        f"Kære Søren og Mette!\nGodmorgen\n{BOOK}",
        f"God morgen i to\n{BOOK}",
        f"Hejsa naboer :-)\n{BOOK}",
        f"@groen-pleje\n{BOOK}",
        f"Grøn Pleje,\n{BOOK}",
        f"Mange tak for sidst!\n{BOOK}",
        f"Dear all,\n{BOOK}",
        f"Hej alle, {BOOK}",
        f"Hej Bylaug\n{BOOK}",
        f"Hej Bylaug, {BOOK}",
        f"**{BOOK}**",
        f"- {BOOK}",
        f"1. {BOOK}",
        f"\u200e{BOOK}",
        f"\ufeff\u2067{BOOK}\u2069",
        f"Bylaug:\u00a0{BOOK}",
        BOOK.replace("!", "！"),
        BOOK.replace("!", "❗\ufe0f"),
        BOOK.replace(" ", "\u00a0"),
        BOOK.replace("slåning", "sla\u030aning"),
        f"> <@anna:example.org> !aflys 1\n\n{BOOK}",
        f"{BOOK}\n\nMvh Anna",
        f"{BOOK}. Venlig hilsen Anna fra Skovby",
    ],
)
async def test_a_command_is_carried_out_however_a_phone_sends_it(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, text)
        assert list(await read_state(stage)) == BOOKED


SHOWN = (
    f"`{BOOK}`",
    f"```\n{BOOK}\n```",
    f"```{BOOK}```",
    f"Man skriver `{BOOK}`, så spørger den",
    f"Sådan her:\n```\n{BOOK}\n```\nså er den der",
    f"“{BOOK}”",
    f'Skriv "{BOOK}"',
    f"> {BOOK}",
    f"> <@anna:example.org> {BOOK}\n\nDet er da fint",
    f"~~{BOOK}~~",
    f"Skriv bare {BOOK}",
    "Sådan!\n!wow hvor godt",
)


async def test_a_command_that_is_only_shown_is_left_alone(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        for text in SHOWN:
            assert await stage.say(CLUB, text) == [], text
        assert await read_state(stage) == ()


@pytest.mark.parametrize("text", ["`!ja`", "Skriv “!ja”", "Skriv “!\ufe0fja”", "> !ja", "~~ja~~"])
async def test_an_answer_that_is_only_shown_is_left_alone(text: str, tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        before = await read_state(stage)
        assert await stage.say(FIRM, text, under=card) == []
        assert await read_state(stage) == before


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        (f"Græsset er højt nu.\n{BOOK}", True),
        (f"Hej alle, sådan booker man:\n{BOOK}", True),
        (f"Vi ses onsdag\n{BOOK}", True),
        (f"Hvis det ikke regner\n{BOOK}", False),
        (f"I må ikke skrive\n{BOOK}", False),
    ],
)
async def test_a_command_behind_other_words_is_asked_about(text: str, asks: bool, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        heard = await stage.say(CLUB, text)
        assert text.splitlines()[0] in heard[0].plain
        assert await read_state(stage) == ()
        question = next((one.target for one in heard if one.plain == "✅"), None)
        assert (question is not None) is asks
        if question:
            await stage.tap(CLUB, "✅", question)
            assert list(await read_state(stage)) == BOOKED


async def test_an_edit_that_puts_words_before_the_command_corrects_nothing(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        said = stage.incoming(CLUB, "message", {"text": BOOK, "to_us": False, "mentions": []})
        await stage.bring(said)
        text = f"Kun hvis det er tørt\n{BOOK.replace('14', '16')}"
        heard = await stage.bring(stage.incoming(CLUB, "edit", {"text": text, "target": said.external_id}))
        assert "Kun hvis det er tørt" in heard[0].plain
        assert list(await read_state(stage)) == BOOKED


def _translate(content: dict[str, object]) -> str | None:
    event = {"type": "m.room.message", "sender": "@anna:example.org", "event_id": "$1", "content": content}
    found = translate("!room:example.org", event, "@bylaug:example.org", START_TIME)
    return None if found is None else found.payload["text"]


@pytest.mark.parametrize("kind", ["m.image", "m.video", "m.audio", "m.file"])
def test_a_caption_is_what_its_sender_says(kind: str) -> None:
    picture = {"msgtype": kind, "url": "mxc://example.org/a", "body": "!færdig 1", "filename": "IMG_1.jpg"}
    assert _translate(picture) == "!færdig 1"
    assert _translate({**picture, "body": "IMG_1.jpg"}) is None
    assert _translate({"msgtype": kind, "body": "!færdig 1"}) is None


@pytest.mark.parametrize(
    ("body", "html", "text"),
    [
        ("!ja", "<code>!ja</code>", "`!ja`"),
        ("!ja", "<pre><code>!ja\n</code></pre>", "`!ja`"),
        ("Skriv !ja, tak", "<p>Skriv <code>!ja</code>, tak</p>", "Skriv `!ja`, tak"),
        ("`!ja`", "<code>!ja</code>", "`!ja`"),
        ("!ja\nfint", "<blockquote><p>!ja</p></blockquote><p>fint</p>", "> !ja\nfint"),
        ("!ja\n!nej", "<blockquote>!ja<br>!nej</blockquote>", "> !ja\n> !nej"),
        ("!ja", "<del>!ja</del>", "~~!ja~~"),
        ("!ja 1", "<mx-reply><blockquote>!ja 1</blockquote></mx-reply>!ja 1", "!ja 1"),
        ("!ja", "<strong>!ja</strong>", "!ja"),
        ("!ja", "<code>!ja", "!ja"),
        ("!ja &", "<code>!ja &amp;</code>", "`!ja &`"),
    ],
)
def test_code_and_quotations_of_the_html_are_marked(body: str, html: str, text: str) -> None:
    assert _translate({"msgtype": "m.text", "body": body, "formatted_body": html}) == text


async def test_a_caption_answers_under_a_card(tmp_path: Path) -> None:
    async with stage_after("begun", tmp_path) as (stage, card):
        await stage.say(FIRM, "nu er den slået", under=card)
        assert (await read_state(stage))[0][2] == "done"
