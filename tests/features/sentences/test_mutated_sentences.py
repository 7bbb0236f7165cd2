"""A right sentence into which something is put that changes its meaning never changes anything unasked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import RIGHT, Said, read_state, say, stage_after

#: What is put into a sentence, by name. `{first}` is its first word, `{rest}` the others.
_MUTATIONS = {
    "not": "{first} ikke {rest}",
    "not at the end": "{first} {rest} ikke",
    "if": "{first} {rest} hvis det ikke regner",
    "unless": "{first} {rest}, medmindre det er vådt",
    "or": "{first} {rest} eller lørdag",
    "but": "{first} {rest} men kun halvdelen",
    "another agreement": "{first} {rest} aftale 7",
    "a second thing": "{first} {rest} og bane 3",
    "another day": "{first} {rest} på søndag",
}
#: A booking may name any day.
_NOT_OF_BOOKINGS = {"another day"}


def mutations() -> Iterator[tuple[Said, str, str]]:
    for said in RIGHT:
        first, _, rest = said.text.partition(" ")
        for name, pattern in _MUTATIONS.items():
            if not (said.setup == "none" and name in _NOT_OF_BOOKINGS):
                yield said, name, pattern.format(first=first, rest=rest).replace("  ", " ")


@pytest.mark.parametrize(
    ("said", "text"), [(said, text) for said, _, text in mutations()], ids=lambda value: str(value)[:60]
)
async def test_a_mutated_sentence_changes_nothing_unasked(said: Said, text: str, tmp_path: Path) -> None:
    async with stage_after(said.setup, f"sqlite+aiosqlite:///{tmp_path / 'bylaug.db'}") as (stage, card):
        before = await read_state(stage)
        await say(stage, said, card, text)
        assert await read_state(stage) == before
