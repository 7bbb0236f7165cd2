"""The command `reserve`: reserves a thing for the person's own use, at once or after somebody's yes."""

from bot.api import MeansEach, Person, Request, Thing, When, propose
from bot.api.agreements import name_use, reserve
from bot.api.arguments import end_on_day
from bot.features.bookings.card import put_card, set_timers
from bot.features.bookings.making.book import check_is_free, tell_warnings
from bot.features.bookings.making.listed import check_listed
from bot.features.bookings.making.use_limits import check_limits, choose_confirmer, require_use, usual_duration
from bot.features.bookings.times.exact import make_exact_terms
from bot.features.bookings.times.odd_time import ask_about_odd_time
from bot.features.bookings.times.series import check_new_series


async def reserve_thing(
    request: Request,
    thing: Thing,
    time: When,
    person: Person | None,
    purpose: str | None,
    holidays: str | None,
    anyway: str | None,
) -> None:
    """`!reserver hallen fredag kl. 18-20 børnefødselsdag`: reserve a thing, or ask who has to confirm it.

    `person` is who is asked to confirm it. `holidays` and `anyway` are answers, as in `book`.
    """
    rules = require_use(request, thing)
    check_listed(request, thing)
    confirmer = choose_confirmer(request, thing, person)
    if time.each:
        raise MeansEach("time", time.each)
    if time.ends_on_day:
        time = end_on_day(time, request.local(request.now))
    terms = await make_exact_terms(request, thing, time, usual_duration(rules), None)
    ask_about_odd_time(request, thing, terms, None, anyway)
    await check_limits(request, thing, terms, request.person)
    if terms.is_series:
        terms, warnings = await check_new_series(request, thing, terms, None, holidays, anyway)
    else:
        warnings = await check_is_free(request, thing, terms, None, anyway)
    if confirmer is None:
        agreement = await reserve(request, terms=terms, thing=thing, purpose=purpose)
    else:
        agreement = await propose(request, attendee=confirmer, terms=terms, thing=thing, purpose=purpose)
    exact = time if time.rrule else request.to_when(terms)
    known = {"thing": thing, "time": exact, "person": confirmer, "purpose": purpose, "holidays": holidays}
    confirmed = {name: value for name, value in {**known, "anyway": anyway}.items() if value}
    what = name_use(request, thing, purpose, request.language)
    request.confirm("do-reserve", instead=("reserve", confirmed), what=what, time=terms, attendee=confirmer or "")
    await put_card(request, agreement, [confirmer] if confirmer else [])
    await set_timers(request, agreement)
    await tell_warnings(request, warnings)
