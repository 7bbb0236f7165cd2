"""Describes an agreement that a closure or a new season affects, as a line of a list."""

from bot.api import A_FEW, Hit, Request, Text


def describe_affected(request: Request, affected: Hit) -> Text:
    """Return the agreement's number, task, affected times and parties."""
    agreement = affected.agreement
    task = request.community.task(agreement.task or "")
    return request.text(
        "close-hit",
        number=agreement.number,
        task=task.name if task else agreement.task or "",
        times=affected.times[:A_FEW],
        more=max(len(affected.times) - A_FEW, 0),
        organizer=request.who(agreement.organizer).name,
        attendee=request.who(agreement.attendee).name,
        open=agreement.negotiation.standing is None,
    )
