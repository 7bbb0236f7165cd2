"""Every table of the core, and how moments are kept in them: naive UTC inside, aware outside."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A moment: aware in Python, naive UTC in the database, so that both databases compare and sort it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware to naive UTC; a naive value is a programming mistake and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can mean anything")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Naive UTC to aware."""
        return None if value is None else value.replace(tzinfo=UTC)


#: Small facts with one value each: the sync position, the login, the applied schema.
meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

#: The rooms the bot serves, and which community each belongs to.
places = Table(
    "places",
    metadata,
    Column("place", Text, primary_key=True),
    Column("community", Text, nullable=False, unique=True),
    Column("applied", Text, nullable=False, default=""),  # what of the YAML was last carried out there
)

#: What came in and has to be acted on, each once: (source, external_id) is the cause of everything that follows.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("delivered_before", Integer, nullable=False),  # the newest outbox row people could see then
    Column("done_at", Moment),
    Column("outcome", Text),
    UniqueConstraint("source", "external_id"),
    sqlite_autoincrement=True,
)
# On PostgreSQL these indexes are partial as well (migrations); to say so here would load its dialect at every start.
Index(
    "inbox_waiting",
    inbox.c.place,
    inbox.c.id,
    sqlite_where=inbox.c.done_at.is_(None),
)

Index(
    "inbox_edits",
    inbox.c.place,
    inbox.c.sender,
    sqlite_where=inbox.c.kind == "edit",
)

#: How fast people write (bot.pipeline.inbound.rate_limit). `until`: all that was said is paid off. `who` is "" for a
#: whole place.
paces = Table(
    "paces",
    metadata,
    Column("place", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("told", Boolean, nullable=False),
)

#: What is to be said. A row's transaction id comes from its cause and its place in the answer.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("transaction_id", Text, nullable=False, unique=True),
    Column("place", Text, nullable=False),
    Column("kind", Text, nullable=False),  # say, picture, edit, react
    Column("content", JSON, nullable=False),
    Column("refers_to", Integer, ForeignKey("outbox.id")),  # the row whose event this one edits, answers or taps
    Column("subject", Text),  # what the message stands for: "bookings/3", "question/7"
    Column("revision", Integer),  # the revision of the subject that it shows
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("external_id", Text),
    Column("failure", Text),  # why it will never be sent
    UniqueConstraint("inbox_id", "seq"),
    sqlite_autoincrement=True,
)
_waiting = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)
Index("outbox_waiting", outbox.c.place, outbox.c.id, sqlite_where=_waiting)
Index("outbox_external", outbox.c.external_id)
Index("outbox_subject", outbox.c.subject)

#: Timers: what falls due when. A due row becomes an inbox row and walks the same path.
due = Table(
    "due",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("place", Text, nullable=False),
    Column("feature", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("fired", Boolean, nullable=False, default=False),
    Index("due_next", "fired", "at"),
    sqlite_autoincrement=True,
)
Index(
    "due_once",
    due.c.place,
    due.c.feature,
    due.c.name,
    due.c.subject,
    unique=True,
    sqlite_where=~due.c.fired,
)

#: What people chose for themselves (bot.store.people).
people = Table(
    "people",
    metadata,
    Column("community", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("language", Text),
    Column("quiet", JSON(none_as_null=True)),  # from and until, local; [] is never quiet
    Column("before", JSON(none_as_null=True)),  # when to be reminded; [] is never
    Column("mutes", JSON, nullable=False),
)

#: Half-said commands, kept until the person has said the rest.
questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("place", Text, nullable=False),
    Column("asked", Text, nullable=False),  # the address of the person who can answer
    Column("feature", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("said", JSON, nullable=False),  # the arguments understood so far
    Column("wanted", Text, nullable=False),  # the argument that is asked for
    Column("options", JSON, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Index("questions_open", "place", "asked", "closed_at"),
    sqlite_autoincrement=True,
)

#: What two parties talk about or have agreed; `number` is what people call it in their room.
agreements = Table(
    "agreements",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("community", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("feature", Text, nullable=False),
    Column("thing", Text),
    Column("task", Text),
    Column("organizer", Text, nullable=False),
    Column("attendee", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("standing", JSON(none_as_null=True)),
    Column("offers", JSON, nullable=False),
    Column("reason", Text),
    Column("card", Integer, ForeignKey("outbox.id")),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("series", Integer),  # the id of the agreement that this was one time of (RFC 5545, RECURRENCE-ID) ...
    Column("recurrence", Moment),  # ... and when it was meant to be
    UniqueConstraint("community", "number"),
    Index("agreements_state", "community", "state"),
    sqlite_autoincrement=True,
)

#: Every step of every agreement: who, when, what, from which event.
history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("agreement_id", Integer, ForeignKey("agreements.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),  # handle of the party, empty for the clock
    Column("address", Text, nullable=False),  # the one who really spoke for the party
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("start", Moment),
    Column("end", Moment),
    Column("reason", Text),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("terms", JSON(none_as_null=True)),  # of a series: its rule and times
    Index("history_of", "agreement_id", "id"),
    Index("history_from", "inbox_id"),
    sqlite_autoincrement=True,
)

#: Things get a number here because PostgreSQL's exclusion constraint needs one.
things = Table(
    "things",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("community", Text, nullable=False),
    Column("key", Text, nullable=False),
    UniqueConstraint("community", "key"),
    sqlite_autoincrement=True,
)

#: The times an agreement holds a thing for, merged; no two may overlap (trigger or exclusion constraint, see 0001).
reservations = Table(
    "reservations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("thing_id", Integer, ForeignKey("things.id"), nullable=False),
    Column("agreement_id", Integer, ForeignKey("agreements.id"), nullable=False),
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False),
    CheckConstraint('start < "end"', name="reservations_end_after_they_begin"),
    Index("reservations_of", "agreement_id"),
    Index("reservations_when", "thing_id", "start"),
    sqlite_autoincrement=True,
)

#: Which rooms are encrypted, and how (the content of m.room.encryption as JSON; empty where we looked and it is not).
encrypted_rooms = Table(
    "encrypted_rooms",
    metadata,
    Column("place", Text, primary_key=True),
    Column("settings", Text, nullable=False),
)

#: What the bot's device has to know to read and write in encrypted rooms; secrets in it are locked with the passphrase.
crypto_state = Table(
    "crypto_state",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: The keys other people's messages are read with. The same one may come again from an earlier message on.
room_keys = Table(
    "room_keys",
    metadata,
    Column("place", Text, primary_key=True),
    Column("session", Text, primary_key=True),
    Column("sender_key", Text, primary_key=True),  # the device that made it
    Column("first_index", Integer, primary_key=True),  # the first message it reads
    Column("owner", Text, nullable=False),  # the user whose device sent it to us: nobody else can have used it
    Column("locked", Text, nullable=False),
)

#: Messages of encrypted rooms whose key has not come yet, as they came.
unread = Table(
    "unread",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("event", Text, nullable=False, unique=True),
    Column("place", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("content", JSON, nullable=False),  # the whole event
    Column("received_at", Moment, nullable=False),
    Index("unread_by_session", "place", "session"),
    sqlite_autoincrement=True,
)
