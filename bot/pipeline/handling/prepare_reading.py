"""Builds what the reading of messages needs, before the first message comes: patterns, and each community's words."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from bot.api.arguments.time import find_time
from bot.api.request.reading_context import ReadingContext
from bot.config.community import Community
from bot.errors import Refused
from bot.parsing.answer import is_pleasantry, yes_or_no
from bot.parsing.sentences.message import clean_message, name_weekdays
from bot.parsing.sentences.signals import find_signals, strip_signature
from bot.parsing.unread_words import Sentence
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.handling.messages.commands import read_typed_command
from bot.pipeline.handling.messages.options import Choice, select
from bot.pipeline.handling.read_command import SuggestCommand

#: A message without a name of the community, which the words of no language need to fit.
_MESSAGE = "1, 2 ... 12:30 & 3-4 x"


#: A community with fewer people, things and tasks costs its first message at most a few milliseconds.
MANY_NAMES = 30


async def prepare_all(features: FeatureSet, communities: Sequence[Community]) -> None:
    """Prepare the reading of the communities' messages in a thread, so that no message blocks the event loop."""
    for community in select_communities(communities):
        await asyncio.to_thread(prepare_reading, features, community)


def select_communities(communities: Sequence[Community]) -> list[Community]:
    """Return the communities whose first message would take long.

    These are the first one with its features and languages, whose patterns all others with them share, and those with
    many names.
    """
    first = {(community.features, community.languages): community for community in reversed(communities)}
    return [
        community
        for community in communities
        if first[community.features, community.languages] is community or _count_names(community) >= MANY_NAMES
    ]


def _count_names(community: Community) -> int:
    return len(community.people) + len(community.things) + len(community.tasks)


def prepare_reading(features: FeatureSet, community: Community) -> None:
    """Read a message with every kind of argument of a community, in each of its languages. May be called in a thread.

    Patterns and words are built when they are first used, which would take the first message a quarter of a second.
    """
    commands = [command for feature in features.enabled_in(community) for command in feature.commands]
    for language in community.languages:
        reading = ReadingContext(community, language, datetime(2026, 6, 9, 10))
        for kind in {id(each.kind): each.kind for command in commands for each in command.arguments}.values():
            kind.read_several(Sentence(_MESSAGE, reading.languages), reading)
        word = next(iter(features.words_in(community)), "")
        with suppress(Refused, SuggestCommand):
            read_typed_command(features, reading, f"{word} {_MESSAGE}")
        text = name_weekdays(strip_signature(clean_message(_MESSAGE), reading.languages), reading.languages)
        find_signals(text, reading.languages)
        find_time(text, reading, several=True)
        is_pleasantry(text, reading.languages)
        yes_or_no(text, reading.languages)
        select([Choice(text)], text, reading.languages)
