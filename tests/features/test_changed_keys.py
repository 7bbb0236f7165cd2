"""A community's file is changed: what was agreed keeps its thing, its work and its people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from skovby_stage import CLUB, FIRM, ROOMS, read_agreement, texts_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.config.community import Community
from bot.errors import ConfigError, Unavailable
from bot.pipeline.keys.settle import settle_keys
from bot.testing import Stage, read_community

FILE = (ROOMS / "skovby.yaml").read_text("utf-8").replace("matches, reminders, settings, calendar", "calendar")
FRIDAY = "fredag kl. 14"


def read(folder: Path, *changes: tuple[str, str], name: str = "skovby") -> Community:
    """Return the community of the shipped file with texts replaced, each of which is there."""
    content = FILE
    for old, new in changes:
        assert old in content, f"the file has no {old!r}"
        content = content.replace(old, new)
    file = folder / f"{name}.yaml"
    file.write_text(content, "utf-8")
    return read_community(file)


@asynccontextmanager
async def agreed_stage(url: str, folder: Path) -> AsyncIterator[Stage]:
    """A stage on which mowing of pitch 1 is agreed on for Friday, as agreement 1."""
    community = read(folder)
    async with Stage.open(url, community) as stage:
        stage.now = datetime.fromisoformat("2026-06-09T10:00").replace(tzinfo=community.time_zone)
        await stage.configure(community)
        card = (await stage.say(CLUB, f"!book bane 1 slåning {FRIDAY} @groen-pleje"))[0].event
        await stage.tap(FIRM, "✅", card)
        assert (await read_agreement(stage, 1)).state == "agreed"
        yield stage


async def answer(stage: Stage, who: str, text: str) -> str:
    return "\n".join(texts_of(await stage.say(who, text)))


#: Pitch 1 under another key.
PITCH = ("  bane-1:\n    name: bane 1\n", "  opvisning:\n    name: bane 1\n")


async def test_a_thing_renamed_without_a_word_keeps_its_agreed_day(database_url: str, tmp_path: Path) -> None:
    """What was agreed on goes on, under the key that the file had, and the administrator is told where to say so."""
    async with agreed_stage(database_url, tmp_path) as stage:
        await stage.configure(read(tmp_path, PITCH))
        assert [thing.key for thing in stage.community.things] == ["opvisning", "bane-2", "bane-3", "hallen", "bane-1"]
        assert "aftale 1" in (await answer(stage, CLUB, f"!hvorfor bane-1 {FRIDAY}")).lower()
        (finding,) = stage.findings
        assert finding.is_warning
        assert finding.line == FILE.splitlines().index("  bane-1:") + 1
        assert "'bane-1' is not here any more" in finding.message
        assert "1 open agreement (1) still names it" in finding.message
        assert "did it become 'opvisning'? Then write 'was: bane-1'" in finding.message


async def test_a_thing_renamed_with_was_has_all_that_was_agreed(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await answer(stage, "banevagten", "!luk bane 1 den 20. juli til den 24. juli")
        await stage.say(CLUB, '!forstå "stadionet" som bane 1')
        renamed = (PITCH[0], f"{PITCH[1]}    was: bane-1\n")
        for _ in range(2):  # the second time there is nothing left to do
            await stage.configure(read(tmp_path, renamed))
            assert stage.findings == []
            assert (await read_agreement(stage, 1)).thing == "opvisning"
            assert "aftale 1" in (await answer(stage, CLUB, f"!hvorfor bane 1 {FRIDAY}")).lower()
            assert "lukket" in await answer(stage, CLUB, "!hvorfor bane 1 den 21. juli kl. 10")
            assert "1: slåning af bane 1" in await answer(stage, CLUB, "!mine")
            assert "21. juli" in await answer(stage, CLUB, "!hvorfor stadionet den 21. juli kl. 10")


async def test_a_rename_is_undone_by_a_later_one(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await stage.configure(read(tmp_path, (PITCH[0], f"{PITCH[1]}    was: [bane-0, bane-1]\n")))
        assert (await read_agreement(stage, 1)).thing == "opvisning"
        await stage.configure(read(tmp_path, (PITCH[0], f"{PITCH[0]}    was: opvisning\n")))
        assert (await read_agreement(stage, 1)).thing == "bane-1"
        await stage.configure(read(tmp_path))
        assert stage.findings == []
        assert stage.community.thing("opvisning") == stage.community.thing("bane-1")


async def test_was_may_go_after_one_start(database_url: str, tmp_path: Path) -> None:
    """A question from before the rename, which names the old key, can still be answered."""
    async with agreed_stage(database_url, tmp_path) as stage:
        await stage.say(CLUB, "!book bane 2 slåning @groen-pleje")
        second = ("  bane-2:\n    name: bane 2\n", "  traening:\n    name: bane 2\n")
        await stage.configure(read(tmp_path, (second[0], f"{second[1]}    was: bane-2\n")))
        await stage.configure(read(tmp_path, second))
        await stage.say(CLUB, "fredag kl. 9")
        assert (await read_agreement(stage, 2)).thing == "traening"


async def test_a_person_renamed_with_was_still_is_the_party(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        renamed = ("  skovby-if:\n", '  skovby:\n    was: skovby-if\n    matrix: "@skovby-if"\n')
        await stage.configure(read(tmp_path, renamed))
        assert stage.findings == []
        assert (await read_agreement(stage, 1)).organizer == "skovby"
        await answer(stage, "skovby", "!aflys 1")
        assert (await read_agreement(stage, 1)).state == "cancelled"


async def test_a_person_renamed_without_the_matrix_id_is_warned_about_once(tmp_path: Path) -> None:
    async with agreed_stage(f"sqlite+aiosqlite:///{tmp_path}/test.db", tmp_path) as stage:
        renamed = ("  skovby-if:\n", "  skovby:\n    was: skovby-if\n")
        await stage.configure(read(tmp_path, renamed))
        (finding,) = stage.findings
        assert "another Matrix id acts for 'skovby' than acted for 'skovby-if'" in finding.message
        assert "write 'matrix: \"@skovby-if:bylaug.example\"' there" in finding.message
        await stage.configure(read(tmp_path, renamed))
        assert stage.findings == []


async def test_a_person_whose_matrix_id_acts_for_a_new_handle_is_the_same(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await stage.configure(read(tmp_path, ("  skovby-if:\n", '  skovby:\n    matrix: "@skovby-if"\n')))
        assert "'skovby-if' is called 'skovby' now" in stage.findings[0].message
        assert (await read_agreement(stage, 1)).organizer == "skovby"


async def test_a_person_who_is_gone_is_still_a_party_and_no_steward(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        listed = "  skovby-if:\n    name: Skovby IF\n    roles: [club]\n"
        steward = (listed, listed.replace("club", "club, steward"))
        await stage.configure(read(tmp_path, steward))
        await stage.configure(read(tmp_path, (listed, "")))
        (finding,) = stage.findings
        assert "people: 'skovby-if' is not here any more" in finding.message
        assert "it stays as it was until they are over" in finding.message
        kept = stage.community.person("skovby-if")
        assert kept is not None
        assert (kept.name, kept.roles) == ("Skovby IF", {"club"})
        await answer(stage, CLUB, "!aflys 1")
        assert (await read_agreement(stage, 1)).state == "cancelled"
        await stage.configure(read(tmp_path, (listed, "")))
        assert stage.community.person("skovby-if") is None


async def test_a_resident_who_is_listed_later_keeps_agreements(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        address = "matrix:u/anna:bylaug.example"
        await stage.say(address, "!book bane 2 slåning fredag kl. 14 @groen-pleje")
        assert (await read_agreement(stage, 2)).organizer == address
        await stage.configure(read(tmp_path, ("people:\n", "people:\n  anna: {roles: [club]}\n")))
        assert (await read_agreement(stage, 2)).organizer == "anna"
        await answer(stage, "anna", "!aflys 2")
        assert (await read_agreement(stage, 2)).state == "cancelled"


async def test_a_task_follows_its_key(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        renamed = (("{slåning: ", "{klipning: "), ("  slåning:\n", "  klipning:\n"), ("slå, klipning, ", "slå, "))
        await stage.configure(read(tmp_path, *renamed))
        assert "tasks: 'slåning' is not here any more" in stage.findings[0].message
        assert (await read_agreement(stage, 1)).task == "slåning"
        await stage.configure(read(tmp_path, *renamed, ("  klipning:\n", "  klipning:\n    was: slåning\n")))
        assert stage.findings == []
        assert (await read_agreement(stage, 1)).task == "klipning"


async def test_things_that_are_booked_for_the_same_time_do_not_become_one(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await stage.configure(read(tmp_path, PITCH))
        await stage.say("hylke-if", f"!book opvisningsbanen slåning {FRIDAY} @groen-pleje")
        assert (await read_agreement(stage, 2)).thing == "opvisning"
        renamed = (PITCH[0], f"{PITCH[1]}    was: bane-1\n")
        await stage.configure(read(tmp_path, renamed))
        (finding,) = stage.findings
        assert "'bane-1' cannot become 'opvisning' yet: agreements 1 and 2 hold both" in finding.message
        assert [(await read_agreement(stage, number)).thing for number in (1, 2)] == ["bane-1", "opvisning"]
        await stage.say("hylke-if", "!aflys 2")
        await stage.configure(read(tmp_path, renamed))
        assert stage.findings == []
        assert [(await read_agreement(stage, number)).thing for number in (1, 2)] == ["opvisning", "opvisning"]


HALL = FILE[FILE.index("  hallen:") : FILE.index("\ntasks:")]


async def hall_stage(stage: Stage) -> None:
    """Agree on work in the hall, as agreements 2 and 3, and take the hall out of the file."""
    for day in ("fredag", "lørdag"):
        await stage.say(CLUB, f"!book hallen gulvvask {day} kl. 9 @groen-pleje")
    assert (await read_agreement(stage, 3)).thing == "hallen"


async def test_what_was_taken_out_is_asked_about_once_and_called_off_by_a_steward(
    database_url: str, tmp_path: Path
) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await hall_stage(stage)
        asked = await stage.configure(read(tmp_path, (HALL, "")))
        (question,) = [one for one in asked if one.kind == "say"]
        assert "hallen står ikke længere i fællesskabets fil, men 2 aftaler gælder stadig" in question.plain
        assert "1️⃣ Aflys dem" in question.plain
        assert question.notify == ("matrix:u/banevagten:bylaug.example",)
        more = await answer(stage, CLUB, "!book hallen gulvvask søndag kl. 9 @groen-pleje")
        assert "hallen står ikke længere i fællesskabets fil. Det, der er aftalt, gælder" in more
        topic = ("topic: Baner", "topic: Alle baner")
        assert texts_of(await stage.configure(read(tmp_path, (HALL, ""), topic))) == []
        refused = await stage.tap(CLUB, "1️⃣", question.event)
        assert "værter" in "\n".join(texts_of(refused)).lower()
        assert (await read_agreement(stage, 2)).state == "proposed"
        said = "\n".join(texts_of(await stage.tap("banevagten", "1️⃣", question.event)))
        assert "Aftalerne 2, 3 er aflyst." in said
        assert "hallen står ikke længere i fællesskabets fil" in said
        assert [str((await read_agreement(stage, number)).state) for number in (1, 2, 3)] == [
            "agreed",
            "cancelled",
            "cancelled",
        ]
        again = "\n".join(texts_of(await stage.tap("banevagten", "1️⃣", question.event)))
        assert "ikke noget at aflyse" in again or again == ""
        await stage.configure(read(tmp_path, (HALL, ""), topic))
        assert stage.findings == []
        assert stage.community.thing("hallen") is None


async def test_a_reservation_for_use_follows_and_nothing_more_is_reserved_of_what_was_taken_out(
    database_url: str, tmp_path: Path
) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await stage.say(CLUB, "!reserver hallen lørdag kl. 18-20 børnefødselsdag")
        assert (await read_agreement(stage, 2)).purpose == "børnefødselsdag"
        await stage.configure(read(tmp_path, ("  hallen:\n", "  multihal:\n    was: hallen\n")))
        assert (await read_agreement(stage, 2)).thing == "multihal"
        await stage.configure(read(tmp_path, (HALL, "")))
        again = await answer(stage, CLUB, "!reserver multihal søndag kl. 18-20 fest")
        assert "multihal står ikke længere i fællesskabets fil" in again


async def test_what_came_back_into_the_file_is_not_called_off(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await hall_stage(stage)
        asked = await stage.configure(read(tmp_path, (HALL, "")))
        question = next(one for one in asked if one.kind == "say")
        await stage.configure(read(tmp_path))
        said = "\n".join(texts_of(await stage.tap("banevagten", "1️⃣", question.event)))
        assert "hallen står i fællesskabets fil igen" in said
        assert (await read_agreement(stage, 2)).state == "proposed"
        asked = await stage.configure(read(tmp_path, (HALL, "")))
        assert any("hallen står ikke længere" in one.plain for one in asked)


async def test_without_stewards_the_room_is_only_told(tmp_path: Path) -> None:
    async with agreed_stage(f"sqlite+aiosqlite:///{tmp_path}/test.db", tmp_path) as stage:
        await hall_stage(stage)
        nobody = ("    roles: [steward]\n", "    roles: [club]\n")
        (told,) = await stage.configure(read(tmp_path, (HALL, ""), nobody))
        assert "så skriv !aflys og dens nummer" in told.plain


async def test_a_person_and_a_task_that_were_taken_out_are_asked_about(tmp_path: Path) -> None:
    async with agreed_stage(f"sqlite+aiosqlite:///{tmp_path}/test.db", tmp_path) as stage:
        club = "  skovby-if:\n    name: Skovby IF\n    roles: [club]\n"
        asked = await stage.configure(read(tmp_path, (club, "")))
        question = next(one for one in asked if one.kind == "say")
        assert "Skovby IF står ikke længere i fællesskabets fil, men en aftale gælder stadig" in question.plain
        await stage.tap("banevagten", "1️⃣", question.event)
        assert (await read_agreement(stage, 1)).state == "cancelled"


async def test_what_may_have_been_renamed_is_not_asked_about(tmp_path: Path) -> None:
    async with agreed_stage(f"sqlite+aiosqlite:///{tmp_path}/test.db", tmp_path) as stage:
        for _ in range(2):
            assert texts_of(await stage.configure(read(tmp_path, PITCH))) == []
            assert "did it become 'opvisning'?" in stage.findings[0].message


async def test_a_thing_that_nothing_names_just_goes(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await stage.say("banevagten", '!forstå "salen" som hallen')
        await stage.configure(read(tmp_path, (HALL, "")))
        assert stage.community.thing("hallen") is None
        assert "1 taught name still names it" in stage.findings[0].message
        await stage.configure(read(tmp_path, (HALL, "")))
        assert stage.findings == []


async def test_a_feature_with_open_agreements_or_closures_stays(database_url: str, tmp_path: Path) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        await answer(stage, "banevagten", "!luk bane 1 den 20. juli til den 24. juli")
        without = replace(read(tmp_path), features=("calendar",))
        settled = await settle_keys(stage.context.store, [without], stage.context.features.by_name, stage.now)
        assert settled.communities[0].features == ("calendar", "bookings", "closures")
        assert [finding.message.partition(";")[0] for finding in settled.findings] == [
            "features: 'bookings' is not here any more, and 1 open agreement (1) still names it",
            "features: 'closures' is not here any more, and 1 closure still names it",
        ]


async def test_a_rename_that_fails_in_the_middle_changes_nothing_and_is_done_later(
    database_url: str, tmp_path: Path
) -> None:
    async with agreed_stage(database_url, tmp_path) as stage:
        store, renamed = stage.context.store, read(tmp_path, (PITCH[0], f"{PITCH[1]}    was: bane-1\n"))
        async with store.write() as connection:
            await connection.execute(text("ALTER TABLE taught_names RENAME TO elsewhere"))
            view = "CREATE VIEW taught_names AS SELECT * FROM elsewhere UNION ALL SELECT * FROM elsewhere"
            await connection.execute(text(view))  # it can be read, but not written
        with pytest.raises((DBAPIError, Unavailable)):
            await stage.configure(renamed)
        assert (await read_agreement(stage, 1)).thing == "bane-1"
        async with store.write() as connection:
            await connection.execute(text("DROP VIEW taught_names"))
            await connection.execute(text("ALTER TABLE elsewhere RENAME TO taught_names"))
        await stage.configure(renamed)
        assert (await read_agreement(stage, 1)).thing == "opvisning"
        assert "1: slåning af bane 1" in await answer(stage, CLUB, "!mine")


@pytest.mark.parametrize("was", ["bane-2", "[bane-2]", "bane-1"])
def test_was_names_nothing_that_is_still_there(tmp_path: Path, was: str) -> None:
    with pytest.raises(ConfigError, match=r"things › bane-1 › was: 'bane-\d' is"):
        read(tmp_path, (PITCH[0], f"{PITCH[0]}    was: {was}\n"))
