"""The state of one inbox row while it is handled: the request, the feature that it belongs to, the command in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.api.aliases import use_taught_names
from bot.api.feature import Feature, Request
from bot.api.request.question import Ask, MeansEach, NeedsConfirmation
from bot.errors import Refused
from bot.languages.catalogue import Text
from bot.languages.speech_acts import SpeechAct
from bot.pipeline.context import Context
from bot.pipeline.handling.missing_arguments import require_arguments
from bot.pipeline.handling.permission import check_permission
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand, check_count
from bot.pipeline.handling.several_calls import means_each_on_days, split_by_meaning, with_choice_of_time, with_meaning


@dataclass(frozen=True)
class PreviewedCall:
    """A call as it would be carried out: `text` says what would be done, or why not (`is_possible`).

    `anyway` is the call that carries it out in spite of what speaks against it, if that is possible. `asked` is the
    question that the call raised instead. `is_moved`: the call has another time than was said, because the calls before
    it take that time.
    """

    call: CommandCall
    text: Text
    is_possible: bool
    anyway: CommandCall | None = None
    asked: Ask | None = None
    is_moved: bool = False


class AskSeveral(Exception):
    """Several calls are shown together, and are carried out after a yes."""

    def __init__(self, previews: Sequence[PreviewedCall]) -> None:
        super().__init__(f"{len(previews)} calls")
        self.previews = previews


@dataclass(frozen=True)
class Meaning:
    """A call that a message may mean, and the speech act that it carries out."""

    act: SpeechAct
    call: CommandCall


class AskMeaning(Exception):
    """A message under a card is unclear. The person is shown what they may do now, and chooses.

    `about` names the state of the card that the question is about.
    """

    def __init__(self, feature: Feature, meanings: Sequence[Meaning], about: str) -> None:
        super().__init__(about)
        self.feature, self.meanings, self.about = feature, meanings, about


#: Raised in place of carrying a message out: what is answered after everything was rolled back.
Answer = Refused | Ask | SuggestCommand | AskSeveral | AskMeaning
ANSWERS = (Refused, Ask, SuggestCommand, AskSeveral, AskMeaning)


class RowHandling:
    """The handling of one row.

    `feature` is the feature that the row turned out to belong to; until that is known, the guide. `call` is the command
    that was read, if any. `original_request` is the request as it was before anything was done.
    """

    def __init__(self, context: Context, request: Request) -> None:
        self.context, self.request, self.original_request = context, request, replace(request)
        self.feature: Feature = context.features.by_name["guide"]
        self.call: CommandCall | None = None

    async def use_taught_names(self) -> None:
        """Let the message be read with the names that people have taught the bot. Call it before anything is done."""
        await use_taught_names(self.request)
        self.original_request = replace(self.request)

    def make_new_request(self) -> Request:
        """Return a request in which nothing has been done yet, for an answer after everything was rolled back."""
        return replace(self.original_request, cause=self.request.cause, card=self.request.card)

    def use_feature(self, feature: Feature) -> None:
        """Let the row belong to a feature: answers are in its words."""
        self.feature = feature
        self.request.use_feature(feature)

    async def call_features(self, hook: str, *arguments: object) -> None:
        """Call a hook, such as "on_move", of each feature of the room that has it, in the room's order."""
        for feature in self.request.features:
            if function := getattr(feature, hook):
                self.use_feature(feature)
                await function(self.request, *arguments)

    async def run_calls(self, calls: Sequence[CommandCall]) -> None:
        """Run one call. Of several, run those that only show, or raise `AskSeveral` when one changes something.

        An argument that is missing in all calls of one command ("bane 1 og 2") is asked for first.
        """
        calls = [with_choice_of_time(calls[0])] if len(calls) == 1 else calls
        if len(calls) == 1 and calls[0].several:
            self._require_for_all(calls[0])
        whole = calls[0] if len(calls) == 1 else None
        calls = [each for call in calls for each in call.split()]
        check_count(len(calls))
        if len(calls) == 1:
            try:
                await self.run_command(calls[0])
            except MeansEach as meant:
                await self.run_calls([with_meaning(calls[0], meant)])
            return
        if whole is not None and whole.command.before_several is not None:
            await whole.command.before_several(self.request, [call.values for call in calls])
        alone = [await self.ask_for_confirmation(call) for call in calls]
        alone = [means_each_on_days(answer, whole) for answer in alone]
        found = [answer if isinstance(answer, MeansEach) else None for answer in alone]
        calls = [each for call, meant in zip(calls, found, strict=True) for each in split_by_meaning(call, meant)]
        check_count(len(calls))
        if any(call.command.changes for call in calls):
            are_possible = not any(found) and all(isinstance(answer, NeedsConfirmation) for answer in alone)
            previews = await self._preview(calls, are_possible_alone=are_possible)
            if whole is not None:
                self._ask_for_each(with_meaning(whole, found[0]), previews)
            raise AskSeveral(previews)
        for call in calls:
            await self.run_command(call)

    def _ask_for_each(self, whole: CommandCall, previews: Sequence[PreviewedCall]) -> None:
        """Raise one `Ask` when all calls of a message lack the same argument: "uge 33 og 34" has no clock time."""
        asked = [preview.asked for preview in previews if preview.asked and preview.asked.of_one]
        if len(asked) == len(previews) and len({(ask.argument, ask.key) for ask in asked}) == 1:
            self.call = whole
            self.use_feature(whole.feature)
            raise Ask(asked[0].argument, f"{asked[0].key}-each", lines=[ask.of_one for ask in asked])

    def _require_for_all(self, call: CommandCall) -> None:
        """Raise `Ask` for an argument that the calls of several values need, and have not, or not clearly."""
        self.call = call
        self.use_feature(call.feature)
        check_permission(self.request, call.command)
        try:
            require_arguments(replace(call, values=dict(call.values)), self.request)
        except Ask as question:
            if question.argument not in call.several:
                raise

    async def run_command(self, call: CommandCall) -> None:
        """Run a command. Raises `Refused` when the person may not use it, and `Ask` when an argument is missing.

        Raises `NeedsConfirmation` for a command that must be confirmed.
        """
        self.call = call
        self.use_feature(call.feature)
        check_permission(self.request, call.command)
        values = require_arguments(call, self.request)
        self.request.must_confirm = call.must_confirm
        if call.subject is not None:
            self.request.subject = call.subject
        self.request.left_out = "" if call.command.changes else call.content
        await call.command.handle(self.request, **values)
        if self.request.must_confirm and call.command.changes:  # a feature that does not confirm by itself
            raise NeedsConfirmation("do-as-written", {"command": _write(call, self.request)})

    async def run_answered(self, calls: Sequence[CommandCall]) -> None:
        """Run the calls that somebody has said yes to. Of several, each that is refused is answered by itself."""
        if len(calls) == 1:
            await self._check_confirmed(calls[0])
            await self.run_calls(calls)
            return
        for call in calls:
            changed_timers = self.request.changed_timers
            try:
                async with self.request.db.begin_nested():
                    await self.run_command(call)
            except (Refused, Ask) as answer:
                self.request.changed_timers = changed_timers
                self.use_feature(call.feature)
                await self.request.say_text(self._write_answer(answer))

    async def _check_confirmed(self, call: CommandCall) -> None:
        """Raise `NeedsConfirmation` when the yes was given to another question: the agreement has changed since."""
        answer = await self.ask_for_confirmation(call) if call.confirmed else None
        if isinstance(answer, NeedsConfirmation) and str(self._write_answer(answer)) != call.confirmed:
            raise answer

    async def ask_for_confirmation(self, call: CommandCall) -> Refused | Ask | MeansEach | None:
        """Run a call that must be confirmed, roll it back, and return what it raised; None when it raised nothing."""
        changed_timers = self.request.changed_timers
        inner = await self.request.db.begin_nested()
        try:
            await self.run_command(replace(call, values=dict(call.values), must_confirm=True))
        except (Refused, Ask, MeansEach) as answer:
            return answer
        finally:
            await inner.rollback()
            self.request.changed_timers = changed_timers
        return None

    def _write_answer(self, answer: Refused | Ask) -> Text:
        return self.request.text(answer.key, **{"unknown": "", "problem": "", **answer.values})

    async def _preview(self, calls: Sequence[CommandCall], *, are_possible_alone: bool) -> list[PreviewedCall]:
        """Return what each call would do after those before it. Everything is rolled back.

        Where each call is possible alone, one that others are in the way of is moved behind them: "slåning og
        opkridtning kl. 8". The same work twice is no reason to move.
        """
        previews: list[PreviewedCall] = []
        outer = await self.request.db.begin_nested()
        try:
            for call in calls:
                preview = await self._preview_one(call)
                if are_possible_alone and not _is_repeated(call, preview, previews):
                    preview = await self._move_behind(preview)
                previews.append(preview)
                if preview.is_possible:
                    await self._try_out(preview.call)
        finally:
            await outer.rollback()
        self.request = self.make_new_request()
        return previews

    async def _preview_one(self, call: CommandCall) -> PreviewedCall:
        answer = await self.ask_for_confirmation(call)
        if answer is None or isinstance(answer, MeansEach):
            return PreviewedCall(call, self.request.text("do-as-written", command=_write(call, self.request)), True)
        text = self._write_answer(answer)
        if isinstance(answer, NeedsConfirmation):
            return PreviewedCall(call, text, is_possible=not call.risk)
        asked = answer if isinstance(answer, Ask) else None
        return PreviewedCall(call, text, is_possible=False, anyway=_find_anyway(call, answer), asked=asked)

    async def _move_behind(self, preview: PreviewedCall) -> PreviewedCall:
        """Return the call with the next free time, where the question offers one that follows; else the preview."""
        asked = preview.asked
        option = next((option for option in asked.options if option.follows), None) if asked else None
        if asked is None or option is None:
            return preview
        values = {**preview.call.values, asked.argument: option.value, **option.also}
        moved = await self._preview_one(replace(preview.call, values=values))
        return replace(moved, is_moved=True) if moved.is_possible else preview

    async def _try_out(self, call: CommandCall) -> None:
        """Run a call in the transaction of a preview, so that the next calls see what it changes."""
        inner = await self.request.db.begin_nested()
        try:
            await self.run_command(replace(call, values=dict(call.values), must_confirm=False))
        except (Refused, Ask):
            await inner.rollback()
        else:
            await inner.commit()

    def find_asking_call(self) -> CommandCall:
        """Return the command that a question of the feature completes.

        A feature that asks about a message under its card has no command yet; the question then names another one.
        """
        return self.call or CommandCall(self.feature, self.feature.commands[0])


def _write(call: CommandCall, request: Request) -> str:
    """Return a call as it would be written as a command."""
    word = next(iter(call.feature.words_of(call.command, (request.language,))), call.command.name)
    return f"!{word} {call.text}".strip()


def _is_repeated(call: CommandCall, preview: PreviewedCall, earlier: Sequence[PreviewedCall]) -> bool:
    """Return whether an earlier call is the same but for the argument that was asked about."""
    name = preview.asked.argument if preview.asked else ""
    values = {**call.values, name: None}
    return any(each.call.command == call.command and {**each.call.values, name: None} == values for each in earlier)


def _find_anyway(call: CommandCall, answer: Refused | Ask) -> CommandCall | None:
    """Return the call with the option of a question that keeps what was said, if the question has one."""
    options = answer.options if isinstance(answer, Ask) else []
    kept = next((option for option in options if option.keeps), None)
    if kept is None or not isinstance(answer, Ask):
        return None
    return replace(call, values={**call.values, answer.argument: kept.value, **kept.also}, several={})
