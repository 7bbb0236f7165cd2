"""A person who leaves the room keeps their agreements, and the other party is told once."""

from pathlib import Path

from open_stage import first_lines, open_stage
from sample_community import CLUB, FIRM, FOREMAN, STRANGER

from bot.testing import Heard, Stage

CARD = "$bot-1"
BOOK = "!book bane 1 slåning fredag kl. 14"


async def leave(stage: Stage, who: str, present: tuple[str, ...] = ()) -> list[Heard]:
    return await stage.bring(stage.incoming(who, "departure", {"present": list(present)}))


async def come(stage: Stage, who: str) -> list[Heard]:
    return await stage.bring(stage.incoming(who, "arrival", {}))


async def test_the_other_party_is_told_in_the_thread_of_the_card(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        (told,) = await leave(stage, CLUB)
        assert (told.kind, told.target, told.notify) == ("say", CARD, (FIRM, FOREMAN))
        assert told.plain == (
            "🚪 Klubben er ikke længere i rummet. Firmaet, aftale 1 om slåning af bane 1 "
            "fredag den 12. juni kl. 14-16 er uændret. Skal den ikke gælde mere, så skriv !aflys 1."
        )
        await stage.tap(FIRM, "✅", CARD)
        assert (await stage.say(CLUB, "!aftaler"))[0].plain.startswith("Aftalt\n1: slåning af bane 1")


async def test_several_agreements_are_told_of_in_one_message(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        await stage.say(CLUB, "!book bane 2 slåning lørdag kl. 14")
        await stage.say(STRANGER, "!book bane 2 slåning søndag kl. 14")
        (told,) = await leave(stage, CLUB)
        assert (told.target, told.notify) == (None, (FIRM, FOREMAN))
        assert [line[:2] for line in told.plain.split("\n")] == ["🚪 ", "1:", "2:", "Sk"]


async def test_told_once_until_they_came_back_and_left_again(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        assert [len(await leave(stage, CLUB)) for _ in range(2)] == [1, 0]
        assert await come(stage, CLUB) == []
        assert len(await leave(stage, CLUB)) == 1


async def test_a_party_of_several_addresses_has_left_with_the_last_of_them(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        assert await leave(stage, FIRM, present=(FOREMAN,)) == []
        assert first_lines(await leave(stage, FOREMAN))[0].startswith("🚪 Firmaet er ikke længere i rummet. Klubben,")


async def test_whoever_is_back_by_the_time_it_is_heard_of_has_not_left(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        both = [stage.incoming(CLUB, "departure", {}), stage.incoming(CLUB, "arrival", {})]
        assert await stage.bring(*both) == []
        assert len(await leave(stage, CLUB)) == 1


async def test_nobody_is_told_of_those_who_have_nothing_open(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, BOOK)
        await stage.say(FIRM, "!afvis 1")
        assert await leave(stage, CLUB) == []
        assert await leave(stage, STRANGER) == []


async def test_a_neighbour_whom_the_file_does_not_list_is_missed_too(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(STRANGER, BOOK)
        assert first_lines(await leave(stage, STRANGER))[0].startswith("🚪 @fremmed er ikke længere i rummet. Firmaet,")
