"""Leads a row to whoever it is for: a command, the question it answers, the card it is under, a timer."""

from dataclasses import replace
from typing import Any

from bot.api.availability.matches import read_match_changes
from bot.api.feature import Feature
from bot.api.people import absence_fact
from bot.api.request import Request
from bot.errors import Refused
from bot.pipeline.context import Context
from bot.pipeline.handling import questions as questions
from bot.pipeline.handling.corrections import apply_edit, apply_redaction
from bot.pipeline.handling.permission import check_permission
from bot.pipeline.handling.read_command import CommandCall, read_command, require_arguments
from bot.pipeline.inbound.receive import find_addressed_text
from bot.store.facts import delete_fact, get_fact, set_fact
from bot.store.messages import inbox, outbox
from bot.store.messages.questions import Question, find_open_question, find_question


class Route:
    """One row on its way; `feature` is whose message it turned out to be, `call` the command understood.

    `untouched` is the request as it was before anything was done about it.
    """

    def __init__(self, context: Context, request: Request) -> None:
        self.context, self.request, self.untouched = context, request, replace(request)
        self.feature: Feature = context.features.by_name["guide"]
        self.call: CommandCall | None = None

    def afresh(self) -> Request:
        """The request as if nothing had been done yet, for saying that nothing was."""
        return replace(self.untouched, cause=self.request.cause, card=self.request.card)

    async def follow(self) -> None:
        """Take it where it belongs."""
        match self.request.cause.kind:
            case "message":
                await self.message()
            case "tap":
                await self._tap()
            case "edit":
                await apply_edit(self)
            case "redaction":
                await apply_redaction(self)
            case "timer":
                await self._timer()
            case "arrival":
                await self._arrival()
            case "departure":
                await self._departure()
            case "move":
                await self._tell_features("on_move")
            case "calendar":
                await self._tell_features("on_matches", read_match_changes(self.request))
            case "configured":
                await self._tell_features("on_configured")
            case "unreadable":
                await self.request.say("unreadable")
            case "barred":
                raise Refused(self.request.cause.payload["why"], community=self.request.community.name)

    def call_asked_about(self) -> CommandCall:
        """The command a question belongs to; one that a card's thread led to has none yet."""
        return self.call or CommandCall(self.feature, self.feature.commands[0])

    async def message(self) -> None:
        """A command, the answer to a question, or a word under a card."""
        said = find_addressed_text(self.request.cause, self.context)
        if said is not None:
            await self.carry_out(read_command(self.context.features, self.request.reading_context, said))
            return
        payload = self.request.cause.payload
        subject = await self._find_subject(payload.get("thread"), payload.get("reply_to"))
        if not await self._answer(subject):
            await self._hand_over(subject, payload["text"], "on_message")

    async def _tap(self) -> None:
        payload = self.request.cause.payload
        subject = await self._find_subject(payload["target"])
        if subject and subject.startswith("question/"):
            call = await questions.answer_by_tap(
                self.context, self.request, int(subject.partition("/")[2]), payload["key"]
            )
            if call is not None:
                await self.carry_out(call)
        else:
            await self._hand_over(subject, payload["key"], "on_tap")

    async def _timer(self) -> None:
        payload = self.request.cause.payload
        feature = self.context.features.find(payload["feature"])
        if feature is None:
            raise LookupError(f"the feature '{payload['feature']}' is not installed")
        self._belongs_to(feature)
        await feature.timers[payload["name"]](self.request, payload["subjects"])

    async def _arrival(self) -> None:
        """Ours, with a greeting, or somebody's who may have been missed: of that nothing is said."""
        if self.request.cause.sender:
            await delete_fact(self.request.db, self._absence)
        else:
            await self.request.say("greeting", greeting=self.request.community.greeting or "")

    async def _departure(self) -> None:
        """A person with several addresses has left with the last of them; whoever is back by now has not left."""
        request = self.request
        addresses = {*request.person.addresses, request.cause.sender}
        here = request.cause.payload.get("present") or await inbox.has_returned(request.db, request.cause, addresses)
        if here or await get_fact(request.db, self._absence):
            return
        await set_fact(request.db, self._absence, request.now.isoformat())
        await self._tell_features("on_leave")

    @property
    def _absence(self) -> str:
        return absence_fact(self.request.community, self.request.person)

    async def _tell_features(self, what: str, *news: object) -> None:
        """Every feature of the room hears of it, in the room's order."""
        for feature in self.request.features:
            if act := getattr(feature, what):
                self._belongs_to(feature)
                await act(self.request, *news)

    async def carry_out(self, call: CommandCall) -> None:
        """Run the command, where the person may and all that it needs was said."""
        self.call = call
        self._belongs_to(call.feature)
        check_permission(self.request, call.command)
        await call.command.handle(self.request, **require_arguments(call, self.request))

    async def _answer(self, subject: str | None) -> bool:
        """Whether it answered a question: one it replies to, or one asked in the same place."""
        cause = self.request.cause
        addressed = subject is not None and subject.startswith("question/")
        question = await self._find_question(subject if addressed else None)
        feature = self.context.features.find(question.feature) if question else None
        if question is None or feature is None:
            return False
        if not addressed and await questions.find_card_row(self.request, question) != self.request.card:
            return False
        self._belongs_to(feature)
        call = await questions.answer_by_text(
            self.context, self.request, question, cause.payload["text"], addressed=addressed
        )
        if call is not None:
            await self.carry_out(call)
        return call is not None or not self.request.is_silent

    async def _find_question(self, replied_to: str | None) -> Question | None:
        """The one they replied to, if it was theirs, else what they are being asked here. Raises `Refused`."""
        cause, db = self.request.cause, self.request.db
        if replied_to is None:
            return await find_open_question(db, self.request.place, cause.sender, self.request.now)
        found = await find_question(db, int(replied_to.partition("/")[2]))
        if found is None or found[0].asked not in (cause.sender, ""):
            return None
        if not found[1]:
            raise Refused("question-over")
        return found[0]

    async def _hand_over(self, subject: str | None, said: str, what: str) -> None:
        """To the feature whose card it is under; what is under no card is talk."""
        name, _, about = (subject or "").partition("/")
        feature = self.context.features.find(name)
        act: Any = getattr(feature, what) if feature else None
        if feature and act:
            self._belongs_to(feature)
            await act(self.request, about, said)

    async def _find_subject(self, *events: str | None) -> str | None:
        """What the first of these events of ours stands for. The thread of a card is the card's."""
        for event in events:
            row = await outbox.find_by_event(self.request.db, self.request.cause.place, event) if event else None
            if row is not None and row.subject is not None:
                is_question = row.subject.startswith("question/")
                self.request.card = row.refers_to if is_question else row.id
                return str(row.subject)
        return None

    def _belongs_to(self, feature: Feature) -> None:
        self.feature = feature
        self.request.use_feature(feature)
