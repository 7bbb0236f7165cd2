"""Half-said commands: asks for what is missing, keeps what was said, and hears the answer."""

from typing import Any

from bot.api.arguments import NO, NUMBER_EMOJI, YES
from bot.api.asking import Ask
from bot.api.feature import Command, Feature
from bot.api.people import person_at
from bot.api.request import Request
from bot.errors import Refused
from bot.parsing.answer import is_pleasantry, sign_of, yes_or_no
from bot.pipeline.context import Context
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand, read_missing_arguments
from bot.store.messages import outbox
from bot.store.messages.questions import Question, close_question, find_question, insert_question


async def ask_question(request: Request, call: CommandCall, wanted: Ask) -> None:
    """Put the question to the person, and keep the command until it is answered."""
    text = request.text(wanted.key, **{"unknown": "", "problem": "", **wanted.values})
    call = _instead(call, wanted)
    await _put(request, call, wanted.argument, text, _options(wanted, call))


async def ask_suggestion(request: Request, near: SuggestCommand) -> None:
    """Ask whether a command nearly known is the one that was meant."""
    text = request.text("suggestion", said=near.written, meant=near.suggestion)
    await _put(request, near.call, "", text, _yes_and_no())


async def _put(request: Request, call: CommandCall, wanted: str, text: object, options: list[list[Any]]) -> None:
    question = await insert_question(
        request.db,
        request.now,
        place=request.place,
        asked=request.cause.sender,
        feature=call.feature.stored_name,
        command=call.command.name,
        said=_kept(call),
        wanted=wanted,
        options=options,
    )
    shown = [{"emoji": emoji, "label": label} for emoji, label, *_ in options if label]
    whole = request.text("question", ask=text, options=shown, confirm=wanted == "")
    await request.ask_rendered(whole, f"question/{question}", [emoji for emoji, *_ in options])


def _options(wanted: Ask, call: CommandCall) -> list[list[Any]]:
    if wanted.argument == "":
        return _yes_and_no()
    kinds = {argument.name: argument.kind for argument in call.command.arguments}
    kind = kinds[wanted.argument]
    return [
        [emoji, str(option.label), kind.to_json(option.value), {n: kinds[n].to_json(v) for n, v in option.also.items()}]
        for emoji, option in zip(NUMBER_EMOJI, wanted.options, strict=False)
    ]


def _yes_and_no() -> list[list[Any]]:
    return [[YES, "", True], [NO, "", False]]


def _instead(call: CommandCall, wanted: Ask) -> CommandCall:
    if wanted.instead is None:
        return call
    name, said = wanted.instead
    command = call.feature.command(name)
    assert command is not None, f"{call.feature.name} has no command {name}"
    return CommandCall(call.feature, command, dict(said))


def _kept(call: CommandCall) -> dict[str, Any]:
    kinds = {argument.name: argument.kind for argument in call.command.arguments}
    return {name: kinds[name].to_json(value) for name, value in call.values.items()}


async def answer_by_tap(context: Context, request: Request, question_id: int, emoji: str) -> CommandCall | None:
    """The command a tap completes. Raises `Refused` for somebody else's question and for one that is over."""
    found = await find_question(request.db, question_id)
    option = next((o for o in found[0].options if _alike(o[0], emoji)), None) if found else None
    if found is None or option is None:
        return None
    question, is_open = found
    if not question.asked:
        return _doing(request, option[2])
    is_open = is_open and context.features.find(question.feature) is not None
    if question.asked != request.cause.sender:
        raise Refused("question-not-yours", person=person_at(request.community, question.asked))
    if not is_open:
        raise Refused("question-over")
    return await _answered(context, request, question, option)


