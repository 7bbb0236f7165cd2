"""The commands of a message are found as they were written."""

import pytest
from sample_community import CLUB, message

from bot.pipeline.context import Context
from bot.pipeline.inbound.addressing import find_addressed


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("!aflys 1 regn\n\n\nMvh Anna", ("aflys 1 regn\n\n\nMvh Anna",)),
        ("**!aflys 1**\n!aflys 2", ("aflys 1", "aflys 2")),
    ],
)
def test_command_keeps_its_lines_and_loses_only_the_marks_of_bold_type(
    context: Context, text: str, commands: tuple[str, ...]
) -> None:
    addressed = find_addressed(message(CLUB, text), context)
    assert addressed is not None
    assert addressed.commands == commands
