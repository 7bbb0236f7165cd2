"""Fills the values of a text: people become links, moments become times in the reader's language."""

from datetime import datetime
from typing import Any, Protocol

from bot.agreements.negotiation import Terms
from bot.api.request.local_time import LocalTime
from bot.config.community import Person
from bot.languages.catalogue import Catalogue, Text, link
from bot.languages.write_reminders import write_lead_time, write_quiet_hours
from bot.reminder_times import LeadTime, QuietHours
from bot.span import Span


class HasCatalogue(Protocol):
    """Anything with texts of its own: a feature."""

    @property
    def catalogue(self) -> Catalogue:
        """The texts of the feature in all languages."""


class Wording(LocalTime):
    """The part of a request that renders texts."""

    def text(self, key: str, language: str | None = None, *, of: HasCatalogue | None = None, **values: Any) -> Text:
        """Return a text of the feature's catalogue (or of another feature's), as a label or a part of another text."""
        chosen = language or self.language
        rendered = {name: self._render(value, chosen) for name, value in values.items()}
        return (of.catalogue if of else self.catalogue).say(chosen, key, rendered, self.community.languages)

    def _render(self, value: object, language: str) -> object:
        """Return a value in the form that templates use."""
        if isinstance(value, Person):
            return link(value.addresses[0], value.name) if value.addresses else value.name
        if isinstance(value, Terms | Span):
            return self.time_of(value, language)
        if isinstance(value, LeadTime):
            return write_lead_time(value, language=language)
        if isinstance(value, QuietHours):
            return write_quiet_hours(value, language=language)
        if isinstance(value, datetime):
            return self.time(value, None, language)
        if isinstance(value, list | tuple):
            return [self._render(item, language) for item in value]
        if isinstance(value, dict):
            return {name: self._render(item, language) for name, item in value.items()}
        return value
