"""Routes an inbox row by its kind: to a command, a question, a card, a timer, or a hook of the features."""

from bot.api.availability.matches import read_match_changes
from bot.errors import Refused
from bot.pipeline.handling.edits_after_handling import apply_edit, apply_redaction
from bot.pipeline.handling.messages.handle_message import handle_message, handle_tap
from bot.pipeline.handling.presence import handle_arrival, handle_departure
from bot.pipeline.handling.row_handling import RowHandling


async def route_row(handling: RowHandling) -> None:
    """Do what a row asks for. Raises one of `ANSWERS` for an answer in place of that."""
    request = handling.request
    match request.cause.kind:
        case "message":
            await handle_message(handling)
        case "tap":
            await handle_tap(handling)
        case "edit":
            await apply_edit(handling)
        case "redaction":
            await apply_redaction(handling)
        case "timer":
            await _run_timer(handling)
        case "arrival":
            await handle_arrival(handling)
        case "departure":
            await handle_departure(handling)
        case "move":
            await handling.call_features("on_move")
        case "calendar":
            await handling.call_features("on_matches", read_match_changes(request))
        case "configured":
            await handling.call_features("on_configured")
        case "unreadable":
            await request.say("unreadable-unverified" if request.cause.payload.get("unverified") else "unreadable")
        case "barred":
            raise Refused(request.cause.payload["why"], community=request.community.name)


async def _run_timer(handling: RowHandling) -> None:
    payload = handling.request.cause.payload
    if not payload["subjects"]:
        return  # they were set again or dropped after they had fallen due
    feature = handling.context.features.find(payload["feature"])
    if feature is None:
        raise LookupError(f"the feature '{payload['feature']}' is not installed")
    handling.use_feature(feature)
    await feature.timers[payload["name"]](handling.request, payload["subjects"])
