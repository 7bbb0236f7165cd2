"""A renamed feature: files may use the former name, and rows that are stored under it are found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from importlib import metadata
from pathlib import Path

import pytest
from open_stage import first_lines, open_stage
from sample_community import CLUB, FIRM, RIVAL
from sqlalchemy import select

from bot.api import (
    AGREEMENT_NUMBER,
    THING,
    TIME,
    YES,
    Action,
    Argument,
    Command,
    Feature,
    Request,
    Terms,
    Thing,
    When,
    find_agreement,
    offer_actions,
    propose,
    set_card,
)
from bot.cli import main
from bot.errors import Fatal
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.load_features import load_features
from bot.store.tables import agreements, due, outbox, questions
from bot.testing import Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
HOUR = timedelta(hours=1)


async def wash(request: Request, thing: Thing, time: When) -> None:
    """Propose an hour to the firm; the card can be tapped, and a timer is set."""
    window = request.to_span(time)
    attendee = request.find_person_at(FIRM)
    made = await propose(request, attendee=attendee, terms=Terms(window.start, window.start + HOUR), thing=thing)
    await set_card(request, made, await request.show("card", str(made.number), 1, taps=(YES,)))
    await request.remind("ready", str(made.number), request.now + HOUR)


async def dry(request: Request, number: int) -> None:
    """Move the timer of an agreement."""
    await request.remind("ready", str(number), request.now + 2 * HOUR)
    await request.say("dried")


async def stop(request: Request, number: int) -> None:
    """Delete the timer of an agreement."""
    await request.forget(str(number))
    await request.say("stopped")


async def offer(request: Request) -> None:
    await offer_actions(request, "offer", [Action("1", "stop", {"number": 1})])


async def answer_tap(request: Request, subject: str, emoji: str) -> None:
    agreement = await find_agreement(request, subject)
    shown = await request.revision_shown(subject)
    await request.tell("tapped", under=agreement.card, number=agreement.number, shown=shown)


async def say_ready(request: Request, subjects: Sequence[str]) -> None:
    await request.tell("ready", numbers=", ".join(subjects))


def laundry(folder: Path, name: str, *former_names: str) -> Feature:
    texts = """\
help-title: Vask
help-wash: v
example-wash: "!vask"
help-dry: t
example-dry: "!tør"
help-stop: s
example-stop: "!stop"
help-offer: o
example-offer: "!tilbyd"
card: Vask
offer: Tilbud
dried: Tørrer
stopped: Stoppet
tapped: "Tryk {{ number }} {{ shown }}"
ready: "Færdig {{ numbers }}"
"""
    (folder / "texts").mkdir(exist_ok=True)
    for language in ("da", "en"):
        (folder / "texts" / f"{language}.yaml").write_text(texts, "utf-8")
    number = (Argument("number", AGREEMENT_NUMBER),)
    commands = (
        Command("wash", {"da": ("vask",)}, wash, (Argument("thing", THING), Argument("time", TIME))),
        Command("dry", {"da": ("tør",)}, dry, number),
        Command("stop", {"da": ("stop",)}, stop, number),
        Command("offer", {"da": ("tilbyd",)}, offer),
    )
    return Feature(name, folder, commands, on_tap=answer_tap, timers={"ready": say_ready}, former_names=former_names)


def rename(stage: Stage, feature: Feature) -> None:
    """Use the feature under its new name; the community's file still has the former one."""
    installed = {name: one for name, one in stage.context.features.by_name.items() if name not in feature.names}
    stage.context.features = FeatureSet({**installed, feature.name: feature})


async def stored_names(stage: Stage) -> set[str]:
    """Return all names of features in the database, except bookings and the guide."""
    async with stage.context.store.read() as connection:
        rows = [
            *(await connection.execute(select(due.c.feature))).scalars(),
            *(await connection.execute(select(questions.c.feature))).scalars(),
            *(await connection.execute(select(agreements.c.feature))).scalars(),
            *(await connection.execute(select(outbox.c.subject).where(outbox.c.subject.is_not(None)))).scalars(),
        ]
    return {row.partition("/")[0] for row in rows} - {"question"}


async def test_what_was_stored_under_the_former_name_works_after_the_rename(tmp_path: Path) -> None:
    async with open_stage(tmp_path, laundry(tmp_path, "laundry")) as stage:
        (card, *_) = await stage.say(CLUB, "!vask bane 1 fredag kl. 14")
        asked = await stage.say(RIVAL, "!vask bane 2")
        (offered, *_) = await stage.say(CLUB, "!tilbyd")
        rename(stage, laundry(tmp_path, "washhouse", "laundry"))
        assert first_lines(await stage.tap(FIRM, YES, card.event)) == ["Tryk 1 1"]
        assert first_lines(await stage.say(RIVAL, "fredag kl. 16", under=asked[0].event)) == ["Vask"]
        assert first_lines(await stage.wait(HOUR)) == ["Færdig 1, 2"]
        assert first_lines(await stage.tap(CLUB, "1️⃣", offered.event)) == ["Stoppet"]
        assert await stored_names(stage) == {"laundry"}


