"""Describes an agreement that a closure or a new season affects, as a line of a list."""

from bot.api import FEW_LINES, Request, Text
from bot.api.agreements import name_activity
from bot.api.availability import AffectedAgreement


def describe_affected(request: Request, affected: AffectedAgreement) -> Text:
    """Return the agreement's number, task, affected times and parties."""
    agreement = affected.agreement
    return request.text(
        "close-hit",
        number=agreement.number,
        task=name_activity(request, agreement),
        times=affected.times[:FEW_LINES],
        more=max(len(affected.times) - FEW_LINES, 0),
        organizer=request.find_person(agreement.organizer).name,
        attendee=request.find_person(agreement.attendee).name,
        open=agreement.negotiation.standing is None,
    )