async def answer_by_text(
    context: Context, request: Request, question: Question, text: str, *, addressed: bool
) -> CommandCall | None:
    """The command that a text completes; None where it is no answer. One meant as an answer is told what is wrong."""
    if not question.asked:
        chosen = _chosen(question, text)
        return _doing(request, chosen[2]) if chosen else None
    call = _restored(context, request, question)
    if question.wanted == "":
        yes = yes_or_no(text, request.community.languages)
        if yes is not None:
            return await _answered(context, request, question, ["", "", yes])
    elif (chosen := _chosen(question, text)) is not None:
        return await _answered(context, request, question, chosen)
    else:
        earlier = call.values.pop(question.wanted, None)
        before = set(call.values)
        read_missing_arguments(call, text, request.reading_context)
        meant = (
            addressed
            or is_pleasantry(call.unread_text, request.community.languages)
            or len(call.values) > len(before) + 1
        )
        if meant and question.wanted in call.values:
            await close_question(request.db, question.id, request.now)
            return _refined(call, question.wanted, earlier)
        if call.problem and (addressed or not call.unread_text):
            raise Refused(call.problem[0], **call.problem[1])
    if addressed:
        raise Refused("answer-not-understood")
    return None


def _refined(call: CommandCall, wanted: str, earlier: Any) -> CommandCall:
    """What the new answer leaves open is as it was said before."""
    if earlier is not None:
        kind = next(a.kind for a in call.command.arguments if a.name == wanted)
        call.values[wanted] = kind.complete(earlier, call.values[wanted])
    return call


async def _answered(context: Context, request: Request, question: Question, option: list[Any]) -> CommandCall | None:
    """`option` is [emoji, label, value, other arguments that it answers]; there was a time without the last."""
    await close_question(request.db, question.id, request.now)
    call = _restored(context, request, question)
    if question.wanted == "":
        if not option[2]:
            await request.say("no-then")
            return None
        return call
    kinds = {argument.name: argument.kind for argument in call.command.arguments}
    for name, kept in {question.wanted: option[2], **dict(*option[3:])}.items():
        restored = kinds[name].from_json(kept, request.reading_context)
        if restored is not None:
            call.values[name] = restored
    return call


def _restored(context: Context, request: Request, question: Question) -> CommandCall:
    """The half-said command; what is no longer in the YAML has to be said again."""
    feature = context.features.find(question.feature)
    command = feature.command(question.command) if feature else None
    assert feature is not None, "a question of a feature that is not installed is not answered"
    assert command is not None, "a question is only kept for a command there is"
    return _call(feature, command, question.said, request)


def _doing(request: Request, kept: dict[str, Any]) -> CommandCall:
    """The command that anybody could tap. Raises `Refused` when the room does not have it any more."""
    feature = next((one for one in request.features if kept["feature"] in one.names), None)
    command = feature.command(kept["command"]) if feature else None
    if feature is None or command is None:
        raise Refused("question-over")
    return _call(feature, command, kept["said"], request)


def _call(feature: Feature, command: Command, kept: dict[str, Any], request: Request) -> CommandCall:
    kinds = {argument.name: argument.kind for argument in command.arguments}
    said = {
        name: kinds[name].from_json(value, request.reading_context) for name, value in kept.items() if name in kinds
    }
    return CommandCall(feature, command, {name: value for name, value in said.items() if value is not None})


def _chosen(question: Question, text: str) -> list[Any] | None:
    """An option by its number, its emoji or its words. Where agreements are offered, a number is an agreement's own."""
    said = text.strip().strip(".)#")
    for at, option in enumerate(question.options, start=1):
        number = option[2] if isinstance(option[2], int) else at
        if said == str(number) or _alike(option[0], said) or said.casefold() == option[1].casefold():
            return option
    return None


def _alike(emoji: str, tapped: str) -> bool:
    """Clients differ in variation selectors, and some send 👍 for ✅."""
    bare = {emoji.replace("\ufe0f", ""), tapped.replace("\ufe0f", "")}
    signs = {sign_of(emoji), sign_of(tapped)}
    return len(bare) == 1 or (len(signs) == 1 and None not in signs)


async def find_card_row(request: Request, question: Question) -> int | None:
    """The card in whose thread a question was asked, None when it was asked in the room itself."""
    return await outbox.find_referred_row(request.db, request.place, f"question/{question.id}")
