"""What the meaning of a text depends on: who wrote it, where, when and in which language."""

from dataclasses import dataclass
from datetime import datetime

from bot.config.community import Community


@dataclass(frozen=True)
class ReadingContext:
    """The community, the language of the writer, the local time (naive), and the addresses that a message mentions.

    `is_under_card`: it is written in the thread of a card, and so about what the card shows.
    """

    community: Community
    language: str
    now: datetime
    mentions: tuple[str, ...] = ()
    is_under_card: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the text may be written, the person's own first."""
        return tuple(dict.fromkeys((self.language, *self.community.languages)))
