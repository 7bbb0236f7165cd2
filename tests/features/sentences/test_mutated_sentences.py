"""A right sentence into which something is put that changes its meaning never changes anything unasked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from corpus import RIGHT, RIGHT_ENGLISH, Said, read_state, say, stage_after
from sqlalchemy import delete

from bot.store.tables import questions

#: What is put into a sentence in each room, by name. `{first}` is its first word, `{rest}` the others.
_MUTATIONS = {
    "skovby": {
        "not": "{first} ikke {rest}",
        "not at the end": "{first} {rest} ikke",
        "if": "{first} {rest} hvis det ikke regner",
        "unless": "{first} {rest}, medmindre det er vådt",
        "or": "{first} {rest} eller lørdag",
        "but": "{first} {rest} men kun halvdelen",
        "another agreement": "{first} {rest} aftale 7",
        "a second thing": "{first} {rest} og bane 3",
        "another day": "{first} {rest} på søndag",
    },
    "riverside": {
        "not": "{first} not {rest}",
        "not at the end": "{first} {rest} not",
        "if": "{first} {rest} if it does not rain",
        "unless": "{first} {rest}, unless it is wet",
        "or": "{first} {rest} or saturday",
        "but": "{first} {rest} but only half of it",
        "another agreement": "{first} {rest} agreement 7",
        "a second thing": "{first} {rest} and pitch 3",
        "another day": "{first} {rest} on sunday",
    },
}
#: A booking may name any day.
_NOT_OF_BOOKINGS = {"another day"}
#: The thing that is named, and another one in its place.
_OTHER_THINGS = {"bane 2": "bane 3", "toeren": "treeren", "pitch 2": "pitch 3"}
#: A thing that is put into a sentence that names none.
_THINGS = {"skovby": "bane 3", "riverside": "pitch 3"}


def mutations(said: Said) -> Iterator[str]:
    """Yield what becomes of a sentence."""
    first, _, rest = said.text.partition(" ")
    for name, pattern in _MUTATIONS[said.room].items():
        if not (said.setup == "none" and name in _NOT_OF_BOOKINGS):
            yield pattern.format(first=first, rest=rest).replace("  ", " ")
    if said.setup != "none":  # of an agreement that there is
        named = [thing for thing in _OTHER_THINGS if thing in said.text]
        for thing in named:
            yield said.text.replace(thing, _OTHER_THINGS[thing])
        if not named:
            yield f"{said.text} {_THINGS[said.room]}"


@pytest.mark.parametrize("said", [*RIGHT, *RIGHT_ENGLISH], ids=lambda said: said.text)
async def test_a_mutated_sentence_changes_nothing_unasked(said: Said, tmp_path: Path) -> None:
    async with stage_after(said.setup, tmp_path, said.room) as (stage, card):
        before = await read_state(stage)
        for text in mutations(said):
            stage.now += timedelta(minutes=2)
            await say(stage, said, card, text)
            assert await read_state(stage) == before, text
            async with stage.context.store.write() as connection:  # so that the next sentence is no answer to it
                await connection.execute(delete(questions))
