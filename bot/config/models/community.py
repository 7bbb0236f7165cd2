"""The models of a community file. Descriptions are shown by editors that use the JSON Schema."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from bot.config.community import Access
from bot.config.models.field_types import (
    Aliases,
    Day,
    Duration,
    FeatureNames,
    FileModel,
    Hours,
    HoursAWeek,
    Identifier,
    Identifiers,
    Interval,
    Key,
    Keys,
    LanguageCode,
    Languages,
    Limit,
    Name,
    NamedRole,
    Names,
    Prose,
    Roles,
    Servers,
    YearPart,
    YesNo,
    Zone,
    allow_bare_sources,
    allow_empty,
    allow_off,
    as_calendars,
    as_mapping,
    as_mappings,
    limits_or_off,
)
from bot.config.models.reminders import QuietHoursOrOff, RemindersModel, reminders_or_off
from bot.config.models.thing_parts import CalendarModel, ClosureModel, UseModel, allow_yes, as_use


class PersonModel(FileModel):
    """A club, a firm or a neighbour, named by a handle."""

    model_config = ConfigDict(title="Party", json_schema_extra=allow_empty)

    name: Name | None = Field(None, description="What people read, 'Skovby IF'; the handle when left out.")
    matrix: Identifiers = Field(
        (),
        description="The Matrix ids that act for this party, one or several. A short one, '@anna', lives on our own"
        " homeserver. Left out, it is the handle there.",
    )
    roles: Roles = Field(
        ("resident",),
        description="What the party is: club, contractor, resident or steward; klub, entreprenør, beboer and vært mean"
        " the same.",
    )
    language: LanguageCode | None = Field(None, description="The language for this party, when not the room's.")
    was: Keys = Field(
        (), description="The handle it had before, 'skovby', or several: what was agreed under it follows."
    )


class ThingModel(FileModel):
    """Something that can be booked: a pitch, a hall, a mower."""

    model_config = ConfigDict(title="Thing", json_schema_extra=allow_empty)
    nested_models: ClassVar[dict[str, type[FileModel]]] = {
        "closed": ClosureModel,
        "calendars": CalendarModel,
        "use": UseModel,
    }

    name: Name | None = Field(None, description="What people read and write, 'bane 1'; the key when left out.")
    aliases: Aliases = Field((), description="Other words for it, 'kunsten'. A bare number cannot be one.")
    season: YearPart | None = Field(
        None,
        description="The part of the year in which it is worked on, '1. april - 31. oktober', both days included; the"
        " whole year when left out.",
    )
    closed: Annotated[tuple[ClosureModel, ...], BeforeValidator(as_mappings)] = Field(
        (), description="When it is closed, every year or once."
    )
    kept_by: Roles = Field(
        ("steward",),
        description="The roles that may close and open it by command, and say its season and load over what is written"
        " here; [] is nobody.",
    )
    hours: Hours | None = Field(None, description="When work may be offered on it; the community's when left out.")
    hours_a_week: HoursAWeek | None = Field(
        None, description="How many hours of use a week it bears; more is warned about, not refused."
    )
    calendars: Annotated[tuple[CalendarModel, ...], BeforeValidator(as_calendars)] = Field(
        (),
        description="The calendars its matches stand in: iCalendar files beside this one, or URLs.",
        json_schema_extra=allow_bare_sources,
        max_length=10,
    )
    every: Annotated[dict[Key, Interval], BeforeValidator(as_mapping)] = Field(
        {},
        description="The work it needs and how often, {slåning: 7d, opkridtning: match}, from which !plan proposes the"
        " next week's. 'match' is before each of its matches, for a task that has 'before_match'.",
    )
    was: Keys = Field(
        (), description="The key it had before, 'kunstbanen', or several: what was agreed under it follows."
    )
    use: Annotated[UseModel | None, BeforeValidator(as_use)] = Field(
        None,
        description="That people may reserve it for their own use, a party or training, by whom and within which"
        " limits; yes: everybody, without limits. Left out, it is only worked on.",
        json_schema_extra=allow_yes,
    )


class TaskModel(FileModel):
    """Something that can be done, named by the word people use for it."""

    model_config = ConfigDict(title="Task", json_schema_extra=allow_empty)

    name: Name | None = Field(None, description="What people read and write; the key when left out.")
    aliases: Aliases = Field((), description="Other words for it, 'klippe'. A bare number cannot be one.")
    duration: Duration = Field(description="How long it takes: 90m, 2h, 1h30m or 1d.")
    role: NamedRole = Field("contractor", description="The role that does it.")
    fits: Keys = Field(
        (),
        alias="for",
        description="The things it fits, by their keys, [bane-1, bane-2]; elsewhere it is neither offered nor accepted."
        " Left out, it is guessed from the names: work on grass does not fit a hall, and washing a floor does not fit a"
        " pitch. A thing that needs it ('every') always fits.",
    )
    all_year: YesNo = Field(False, description="Whether it is done out of season as well, such as aeration.")
    before_match: Duration | None = Field(
        None,
        description="It is best done, from beginning to end, within so long before a match, 24h: !plan puts it there,"
        " and whoever books it up to two days too early is shown the better times first. Where the same task is already"
        " booked in those hours, or another match comes first, nothing is said.",
    )
    dry_after: Duration | None = Field(
        None,
        description="So long after it the thing had better be left alone, 12h: whoever books it and a match or other"
        " work begins sooner is shown better times first, and so is whoever books other work that begins sooner.",
    )
    never_during: Literal["match"] | None = Field(
        None,
        description="match: it is refused while a match is on. Left out, whoever books it then is shown better times"
        " first.",
    )
    was: Keys = Field(
        (), description="The key it had before, 'kunstbanen', or several: what was agreed under it follows."
    )


class LimitsModel(FileModel):
    """How much is heard. Whoever writes more is told so once, and heard again when they have slowed down."""

    model_config = ConfigDict(title="Limits", json_schema_extra=allow_off)

    person: Limit = Field(20, description="Commands, answers and taps a minute from one person. off: no limit.")
    room: Limit = Field(
        200,
        description="The same from everybody together; beyond it only those listed under 'people' are heard."
        " off: no limit.",
    )
    proposals: Limit = Field(
        30, description="How many unanswered proposals one party may have at a time. off: no limit."
    )


class SchoolHolidayModel(FileModel):
    """A school holiday, as the municipality has set it: its name and its days, both included."""

    model_config = ConfigDict(title="School holiday")

    name: Name = Field(description="What people call it, 'efterårsferie' or 'summer holiday'.")
    first: Day = Field(alias="from", description="The first day, 2026-10-10.")
    last: Day = Field(alias="to", description="The last day, 2026-10-18.")

    @model_validator(mode="after")
    def _order(self) -> "SchoolHolidayModel":
        if self.last < self.first:
            raise ValueError("'to' is before 'from'")
        return self


class CommunityModel(FileModel):
    """One community: a room, its people, what can be booked and what can be done."""

    entry_models: ClassVar[dict[str, type[FileModel]]] = {
        "people": PersonModel,
        "things": ThingModel,
        "tasks": TaskModel,
    }
    nested_models: ClassVar[dict[str, type[FileModel]]] = {
        "limits": LimitsModel,
        "reminders": RemindersModel,
        "school_holidays": SchoolHolidayModel,
    }

    name: Name = Field(description="The community's name; the bot gives it to a room it creates.")
    room: Identifier = Field(
        description="The room, '#skovby' for one on our own homeserver, '#skovby:example.org', or a room id that begins"
        " with '!'. Put quotes around it."
    )
    topic: Prose = Field("", description="One line about the room.")
    language: LanguageCode | None = Field(
        None, description="The language the bot speaks here: da or en. Left out, it is the first of 'languages'."
    )
    languages: Languages = Field(
        (),
        description="The languages that are understood here. What the bot cannot say in one it says in the next. Left"
        " out, they are da and en.",
    )
    time_zone: Zone = Field(
        default="Europe/Copenhagen", validate_default=True, description="The village's clock, 'Europe/Copenhagen'."
    )
    greeting: Prose | None = Field(None, description="What the bot says to newcomers; its own words when left out.")
    access: Access = Field("invited", description="Who may come in: everybody (public) or who is invited (invited).")
    servers: Servers = Field(
        None,
        description="The homeservers whose people may take part, 'example.org'; ours is always among them. Left out,"
        " people of all homeservers may.",
    )
    limits: Annotated[LimitsModel, BeforeValidator(limits_or_off)] = Field(
        default_factory=lambda: LimitsModel.model_validate({}),
        description="How much is heard of one person and of everybody together; off: all of it.",
    )
    quiet: QuietHoursOrOff = Field(
        default="21-8",
        validate_default=True,
        description="When people are left in peace, in the village's time: 21-8, or off. Only what begins before it is"
        " over is said nevertheless. Everybody may choose other hours for themselves.",
    )
    reminders: Annotated[RemindersModel, BeforeValidator(reminders_or_off)] = Field(
        default_factory=lambda: RemindersModel.model_validate({}),
        description="What the bot says unasked, and when; everybody may choose other times for themselves."
        " off: nothing.",
    )
    encrypted: YesNo = Field(
        False,
        description="Whether the room is encrypted, so that whoever runs the homeserver cannot read it. This cannot be"
        " undone. It takes a passphrase, see config.yaml.",
    )
    unverified_devices: YesNo = Field(
        False,
        description="Whether people who have verified one of their devices also read an encrypted room on devices that"
        " they have not verified. Whoever runs a homeserver can add such a device to an account.",
    )
    retention: Duration = Field(
        default="30d",
        validate_default=True,
        description="How long the database keeps commands and answers where 'encrypted' is yes, their texts locked"
        " with the passphrase: 30d. Agreements and their history stay.",
    )
    was: Names = Field(
        (),
        description="The name that this file had before, without '.yaml', or several: the room and all that was agreed"
        " follow.",
    )
    people: Annotated[dict[Key, PersonModel], BeforeValidator(as_mapping)] = Field(
        {}, description="The parties by handle; whoever is not listed is a resident."
    )
    things: Annotated[dict[Key, ThingModel], BeforeValidator(as_mapping)] = Field(
        {}, description="What can be booked, by key."
    )
    tasks: Annotated[dict[Key, TaskModel], BeforeValidator(as_mapping)] = Field(
        {}, description="What can be done, by key."
    )
    features: FeatureNames = Field(None, description="What the bot does here, [bookings]; left out, all that it can.")
    hours: Hours = Field(
        default="07:00-21:00", validate_default=True, description="When work may be offered, in the village's time."
    )
    school_holidays: Annotated[tuple[SchoolHolidayModel, ...], BeforeValidator(as_mappings)] = Field(
        (),
        description="The school holidays, {name: efterårsferie, from: 2026-10-10, to: 2026-10-18}, so that people can"
        " write 'i efterårsferien' and 'undtagen skoleferierne'. A holiday is listed anew for each year.",
    )