@pytest.mark.parametrize(("command", "after_an_hour", "later"), [("tør", [], ["Færdig 1"]), ("stop", [], [])])
async def test_timer_set_before_the_rename_is_moved_and_dropped_after_it(
    command: str, after_an_hour: list[str], later: list[str], tmp_path: Path
) -> None:
    async with open_stage(tmp_path, laundry(tmp_path, "laundry")) as stage:
        await stage.say(CLUB, "!vask bane 1 fredag kl. 14")
        rename(stage, laundry(tmp_path, "washhouse", "laundry"))
        await stage.say(CLUB, f"!{command} 1")
        assert first_lines(await stage.wait(HOUR)) == after_an_hour
        assert first_lines(await stage.wait(HOUR)) == later


async def test_program_from_before_the_rename_understands_what_was_written_after_it(tmp_path: Path) -> None:
    async with open_stage(tmp_path, laundry(tmp_path, "washhouse", "laundry", "wash")) as stage:
        (card, *_) = await stage.say(CLUB, "!vask bane 1 fredag kl. 14")
        rename(stage, laundry(tmp_path, "laundry"))
        stage.context.features = FeatureSet(
            {name: one for name, one in stage.context.features.by_name.items() if name != "washhouse"}
        )
        assert first_lines(await stage.tap(FIRM, YES, card.event)) == ["Tryk 1 1"]
        assert first_lines(await stage.wait(HOUR)) == ["Færdig 1"]


@pytest.mark.parametrize("names", [("grounds",), ("closures",), ("grounds", "closures"), ("closures", "grounds")])
async def test_feature_is_there_once_under_whichever_names_the_file_has(names: tuple[str, ...], tmp_path: Path) -> None:
    community = replace(read_community(ROOMS / "skovby.yaml"), features=("bookings", *names))
    async with Stage.open(f"sqlite+aiosqlite:///{tmp_path}/stage.db", community) as stage:
        assert [one.name for one in stage.context.features.enabled_in(community)] == ["bookings", "closures", "guide"]
        helped = (await stage.say("banevagten", "!hjælp"))[0].plain
        assert helped.count("!luk bane 2") == 1
        closed = await stage.say("banevagten", "!luk bane 2 onsdag gødning")
        assert closed[-1].plain.startswith("🔒 Bane 2 er lukket onsdag den 10. juni")
        told = await stage.say("skovby-if", "!hvorfor bane 2 onsdag kl. 14")
        assert told[0].plain.count("bane 2 er lukket (gødning)") == 1


async def test_stage_takes_a_feature_for_its_former_name_in_the_file(tmp_path: Path) -> None:
    renamed = laundry(tmp_path, "washhouse", "laundry")
    async with open_stage(tmp_path, renamed, features=("bookings", "laundry")) as stage:
        assert first_lines(await stage.say(CLUB, "!vask bane 1 fredag kl. 14")) == ["Vask"]


def test_feature_wanted_by_both_names_is_loaded_once() -> None:
    assert list(load_features({"grounds", "closures"})) == ["closures", "guide"]
    assert list(load_features({"grounds"})) == ["closures", "guide"]


def test_former_name_that_another_feature_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        name = "grounds"

        def load(self) -> Feature:
            return laundry(tmp_path, "grounds")

    def points(group: str, name: str = Point.name) -> list[Point]:
        return [Point()] if name == Point.name else []

    monkeypatch.setattr(metadata, "entry_points", points)
    with pytest.raises(Fatal, match="'closures' and 'grounds' both have the name 'grounds'"):
        load_features({"closures", "grounds"})


def test_check_names_the_new_name_and_is_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLAUG_PASSWORD", "adgangskode")
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    file = rooms / "skovby.yaml"
    file.write_text(
        'name: Skovby\nroom: "#skovby"\nfeatures:\n  - bookings\n  - grounds\npeople: {firma: {roles: contractor}}\n'
        "things: {bane: }\ntasks: {slåning: {duration: 2h}}\n",
        "utf-8",
    )
    config = f"homeserver: http://127.0.0.1:9\naccount: '@bylaug:example.org'\ncommunities: {rooms}\n"
    (tmp_path / "config.yaml").write_text(config, "utf-8")
    assert main(["check", "-c", str(tmp_path / "config.yaml")]) == 0
    said = capsys.readouterr()
    assert said.err == f"{file}:5: features › number 2: 'grounds' is called 'closures' now\n"
    assert said.out == f"{file}: Skovby, 1 people, bookings, grounds\n"
