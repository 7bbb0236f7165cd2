"""An agreement that is hit by what a keeper does, as a line of a list."""

from bot.api import A_FEW, Hit, Request, Text


def line_of_hit(request: Request, hit: Hit) -> Text:
    """Its number, work, times and parties."""
    agreement = hit.agreement
    task = request.community.task(agreement.task or "")
    return request.text(
        "close-hit",
        number=agreement.number,
        task=task.name if task else agreement.task or "",
        times=hit.times[:A_FEW],
        more=max(len(hit.times) - A_FEW, 0),
        organizer=request.who(agreement.organizer).name,
        attendee=request.who(agreement.attendee).name,
        open=agreement.negotiation.standing is None,
    )
