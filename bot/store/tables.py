"""Every table of the core, except those that stand beside their functions: pictures, calendars, encrypted rooms."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.locked_types import LockedJSON, LockedText
from bot.store.moment import Moment

metadata = MetaData()


#: Key-value facts: the sync position, the login, the applied migrations.
meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

#: The rooms that the bot serves, and the community of each.
places = Table(
    "places",
    metadata,
    Column("place", Text, primary_key=True),
    Column("community", Text, nullable=False, unique=True),
    Column("applied", Text, nullable=False, default=""),  # what of the community's file was last applied there
)

#: What came in and has to be acted on (bot.store.messages.inbox). (source, external_id) identifies the cause of
#: everything that follows from a row.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", LockedJSON("text"), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("delivered_before", Integer, nullable=False),  # the newest outbox row that the sender could see
    Column("done_at", Moment),  # null while the row is unhandled
    Column("outcome", Text),
    UniqueConstraint("source", "external_id"),
    sqlite_autoincrement=True,
)
# On PostgreSQL these indexes are partial as well (see the migrations). `postgresql_where` here would import that
# dialect at every start.
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

#: The state of the rate limiters (bot.store.messages.rate_limits): one for each person in a place, and one for the
#: whole place, whose `who` is "".
paces = Table(
    "paces",
    metadata,
    Column("place", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("told", Boolean, nullable=False),
)

#: Messages to be sent (bot.store.messages.outbox). A row's transaction id is made from its cause and its `seq`.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("seq", Integer, nullable=False),  # counts the rows that follow from one inbox row
    Column("transaction_id", Text, nullable=False, unique=True),
    Column("place", Text, nullable=False),
    Column("kind", Text, nullable=False),  # say, picture, edit, react
    Column("content", LockedJSON("html", "plain"), nullable=False),
    # The row whose event this one edits or reacts to, or in whose thread it is.
    Column("refers_to", Integer, ForeignKey("outbox.id")),
    Column("subject", Text),  # what the message is about: "bookings/3", "question/7"
    Column("revision", Integer),  # the revision of the subject that the message shows
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("external_id", Text),
    Column("failure", Text),  # why the row will never be sent
    UniqueConstraint("inbox_id", "seq"),
    sqlite_autoincrement=True,
)
_waiting = outbox.c.sent_at.is_(None) & outbox.c.failure.is_(None)
Index("outbox_waiting", outbox.c.place, outbox.c.id, sqlite_where=_waiting)
Index("outbox_external", outbox.c.external_id)
Index("outbox_subject", outbox.c.subject)
Index("outbox_references", outbox.c.refers_to, sqlite_where=outbox.c.refers_to.is_not(None))

#: Timers (bot.store.messages.timers). A due timer becomes an inbox row and is handled as such.
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

#: What people have chosen for themselves (bot.store.people).
people = Table(
    "people",
    metadata,
    Column("community", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("language", Text),
    Column("quiet", JSON(none_as_null=True)),  # local times from and until; [] is no quiet hours
    Column("before", JSON(none_as_null=True)),  # when to be reminded; [] is no reminders
    Column("mutes", JSON, nullable=False),
)

#: Questions about incomplete commands, kept until they are answered (bot.store.messages.questions).
questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("place", Text, nullable=False),
    Column("asked", Text, nullable=False),  # the address of the person who is asked; empty: anybody
    Column("feature", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("said", JSON, nullable=False),  # the arguments that were understood
    Column("wanted", Text, nullable=False),  # the name of the missing argument
    Column("options", JSON, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Index("questions_open", "place", "asked", "closed_at"),
    sqlite_autoincrement=True,
)

#: What two parties negotiate or have agreed. People refer to an agreement by its `number`, unique in its community.
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
    Column("series", Integer),  # the id of the series that this was one time of (RFC 5545, RECURRENCE-ID) ...
    Column("recurrence", Moment),  # ... and when that time was to begin
    Column("purpose", Text),  # what the thing is reserved for, in the organizer's words; `task` is null then
    # Derived from `standing` and `offers`, so that the database finds what is near in time and what is awaited: when
    # the first of all agreed and offered times begins, when the last ends, and the sides whose answer is awaited.
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("awaited", Text, nullable=False),  # "organizer attendee"; empty: nobody's answer
    UniqueConstraint("community", "number"),
    Index("agreements_when", "community", "state", "ends_at", "starts_at"),
    sqlite_autoincrement=True,
)

Index("agreements_by_card", agreements.c.card, sqlite_where=agreements.c.card.is_not(None))
Index("agreements_awaited", agreements.c.community, agreements.c.number, sqlite_where=agreements.c.awaited != "")

#: Every step of every agreement, with the inbox row it follows from.
history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("agreement_id", Integer, ForeignKey("agreements.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),  # the handle of the party; empty for the clock
    Column("address", Text, nullable=False),  # the address of the person who acted for the party
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("start", Moment),
    Column("end", Moment),
    Column("reason", LockedText),
    Column("inbox_id", Integer, ForeignKey("inbox.id"), nullable=False),
    Column("terms", JSON(none_as_null=True)),  # for a series: its rule and times
    Index("history_of", "agreement_id", "id"),
    Index("history_from", "inbox_id"),
    sqlite_autoincrement=True,
)

#: A number for every thing, which PostgreSQL's exclusion constraint on `reservations` needs.
things = Table(
    "things",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("community", Text, nullable=False),
    Column("key", Text, nullable=False),
    UniqueConstraint("community", "key"),
    sqlite_autoincrement=True,
)

#: The times for which an agreement reserves a thing, merged where they touch. No two may overlap: a trigger or an
#: exclusion constraint sees to that (migration 0001).
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

#: Messages of encrypted rooms whose room key is missing, as they came (bot.store.messages.undecrypted).
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

#: Names that people have taught the bot for things, tasks and people (bot.store.taught_names). The row of a name that
#: was forgotten stays, with who forgot it and when.
taught_names = Table(
    "taught_names",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("community", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("taught_by", Text, nullable=False),
    Column("taught_at", Moment, nullable=False),
    Column("forgotten_by", Text),
    Column("forgotten_at", Moment),
    sqlite_autoincrement=True,
)
Index(
    "taught_names_known",
    taught_names.c.community,
    sqlite_where=taught_names.c.forgotten_at.is_(None),
)
