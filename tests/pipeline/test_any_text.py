"""Any text in any language, and real commands with accidents, are read or refused in bounded time without a fault."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis_settings import hypothesis_settings
from open_stage import open_stage
from sample_community import CLUB, make_community
from sqlalchemy import func, select

from bot.api.arguments.kind import ReadingContext
from bot.errors import Refused
from bot.features.bookings import feature as bookings
from bot.matrix.sync.translate import MAX_TEXT_CHARACTERS
from bot.parsing.when import When
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand, read_command
from bot.pipeline.load_features import load_features
from bot.store.tables import agreements
from bot.testing import Stage

#: Seconds of this process's own time that a text may take to be understood; the longest one takes a tenth.
PATIENCE = 2.0
FEATURES = FeatureSet(load_features(["bookings"]))
NOW = datetime(2026, 6, 9, 10)

REAL = [
    *(
        str(bookings.catalogue.say(language, f"example-{command.name}", {}))
        for language in ("da", "en")
        for command in bookings.commands
        if command.words
    ),
    "!book bane 1 slåning fredag kl. 14",
    "!book slåning af bane 2 hver fredag fra kl. 9 til 11",
    "!book bane 1 kridte den 12. juni kl. 14-16 @firma",
    "!reserve bane 2 slåning next Tuesday at noon for two hours",
    "!flyt 1 til torsdag om 14 dage kl. halv ni",
    "!bestil klipning træningsbanen i overmorgen eftermiddag, tak",
    "!aflys 1 fordi det regner, og fordi Kurt siger “nej”",
    "!bane 1",
    "!bok bane 1 fredag",
]
ODD = st.sampled_from(
    [
        *"!@#.:,;-–/\\'\"<>&{}[]()%\u0000\u200b\u202e\ufeff\ud7ff\U0001f69c³½١٢à",
        *("kl.", "24:61", "0/0", "9" * 20, "!book ", "næste ", "every ", "-1", "\n\n", "🕑", "ß", "ǆ", "İ"),
    ]
)


@st.composite
def broken_commands(draw: st.DrawFn) -> str:
    """Draw a real command with a few accidents: words lost, doubled, moved, changed, or odd characters put in."""
    words = draw(st.sampled_from(REAL)).split(" ")
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(len(words) - 1, 0)))
        accident = draw(st.sampled_from(["lose", "double", "move", "put", "glue", "cut", "swap"]))
        word = words[at] if words else ""
        match accident:
            case "lose":
                words[at : at + 1] = []
            case "double":
                words[at : at + 1] = [word, word]
            case "move":
                words = [*words[at + 1 :], *words[: at + 1]]
            case "put":
                words.insert(at, draw(ODD))
            case "glue":
                words[at : at + 2] = ["".join(words[at : at + 2])]
            case "cut":
                words[at : at + 1] = [word[: draw(st.integers(0, len(word)))]]
            case "swap":
                words[at : at + 1] = [word[1:2] + word[:1] + word[2:]]
    return " ".join(words)


TEXTS = st.one_of(
    broken_commands(),
    broken_commands(),
    st.text(max_size=300),
    st.text("bane 1slåingfredkl.!:-/0123456789", max_size=80),
)


def read(text: str, language: str = "da") -> CommandCall | None:
    """Return the command that is read in a text, None if a suggestion or a refusal is the answer."""
    try:
        return read_command(
            FEATURES, ReadingContext(make_community(language=language), language, NOW), text.strip().removeprefix("!")
        )
    except (SuggestCommand, Refused):
        return None


@given(TEXTS, st.sampled_from(["da", "en"]))
@hypothesis_settings(400)
def test_any_text_is_read_or_refused_in_bounded_time(text: str, language: str) -> None:
    begun = time.process_time()
    read(text, language)
    assert time.process_time() - begun < PATIENCE


@pytest.mark.parametrize(
    "part", ["fredag kl. 14 ", "bane ", "1", "kl. ", "!", "\u0301", "næste ", "1/1 ", "den 12. ", "@"]
)
def test_the_longest_text_there_can_be_is_read_in_bounded_time(part: str) -> None:
    begun = time.process_time()
    read("book " + (part * MAX_TEXT_CHARACTERS)[: MAX_TEXT_CHARACTERS - 5])
    assert time.process_time() - begun < PATIENCE


@pytest.fixture(scope="module")
def shared_stage() -> Iterator[tuple[asyncio.Runner, Stage]]:
    """One stage for all examples: opening one takes longer than a hundred answers."""
    folder = Path(tempfile.mkdtemp())
    with asyncio.Runner() as runner:
        opened = open_stage(folder, names=("bylaug",))
        yield runner, runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))
    shutil.rmtree(folder)


async def count_agreements(stage: Stage) -> int:
    async with stage.context.store.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(agreements))).scalar_one())


async def say_alone(stage: Stage, text: str) -> tuple[int, int, int]:
    """Send a text and undo its effects; return how many answers, faults and agreements it led to."""
    before, faults = await count_agreements(stage), stage.context.health.counts["faults", ""]
    heard = await stage.say(CLUB, text)
    after = await count_agreements(stage), stage.context.health.counts["faults", ""]
    if after[0] > before:
        await stage.say(CLUB, f"!aflys {after[0]}")
    async with stage.context.store.write() as connection:
        await connection.exec_driver_sql("UPDATE questions SET closed_at = asked_at WHERE closed_at IS NULL")
    return len([one for one in heard if one.kind == "say"]), after[1] - faults, after[0] - before


@given(TEXTS)
@hypothesis_settings(150)
def test_any_text_is_answered_at_most_once_and_books_nothing_it_does_not_say_in_full(
    shared_stage: tuple[asyncio.Runner, Stage], text: str
) -> None:
    runner, stage = shared_stage
    said = text.replace("\x00", "").encode("utf-8", "replace").decode()
    answers, faults, booked = runner.run(say_alone(stage, said))
    assert (faults, answers <= 1, booked <= 1) == (0, True, True)
    if booked:
        call = read(said)
        assert call is not None
        assert call.command.name == "book"
        assert {"thing", "task", "time"} <= call.values.keys()
        when: When = call.values["time"]
        assert (when.has_clock, when.loose, isinstance(when.start, datetime)) == (True, False, True)
