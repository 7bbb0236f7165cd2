"""A feature that fails: the sender gets a reference that is in the log too, and the next message is handled."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from open_stage import expected_line, first_lines, open_stage
from sample_community import CLUB
from sqlalchemy import select, text

from bot.api import TEXT, Argument, Ask, Command, Feature, Refused, Request
from bot.store.facts import get_fact, set_fact
from bot.store.tables import inbox

FAULT = expected_line("fault", reference="…").partition("…")[0]


async def fail(request: Request, how: str) -> None:
    """Store a fact, say something, and fail in one of several ways."""
    await set_fact(request.db, "failed", how)
    await request.say("help-title")
    match how:
        case "raise":
            raise ZeroDivisionError
        case "sentence":
            raise Refused("there-is-no-such-sentence")
        case "value":
            raise Refused("agreement-unknown")
        case "question":
            raise Ask("there is no such argument", "help-title")
        case "sql":
            await request.db.execute(text("SELECT nothing FROM nowhere"))
        case "number":
            await request.db.execute(select(inbox).where(inbox.c.id == 2**80))
        case "constraint":
            await request.db.execute(text("INSERT INTO history (agreement_id) VALUES (1)"))
        case "json":
            await request.say("pong", token=object)
            await request.change(1, "help-title", "1", 1)
        case "tap":
            await request.show("help-title", "1", 0, taps=(object(),))  # type: ignore[arg-type]
        case "refused":
            raise Refused("help-title")


def trouble(folder: Path) -> Feature:
    """Make a feature with one command, `!fejl HOW`."""
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    for language in ("da", "en"):
        (folder / "texts" / f"{language}.yaml").write_text("help-title: Fejl\nhelp-fail: fejl\nexample-fail: '!fejl'\n")
    command = Command("fail", {"da": ("fejl",), "en": ("fail",)}, fail, (Argument("how", TEXT),))
    return Feature("trouble", folder, (command,))


@pytest.mark.parametrize("how", ["raise", "sentence", "value", "question", "sql", "number", "constraint", "tap"])
async def test_a_fault_is_apologised_for_and_the_next_message_works(
    how: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    async with open_stage(tmp_path, trouble(tmp_path)) as stage:
        heard = first_lines(await stage.say(CLUB, f"!fejl {how}"))
        assert [one.startswith(FAULT) for one in heard] == [True]
        reference = heard[0].removeprefix(FAULT)[:6]
        assert [reference in record.getMessage() for record in caplog.records] == [True]
        assert caplog.records[0].exc_info is not None
        assert first_lines(await stage.say(CLUB, "!fejl refused")) == ["Fejl"]
        async with stage.context.store.read() as connection:
            outcomes = (await connection.execute(select(inbox.c.outcome).order_by(inbox.c.id))).scalars().all()
            assert await get_fact(connection, "failed") is None
        assert outcomes == ["fault", "refused"]


async def test_a_refusal_keeps_nothing_of_what_was_done_before(tmp_path: Path) -> None:
    async with open_stage(tmp_path, trouble(tmp_path)) as stage:
        assert first_lines(await stage.say(CLUB, "!fejl refused")) == ["Fejl"]
        async with stage.context.store.read() as connection:
            assert await get_fact(connection, "failed") is None


async def test_what_returns_is_kept_with_its_answer(tmp_path: Path) -> None:
    async with open_stage(tmp_path, trouble(tmp_path)) as stage:
        assert first_lines(await stage.say(CLUB, "!fejl intetsteds")) == ["Fejl"]
        async with stage.context.store.read() as connection:
            assert await get_fact(connection, "failed") == "intetsteds"


async def test_a_timer_that_fails_is_logged_and_said_to_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from datetime import timedelta

    async def ring(request: Request, subjects: Sequence[str]) -> None:
        raise ZeroDivisionError

    async def set_it(request: Request, how: str) -> None:
        await request.remind("ring", "1", request.now + timedelta(minutes=1))
        await request.say("help-title")

    made = trouble(tmp_path)
    command = Command("fail", {"da": ("fejl",), "en": ("fail",)}, set_it, (Argument("how", TEXT),))
    feature = Feature("trouble", made.folder, (command,), timers={"ring": ring})
    async with open_stage(tmp_path, feature) as stage:
        await stage.say(CLUB, "!fejl x")
        assert await stage.wait(timedelta(minutes=2)) == []
        assert [record.exc_info is not None for record in caplog.records if record.levelno >= logging.ERROR] == [True]
        assert first_lines(await stage.say(CLUB, "!ping")) == ["🏓 pong"]
